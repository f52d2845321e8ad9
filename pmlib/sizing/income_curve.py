"""From the top down: how much of a thing markets of this income own, by a curve through the other markets."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_source
from pmlib.data.words import meant, shown
from pmlib.given import ungiven
from pmlib.parameters import check_level, check_name, check_number
from pmlib.result import Absent, Check, Result
from pmlib.sizing.income_words import Prediction
from pmlib.stats.saturating import SHAPES, Curve, LeftOut, fit, left_out, stable, unstable
from pmlib.table import number, plain

TITLE = "What markets of this income own"
ROLES = ("market", "penetration", "income_a_head")
FEW = 8  # other markets; with fewer the curve follows single ones
NEAR = 10  # other markets nearest in income, whose intervals are checked apart
CROWD, NAMED = 30, 13  # more markets than these are not all named in the chart, but so many
POINTS = 60  # of the drawn curve
SLACK = 0.2  # under 60% of ten hold once in thirty times where 80% should


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IncomeCurve(Result):
    """What a market would own if it were as others of its income.

    market : predicted. curve : fitted to the others; ceiling, place, steepness, sse. ceilings : the lowest
    and the highest when one market is left out. spread : root mean squared error of markets left out, on
    the scale of the arcsine of the root. coverage : share of the other markets that lie in their own
    intervals. line : the drawn curve.
    """

    market: str
    curve: Curve
    ceilings: tuple[float, float]
    spread: float
    coverage: float
    line: pd.DataFrame = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw the other markets, the curve through them, and ours."""
        from pmlib import chart

        # Ours is drawn last, over the others; of many, those nearest in income are named.
        away = np.abs(np.log(self.frame["income_a_head"] / self.frame["income_a_head"].iloc[0]))
        named = away.rank(method="first") <= (NAMED if len(away) > CROWD else len(away))
        return chart.map2d(
            self.frame.assign(market=self.frame["market"].where(named, ""))[::-1],
            "income_a_head",
            "penetration",
            "market",
            columns=self.columns,
            highlight=[self.market],
            through=self.line,
            ax=ax,
        )


def income_curve(
    panel: Source,
    *,
    market: str,
    year: int | None = None,
    curve: Literal["auto", "gompertz", "logistic"] = "auto",
    ceiling: float | None = None,
    people: float | None = None,
    level: float = 0.8,
) -> IncomeCurve | Absent:
    """Predict what a market owns from its income, by the other markets alone.

    A Gompertz or logistic curve in the logarithm of income is fitted to all rows of the other markets up to
    the year, on the scale of the arcsine of the root, where small shares scatter as large ones do. Markets
    differ by more than income, and do so year after year, so the interval comes from whole markets left out:
    each is predicted by the rest in its newest row, and ours may lie as far off as those of like income do
    (the conformal quantile).

    Parameters
    ----------
    panel : one row a market and period, or a market; with penetration (owned a head, 0 to 1), income_a_head.
    market, year : to predict; the newest year when None.
    curve : "auto" takes the one that predicts markets left out better.
    ceiling : what penetration levels off at; estimated, at most 1, when None.
    people : of the market; with it the amount is given too. level : of the interval.

    Returns
    -------
    IncomeCurve : frame has one row a market, ours first: market, income_a_head, penetration (as observed; of
        ours as predicted), estimate, low, high (predicted without it), observed. Numbers: `a_head`, in the
        unit of penetration, and with people `top_down`, in what is owned.

    Raises
    ------
    DataError : no such market or year; penetration outside 0 to 1; an income that is missing or not above 0;
        a parameter that is out of range.
    """
    if absent := ungiven(TITLE, panel, "panel of markets"):
        return absent
    check_source(panel)
    if lost := panel.lacks(*ROLES):
        return Absent(title=TITLE, reason=f"{panel.name} has no column of role {' and none of '.join(lost)}.")
    check_name("market", market)
    check_amounts(panel, "penetration", "income_a_head")
    _check(curve, ceiling, people, level)
    rows, when = _rows(panel, market, year)
    own = rows[rows["market"] == market].iloc[-1]
    others = rows[(rows["market"] != market) & rows["penetration"].notna() & rows["income_a_head"].notna()]
    others = others.reset_index(drop=True)
    names = others["market"].unique()
    least = max(FEW, int(np.ceil(round(level / (1 - level), 9))))
    if len(names) < least:
        reason = f"{panel.name} has {len(names)} other markets{' up to ' + when if when else ''}"
        reason += f"; {least} are needed for a curve with a range at this level."
        return Absent(title=TITLE, reason=reason)
    fitted, judged = _chosen(others, curve, ceiling)
    income = float(own["income_a_head"])
    far = judged.reach(income, level)
    middle = float(fitted(np.array([income]))[0])
    ends = unstable(stable(np.array(middle)) + np.array([-far, far]))
    said = Prediction(panel, market, when, middle, (float(ends[0]), float(ends[1])), level, people)
    frame = _frame(own, others, judged, said)
    return IncomeCurve(
        title=said.title,
        subtitle=said.subtitle,
        finding=said.finding,
        headline=said.headline,
        unknown=f"What else sets {market} apart from markets of its income: this curve knows income alone.",
        frame=frame,
        columns=said.columns,
        source=panel.line,
        numbers=said.numbers,
        checks=_checks(rows, own, others, judged, said),
        market=market,
        curve=fitted,
        ceilings=(float(judged.ceilings.min()), float(judged.ceilings.max())),
        spread=judged.spread,
        coverage=float(judged.held(level).mean()),
        line=_line(fitted, frame),
    )


