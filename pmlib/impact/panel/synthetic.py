"""What would have been without the launch, from a mix of units that never had it: synthetic control."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.effect import Effect
from pmlib.impact.panel.comparable import Comparable, comparable, named
from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.synthetic_checks import checks, grade
from pmlib.impact.panel.synthetic_error import Trial, trial
from pmlib.impact.panel.synthetic_words import advice, finding, headline, numbers, subtitle, title, unknown
from pmlib.parameters import check_count, check_level, check_seed
from pmlib.result import Absent
from pmlib.stats.synthetic import METHODS
from pmlib.table import Column

TITLE = "Beside a mix of units that never had it"
ERRORS = ("placebo", "jackknife", "bootstrap")
DESIGNS = {
    "sdid": "synthetic difference-in-differences",
    "sc": "synthetic control",
    "did": "difference-in-differences",
}
STILL = 1e-9  # of the outcomes' size; errors below it are of arithmetic
FEWEST_REPS, MOST_REPS = 20, 100_000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Synthetic(Effect):
    """An effect beside a mix of units that never had it.

    method : "sdid", "sc" or "did". errors : "placebo", "jackknife" or "bootstrap": what `se` rests on.
    df : of Student's t in the interval.
    treated : names. launch : date of the first launch. label : of the outcome.
    donors : unit, weight (share of the mix, all donors), without (the estimate without it; of the heaviest).
    time_weights : launch, period, weight of the periods before it.
    cohorts : launch (date), units (count), effect, weight (share of treated cells).
    placebos : unit (those that stood for the treated), effect, rmse_before, ratio (rmse since /
        before), alarm (whether its interval holds no 0).
    rmse_before : of the gap before the launch (around its mean where levels may differ); rmse_ratio : since
        over before. fits_worse : share of placebos whose mix fits worse before.
    p_effect, p_ratio : share of placebos, the treated among them, at least as far off in effect and in
        rmse_ratio; no smaller than 1 / (placebos + 1).
    placebo_se, jackknife_se : standard errors of both kinds; nan where there is none.
    published : the estimate at the weights where the authors' code stops; minimum : at the very minimum.
    backdated, backdated_se, backdated_to : effect found at a pretended launch before the true one; nan where
        too few periods allow none.
    left_out : units left out for want of values or of periods before. lost : periods left out.
    """

    method: str
    errors: str
    df: int
    treated: tuple[str, ...]
    launch: pd.Timestamp
    label: str
    donors: pd.DataFrame
    time_weights: pd.DataFrame
    cohorts: pd.DataFrame
    placebos: pd.DataFrame
    rmse_before: float
    rmse_ratio: float
    fits_worse: float
    p_effect: float
    p_ratio: float
    placebo_se: float
    jackknife_se: float
    published: float
    minimum: float
    backdated: float
    backdated_se: float
    backdated_to: str
    left_out: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the chart and its CSV: a page may show two methods beside each other."""
        return {"sdid": "synthetic", "sc": "synthetic_control", "did": "equal_weights"}[self.method]

    def plot(self, ax: Any = None) -> Any:
        """Draw what was observed beside what the mix shows without the launch."""
        from pmlib import chart

        return chart.apart(
            self.frame,
            "period",
            spec=self.columns["observed"],
            launch=self.launch,
            marked="launch" if len(self.cohorts) == 1 else "first launch",
            ax=ax,
        )


def synthetic(
    panel: Panel | Absent | None,
    method: str = "sdid",
    *,
    errors: str | None = None,
    level: float = 0.95,
    reps: int = 200,
    seed: int = 1,
) -> Synthetic | Absent:
    """Estimate what a launch did to those that had it, beside a mix of those that never did.

    Units with several launch dates are compared date by date and count by their treated cells. Intervals are
    of Student's t around the estimate, as wide as a further placebo would be off; the placebos in which the
    same interval would cry effect are counted. Donors with missing values are left out and named.

    Weights are those at which the authors' code stops, so that published estimates are found again; where the
    minimum it tends to gives another answer (by a tenth of the standard error), the minimum is taken.

    Parameters
    ----------
    panel : as `panel` gives it.
    method : "sdid" (levels may differ, periods are weighted too), "sc" (synthetic control on outcomes only:
        the mix meets the level), "did" (equal weights).
    errors : "placebo" (controls stand for the treated), "jackknife" (each unit left out) or "bootstrap"
        (units drawn anew). By default placebos below ten treated units and for "sc", else the jackknife where
        every launch has two, else the bootstrap.
    level : of the intervals. reps : placebos or draws at most; where there are fewer placebos, each is used.

    Returns
    -------
    Synthetic : frame has a row a period: observed, estimate (without the launch), low, high, gap, gap_low,
        gap_high, since (whether it was launched). For several launches these are of all treated units.

    Raises
    ------
    ValueError : an unknown method or kind of error; errors that these units do not allow.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic Difference-in-Differences", AER
    111(12); Abadie, Diamond and Hainmueller (2010), JASA 105(490); Clarke, Pailanir, Athey and Imbens (2024),
    Stata Journal 24(4).
    """
    if method not in METHODS:
        raise ValueError(f'method is {method!r}; give "sdid", "sc" or "did"')
    if errors is not None and errors not in ERRORS:
        raise ValueError(f'errors is {errors!r}; give "placebo", "jackknife" or "bootstrap"')
    check_level(level)
    check_seed(seed)
    check_count("reps", reps, FEWEST_REPS, MOST_REPS)
    if absent := ungiven(TITLE, panel, "panel"):
        return absent
    if not isinstance(panel, Panel):
        raise ValueError(f"{TITLE.lower()} needs what impact.panel gives; this is a {type(panel).__name__}")
    chosen = comparable(panel)
    if isinstance(chosen, str):
        return Absent(title=TITLE, reason=f"{panel.name}: {chosen}")
    found = trial(chosen, method, errors=errors, level=level, reps=reps, seed=seed)
    if not found.se > STILL * float(np.abs(chosen.outcomes).max()):
        reason = f"{panel.name}: units that never had it all change alike, so no error can be told."
        return Absent(title=TITLE, reason=reason)
    return _told(panel, chosen, found)


