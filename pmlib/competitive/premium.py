"""What a firm charges against comparable products of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import GAP, NEGLIGIBLE, REPEATED, Comparables, comparables, verdict
from pmlib.competitive.market import check_firms, lacking, period_label, rows
from pmlib.competitive.regression import ALONE, FEW, check_level, fit, unexplained
from pmlib.competitive.words import apart, count, level_words, listed, names, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval

TITLE = "Price against comparable products"
WIDE = 0.1  # an interval wider than this cannot show that prices are in line
DRAWS, LIKE = 999, 0.25  # resamples; how far their interval's ends may lie from ours, in our widths
UNCLEAR = "no clear difference"

COLUMNS = {
    "firm": Column("Firm"),
    "products": Column("Products"),
    "estimate": GAP,
    "low": Column("Low", "%"),
    "high": Column("High", "%"),
    "verdict": Column("Verdict"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PricePremium(Result):
    """How far firms price above or below comparable products of others."""

    focal: str

    def plot(self, ax: Any = None) -> Any:
        """Draw each firm's difference with its interval."""
        from pmlib import chart

        return chart.dots(self.frame.head(10), "firm", spec=GAP, highlight=[self.focal], ax=ax)


def price_premium(
    source: Source, *, focal: str, rivals: Sequence[str] = (), level: float = 0.95, seed: int = 1
) -> PricePremium | Absent:
    """Compare a firm's prices with those of products that have the same attributes, in the newest period.

    Each firm is set against all the others in a regression of its own: ln(price) on the attributes (see
    `comparable.comparables`) and on being that firm's.

    Parameters
    ----------
    source : one row per product (and period), with firm, price and attributes.
    focal, rivals : firms to compare. level : of the intervals.
    seed : of the resampling that double-checks the focal firm's interval.

    Returns
    -------
    PricePremium : frame has one row a firm: firm, products, price (geometric mean), estimate, low, high
        (fractions: 0.02 is 2% above comparable products), verdict ("dearer", "cheaper", "no clear
        difference").

    Raises
    ------
    ValueError : a firm is not in the source; a price of zero or below; a level outside 0 to 1.
    """
    market = compared(TITLE, source, focal, rivals, level)
    if isinstance(market, Absent):
        return market
    every = firm_premiums(market, check_firms(source, focal, rivals), level)
    frame = every.dropna(subset="estimate", ignore_index=True)
    own = frame.iloc[0]
    when = period_label(rows(source)["period"], market.rows["period"].iloc[0])
    words = (
        f"{focal} is priced {apart(own.estimate, own.low, own.high, 'comparable products')}: {_said(own)}."
    )
    return PricePremium(
        title=_title(own),
        subtitle=f"Price against other firms' products equal in {market.basis}"
        f"{', ' + when if when else ''}; {level_words(level)}",
        finding=f"{words}{_rival(frame.iloc[1:])}",
        headline=f"{words}{_rival(frame.iloc[1:])}",
        advice=_advice(own),
        unknown="What buyers would pay: a price test or a shopper survey would tell.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=tuple(premium_number(row, level, when, source) for row in frame.head(3).itertuples()),
        checks=(*market.checks, all_compared(every), *resampled(market, own, level, seed)),
        focal=focal,
    )


def compared(
    title: str, source: Source, focal: str, rivals: Sequence[str], level: float
) -> Comparables | Absent:
    """Lay out the newest period for comparing firms, or say why the focal firm cannot be compared.

    Raises
    ------
    ValueError : a firm is not in the source; a price of zero or below; a level outside 0 to 1.
    """
    check_level(level)
    absent = lacking(title, source, "firm", "price")
    if absent:
        return absent
    check_firms(source, focal, rivals)
    market = comparables(title, source, extra=1)
    if isinstance(market, Absent):
        return market
    own = (market.rows["firm"] == focal).to_numpy()
    if _dummy(market, own) is not None:
        return market
    if own.any():
        return Absent(title=title, reason=f"No other firm has products comparable to those of {focal}.")
    reason = f"{focal} has no product with a price and all attributes in the newest period."
    return Absent(title=title, reason=reason)


