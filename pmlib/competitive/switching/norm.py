"""Is a brand bought as often as is normal for its size: buying against the Dirichlet norm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.regression import check_level
from pmlib.competitive.switching.dirichlet import Dirichlet
from pmlib.competitive.switching.panel import MEASURES, Buying, buying, check_households, norms
from pmlib.competitive.switching.purchases import ENOUGH, FEW, Purchases, check_brands, places, purchases
from pmlib.competitive.switching.resample import DRAWS
from pmlib.competitive.words import count, level_words, listed, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Buying against what is normal for a brand's size"
EXPECTED = 5  # loyal buyers by the norm, below which their number cannot be told from chance
SHOWN = 10  # brands in the chart
GAP = Column("Against the norm", "%")
LABELS = {
    "penetration": "Share of households that buy it",
    "purchases": "Purchases a buyer",
    "category_rate": "Category purchases a buyer",
    "requirements": "Share of its buyers' purchases",
    "loyals": "Share of buyers who buy no other",
}

COLUMNS = {
    "brand": Column("Brand"),
    "label": Column("Measure"),
    "observed": Column("Observed", digits=2),
    "norm": Column("Norm", digits=2),
    "estimate": GAP,
    "range": Column("Range"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DirichletNorm(Result):
    """Each brand's buying, observed and as the NBD-Dirichlet has it. model : that model, with M, K and S."""

    focal: str
    model: Dirichlet

    def plot(self, ax: Any = None) -> Any:
        """Draw how far purchases a buyer are from the norm, with intervals."""
        from pmlib import chart

        rows = self.frame[(self.frame["measure"] == "purchases") & self.frame["estimate"].notna()]
        return chart.dots(rows.head(SHOWN), "brand", spec=GAP, highlight=[self.focal], ax=ax)


