"""Standard errors: of what each cluster adds to an estimate, and by launches that units never had."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit  # quantiles of Student's t

from pmlib.impact.panel.timing import NEVER

FEW = 5  # clusters with the feature, below which their own scatter does not show how sure an effect is
PLACEBOS = 200  # draws of units that stand in, where each of them alone would be too many or too few


def codes(clusters: np.ndarray) -> np.ndarray:
    """Number the clusters from 0, in the order of their names."""
    return np.unique(clusters, return_inverse=True)[1]


def summed(parts: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Add up the rows of each cluster."""
    out = np.zeros((int(cluster.max()) + 1, parts.shape[1]))
    np.add.at(out, cluster, parts)
    return out


def treated_clusters(first: np.ndarray, cluster: np.ndarray) -> int:
    """Count the clusters in which any unit got the feature."""
    return len(np.unique(cluster[first != NEVER]))


def t_quantile(level: float, degrees: float) -> float:
    """Half the width of an interval, in standard errors."""
    return float(stdtrit(max(degrees, 1.0), 0.5 + level / 2))


@dataclass(frozen=True)
class Placebos:
    """Estimates for units that never got the feature, as if they had: a row a draw, a column an estimate."""

    estimates: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Their root mean square: the standard errors that they tell."""
        return np.sqrt(np.nanmean(self.estimates**2, axis=0))

    @property
    def degrees(self) -> float:
        return float(len(self.estimates) - 1)

    def as_large(self, effect: float, column: int = 0) -> float:
        """Share of all, the real one included, that are as far from 0 as the real one: its p value."""
        return float(
            (1 + (np.abs(self.estimates[:, column]) >= abs(effect)).sum()) / (1 + len(self.estimates))
        )

    def alarms(self, level: float, column: int = 0) -> float:
        """Share of the placebos that their own range would call an effect."""
        half = t_quantile(level, self.degrees) * self.errors[column]
        return float((np.abs(self.estimates[:, column]) > half).mean())

    def only(self, columns: np.ndarray) -> "Placebos":
        """Keep some of the estimates."""
        return Placebos(self.estimates[:, columns])

    def widening(self, level: float) -> float:
        """How many standard errors wide a band must be on each side, that all estimates lie in together."""
        sizes = np.abs(self.estimates / np.where(self.errors > 0, self.errors, np.inf))
        return float(np.quantile(np.nanmax(sizes, axis=1), level))


def placebos(
    first: np.ndarray, estimate: Callable[[np.ndarray, np.ndarray], np.ndarray], seed: int
) -> Placebos | None:
    """Give the launches to units that never had one, and estimate with the other such units.

    Parameters
    ----------
    first : position of each unit's launch, -1 for never.
    estimate : some numbers, of the rows kept (positions) and their launches.

    Returns
    -------
    Placebos : each unit once where one was treated, else draws; None with fewer than four such units, or
        hardly more than got it.
    """
    launches = first[first != NEVER]
    never = np.flatnonzero(first == NEVER)
    if len(never) < max(len(launches) + 2, 4):
        return None
    if len(launches) == 1:
        draws = [np.array([one]) for one in range(len(never))]
    else:
        rng = np.random.default_rng(seed)
        draws = [rng.permutation(len(never))[: len(launches)] for _ in range(PLACEBOS)]
    found = []
    for chosen in draws:
        made_up = np.full(len(never), NEVER)
        made_up[chosen] = launches
        found.append(np.atleast_1d(estimate(never, made_up)))
    return Placebos(np.array(found))


def few(first: np.ndarray, cluster: np.ndarray) -> bool:
    """Whether so few clusters got the feature, or did not, that their scatter shows little."""
    without = len(np.unique(cluster[first == NEVER])) if (first == NEVER).any() else FEW
    return min(treated_clusters(first, cluster), without) < FEW