def firm_premiums(market: Comparables, firms: Sequence[str], level: float) -> pd.DataFrame:
    """Compare each firm's prices with the products of all others that have the same attributes.

    Returns
    -------
    DataFrame : one row a firm; columns firm, products, price (geometric mean), estimate, low, high
        (fractions), verdict; estimates are missing where a firm has no product, or its attributes are found
        at no other firm.
    """
    found = []
    for firm in firms:
        own = (market.rows["firm"] == firm).to_numpy()
        dummy = _dummy(market, own)
        ends = np.full(3, np.nan)
        if dummy is not None:
            matrix = market.matrix.assign(**{"(firm)": dummy})
            ends = np.expm1(fit(market.log_price, matrix, market.groups).interval("(firm)", level))
        price = np.exp(market.log_price[own].mean()) if own.any() else np.nan
        found.append((firm, int(own.sum()), price, *ends, verdict(*ends, otherwise=UNCLEAR)))
    columns = ["firm", "products", "price", "estimate", "low", "high", "verdict"]
    return pd.DataFrame(found, columns=columns)


def _dummy(market: Comparables, own: np.ndarray) -> np.ndarray | None:
    # Whether a product is the firm's, centred; None where attributes alone tell that, or it has no product.
    dummy = own - own.mean()
    return dummy if unexplained(dummy, market.matrix.to_numpy()) > REPEATED else None


def resampled(market: Comparables, own: Any, level: float, seed: int) -> tuple[Check, ...]:
    """Check a firm's interval against one from resampled products (Efron's percentile bootstrap of pairs).

    A firm with few products has no such check: resampling would often leave it out. Resamples that do not
    tell the firm from its attributes are dropped.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, sections 9.5 and 13.3.
    """
    mine = (market.rows["firm"] == own.firm).to_numpy(dtype=float)
    if mine.sum() < FEW:
        return ()
    drawn = np.random.default_rng(seed).multinomial(len(mine), np.full(len(mine), 1 / len(mine)), DRAWS)
    # Orthonormal columns keep the squares below sound in any unit.
    q, r = np.linalg.qr(np.column_stack([np.ones(len(mine)), market.matrix.to_numpy(), mine]))
    terms = q.shape[1]
    weighted = (drawn @ (q[:, :, None] * q[:, None, :]).reshape(len(mine), -1)).reshape(-1, terms, terms)
    last = np.linalg.pinv(weighted, rcond=ALONE, hermitian=True)[:, -1]  # the firm's row
    told = np.einsum("dj,dj->d", last, weighted[:, :, -1]) > 1 - np.sqrt(ALONE)
    along = np.einsum("dj,dj->d", last, drawn @ (q * market.log_price[:, None]))
    estimates = np.expm1(along[told] / r[-1, -1])
    low, high = np.quantile(estimates, [0.5 - level / 2, 0.5 + level / 2])
    off = max(abs(low - own.low), abs(high - own.high))
    saw = f"{interval(low, high, '%')} against {interval(own.low, own.high, '%')}"
    alike = off <= max(LIKE * (own.high - own.low), NEGLIGIBLE)
    return (Check("Resampling the products gives a like interval", bool(alike), saw),)


def premium_number(row: Any, level: float, when: str, source: Source) -> Number:
    """Make a firm's row a Number."""
    return Number(
        name=f"premium_{names(source.frame['firm'])[row.firm]}",
        label=f"{possessive(row.firm)} price against comparable products",
        value=float(row.estimate),
        low=float(row.low),
        high=float(row.high),
        level=level,
        unit="%",
        period=when,
        source=source.name,
    )


def all_compared(every: pd.DataFrame) -> Check:
    """Check that every firm could be compared."""
    left = every.loc[every["estimate"].isna(), "firm"].to_list()
    saw = f"nothing comparable: {listed(left)}" if left else f"{count(len(every))} firms"
    return Check("Every firm has comparable products at others", not left, saw)


def _said(own: Any) -> str:
    return {"dearer": "clearly dearer", "cheaper": "clearly cheaper"}.get(own.verdict, "no clear gap")


def _title(own: Any) -> str:
    if own.verdict == UNCLEAR:
        return f"{own.firm}: no clear price gap to comparable products"
    return f"{own.firm} prices {_side(own)} comparable products"


def _side(row: Any) -> str:
    return apart(row.estimate, row.low, row.high, "others").partition(" others")[0]


def _rival(others: pd.DataFrame) -> str:
    # The rival that stands out most, when one clearly does.
    clear = others[others["verdict"] != UNCLEAR]
    if clear.empty:
        return ""
    row = clear.loc[np.log1p(clear["estimate"]).abs().idxmax()]
    return f" {row['firm']} is {apart(row['estimate'], row['low'], row['high'])}."


def _advice(own: Any) -> str:
    if own.verdict == "dearer":
        return "Know what earns the premium before raising prices further."
    if own.verdict == "cheaper":
        return "Find out whether the lower prices are meant before cutting any."
    if own.high - own.low > WIDE:
        return "Nothing here says to move prices: the gap may go either way."
    return "Prices are in line with comparable products: nothing here calls for changing them."