def _told(panel: Panel, chosen: Comparable, found: Trial) -> Synthetic:
    tested = checks(chosen, found, panel.column)
    words = (chosen, found, panel.column)
    return Synthetic(
        title=title(*words),
        subtitle=subtitle(*words),
        finding=finding(*words),
        headline=headline(*words),
        advice=advice(*words),
        unknown=unknown(*words),
        numbers=numbers(*words),
        frame=_frame(chosen, found),
        columns=_columns(panel.column),
        checks=tuple(tested.values()),
        source=panel.source,
        design=DESIGNS[found.method],
        grade=grade(tested),
        effect=found.effect,
        se=found.se,
        low=found.low,
        high=found.high,
        level=found.level,
        relative=found.share.value,
        relative_se=found.share.se,
        relative_low=found.share.low,
        relative_high=found.share.high,
        detectable=found.detectable,
        false_alarms=found.false_alarms,
        method=found.method,
        errors=found.errors,
        df=found.df,
        treated=tuple(chosen.treated),
        launch=chosen.dates[chosen.launch],
        label=panel.label,
        donors=_donors(chosen, found),
        time_weights=_time_weights(chosen, found),
        cohorts=_cohorts(chosen, found),
        placebos=_placebos(chosen, found),
        rmse_before=found.rmse_before,
        rmse_ratio=found.rmse_ratio,
        fits_worse=found.fits_worse,
        p_effect=found.p_effect,
        p_ratio=found.p_ratio,
        placebo_se=found.placebo_se,
        jackknife_se=found.jackknife_se,
        published=found.published.effect,
        minimum=found.minimum.effect,
        backdated=found.backdated.effect,
        backdated_se=found.backdated.se,
        backdated_to=found.backdated.to,
        left_out=(*chosen.incomplete, *chosen.late),
        lost=chosen.lost,
    )


def _frame(chosen: Comparable, found: Trial) -> pd.DataFrame:
    gaps, reach = found.mix.gaps, found.reach
    observed = chosen.outcomes[chosen.first >= 0].mean(axis=0)
    return pd.DataFrame(
        {
            "period": chosen.dates,
            "observed": observed,
            "estimate": observed - gaps,
            "low": observed - gaps - reach,
            "high": observed - gaps + reach,
            "gap": gaps,
            "gap_low": gaps - reach,
            "gap_high": gaps + reach,
            "since": np.arange(len(gaps)) >= chosen.launch,
        }
    )


def _columns(column: Column) -> dict[str, Column]:
    apart = "points" if column.unit == "%" else column.unit
    return {
        "period": Column("Period"),
        "observed": Column("Observed", column.unit, column.digits),
        "estimate": Column("Without the launch", column.unit, column.digits),
        "low": Column("Low", column.unit, column.digits),
        "high": Column("High", column.unit, column.digits),
        "gap": Column("Difference", apart, column.digits),
    }


def _donors(chosen: Comparable, found: Trial) -> pd.DataFrame:
    frame = pd.DataFrame({"unit": chosen.controls, "weight": found.mix.unit_weights})
    frame["without"] = frame["unit"].map(found.without)
    return frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def _time_weights(chosen: Comparable, found: Trial) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "launch": chosen.dates[c.before],
                "period": chosen.dates[: c.before],
                "weight": c.time_weights,
            }
        )
        for c in found.mix.cohorts
    ]
    return pd.concat(parts, ignore_index=True)


def _cohorts(chosen: Comparable, found: Trial) -> pd.DataFrame:
    cohorts = found.mix.cohorts
    cells = np.array([c.cells for c in cohorts])
    return pd.DataFrame(
        {
            "launch": chosen.dates[[c.before for c in cohorts]],
            "units": [len(c.units) for c in cohorts],
            "effect": [c.effect for c in cohorts],
            "weight": cells / cells.sum(),
        }
    )


def _placebos(chosen: Comparable, found: Trial) -> pd.DataFrame:
    names = np.array(chosen.units, object)
    trials = found.placebos
    if trials is None:
        return pd.DataFrame(columns=["unit", "effect", "rmse_before", "ratio", "alarm"])
    return pd.DataFrame(
        {
            "unit": [named(tuple(names[units])) for units in trials.units],
            "effect": trials.effects,
            "rmse_before": trials.misfits[:, 0],
            "ratio": found.placebo_ratios,
            "alarm": found.alarms,
        }
    )
