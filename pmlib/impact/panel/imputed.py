"""What treated cells would have been, filled in from the untreated ones; the rest is the effect."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.panel.effects import Effects
from pmlib.impact.panel.scatter import small_cohorts
from pmlib.impact.panel.timing import NEVER
from pmlib.impact.panel.two_way import TwoWay

FEW = 2  # units of a cohort, below which their own mean leaves no scatter


@dataclass(frozen=True)
class Imputed:
    """Effects cell by cell.

    effects : units by periods, nan where untreated, unseen, or untold.
    left : what the fit leaves of the untreated cells.
    untold : treated cells that no untreated one says anything of.
    """

    outcomes: np.ndarray
    first: np.ndarray
    fit: TwoWay
    effects: np.ndarray
    left: np.ndarray
    untold: int

    @property
    def since(self) -> np.ndarray:
        """Units by periods: time since the launch."""
        return np.arange(self.outcomes.shape[1]) - self.first[:, None]

    def average(self, chosen: np.ndarray) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
        """The mean effect of some cells; what each unit adds to its error; how it weighs cells."""
        used = chosen & ~np.isnan(self.effects)
        weights = used / used.sum()
        pulls = self.fit.pulls(weights)
        scatter = np.where(used, self.effects - self._usual(used), 0.0)
        parts = (weights * scatter - pulls * self.left).sum(axis=1) * len(self.first)
        means = {"estimate": float(self.effects[used].mean()), "level": float(self.outcomes[used].mean())}
        return means, parts, weights - pulls

    def instead(self, cohort: int, weights: np.ndarray) -> np.ndarray:
        """What units that never got the feature would add in the place of a cohort."""
        never, own = self.first == NEVER, self.first == cohort
        apart = np.where(never, self.left @ weights[own].mean(axis=0), 0.0)
        return apart * len(self.first) * np.sqrt(own.sum() / never.sum())

    def _usual(self, used: np.ndarray) -> np.ndarray:
        """The mean effect among cells alike: of a cohort and period, or of all as long after the launch."""
        sizes = np.bincount(self.first[self.first != NEVER])
        lonely = (sizes[sizes > 0] < FEW).any()
        alike = self.since if lonely else self.first[:, None] * self.outcomes.shape[1] + self.since
        found = np.full(self.outcomes.shape, np.nan)
        for kind in np.unique(alike[used]):
            own = used & (alike == kind)
            found[own] = self.effects[own].mean()
        return found


def imputed(outcomes: np.ndarray, first: np.ndarray) -> Imputed:
    """Fit an effect a unit and a period on untreated cells, and take the treated ones against it.

    References
    ----------
    Borusyak, Jaravel and Spiess (2024), "Revisiting event-study designs", Review of Economic Studies 91(6).
    """
    treated = (first[:, None] != NEVER) & (np.arange(outcomes.shape[1]) >= first[:, None])
    seen = ~np.isnan(outcomes)
    fit = TwoWay(seen & ~treated)
    units, periods = fit.effects(outcomes)
    told = fit.known()
    effects = np.where(treated & seen & told, outcomes - units[:, None] - periods, np.nan)
    return Imputed(outcomes, first, fit, effects, fit.residual(outcomes), int((treated & seen & ~told).sum()))


def imputed_effects(outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray) -> Effects:
    """The effects in all, by time since the launch, by cohort and by period."""
    found = imputed(outcomes, first)
    there = ~np.isnan(found.effects)
    if not there.any():
        raise ValueError(
            "no treated cell can be filled in from untreated ones; add units without the feature"
        )
    since, period = found.since, np.broadcast_to(np.arange(outcomes.shape[1]), outcomes.shape)
    cohort = np.broadcast_to(first[:, None], outcomes.shape)
    rows, parts, cells = [], [], []
    for kind, place in (("all", None), ("dynamic", since), ("group", cohort), ("calendar", period)):
        for at in [np.nan] if place is None else np.unique(place[there]):
            means, own, weights = found.average(there if place is None else there & (place == at))
            rows.append({"kind": kind, "at": at, "period": np.nan} | means)
            parts.append(own)
            cells.append(weights)
    all_parts = np.column_stack(parts)
    own_parts, stand = all_parts.copy(), {}
    for small in small_cohorts(first, cluster):
        own_parts[first == small] = 0.0
        stand[small] = np.column_stack([found.instead(small, weights) for weights in cells])
    return Effects(pd.DataFrame(rows), all_parts, own_parts, stand)
