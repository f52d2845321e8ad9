"""What else a brand's buyers buy: duplication of purchase, against what the brands' sizes alone predict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pmlib.competitive.regression import check_level
from pmlib.competitive.switching.cluster import ratio, ratio_interval
from pmlib.competitive.switching.dirichlet import Dirichlet
from pmlib.competitive.switching.panel import buying, check_households, norms
from pmlib.competitive.switching.purchases import ENOUGH, FEW, Purchases, check_brands, places, purchases
from pmlib.competitive.switching.resample import resampled, sparse
from pmlib.competitive.switching.square import square
from pmlib.competitive.words import count, level_words, listed, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number, plain

TITLE = "What else buyers buy"
EXPECTED = 5  # buyers of both, below which their number cannot be told from chance
SHOWN = 5  # brands in the chart

COLUMNS = {
    "brand": Column("Buyers of"),
    "other": Column("also bought"),
    "estimate": Column("Share of them", "%", 0),
    "low": Column("Low", "%", 0),
    "high": Column("High", "%", 0),
    "verdict": Column("For its size"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PurchaseDuplication(Result):
    """Which brands share buyers.

    brands : one row a brand: penetration, purchases (a buyer), requirements (share of its buyers' purchases
    that it gets), loyals (share of buyers who buy no other), each with _low and _high. coefficient : D of the
    duplication law. norm : the Dirichlet's duplication, brands by brands (None where no model fits).
    """

    focal: str
    brands: pd.DataFrame
    coefficient: float
    norm: pd.DataFrame | None

    def plot(self, ax: Any = None) -> Any:
        """Draw the table; blue where brands share clearly more buyers than sizes predict, orange: fewer."""
        from pmlib import chart

        shown = self.frame["brand"].unique()[:SHOWN]
        written = self.frame["estimate"].map(lambda share: plain(share, "%", 0) + "%")
        cells = self.frame.assign(
            text=written.where(self.frame["enough"], FEW),
            tint=self.frame["verdict"].map({"more": 1.0, "less": -1.0, "as expected": 0.0}),
        )
        texts, tints = (square(cells, "brand", "other", what, shown) for what in ("text", "tint"))
        return chart.heat(tints, texts.fillna(""), ax=ax)


def purchase_duplication(
    source: Source,
    *,
    by: str = "product",
    focal: str,
    rivals: Sequence[str] = (),
    households: int | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> PurchaseDuplication | Absent:
    """Measure which other brands each brand's buyers also buy, over all purchases of the data.

    The duplication law has the share of a brand's buyers who also buy another as D times the other's
    penetration; D is the sum over pairs of the households that buy both, over the same sum of products of
    penetrations. Where brands are bought by most households the law bends, as it does in the Dirichlet; what
    is expected of a pair is the law, bent as much as the Dirichlet bends it.

    Parameters
    ----------
    source, by, focal, rivals : as in `brand_switching`; the order of purchases does not matter.
    households : in the panel, with those who bought nothing; else those who are seen.
    level : of the intervals. seed : of the resampling of households.

    Returns
    -------
    PurchaseDuplication : frame has one row an ordered pair, the focal brand's first: brand, other, buyers (of
        brand), both (who bought the other, too), estimate, low, high (both of buyers, 0-1), law (D times
        penetration), norm (the Dirichlet's), expected (see above), ratio, ratio_low, ratio_high (estimate
        over expected), verdict ("more", "less", "as expected", "too few"; of markets as expected, no more
        than 1 - level have any pair told otherwise), enough.

    Raises
    ------
    ValueError : a brand nobody bought; households fewer than are seen; a level outside 0 to 1; what
        `purchases` refuses.

    References
    ----------
    Ehrenberg (1988), Repeat-Buying, 2nd ed., chapter 10.
    """
    check_level(level)
    bought = purchases(TITLE, source, by, ordered=False)
    if isinstance(bought, Absent):
        return bought
    asked = check_brands(source, bought.brands, focal, rivals, by)
    panel = check_households(bought, households)
    model = norms(bought, buying(bought, panel, seed, 0))[0]
    frame, coefficient = _pairs(bought, model, asked, panel, level, seed)
    named = list(bought.brands)
    return PurchaseDuplication(
        title=_title(frame, focal),
        subtitle="Share of each brand's buyers (rows) who also bought each other brand; "
        f"{count(panel)} households; "
        f"blue: clearly more than the brands' sizes predict, orange: fewer; {level_words(level)}",
        finding=_finding(frame, focal, rivals),
        headline=_finding(frame, focal, rivals[:1]),
        unknown="Whether a household's members buy each for themselves: then its brands need not be rivals.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(frame, focal, level, source),
        checks=_checks(frame, coefficient),
        focal=focal,
        brands=_brands(bought, panel, level),
        coefficient=coefficient,
        norm=None if model is None else pd.DataFrame(model.duplication, named, named),
    )


def law(shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give D of the duplication law, and the shares of households that it predicts to buy both of two brands.

    shared : shares of households that buy row and column brand (on the diagonal: the brand); the last two
        axes.
    """
    bought = np.diagonal(shared, axis1=-2, axis2=-1)
    chance = bought[..., :, None] * bought[..., None, :]
    off = ~np.eye(shared.shape[-1], dtype=bool)
    with np.errstate(invalid="ignore"):  # a resample may hold buyers of one brand only
        coefficient = shared[..., off].sum(axis=-1) / chance[..., off].sum(axis=-1)
    return coefficient, coefficient[..., None, None] * chance


