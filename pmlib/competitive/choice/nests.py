"""Alternatives in nests: the likelihood of a nested logit with its slopes, and where to start from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pmlib.competitive.choice.newton import centre, dependent, maximise
from pmlib.competitive.choice.sets import Sets

BOUNDS = (0.1, 1.5)  # that a dissimilarity starts within


@dataclass(frozen=True, eq=False)
class Nested:
    """Choice sets whose rows are sorted by nest, so that the rows of a nest stand together.

    matrix : (n, k) terms. chosen : (n,) True for one row a set. sets : of the rows.
    nest : (n,) code of each row's nest. group : (M,) which dissimilarity a nest has, from 0; -1 for one that
        is 1. choosers : (S,) code of who chose.
    """

    matrix: np.ndarray
    chosen: np.ndarray
    sets: Sets
    nest: np.ndarray
    group: np.ndarray
    choosers: np.ndarray

    @cached_property
    def inner(self) -> Sets:
        """Rows of each nest of each set."""
        return Sets.of(np.repeat(np.arange(len(self.sets)), self.sets.lengths) * len(self.group) + self.nest)

    @cached_property
    def outer(self) -> Sets:
        """Nests of each set."""
        return Sets.of(np.repeat(np.arange(len(self.sets)), self.sets.lengths)[self.inner.starts])

    @cached_property
    def groups(self) -> int:
        """How many dissimilarities there are."""
        return int(self.group.max()) + 1

    @cached_property
    def of_nest(self) -> np.ndarray:
        """Which dissimilarity each nest of each set has; -1 for none."""
        return self.group[self.nest[self.inner.starts]]

    def likelihood(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """Log-likelihood and scores of choosers at coefficients followed by dissimilarities.

        With y = V/λ and I = log Σ exp y of a nest, an alternative i of nest m is chosen with log-probability
        y_i + (λ_m - 1) I_m - log Σ exp(λ_l I_l).

        References
        ----------
        McFadden (1978), "Modelling the choice of residential location"; Train (2009), Discrete Choice
        Methods, ch. 4.
        """
        width = self.matrix.shape[1]
        free = params[width:]
        if (free <= 0).any():
            return -np.inf, np.zeros((int(self.choosers.max()) + 1, len(params)))
        inner, outer = self.inner, self.outer
        own = np.append(free, 1.0)[self.of_nest]  # of each nest
        row = inner.spread(own)
        utility = self.matrix @ params[:width]
        scaled = utility / row
        top = inner.max(scaled)
        risen = np.exp(scaled - inner.spread(top))
        total = inner.sum(risen)
        inclusive = top + np.log(total)
        within = risen / inner.spread(total)
        worth = own * inclusive
        high = outer.max(worth)
        nest = np.exp(worth - outer.spread(high))
        all_ = outer.sum(nest)
        nest /= outer.spread(all_)
        taken = inner.sum(self.chosen.astype(float))  # whether the choice was in this nest
        loglik = float(
            scaled[self.chosen].sum() + ((own - 1) * inclusive * taken).sum() - (high + np.log(all_)).sum()
        )
        weight = self.chosen / row + inner.spread(taken * (own - 1) / own - nest) * within
        scores = np.empty((len(self.sets), len(params)))
        scores[:, :width] = self.sets.sum(self.matrix * weight[:, None])
        mean = inner.sum(within * utility)
        slope = taken * (inclusive - (own - 1) / own**2 * mean) - nest * (inclusive - mean / own)
        slope -= inner.sum(np.where(self.chosen, utility, 0.0)) / own**2
        for i in range(self.groups):
            scores[:, width + i] = outer.sum(np.where(self.of_nest == i, slope, 0.0))
        return loglik, by_chooser(scores, self.choosers)

    def sequential(self) -> np.ndarray:
        """Fit the choice within nests first, and that of a nest by what it is worth then.

        References
        ----------
        McFadden (1978), the sequential estimator.
        """
        inner, width = self.inner, self.matrix.shape[1]
        told = inner.spread(inner.sum(self.chosen.astype(int)) * (inner.lengths > 1)) > 0
        part = self.matrix[told]
        sets = Sets.of(inner.spread(np.arange(len(inner)))[told])
        centred = centre(part, sets)
        free = [i for i in range(width) if i not in dependent(centred)]
        below = maximise(centred[:, free], self.chosen[told], sets).params
        utility = self.matrix[:, free] @ below
        top = inner.max(utility)
        inclusive = top + np.log(inner.sum(np.exp(utility - inner.spread(top))))
        rest = [i for i in range(width) if i not in free]
        means = inner.sum(self.matrix[:, rest]) / inner.lengths[:, None]
        upper = centre(np.column_stack([inclusive, means]), self.outer)
        kept = [i for i in range(upper.shape[1]) if i not in dependent(upper)]
        taken = inner.sum(self.chosen.astype(int)) > 0
        above = np.zeros(upper.shape[1])
        above[kept] = maximise(upper[:, kept], taken, self.outer).params
        ratio = float(np.clip(above[0], *BOUNDS))
        out = np.zeros(width + self.groups)
        out[free], out[rest], out[width:] = below * ratio, above[1:], ratio
        return out


def by_chooser(scores: np.ndarray, choosers: np.ndarray) -> np.ndarray:
    """Add the scores of each chooser's sets up, (C, k)."""
    count = int(choosers.max()) + 1
    if count == len(choosers):
        return scores
    return np.column_stack([np.bincount(choosers, column, count) for column in scores.T])
