"""Which products cost more or less than comparable ones would lead one to expect."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # quantiles of Student's t

from pmlib.competitive.comparable import GAP, Comparables, comparables, verdict
from pmlib.competitive.market import check_firms, lacking, period_label, rows
from pmlib.competitive.regression import ALONE, check_level, fit
from pmlib.competitive.words import apart, count, level_words
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, percentage

TITLE = "Products priced unlike comparable ones"
EXPECTED = "as expected"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Mispriced(Result):
    """Each product's price against the price of comparable products."""

    focal: str | None

    def plot(self, ax: Any = None) -> Any:
        """Draw the focal firm's products that stand out most, dearest first."""
        from pmlib import chart

        known = self.frame.dropna(subset="estimate")
        own = known if self.focal is None else known[known["firm"] == self.focal]
        shown = own.head(10).sort_values("estimate", ascending=False)
        marked = shown.loc[shown["verdict"] != EXPECTED, "name"].tolist()
        return chart.dots(shown, "name", spec=GAP, highlight=marked, ax=ax)


def mispriced(source: Source, *, focal: str | None = None, level: float = 0.95) -> Mispriced | Absent:
    """Compare each product's price with what all others lead one to expect for its attributes, newest period.

    A product is called dearer or cheaper when its price lies outside the prediction interval made without it.
    By construction about 1 minus `level` of all products do so by chance.

    Parameters
    ----------
    source : one row per product (and period), with firm, price and attributes.
    focal : the firm whose products the words and the chart are about; all firms when None.
    level : of the intervals.

    Returns
    -------
    Mispriced : frame has one row a product, the focal firm's first, then those that stand out most: product,
        name, firm, price, comparable (expected price), estimate, low, high (price over comparable, minus 1,
        with the range that attributes leave open), verdict ("dearer", "cheaper", "as expected", "nothing
        comparable").

    Raises
    ------
    ValueError : the focal firm is not in the source; a price of zero or below; a level outside 0 to 1.

    References
    ----------
    Belsley, Kuh & Welsch (1980), Regression Diagnostics, chapter 2 (leave-one-out residuals).
    """
    check_level(level)
    absent = lacking(TITLE, source, "firm", "price", firms=1)
    if absent:
        return absent
    check_firms(source, focal)
    market = comparables(TITLE, source)
    if isinstance(market, Absent):
        return market
    frame = _order(_gaps(market, level), focal)
    own = frame if focal is None else frame[frame["firm"] == focal]
    known = own.dropna(subset="estimate")
    if known.empty:
        reason = f"{focal or 'No firm'} has no product to compare in the newest period."
        return Absent(title=TITLE, reason=reason)
    spec = source.columns.get("price", Column("Price"))
    when = period_label(rows(source)["period"], market.rows["period"].iloc[0])
    out = known[known["verdict"] != EXPECTED]
    top = known.iloc[0]
    return Mispriced(
        title=_title(focal, out),
        subtitle=f"Price against products equal in {market.basis}{', ' + when if when else ''}; "
        f"{level_words(level)} for a single product",
        finding=_finding(focal, own, out, top),
        headline=_headline(focal, out),
        advice=_advice(out),
        unknown="Quality, equipment and name that these data do not list.",
        frame=frame,
        columns={
            "name": Column("Product"),
            "price": Column("Price", spec.unit, spec.digits),
            "comparable": Column("Comparable", spec.unit, spec.digits),
            "estimate": Column("Difference", "%"),
            "low": Column("Low", "%"),
            "high": Column("High", "%"),
        },
        source=source.line,
        numbers=(
            Number(
                name="widest_price_gap",
                label="is the widest price gap to comparable products",
                note=str(top["name"]),
                value=float(top["estimate"]),
                low=float(top["low"]),
                high=float(top["high"]),
                level=level,
                unit="%",
                period=when,
                source=source.name,
            ),
        ),
        checks=(*market.checks, *_checks(frame, 1 - level)),
        focal=focal,
    )


def _gaps(market: Comparables, level: float) -> pd.DataFrame:
    result = fit(market.log_price, market.matrix, market.groups)
    rest, free = result.classical.resid, 1 - result.leverage
    freedom = len(rest) - market.matrix.shape[1] - 2  # one row fewer
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(free > ALONE, rest / free, np.nan)
        variance = (result.classical.ssr - rest**2 / free) / freedom
        half = stdtrit(freedom, 0.5 + level / 2) * np.sqrt(np.maximum(variance, 0) / free)
    frame = market.rows[[c for c in ("product", "name", "firm", "price") if c in market.rows]].copy()
    frame["comparable"] = np.exp(market.log_price - gap)
    frame["estimate"], frame["low"], frame["high"] = (np.expm1(v) for v in (gap, gap - half, gap + half))
    found = [verdict(*ends, otherwise=EXPECTED) for ends in frame[["estimate", "low", "high"]].to_numpy()]
    frame["verdict"] = pd.Series(found, frame.index).mask(frame["estimate"].isna(), "nothing comparable")
    return frame


def _order(frame: pd.DataFrame, focal: str | None) -> pd.DataFrame:
    keys = pd.DataFrame({"other": frame["firm"] != focal, "size": -np.log1p(frame["estimate"]).abs()})
    return frame.loc[keys.sort_values(["other", "size"], kind="stable").index].reset_index(drop=True)


def _title(focal: str | None, out: pd.DataFrame) -> str:
    if out.empty:
        return _headline(focal, out).rstrip(".")
    return f"{count(len(out))} {_products(focal, len(out))} priced unlike comparable ones"


def _products(focal: str | None, items: int) -> str:
    return f"{focal + ' ' if focal else ''}product{'s' * (items != 1)}"


def _finding(focal: str | None, own: pd.DataFrame, out: pd.DataFrame, top: pd.Series) -> str:
    most = apart(top.estimate, top.low, top.high, "comparable products")
    told = count(len(out)) if len(out) else "None"
    stand = "stands" if len(out) < 2 else "stand"
    products = f"{count(len(own))} {_products(focal, len(own))}"
    return f"{told} of {products} {stand} out clearly; furthest is {top['name']}, {most}."


def _headline(focal: str | None, out: pd.DataFrame) -> str:
    if out.empty:
        return f"No {_products(focal, 1)} is priced clearly unlike comparable ones."
    top = out.iloc[0]
    return f"{top['name']} is priced {apart(top.estimate, top.low, top.high, 'comparable products')}."


def _advice(out: pd.DataFrame) -> str:
    if out.empty:
        return ""
    top = out.iloc[0]
    asks = "what earns its price" if top["verdict"] == "dearer" else "is its low price meant"
    return f"Look at {top['name']} first: {asks}?"


def _checks(frame: pd.DataFrame, chance: float) -> list[Check]:
    alone = int(frame["estimate"].isna().sum())
    out = float(frame["verdict"].isin(["dearer", "cheaper"]).mean())
    saw = f"{number(out, '%', 1)} of all products; chance gives {percentage(chance)}"
    return [
        Check(
            "Every product has comparable ones",
            not alone,
            f"{count(alone)} have none" if alone else "all have",
        ),
        Check("At most twice as many stand out as by chance", out <= 2 * chance, saw),
    ]
