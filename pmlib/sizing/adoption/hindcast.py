"""How curves, their average and naive forecasts would have done at every past moment of a series."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.parameters import check_count
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.adoption import few, many
from pmlib.sizing.adoption.anchor import anchor
from pmlib.sizing.adoption.forecast import check_forecast, others
from pmlib.sizing.adoption.foresee import Means, curves, foresee, is_few
from pmlib.sizing.adoption.history import History, history
from pmlib.sizing.adoption.outlook import ends
from pmlib.sizing.adoption.words import CURVE
from pmlib.stats import hindcast as rolling
from pmlib.stats.hindcast import Fan, Hindcast
from pmlib.table import Column, number, percentage

TITLE = "Hindcast of adoption"
AVERAGE = "the forecast"
NAIVE = ("last value", "drift", "linear trend", "damped growth")
FEWEST = 3  # moments, below which the comparison says little


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AdoptionHindcast(Result):
    """One row per forecaster, best first: median scaled error, capped mean, coverage of its band.

    best : the forecaster with the least capped mean. moments : how many past moments were forecast from.
    """

    best: str
    moments: int
    level: float

    def plot(self, ax: Any = None) -> Any:
        """Draw the mean errors, the forecast that `adoption` makes in colour."""
        from pmlib import chart

        return chart.ranked(
            self.frame,
            "capped_mean",
            "forecaster",
            spec=self.columns["capped_mean"],
            highlight=[AVERAGE],
            ax=ax,
        )


def hindcast(
    source: Source,
    *,
    until: int | None = None,
    steps: int = 3,
    first: int = 4,
    curve: str = "auto",
    kind: str | None = None,
    series: str | None = None,
    analogues: Source | None = None,
    market_size: Number | Result | float | None = None,
    level: float = 0.8,
    seed: int = 1,
) -> AdoptionHindcast | Absent:
    """Forecast a series from each past moment with what was known then, and compare with what came.

    Parameters
    ----------
    steps : periods ahead. first : how many periods are known at the first moment.
    The others : as for `adoption`.

    Returns
    -------
    AdoptionHindcast : one row per curve, naive forecast and `adoption`'s own; errors are mean absolute errors
        over the steps as a share of the series' mean, capped at 3 in the mean; coverage is of the band.

    Raises
    ------
    ValueError : as for `adoption`, or steps or first below 1 and 2.
    """
    if absent := ungiven(TITLE, source, "history"):
        return absent
    check_count("steps", steps, 1)
    check_count("first", first, 2)
    check_forecast(level, seed)
    known = history(source, TITLE, kind=kind, series=series, until=until)
    if isinstance(known, Absent):
        return known
    at = rolling.origins(len(known.seen), first, steps)
    at = at[[bool(known.seen[:moment].any()) for moment in at]]  # before a launch nothing is known
    if not len(at):
        return Absent(
            title=TITLE, reason=f"{known.name} has {len(known.seen)} periods; {first + steps} are needed."
        )
    lender = few.lender(list(others(analogues, known).values()), steps)
    means = Means(curves(curve), lender, anchor(market_size)[0], seed)
    found = {
        name: rolling.hindcast(known.seen, forecaster, steps=steps, at=at)
        for name, forecaster in _forecasters(known, means, steps, level).items()
    }
    frame = _frame(found)
    return _said(known, frame, len(at), steps, level)


def _forecasters(
    known: History, means: Means, steps: int, level: float
) -> dict[str, Callable[[np.ndarray, int], Fan]]:
    times = known.times
    course = many.Course(times, known.seen, known.kind, means.curves, means.anchor, means.seed, steps)

    def average(seen: np.ndarray, steps: int) -> Fan:
        count = len(seen)
        if not is_few(times[:count], seen, known.kind, means.curves):
            return course.average(count, level)
        ahead = times[count : count + steps]
        out = foresee(times[:count], seen, ahead, kind=known.kind, means=means, level=level)
        return Fan(out.middle, *out.bands[level])

    def under(name: str) -> Callable[[np.ndarray, int], Fan]:
        def forecast(seen: np.ndarray, steps: int) -> Fan:
            count = len(seen)
            paths = course.draw(name, count, times[count : count + steps], many.ROUGH)
            return Fan(*np.quantile(paths, ends(level), axis=0))

        return forecast

    found = {AVERAGE: average} | {f"{CURVE[name]} curve": under(name) for name in means.curves}
    if not known.even:  # baselines of even steps would look too far or not far enough
        return found | {name: under(name) for name in (many.LAST, many.DRIFT)}
    made = (rolling.last_value, rolling.drift, rolling.linear_trend, rolling.damped_growth)
    naive = {name: make(level) for name, make in zip(NAIVE, made, strict=True)}
    if not (known.seen > 0).all():
        del naive["damped growth"]
    return found | naive


def _frame(found: dict[str, Hindcast]) -> pd.DataFrame:
    rows = [
        {
            "forecaster": name,
            "median_error": one.median,
            "capped_mean": one.capped_mean,
            "coverage": one.coverage,
            "naive": name in NAIVE,
            "moments": len(one.errors),
        }
        for name, one in found.items()
    ]
    return pd.DataFrame(rows).sort_values("capped_mean", kind="stable", ignore_index=True)


def _said(known: History, frame: pd.DataFrame, moments: int, steps: int, level: float) -> AdoptionHindcast:
    own = frame.set_index("forecaster").loc[AVERAGE]
    naive = frame[frame["naive"]].iloc[0]
    best = str(frame["forecaster"].iloc[0])
    won = own["capped_mean"] < naive["capped_mean"]
    verdict = f"beat {naive['forecaster']}" if won else f"did not beat {naive['forecaster']}"
    error, naive_error = (number(row["capped_mean"], "%") for row in (own, naive))
    errors = f"{error} of the mean, {naive['forecaster']} {naive_error}"
    inside = number(own["coverage"], "%", 0)
    return AdoptionHindcast(
        title=f"Looking back, the forecast {verdict}",
        finding=(
            f"From {moments} past moments, {steps} periods ahead, the forecast {verdict}, "
            f"the best naive one: it was off by {errors}. "
            f"Its {percentage(level)} band held what came {inside} of the time."
        ),
        subtitle=f"Mean error as a share of the series' mean, {known.column.label.lower()}, {known.name}.",
        frame=frame,
        columns={
            "forecaster": Column("Forecaster"),
            "median_error": Column("Median error", "%", 0),
            "capped_mean": Column("Mean error", "%", 0),
            "coverage": Column(f"Inside the {percentage(level)} band", "%", 0),
            "moments": Column("Moments", "", 0),
        },
        numbers=(
            _number("hindcast_error", AVERAGE, own),
            _number("naive_error", str(naive["forecaster"]), naive),
        ),
        checks=(
            Check("The forecast beat every naive one", bool(won), errors),
            Check(f"There are {FEWEST} moments or more to compare", moments >= FEWEST, str(moments)),
        ),
        source=known.source.line,
        best=best,
        moments=moments,
        level=level,
    )


def _number(name: str, of: str, row: pd.Series) -> Number:
    return Number(name=name, label=f"mean error of {of}", value=float(row["capped_mean"]), unit="%")
