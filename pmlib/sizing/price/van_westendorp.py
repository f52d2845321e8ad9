"""Which prices are acceptable, and which wins most buyers: the questions of van Westendorp."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.parameters import check_resamples
from pmlib.result import Absent, Number, Result
from pmlib.sizing.price.answers import CALIBRATION, QUESTIONS, Answers, answers
from pmlib.sizing.price.crossing import share_below
from pmlib.sizing.price.points import KEEP, LABELS, POINTS, best_rows, everybody, point_rows
from pmlib.sizing.price.reliance import checks
from pmlib.sizing.price.sentences import advice, finding, headline, subtitle, title, unknown
from pmlib.table import Column

TITLE = "Acceptable prices"
FEW = 30  # respondents below whom nothing is said
DRAWN = 90  # points of each curve in the chart
CURVES = {  # the four that cross at all four points: a share and its opposite cross at the same price
    "too_cheap": "Too cheap",
    "cheap": "Not a bargain",
    "expensive": "Not expensive",
    "too_expensive": "Too expensive",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceSensitivity(Result):
    """Van Westendorp's points, and the best prices of Newton, Miller and Smith, with their ranges.

    asked, valid, missing, intransitive, tied : respondents in all; analysed; with a question unanswered;
        whose prices do not rise; those of them who only named one price twice.
    curves : price, and the share that finds it too_cheap, cheap, not_cheap, expensive, not_expensive and
        too_expensive. reach : price, trial (share that would buy), revenue a respondent; empty without
        intents.
    keep : which price of a plateau is the estimate.
    """

    asked: int
    valid: int
    missing: int
    intransitive: int
    tied: int
    keep: str
    curves: pd.DataFrame = field(default_factory=pd.DataFrame)
    reach: pd.DataFrame = field(default_factory=pd.DataFrame)

    def plot(self, ax: Any = None) -> Any:
        """Draw the curves, the acceptable range and where the points lie."""
        from pmlib import chart

        points = self.frame.set_index("point")
        shown = {"too_cheap": "too_cheap", "cheap": "not_cheap"}
        shown |= {"expensive": "not_expensive", "too_expensive": "too_expensive"}
        drawn = thinned(self.curves)
        parts = [
            pd.DataFrame({"price": drawn["price"], "share": drawn[column], "curve": CURVES[question]})[
                _rises(drawn[column])
            ]
            for question, column in shown.items()
            if column in drawn
        ]
        places = self.frame[["label", "estimate", "low", "high"]].copy()
        places["at"] = [self._height(row.point, row.estimate) for row in self.frame.itertuples()]
        both = {"lower", "upper"} <= set(points.index)
        best = LABELS["reach"] if "reach" in points.index else ""
        return chart.curves(
            pd.concat(parts, ignore_index=True),
            "price",
            "share",
            "curve",
            columns={"price": self.columns["estimate"], "share": Column("Share of respondents", "%")},
            places=places.sort_values("estimate", kind="stable"),
            shade=(points.loc["lower", "estimate"], points.loc["upper", "estimate"]) if both else None,
            highlight=[LABELS["lower"], LABELS["upper"], best],
            ax=ax,
        )

    def _height(self, point: str, price: float) -> float:
        # Of the crossing that is drawn; that of cheap and expensive is drawn as their opposites'.
        column = {"lower": "too_cheap", "opp": "too_expensive", "upper": "too_expensive", "idp": "not_cheap"}
        if point not in column:
            return np.nan
        return float(np.interp(price, self.curves["price"], self.curves[column[point]]))


def price_sensitivity(
    survey: Source | None,
    *,
    keep: str = "min",
    calibration: Mapping[float, float] = CALIBRATION,
    if_too_cheap: float = 0.0,
    if_too_expensive: float = 0.0,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 1,
) -> PriceSensitivity | Absent:
    """Find the range of acceptable prices, and the prices that win most buyers and most revenue.

    Only respondents whose prices rise from question to question count. The shares at or below each price are
    taken over all prices named, 0 at a question's smallest answer and 1 from its largest. Where curves jump
    over each other, they cross on straight lines between prices; where they meet over several, `keep` says
    which price is the estimate. Ranges are of respondents (clusters within strata, where there are) drawn
    anew; a finite population makes them wide rather than narrow.

    Parameters
    ----------
    survey : one row a respondent; roles too_cheap, cheap, expensive, too_expensive (two at least; with fewer
        than four, the points that hang on them); intent_if_cheap and intent_if_expensive for the best prices;
        design_weight, stratum and cluster if there are.
    keep : "min", "max", "mean" or "median" of the prices of a plateau.
    calibration : the chance that a respondent buys, 0-1, by the intent stated.
    if_too_cheap, if_too_expensive : the chance at prices called too cheap and too expensive.
    level : of the intervals. draws : resamples.

    Returns
    -------
    PriceSensitivity : frame has a row a point (lower, opp, idp, upper, reach, revenue): label, estimate, low,
        high in the survey's money, plateau_min to plateau_median, reached (share that would buy there),
        everybody (the point with answers out of order too).

    Raises
    ------
    ValueError : a negative price, an intent outside the scale, a respondent twice, a weight not above zero.

    References
    ----------
    Van Westendorp (1976), "NSS Price Sensitivity Meter", ESOMAR Congress; Newton, Miller and Smith (1993), "A
    market acceptance extension to traditional price sensitivity measurement", AMA ART Forum.
    """
    check_resamples(level, draws, seed)
    if keep not in KEEP:
        raise ValueError(f"keep is {keep!r}; write one of {', '.join(KEEP)}")
    if absent := ungiven(TITLE, survey, "survey of prices"):
        return absent
    assert survey is not None
    if not any(survey.has(*questions) for questions in POINTS.values()):
        reason = f"{survey.name} lacks questions of price: at least two of {', '.join(QUESTIONS)} that cross."
        return Absent(title=TITLE, reason=reason)
    said = answers(survey, calibration, if_too_cheap, if_too_expensive)
    if len(said.prices) < FEW:
        reason = (
            f"Only {len(said.prices)} of {said.asked:,} respondents name prices that rise with each question "
            f"({said.disordered:,} do not, {said.missing:,} left one out); {FEW} are needed."
        )
        return Absent(title=TITLE, reason=reason)
    rng = np.random.default_rng(seed)
    unit, times = said.sample.resamples(draws, rng)
    rows = point_rows(said, unit, times, keep=keep, level=level)
    reach = pd.DataFrame(columns=["price", "trial", "revenue"])
    stated = None if said.chances is None else ~np.isnan(said.chances).any(axis=1)
    if stated is not None and stated.sum() >= FEW:
        best, reach = best_rows(said, stated, unit, times, level)
        rows += best
    frame = pd.DataFrame(rows)
    frame["everybody"] = frame["point"].map(everybody(said, keep))
    return PriceSensitivity(
        title=title(frame, said.unit),
        subtitle=subtitle(said, survey, level),
        finding=finding(frame, said.unit),
        headline=headline(frame, said.unit),
        advice=advice(frame, said.unit),
        unknown=unknown(frame),
        frame=frame,
        columns=_columns(frame, said.unit),
        source=survey.line,
        numbers=_numbers(frame, said.unit, level, survey),
        checks=checks(said, frame, stated),
        asked=said.asked,
        valid=len(said.prices),
        missing=said.missing,
        intransitive=said.disordered,
        tied=said.tied,
        keep=keep,
        curves=_curves(said),
        reach=reach,
    )


def _curves(said: Answers) -> pd.DataFrame:
    grid, weights = np.unique(said.prices), said.sample.weights
    below = {q: share_below(said.prices[:, i], weights, grid) for i, q in enumerate(said.questions)}
    found = {"price": grid}
    for question, share in below.items():
        found[question] = 1 - share if question in ("too_cheap", "cheap") else share
        if question in ("cheap", "expensive"):
            found[f"not_{question}"] = 1 - found[question]
    return pd.DataFrame(found)


def _rises(share: pd.Series) -> pd.Series:
    # Where nobody answers, curves would lie on top of each other.
    return (share > 0) | (share.shift(1) > 0) | (share.shift(-1) > 0)


def thinned(curves: pd.DataFrame) -> pd.DataFrame:
    """Take some points of curves, evenly apart, without the tails where hardly anybody answered."""
    inner = curves.drop(columns="price")
    busy = np.flatnonzero((inner.min(axis=1) < 0.99) & (np.abs(inner - 0.5).min(axis=1) < 0.495))
    low, high = curves["price"].iloc[[busy[0], busy[-1]]] if len(busy) else curves["price"].iloc[[0, -1]]
    part = curves[curves["price"].between(low, high)]
    if len(part) <= DRAWN:
        return part
    prices = np.linspace(low, high, DRAWN)
    return pd.DataFrame({"price": prices} | {c: np.interp(prices, curves["price"], curves[c]) for c in inner})


def _columns(frame: pd.DataFrame, unit: str) -> dict[str, Column]:
    wide = float((frame["high"] - frame["low"]).median())
    digits = max(0, int(np.ceil(-np.log10(wide))) + 1) if wide > 0 else None
    columns = {"label": Column("Point"), "estimate": Column("Price", unit, digits)}
    columns |= {"low": Column("Low", unit, digits), "high": Column("High", unit, digits)}
    if "reached" in frame:
        columns["reached"] = Column("Would buy", "%", 0)
    return columns | {"everybody": Column("With answers out of order", unit, digits)}


def _numbers(frame: pd.DataFrame, unit: str, level: float, survey: Source) -> tuple[Number, ...]:
    names = {
        "lower": ("acceptable_low", "lowest acceptable price"),
        "upper": ("acceptable_high", "highest acceptable price"),
        "reach": ("best_price", "price that wins most buyers"),
        "opp": ("least_resistance_price", "price that fewest find too cheap or too expensive"),
        "idp": ("indifference_price", "price as many call cheap as expensive"),
    }
    rows = {row.point: row for row in frame.itertuples()}
    shown = [point for point in names if point in rows][:3]
    return tuple(
        Number(
            name=names[point][0],
            label=names[point][1],
            value=float(rows[point].estimate),
            low=float(rows[point].low),
            high=float(rows[point].high),
            level=level,
            unit=unit,
            source=survey.name,
        )
        for point in shown
    )
