"""Quantiles of users' values, with errors by the bootstrap: exact of users, and of whole clusters."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pmlib.impact.randomised.contrast import NONE, Range
from pmlib.impact.randomised.sequential import Fixed, Law

DRAWS = 10_000  # of users: a draw costs two random numbers, whatever the users
CLUSTER_DRAWS = 2_000
WINDOW = 8.0  # standard errors of the rank around the quantile, in which its resamples lie
NEAREST = 50  # ranks that the window has at least


def resampled(values: np.ndarray, at: float, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw quantiles of users drawn anew, straight from the law of their order statistics.

    The k-th smallest of n draws with replacement is the user whose rank is n U, where U is the k-th smallest
    of n uniforms, which has a beta distribution: no user need be drawn.

    Parameters
    ----------
    values : sorted. at : 0-1.
    """
    n = len(values)
    place = (n - 1) * at
    k = int(place) + 1
    rank = rng.beta(k, n - k + 1, draws)
    found = values[_which(rank, n)]
    if place == k - 1:
        return found
    after = rank + (1 - rank) * rng.beta(1, n - k, draws)
    return found + (place - (k - 1)) * (values[_which(after, n)] - found)


def _which(rank: np.ndarray, n: int) -> np.ndarray:
    return np.clip(np.ceil(rank * n).astype(int) - 1, 0, n - 1)


def resampled_clusters(
    values: np.ndarray, cluster: np.ndarray, at: float, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw quantiles of clusters drawn anew.

    Only users near the quantile are sorted through; of the others it is enough how many each cluster has.

    Parameters
    ----------
    values : sorted. cluster : of each, numbered from 0.
    """
    n, count = len(values), int(cluster.max()) + 1
    middle = int((n - 1) * at + 0.5)
    users = np.bincount(cluster, minlength=count)
    below = np.bincount(cluster[:middle], minlength=count)
    error = np.sqrt(count / max(count - 1, 1) * ((below - at * users) ** 2).sum())
    reach = max(NEAREST, int(WINDOW * error))
    start, end = max(0, middle - reach), min(n, middle + reach + 1)
    lower = np.bincount(cluster[:start], minlength=count)
    inside = cluster[start:end]
    found = np.empty(draws)
    for i in range(draws):
        times = np.bincount(rng.integers(count, size=count), minlength=count)
        running = np.cumsum(times[inside])
        wanted = at * (times @ users) - times @ lower
        found[i] = values[start + min(int(np.searchsorted(running, wanted)), end - start - 1)]
    return found


@dataclass(frozen=True, eq=False)
class Quantiles:
    """The same quantile in two arms, and its resamples in both."""

    control: float
    value: float
    first: np.ndarray = field(repr=False)
    second: np.ndarray = field(repr=False)
    n: float
    df: float
    law: Law

    @cached_property
    def _gaps(self) -> np.ndarray:
        return np.sort(self.second - self.first)

    @property
    def estimate(self) -> float:
        return self.value - self.control

    @property
    def se(self) -> float:
        return float(self._gaps.std(ddof=1))

    @property
    def p(self) -> float:
        """Twice the share of resamples on the other side of 0; never below what so many can tell."""
        if not self.se > 0:  # resampled or not, it lies on one value that many share
            return np.nan
        if not isinstance(self.law, Fixed):
            return self.law.chance(self.estimate / self.se, self.df, self.n)
        gaps = self._gaps
        beyond = min((gaps <= 0).sum(), (gaps >= 0).sum())
        return float(min(1.0, 2 * (beyond + 1) / (len(gaps) + 1)))

    @property
    def relative(self) -> float:
        return self.estimate / self.control if self.control > 0 else np.nan

    @property
    def relative_se(self) -> float:
        return float(self._ratios.std(ddof=1)) if self._positive else np.nan

    @property
    def _positive(self) -> bool:
        return self.control > 0 and bool((self.first > 0).all())

    @cached_property
    def _ratios(self) -> np.ndarray:
        return np.sort(self.second / self.first - 1)

    def half(self, level: float) -> float:
        """Standard errors to the ends of an interval."""
        return self.law.critical(level, self.df, self.n)

    def interval(self, level: float) -> Range:
        """Of the difference."""
        return self._ends(self._gaps, self.estimate, level)

    def relative_interval(self, level: float) -> Range:
        """Of the relative effect."""
        return self._ends(self._ratios, self.relative, level) if self._positive else NONE

    def _ends(self, drawn: np.ndarray, estimate: float, level: float) -> Range:
        if not isinstance(self.law, Fixed):
            half = self.half(level) * float(drawn.std(ddof=1))
            return estimate - half, estimate + half
        if not self.se > 0:
            return NONE
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def quantiles(
    values: np.ndarray, arm: np.ndarray, cluster: np.ndarray, at: float, count: int, law: Law, seed: int
) -> list[Quantiles]:
    """Compare each arm's quantile with the first's.

    Parameters
    ----------
    values, arm, cluster : of users, those without a value left out; no cluster where users were assigned.
    count : of arms.
    """
    rng = np.random.default_rng(seed)
    point, drawn, size = [], [], []
    for a in range(count):
        own = np.flatnonzero(arm == a)
        order = own[np.argsort(values[own], kind="stable")]
        point.append(float(np.quantile(values[order], at)))
        if len(cluster):
            number = np.unique(cluster[order], return_inverse=True)[1]
            drawn.append(resampled_clusters(values[order], number, at, CLUSTER_DRAWS, rng))
            size.append(int(number.max()) + 1)
        else:
            drawn.append(resampled(values[order], at, DRAWS, rng))
            size.append(len(order))
    return [
        Quantiles(point[0], point[a], drawn[0], drawn[a], size[0] + size[a], size[0] + size[a] - 2, law)
        for a in range(1, count)
    ]