def _pairs(
    bought: Purchases, model: Dirichlet | None, asked: list[str], panel: int, level: float, seed: int
) -> tuple[pd.DataFrame, float]:
    many, has = len(bought.brands), (bought.counts() > 0).astype(float)
    real = (has.T @ has) / panel
    drawn = resampled(_shared(has), panel, seed).reshape(-1, many, many) / panel
    coefficient, predicted = law(real)
    bent = _bend(model, many)
    # Half a household keeps the logarithm of a pair that nobody buys.
    half = 0.5 / panel
    logs = np.log(drawn + half) - np.log(law(drawn)[1] * bent + half)
    expected = predicted * bent
    error = np.maximum(np.nanstd(logs, axis=0), np.where(real == 0, (expected * panel) ** -0.5, 0.0))
    log = np.log(real + half) - np.log(expected + half)
    z, strict = ndtri((1 + level) / 2), ndtri(1 - (1 - level) / (many * (many - 1)))
    rows = [ratio(has[:, [i]] * has, has[:, i]) for i in range(many)]
    low, high = (np.array(ends) for ends in zip(*(ratio_interval(row, level) for row in rows), strict=True))
    regular = np.diag(real) * panel >= ENOUGH
    enough = regular[:, None] & regular & (expected * panel >= EXPECTED)
    verdict = np.where(log > strict * error, "more", np.where(log < -strict * error, "less", "as expected"))
    first, second = np.nonzero(~np.eye(many, dtype=bool))
    buyers = np.rint(np.diag(real) * panel).astype(int)
    columns: dict[str, Any] = {
        "brand": np.array(bought.brands)[first],
        "other": np.array(bought.brands)[second],
        "buyers": buyers[first],
        "both": np.rint(real * panel).astype(int)[first, second],
        "estimate": (real / np.diag(real)[:, None])[first, second],
        "low": low[first, second],
        "high": high[first, second],
        "law": (predicted / np.diag(real)[:, None])[first, second],
        "norm": np.nan if model is None else model.duplication[first, second],
        "expected": (expected / np.diag(real)[:, None])[first, second],
        "ratio": (real / expected)[first, second],
        "ratio_low": np.exp(log - z * error)[first, second],
        "ratio_high": np.exp(log + z * error)[first, second],
        "verdict": np.where(enough, verdict, FEW)[first, second],
        "enough": (buyers >= ENOUGH)[first],
    }
    frame = pd.DataFrame(columns)
    frame.loc[~frame["enough"], ["estimate", "low", "high"]] = np.nan
    place = places(asked, bought.brands)
    order = np.lexsort([-frame["both"], frame["brand"].map(place)])
    return frame.iloc[order].reset_index(drop=True), float(coefficient)


def _shared(has: np.ndarray) -> Any:
    # Households down, pairs of brands across: whether it bought both.
    who, brand = np.nonzero(has)
    held = pd.DataFrame({"who": who, "brand": brand})
    both = held.merge(held, on="who")
    cells = both["brand_x"] * has.shape[1] + both["brand_y"]
    return sparse(both["who"].to_numpy(), cells.to_numpy(), np.ones(len(both)), (len(has), has.shape[1] ** 2))


def _bend(model: Dirichlet | None, many: int) -> np.ndarray:
    if model is None:
        return np.ones((many, many))
    shared = model.duplication * model.penetration[:, None]
    return shared / law(shared)[1]