def _check(curve: str, ceiling: float | None, people: float | None, level: float) -> None:
    if curve not in ("auto", *SHAPES):
        raise DataError(f'curve is {shown(curve)}; write "auto", "gompertz" or "logistic"')
    if ceiling is not None:
        check_number("ceiling", ceiling, "a penetration above 0, at most 1, or None to estimate it")
    if people is not None:
        check_number("people", people, "how many live there, above 0")
    if ceiling is not None and not 0 < ceiling <= 1:
        raise DataError(
            f"ceiling is {ceiling}; write a penetration above 0, at most 1, or None to estimate it"
        )
    if people is not None and not (isfinite(people) and people > 0):
        raise DataError(f"people is {people}; write how many live there, above 0")
    check_level(level)


def _rows(panel: Source, market: str, year: int | None) -> tuple[pd.DataFrame, str]:
    """Give the rows up to the year, in order of market and time, and the year in words."""
    frame = panel.frame.assign(market=panel.frame["market"].astype("str"))
    frame["penetration"] = frame["penetration"].astype(float)
    frame["income_a_head"] = frame["income_a_head"].astype(float)
    if market not in set(frame["market"]):
        raise DataError(
            f"market {market!r} is not in {panel.name}; {meant(market, frame['market'].unique())}"
        )
    own = frame["market"] == market
    when = ""
    if "period" in frame:
        years = frame["period"].dt.year
        asked = int(years[own].max()) if year is None else year
        if asked not in set(years[own]):
            there = f"{years[own].min()} to {years[own].max()}"
            raise DataError(f"{panel.name} has no {market} in {asked}; it has {there}; choose a year there")
        frame = frame[years <= asked].sort_values(["market", "period"])
        when = str(asked)
    elif year is not None:
        raise DataError(f"{panel.name} has no period, so no year {year}; leave year out")
    elif frame["market"].duplicated().any():
        twin = frame.loc[frame["market"].duplicated(), "market"].iloc[0]
        raise DataError(f"{panel.name} has several rows of {twin!r} and no period; say which column is it")
    frame = frame.reset_index(drop=True)
    for role, fine, remedy in (
        (
            "penetration",
            frame["penetration"].between(0, 1),
            "what is owned a head, 0 to 1; scale = 0.01 for percent",
        ),
        ("income_a_head", frame["income_a_head"].between(0, np.inf, "neither"), "an amount above 0"),
    ):
        bad = (~fine & frame[role].notna()).to_numpy()
        if bad.any():
            row = frame.iloc[int(bad.argmax())]
            at = f"{row['market']}{f' in {row.period:%Y}' if 'period' in frame else ''}"
            raise DataError(f"{panel.name}: {role} of {at} is {row[role]:g}; it must be {remedy}")
    if pd.isna(frame.loc[frame["market"] == market, "income_a_head"].iloc[-1]):
        raise DataError(f"{panel.name} has no income of {market}{f' in {when}' if when else ''}; add it")
    return frame, when


