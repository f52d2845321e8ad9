"""Event study: the effect by time since the launch, and what already was before it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.impact.effect import Effect
from pmlib.impact.panel import words
from pmlib.impact.panel.effects import Compute, Effects, alarms, ranged
from pmlib.impact.panel.errors import codes, few
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.events import leads, two_way_events
from pmlib.impact.panel.imputation import lead_test
from pmlib.impact.panel.imputed import imputed_effects
from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.pretrend import PreTrend, comparison_of, pre_trend
from pmlib.impact.panel.reading import enough, grade, labelled, others, panel_of, since
from pmlib.impact.panel.staggered import BASES, DESIGN, cell_effects, columns
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check
from pmlib.table import number

TITLE = "The effect by time since the launch"
METHODS = ("staggered", "imputation", "twfe")
BEFORE, REFERENCE, AFTER = "before", "compared with", "after"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EventStudy(Effect):
    """Effects by time since the launch; those before it are placebos.

    frame : a row a time: at (periods since the launch), label, part ("before", "compared with", "after"),
        estimate, se, degrees, low, high (each alone), band_low, band_high (all together).
    method, errors : how. pretrend : whether units moved alike before.
    breakdown : how many times the steepest step before the launch a step after it would have to drift, until
        the interval of the effect held 0; 0 where it does already, nan without a step to compare with.
    effect : the mean over the times after the launch (imputation: over treated units and periods).
    """

    method: str
    errors: str
    p: float
    pretrend: PreTrend
    breakdown: float

    def plot(self, ax: Any = None) -> Any:
        """Draw the times before and after with both intervals."""
        from pmlib import chart

        return chart.events(
            self.frame, "at", spec=self.columns["estimate"], before=(BEFORE, REFERENCE), ax=ax
        )


def event_study(
    given: Panel | Source | Absent | None,
    *,
    method: str = "staggered",
    comparison: str | None = None,
    base: str = "varying",
    level: float = 0.95,
    seed: int = 1,
) -> EventStudy | Absent:
    """Show when the effect came, and whether it was there before the launch.

    Parameters
    ----------
    method : "staggered" (cohorts against units without the feature), "imputation", or "twfe" (least squares
        with a term a time; right for launches at one time, or the same effect on all).
    comparison, base : as of staggered.
    level : of the intervals, and of the bands. seed : of the draws.

    References
    ----------
    Callaway and Sant'Anna (2021), J. Econometrics 225(2); Borusyak, Jaravel and Spiess (2024), Review of
    Economic Studies 91(6); Rambachan and Roth (2023), "A more credible approach to parallel trends", Review
    of Economic Studies 90(5), for the breakdown, here with the steepest step as it was seen.
    """
    check_level(level)
    check_seed(seed)
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; give {', '.join(METHODS)}")
    if base not in BASES:
        raise ValueError(f'base is {base!r}; give "varying" or "universal"')
    given = panel_of(TITLE, given)
    if isinstance(given, Absent):
        return given
    outcomes, first = given.outcomes.to_numpy(), given.first.to_numpy()
    cluster, against = codes(given.clusters.to_numpy()), comparison_of(first, comparison)
    by: dict[str, Compute] = {
        "staggered": partial(_staggered, comparison=against, base=base),
        "imputation": _imputation,
        "twfe": _two_way,
    }
    scarce = few(first, cluster)
    _, table, drawn = ranged(outcomes, first, cluster, by[method], scarce=scarce, level=level, seed=seed)
    errors = "cluster" if drawn is None else "placebo"
    own = table[table["at"].isna()].iloc[0]
    estimate = Estimate(float(own["estimate"]), float(own["se"]), float(own["degrees"]), float(own["level"]))
    fields = estimate.fields(level)
    if method == "imputation":
        before = lead_test(outcomes, first, cluster, seed)
    else:
        before = pre_trend(outcomes, first, cluster, against, seed)
    frame = _frame(table, given, method != "staggered" or base == "universal")
    until = breakdown(fields, before.steepest, frame)
    return EventStudy(
        **_words(given, fields, against, before),
        subtitle=words.subtitle(
            given, level, ", by periods since the launch: each alone (bars), all together (band)"
        ),
        frame=frame,
        columns=columns(given.column) | {"label": columns(given.column)["label"]},
        checks=tuple(
            filter(None, [before.check(given.column), enough(first, cluster, errors), _holds(until, fields)])
        ),
        design=DESIGN,
        grade=grade(before, scarce),
        method=method,
        errors=errors,
        p=float(own["p"]),
        false_alarms=alarms(drawn, table, level),
        pretrend=before,
        breakdown=until,
        **fields,
    )


def _words(given: Panel, fields: words.Fields, against: str, before: PreTrend) -> dict[str, Any]:
    said = words.said_of(given, fields, others(given, against), before)
    return said | {"finding": f"{said['finding']} {before.sentence(given.column)}"}


def _staggered(
    outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray, *, comparison: str, base: str
) -> Effects:
    found = cell_effects(outcomes, first, cluster, comparison=comparison, base=base)
    return found.only((found.table["kind"] == "dynamic").to_numpy())


def _imputation(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects:
    found = imputed_effects(outcomes, first, cluster)
    found = found.only(found.table["kind"].isin(["all", "dynamic"]).to_numpy())
    placebo = leads(outcomes, first, cluster)
    return found if placebo is None else found.joined(placebo)


def _two_way(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects:
    found = two_way_events(outcomes, first, cluster)
    after = (found.table["at"] >= 0).to_numpy()
    weights = np.column_stack([after / after.sum(), np.eye(len(after))])
    values = weights.T @ found.table[["estimate", "level"]].to_numpy(float)
    table = pd.DataFrame(values, columns=["estimate", "level"])
    table["kind"], table["period"] = ["all"] + ["dynamic"] * len(after), np.nan
    table["at"] = [np.nan, *found.table["at"].astype(float)]
    stand = {at: block @ weights for at, block in found.stand.items()}
    return Effects(table, found.parts @ weights, found.own @ weights, stand)


def _frame(table: pd.DataFrame, given: Panel, reference: bool) -> pd.DataFrame:
    times = labelled(table[table["at"].notna()], given)
    times = times.assign(at=times["at"].astype(int)).drop(columns=["kind", "group", "period", "level", "p"])
    times["part"] = np.where(times["at"] >= 0, AFTER, BEFORE)
    if reference and not (times["at"] == -1).any():
        zero = dict.fromkeys(("estimate", "se", "low", "high", "band_low", "band_high"), 0.0)
        times = pd.concat([times, pd.DataFrame([zero | {"at": -1, "label": since(-1), "part": REFERENCE}])])
    return times.sort_values("at", ignore_index=True)


def breakdown(fields: words.Fields, steepest: float, frame: pd.DataFrame) -> float:
    """How steep a drift after the launch, in steps seen before it, takes an effect away."""
    nearest = max(fields["low"], -fields["high"], 0.0)
    after = frame.loc[frame["at"] >= 0, "at"]
    reach = float((after + 1).mean()) * steepest
    return nearest / reach if reach > 0 else float("nan")


def _holds(until: float, fields: words.Fields) -> Check | None:
    if np.isnan(until) or not words.clear(fields):
        return None
    saw = f"drifts after it up to {number(until, '', 2)} times the steepest step before it leave an effect"
    return Check("The effect outlasts a drift as steep as any before the launch", until >= 1, saw)