def _brands(bought: Purchases, panel: int, level: float) -> pd.DataFrame:
    held = bought.counts().astype(float)
    has = held > 0
    total, only = held.sum(axis=1), has & (has.sum(axis=1, keepdims=True) == 1)
    silent = np.zeros((panel - len(held), len(bought.brands)))
    here = ratio(np.vstack([has, silent]), np.ones(panel))
    columns: dict[str, Any] = {"brand": bought.brands, "buyers": has.sum(axis=0)}
    columns |= dict(zip(["penetration", "penetration_low", "penetration_high"],
                        [here.estimate, *ratio_interval(here, level)], strict=True))  # fmt: skip
    columns["purchases"] = held.sum(axis=0) / has.sum(axis=0)
    for kind, part, whole in [("requirements", held, has * total[:, None]), ("loyals", only, has)]:
        each = [
            ratio(part[:, [b]].astype(float), whole[:, b].astype(float)) for b in range(len(bought.brands))
        ]
        columns[kind] = np.array([one.estimate[0] for one in each])
        ends = np.array([np.concatenate(ratio_interval(one, level)) for one in each])
        columns[f"{kind}_low"], columns[f"{kind}_high"] = ends.T
    return pd.DataFrame(columns)


def _own(frame: pd.DataFrame, focal: str) -> pd.DataFrame:
    return frame[frame["brand"] == focal].set_index("other")


def _title(frame: pd.DataFrame, focal: str) -> str:
    own = _own(frame, focal)
    if not own["enough"].any():
        return f"Too few buyers of {focal} to compare"
    more = own.index[own["verdict"] == "more"]
    less = own.index[own["verdict"] == "less"]
    if len(more):
        return f"{focal} shares most buyers, for its size, with {listed(list(more[:2]))}"
    if len(less):
        return f"{focal} shares few buyers, for its size, with {listed(list(less[:2]))}"
    return f"{focal} shares buyers as brands' sizes predict"


def _finding(frame: pd.DataFrame, focal: str, rivals: Sequence[str]) -> str:
    own = _own(frame, focal)
    if not own["enough"].any():
        return f"{focal} has {count(own['buyers'].iloc[0])} buyers, too few to say what else they buy."
    told = list(own.index[own["verdict"].isin(["more", "less"])][:2])
    named = list(dict.fromkeys([*[r for r in rivals if r != focal], *told])) or [own.index[0]]
    return f"Of {possessive(focal)} buyers, {listed([_said(own.loc[name], name) for name in named])}."


def _said(row: pd.Series, name: str) -> str:
    size = {
        "more": "more than its size predicts",
        "less": "fewer than its size predicts",
        "as expected": "as its size predicts",
        FEW: "too few to compare with its size",
    }[row["verdict"]]
    return (
        f"{number(row['estimate'], '%', 0)} ({interval(row['low'], row['high'], '%', 0)}) also bought "
        f"{name}, {size} "
        f"({number(row['expected'], '%', 0)})"
    )


def _numbers(frame: pd.DataFrame, focal: str, level: float, source: Source) -> tuple[Number, ...]:
    own = _own(frame, focal)
    if not own["enough"].any():
        return ()
    first, name = own.iloc[0], own.index[0]
    return (
        Number(
            name="focal_buyers_shared",
            label=f"of {possessive(focal)} buyers also bought {name}",
            value=float(first["estimate"]),
            low=float(first["low"]),
            high=float(first["high"]),
            level=level,
            unit="%",
            source=source.name,
        ),
    )


def _checks(frame: pd.DataFrame, coefficient: float) -> tuple[Check, ...]:
    once = frame[frame["brand"] < frame["other"]]
    off = once[once["verdict"].isin(["more", "less"])]
    few = once[once["verdict"] == FEW]
    pairs = [f"{a} and {b} ({v})" for a, b, v in zip(off["brand"], off["other"], off["verdict"], strict=True)]
    more = f" and {len(pairs) - 4} more" if len(pairs) > 4 else ""
    return (
        Check(
            "Buyers are shared as the brands' sizes predict (duplication law)",
            off.empty,
            f"not {listed(pairs[:4])}{more}" if pairs else f"D is {number(coefficient)}",
        ),
        Check(
            "Every pair of brands has buyers enough to compare",
            few.empty,
            f"{count(len(few))} of {count(len(once))} pairs have too few"
            if len(few)
            else f"{count(len(once))} pairs",
        ),
    )