def _chosen(others: pd.DataFrame, curve: str, ceiling: float | None) -> tuple[Curve, LeftOut]:
    income, share = (others[name].to_numpy(float) for name in ("income_a_head", "penetration"))
    market, _ = pd.factorize(others["market"])
    last = np.flatnonzero(np.append(market[1:] != market[:-1], True))
    fits = [fit(income, share, shape, ceiling) for shape in (SHAPES if curve == "auto" else [curve])]
    judged = [left_out(each, income, share, market, last, ceiling) for each in fits]
    best = int(np.argmin([each.spread for each in judged]))
    return fits[best], judged[best]


def _frame(own: pd.Series, others: pd.DataFrame, judged: LeftOut, said: Prediction) -> pd.DataFrame:
    last = others.drop_duplicates("market", keep="last")
    middle, far = stable(judged.predicted), judged.own_reach(said.level)
    columns = ["market", "income_a_head", "penetration"]
    rest = last[columns].assign(
        estimate=judged.predicted,
        low=unstable(middle - far),
        high=unstable(middle + far),
        observed=last["penetration"],
    )
    ours = pd.DataFrame(
        {
            "market": [said.market],
            "income_a_head": [float(own["income_a_head"])],
            "penetration": [said.middle],
            "estimate": [said.middle],
            "low": [said.ends[0]],
            "high": [said.ends[1]],
            "observed": [own["penetration"]],
        }
    )
    return pd.concat([ours, rest.sort_values("income_a_head", ascending=False)], ignore_index=True)


def _line(curve: Curve, frame: pd.DataFrame) -> pd.DataFrame:
    income = np.geomspace(frame["income_a_head"].min(), frame["income_a_head"].max(), POINTS)
    return pd.DataFrame({"income_a_head": income, "penetration": curve(income)})


def _checks(
    rows: pd.DataFrame, own: pd.Series, others: pd.DataFrame, judged: LeftOut, said: Prediction
) -> tuple[Check, ...]:
    income, unit = float(own["income_a_head"]), said.panel.columns["income_a_head"].unit
    ends = float(others["income_a_head"].min()), float(others["income_a_head"].max())
    held = judged.held(said.level)
    near = judged.nearest(income, NEAR)
    lost = int((rows["market"] != said.market).sum()) - len(others)
    low, high = judged.ceilings.min(), judged.ceilings.max()
    checks = [
        Check(
            "Its income lies among those of the others",
            ends[0] <= income <= ends[1],
            f"{number(income, unit, 0)} against {plain(ends[0], unit, 0)} to {number(ends[1], unit, 0)}",
        ),
        Check(
            "Other markets near this income lie in their ranges as often as they should",
            held[near].mean() >= said.level - SLACK,
            f"{int(held[near].sum())} of the {len(near)} nearest, {int(held.sum())} of all {len(held)}",
        ),
        Check(
            "Where the curve levels off hangs on no single market",
            high - low <= 0.25 * high,
            f"{said.range(low, high)} when one is left out",
        ),
        Check(
            "Every row of the others has both figures", not lost, f"{lost} left out of {lost + len(others)}"
        ),
    ]
    if pd.notna(own["penetration"]):
        seen = float(own["penetration"])
        fits = said.ends[0] <= seen <= said.ends[1]
        checks.append(Check("What was observed there lies in the range", fits, number(seen, said.unit)))
    return tuple(checks)
