"""Staggered launches: the effect on each cohort in each period, brought together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.impact.effect import Effect
from pmlib.impact.panel import words
from pmlib.impact.panel.aggregate import KINDS, averages
from pmlib.impact.panel.effects import Effects, alarms, ranged
from pmlib.impact.panel.errors import codes, few
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.group_time import group_time
from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.pretrend import PreTrend, comparison_of, pre_trend
from pmlib.impact.panel.reading import enough, grade, labelled, others, panel_of
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent
from pmlib.table import Column

TITLE = "Effect of launches at different times"
DESIGN = "staggered difference-in-differences"
BASES = ("varying", "universal")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Staggered(Effect):
    """Effects on each cohort in each period, and their averages.

    frame : kind ("simple", "group", "dynamic", "calendar", "cell"), label, at (cohort or period as written,
        or periods since the launch; missing of the average of a kind), group and period (of a cell, as
        written), estimate, se, degrees, low, high, band_low, band_high (hold all of a kind together).
    simple, group, dynamic, calendar : the average of each kind; effect is that of `average`.
    comparison : "never" or "not yet" treated. pretrend : the test of all cells before a launch.
    errors : "cluster", or "placebo" with few units treated. p : of no effect.
    """

    simple: float
    group: float
    dynamic: float
    calendar: float
    average: str
    comparison: str
    errors: str
    p: float
    pretrend: PreTrend

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect on each cohort, below that on all."""
        from pmlib import chart

        own = self.frame[(self.frame["kind"] == self.average) & self.frame["at"].isna()]
        cohorts = self.frame[(self.frame["kind"] == "group") & self.frame["at"].notna()]
        shown = pd.concat([own, cohorts], ignore_index=True)
        return chart.dots(
            shown, "label", spec=self.columns["estimate"], highlight=[own["label"].iloc[0]], ax=ax
        )


def staggered(
    given: Panel | Source | Absent | None,
    *,
    comparison: str | None = None,
    covariates: Sequence[str] = (),
    base: str = "varying",
    average: str = "simple",
    level: float = 0.95,
    seed: int = 1,
) -> Staggered | Absent:
    """Estimate the effect on each cohort in each period, against units that do not have the feature.

    Each cell compares the change since just before the cohort's launch, in the units seen both
    times.
    Errors are by cluster, with degrees of freedom from the clusters of each cohort; with fewer than five
    clusters on a side, by launches given to units that never had one.

    Parameters
    ----------
    comparison : "never" or "not yet" treated units; the former where there are any.
    covariates : of the panel; held equal as of the period before (doubly robust).
    base : periods before the launch are compared with the one before each ("varying") or with the last
        ("universal").
    average : which is the effect: "simple" (every treated unit and period counts the same), "group" (every
        treated unit), "dynamic" (every time since the launch), "calendar" (every period).
    level : of the intervals, and of the bands. seed : of the draws.

    References
    ----------
    Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods", J. Econometrics
    225(2).
    """
    check_level(level)
    check_seed(seed)
    if base not in BASES:
        raise ValueError(f'base is {base!r}; give "varying" or "universal"')
    if average not in KINDS:
        raise ValueError(f"average is {average!r}; give {', '.join(KINDS)}")
    given = panel_of(TITLE, given)
    if isinstance(given, Absent):
        return given
    outcomes, first = given.outcomes.to_numpy(), given.first.to_numpy()
    against, cluster = comparison_of(first, comparison), codes(given.clusters.to_numpy())
    held = held_equal(given, covariates)
    scarce = few(first, cluster) and held is None
    compute = partial(cell_effects, comparison=against, base=base, covariates=held)
    _, table, drawn = ranged(outcomes, first, cluster, compute, scarce=scarce, level=level, seed=seed)
    before = pre_trend(outcomes, first, cluster, against, seed)
    totals = table[table["at"].isna()].set_index("kind")
    errors = "cluster" if drawn is None else "placebo"
    own = totals.loc[average]
    estimate = Estimate(float(own["estimate"]), float(own["se"]), float(own["degrees"]), float(own["level"]))
    fields = estimate.fields(level)
    return Staggered(
        **words.said_of(given, fields, others(given, against), before),
        subtitle=words.subtitle(given, level),
        frame=labelled(table, given),
        columns=columns(given.column),
        checks=(before.check(given.column), enough(first, cluster, errors)),
        design=DESIGN,
        grade=grade(before, few(first, cluster)),
        simple=float(totals.loc["simple", "estimate"]),
        group=float(totals.loc["group", "estimate"]),
        dynamic=float(totals.loc["dynamic", "estimate"]),
        calendar=float(totals.loc["calendar", "estimate"]),
        average=average,
        comparison=against,
        errors=errors,
        p=float(own["p"]),
        false_alarms=alarms(drawn, table, level),
        pretrend=before,
        **fields,
    )


def held_equal(given: Panel, covariates: Sequence[str]) -> np.ndarray | None:
    """Units by periods by covariates."""
    for name in covariates:
        if name not in given.covariates:
            raise ValueError(f"{given.name} has no covariate {name!r}; {meant(name, given.covariates)}")
    if not len(covariates):
        return None
    return np.stack([given.covariates[name].to_numpy() for name in covariates], axis=2)


def cell_effects(
    outcomes: np.ndarray,
    first: np.ndarray,
    cluster: np.ndarray,
    *,
    comparison: str,
    base: str = "varying",
    covariates: np.ndarray | None = None,
) -> Effects:
    """The averages of every kind, and the effects of all cells."""
    cells = group_time(outcomes, first, cluster, comparison=comparison, base=base, covariates=covariates)
    found = [(kind, average) for kind in KINDS for average in averages(cells, first, kind)]
    weights = np.column_stack([*(average.weights for _, average in found), np.eye(len(cells.table))])
    sizes = np.column_stack([*(average.sizes for _, average in found), np.zeros(cells.parts.shape)])
    values = cells.table[["estimate", "level"]].to_numpy(float)
    table = pd.DataFrame(weights.T @ values, columns=["estimate", "level"])
    table["kind"] = [kind for kind, _ in found] + ["cell"] * len(cells.table)
    table["at"] = [average.at for _, average in found] + list(cells.table["group"].astype(float))
    table["period"] = [np.nan] * len(found) + list(cells.table["period"].astype(float))
    stand = {at: block @ weights for at, block in cells.stand.items()}
    return Effects(table, cells.parts @ weights + sizes, cells.own @ weights + sizes, stand)


def columns(column: Column) -> dict[str, Column]:
    """What of the frame is shown."""
    unit = words.unit_of(column)
    return {
        "label": Column("Launch"),
        "estimate": Column("Effect", unit),
        "low": Column("Low", unit),
        "high": Column("High", unit),
        "band_low": Column("All together, low", unit),
        "band_high": Column("All together, high", unit),
    }