def dirichlet_norm(
    source: Source,
    *,
    by: str = "product",
    focal: str,
    rivals: Sequence[str] = (),
    households: int | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> DirichletNorm | Absent:
    """Compare each brand's buying with the NBD-Dirichlet of a market whose brands differ in size only.

    Parameters
    ----------
    source, by, focal, rivals : as in `brand_switching`; the order of purchases does not matter.
    households : in the panel, with those who bought nothing. Where they are not given, nor is K, and
        category purchases are taken as observed.
    level : of the intervals, from resampled households. seed : of the resampling.

    Returns
    -------
    DirichletNorm : frame has one row a brand and measure (penetration, purchases, category_rate,
        requirements, loyals: see `Dirichlet`), the focal brand's first: brand, buyers, measure, label,
        observed, norm, estimate, low, high (observed over norm, less 1), range (in words), verdict ("above",
        "below", "normal", "too few" of fewer than 30 buyers, or of fewer than 5 loyal ones by the norm).

    Raises
    ------
    ValueError : a brand nobody bought; households fewer than are seen; a level outside 0 to 1; what
        `purchases` refuses.
    """
    check_level(level)
    bought = purchases(TITLE, source, by, ordered=False)
    if isinstance(bought, Absent):
        return bought
    asked = check_brands(source, bought.brands, focal, rivals, by)
    panel = check_households(bought, households)
    seen = buying(bought, panel, seed, DRAWS)
    fits = norms(bought, seen)
    model = fits[0]
    if model is None:
        reason = f"No Dirichlet fits the data ({source.title}): too few households, or all alike."
        return Absent(title=TITLE, reason=reason)
    frame = _rows(bought, seen, fits, asked, panel, level)
    own = frame[frame["brand"] == focal].set_index("measure")
    return DirichletNorm(
        title=_title(focal, own.loc["purchases"]),
        subtitle="Purchases a buyer of each brand, against what its size makes normal; "
        f"{count(len(bought.brand))} purchases of {count(panel)} households; {level_words(level)}",
        finding=_finding(focal, own),
        headline=_finding(focal, own),
        unknown="Why: a brand may be bought seldom for its price, its places of sale or its taste.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(focal, own.loc["purchases"], level, source),
        checks=_checks(model, fits, frame, households),
        focal=focal,
        model=model,
    )


def _rows(
    bought: Purchases, seen: Buying, fits: list[Dirichlet | None], asked: list[str], panel: int, level: float
) -> pd.DataFrame:
    tails = [(1 - level) / 2, (1 + level) / 2]
    drawn = [i for i, fit in enumerate(fits) if fit is not None]
    buyers = np.rint(seen.penetration[0] * panel).astype(int)
    found = []
    for measure in MEASURES:
        observed = getattr(seen, measure)[drawn]
        with np.errstate(divide="ignore", invalid="ignore"):  # a resample may miss a brand
            normal = np.array([getattr(fits[i], measure) for i in drawn])
            gaps = observed / normal - 1
        low, high = np.nanquantile(gaps[1:], tails, axis=0)
        found.append(
            pd.DataFrame(
                {
                    "brand": bought.brands,
                    "buyers": buyers,
                    "measure": measure,
                    "label": LABELS[measure],
                    "observed": observed[0],
                    "norm": normal[0],
                    "estimate": gaps[0],
                    "low": low,
                    "high": high,
                }
            )
        )
    frame = pd.concat(found, ignore_index=True)
    rare = (frame["measure"] == "loyals") & (frame["norm"] * frame["buyers"] < EXPECTED)
    frame.loc[rare | (frame["buyers"] < ENOUGH), ["estimate", "low", "high"]] = np.nan
    frame["range"] = [_range(row) for row in frame.itertuples()]
    frame["verdict"] = [_verdict(row) for row in frame.itertuples()]
    order = frame["brand"].map(places(asked, bought.brands)).argsort(kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _range(row: Any) -> str:
    return FEW if np.isnan(row.estimate) else interval(row.low, row.high, "%", 0)


def _verdict(row: Any) -> str:
    if np.isnan(row.estimate):
        return FEW
    return "above" if row.low > 0 else "below" if row.high < 0 else "normal"


def _title(focal: str, row: pd.Series) -> str:
    return {
        "above": f"{possessive(focal)} buyers buy it more than is normal",
        "below": f"{possessive(focal)} buyers buy it less than is normal",
        "normal": f"{focal} is bought as its size makes normal",
        FEW: f"Too few buyers of {focal} to compare",
    }[row["verdict"]]


def _finding(focal: str, own: pd.DataFrame) -> str:
    row, loyals = own.loc["purchases"], own.loc["loyals"]
    if row["verdict"] == FEW:
        return (
            f"{focal} has {count(row['buyers'])} buyers, too few to compare with what is normal for its size."
        )
    side = {"above": "more often than", "below": "less often than", "normal": "about as often as"}[
        row["verdict"]
    ]
    return (
        f"Buyers of {focal} bought it {number(row['observed'], '', 1)} times, {side} is normal for a brand "
        "of its "
        f"size ({number(row['norm'], '', 1)}; {number(row['estimate'], '%', 0, sign=True)}, "
        f"{interval(row['low'], row['high'], '%', 0)}); {number(loyals['observed'], '%', 0)} of them bought "
        "no other "
        f"(normal: {number(loyals['norm'], '%', 0)})."
    )


def _numbers(focal: str, row: pd.Series, level: float, source: Source) -> tuple[Number, ...]:
    if row["verdict"] == FEW:
        return ()
    return (
        Number(
            name="focal_purchases_against_norm",
            label=f"purchases a buyer of {focal} against what its size makes normal",
            value=float(row["estimate"]),
            low=float(row["low"]),
            high=float(row["high"]),
            level=level,
            unit="%",
            source=source.name,
        ),
    )


def _checks(
    model: Dirichlet, fits: list[Dirichlet | None], frame: pd.DataFrame, households: int | None
) -> tuple[Check, ...]:
    few = frame.loc[(frame["verdict"] == FEW) & (frame["measure"] == "purchases"), "brand"]
    failed = sum(fit is None for fit in fits)
    nbd = "" if np.isnan(model.K) else f", K {number(model.K)}"
    none = [b for b, s in zip(model.brands, model.S_brand, strict=True) if np.isnan(s)]
    size = f"M {number(model.M)}{nbd}, S {number(model.S)}"
    return (
        Check(
            "Households that bought nothing are counted",
            not np.isnan(model.K),
            size if not np.isnan(model.K) else f"none are; category purchases are taken as observed: {size}",
        ),
        Check(
            "Every brand's penetration can be the model's",
            not none,
            f"not that of {listed(none[:5])}"
            if none
            else f"S from {number(min(model.S_brand))} to {number(max(model.S_brand))} by brand",
        ),
        Check(
            f"Every brand has {ENOUGH} buyers",
            few.empty,
            f"too few: {listed(list(few[:5]))}" if len(few) else f"the least, {count(frame['buyers'].min())}",
        ),
        Check(
            "Every resample of households has a model",
            not failed,
            f"{count(failed)} of {count(len(fits))} have none",
        ),
    )
