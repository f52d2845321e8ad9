"""Imputation: what treated units would have done, filled in from what units did without the feature."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pmlib.data import Source
from pmlib.impact.effect import Effect
from pmlib.impact.panel import words
from pmlib.impact.panel.effects import alarms, ranged
from pmlib.impact.panel.errors import codes, few
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.events import leads
from pmlib.impact.panel.imputed import imputed, imputed_effects
from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.pretrend import PreTrend, comparison_of, pre_trend, steady, tested, untested
from pmlib.impact.panel.reading import enough, grade, labelled, others, panel_of
from pmlib.impact.panel.staggered import DESIGN, columns
from pmlib.impact.panel.timing import NEVER
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check

TITLE = "Effect by what would have been"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Imputation(Effect):
    """The mean effect over treated units and periods, and by time, cohort and period.

    frame : kind ("all", "dynamic", "group", "calendar"), and the columns of Staggered's.
    untold : treated cells that nothing untreated speaks of; they are left out.
    pretrend : the test of periods before the launch among untreated cells.
    errors : "cluster" (conservative), or "placebo" with few units treated. p : of no effect.
    """

    untold: int
    errors: str
    p: float
    pretrend: PreTrend

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect by time since the launch, below that on all."""
        from pmlib import chart

        shown = self.frame[self.frame["kind"].isin(["all", "dynamic"])].head(13)
        return chart.dots(shown, "label", spec=self.columns["estimate"], highlight=["All launches"], ax=ax)


def imputation(
    given: Panel | Source | Absent | None, *, level: float = 0.95, seed: int = 1
) -> Imputation | Absent:
    """Fit units and periods on untreated cells, and take the treated ones against what that says of them.

    It uses all periods before a launch, and is the sharpest where effects of unit and period are the whole
    story; a panel with holes is used as it is. With some five units a launch, bands of all times held in 90
    of 100 made-up panels rather than 95.

    References
    ----------
    Borusyak, Jaravel and Spiess (2024), "Revisiting event-study designs: robust and efficient estimation",
    Review of Economic Studies 91(6).
    """
    check_level(level)
    check_seed(seed)
    given = panel_of(TITLE, given)
    if isinstance(given, Absent):
        return given
    outcomes, first = given.outcomes.to_numpy(), given.first.to_numpy()
    cluster = codes(given.clusters.to_numpy())
    scarce = few(first, cluster)
    _, table, drawn = ranged(outcomes, first, cluster, imputed_effects, scarce=scarce, level=level, seed=seed)
    errors = "cluster" if drawn is None else "placebo"
    own = table.iloc[0]
    estimate = Estimate(float(own["estimate"]), float(own["se"]), float(own["degrees"]), float(own["level"]))
    fields = estimate.fields(level)
    before = lead_test(outcomes, first, cluster, seed)
    untold = imputed(outcomes, first).untold
    against = "never" if (first == NEVER).any() and not given.staggered else "not yet"
    checks = [before.check(given.column), enough(first, cluster, errors)]
    if untold:
        checks.append(
            Check("Every treated value has something to compare with", False, f"{untold:,} left out")
        )
    return Imputation(
        **words.said_of(given, fields, others(given, against), before, words.FILLED),
        subtitle=words.subtitle(given, level),
        frame=labelled(table, given),
        columns=columns(given.column),
        checks=tuple(checks),
        design=DESIGN,
        grade=grade(before, scarce),
        untold=untold,
        errors=errors,
        p=float(own["p"]),
        false_alarms=alarms(drawn, table, level),
        pretrend=before,
        **fields,
    )


def lead_test(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray, seed: int) -> PreTrend:
    """Test the periods before the launch among untreated cells, apart from the effects."""
    if few(first, cluster):
        return pre_trend(outcomes, first, cluster, comparison_of(first, None), seed)
    found = leads(outcomes, first, cluster)
    if found is None:
        return untested("there is a single period before the launch")
    drifting = np.where(np.isnan(outcomes), np.nan, steady(outcomes, first))
    slope = leads(drifting, first, cluster)
    assert slope is not None
    steps = np.append(found.table["estimate"].to_numpy(float), 0.0)
    steepest = float(np.abs(np.diff(steps)).max())
    pulls = (
        slope.table["estimate"].to_numpy(float) if (first == NEVER).any() else np.full(len(steps) - 1, np.nan)
    )
    return tested(found, pulls, first, cluster, steepest)
