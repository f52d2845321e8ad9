"""What several effects truly were, as each was measured with error: a hierarchical model, by a grid."""

from dataclasses import dataclass

import numpy as np

from pmlib.stats.mixture import Mixture

SPREADS = ("flat", "half-normal", "half-cauchy")
LOOK, GRID = 200, 200  # points at which the spread is looked for, and then worked out
FAINT = 30.0  # below the highest log density, from where on nothing counts
FLAT = 3  # estimates without which a flat prior of the spread leaves no distribution of it


@dataclass(frozen=True, eq=False)
class Shrunk:
    """What is known of the true effects, of their mean and spread, and of the next one.

    Effects are normal around a mean, with a spread (a standard deviation) between them. Given the spread all
    else is normal; so each is a mixture over the grid of the spread.

    spreads, chances : the grid, and the chance of each point. centres, errors : of the mean, given it.
    estimates, variances : what was measured.
    """

    spreads: np.ndarray
    chances: np.ndarray
    centres: np.ndarray
    errors: np.ndarray
    estimates: np.ndarray
    variances: np.ndarray

    @property
    def mean(self) -> Mixture:
        """The mean of true effects."""
        return Mixture(self.chances, self.centres, self.errors)

    @property
    def next(self) -> Mixture:
        """The true effect of another one of the kind."""
        return Mixture(self.chances, self.centres, np.hypot(self.errors, self.spreads))

    def effect(self, place: int) -> Mixture:
        """The true effect of one that was measured."""
        estimate, variance = self.estimates[place], self.variances[place]
        own = self.spreads**2 / (self.spreads**2 + variance)
        means = own * estimate + (1 - own) * self.centres
        return Mixture(self.chances, means, np.sqrt(own * variance + ((1 - own) * self.errors) ** 2))

    def spread(self, chance: float) -> float:
        """The spread that a smaller one has this chance of."""
        steps = np.cumsum(self.chances) - self.chances / 2
        return float(np.interp(chance, steps, self.spreads))


def shrink(
    estimates: np.ndarray,
    errors: np.ndarray,
    *,
    middle: float = 0.0,
    middle_sd: float = np.inf,
    spread: str = "flat",
    scale: float = np.nan,
) -> Shrunk:
    """Work out true effects behind estimates.

    Parameters
    ----------
    estimates, errors : measured effects and their standard errors; none leaves what was known before.
    middle, middle_sd : prior of the mean, normal; infinite for a flat one.
    spread : prior of the spread between effects: "flat", "half-normal" or "half-cauchy". scale : of the last
        two, in the unit of effects.

    Raises
    ------
    ValueError : no such prior, or a flat one of too few estimates.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 5.4; Gelman (2006), Bayesian Analysis 1 (flat from five on,
    and half-Cauchy below); Röver (2020), Journal of Statistical Software 93(6).
    """
    y, v = np.asarray(estimates, float), np.asarray(errors, float) ** 2
    if spread not in SPREADS:
        raise ValueError(f"spread is {spread!r}; write one of {', '.join(SPREADS)}")
    if spread == "flat" and len(y) < FLAT:
        raise ValueError(f"a flat prior of the spread needs {FLAT} estimates; found {len(y)}; state a prior")
    if spread != "flat" and not (np.isfinite(scale) and scale > 0):
        raise ValueError(f"a {spread} prior of the spread needs a scale above 0; found {scale:g}")
    typical = scale if spread != "flat" else float(np.sqrt(np.median(v) + np.var(y)))
    # The spread is typical · u / (1 − u): u from 0 to 1 holds all of it, and heavy tails lose nothing.
    u = (np.arange(LOOK) + 0.5) / LOOK
    seen = _log_density(y, v, u, typical, middle, middle_sd, spread, scale)[0]
    inside = u[seen > seen.max() - FAINT]
    low, high = max(0.0, inside[0] - 1 / LOOK), min(1.0, inside[-1] + 1 / LOOK)
    u = low + (high - low) * (np.arange(GRID) + 0.5) / GRID
    density, centres, variances = _log_density(y, v, u, typical, middle, middle_sd, spread, scale)
    chances = np.exp(density - density.max())
    tau = typical * u / (1 - u)
    return Shrunk(tau, chances / chances.sum(), centres, np.sqrt(variances), y, v)


def _log_density(
    y: np.ndarray,
    v: np.ndarray,
    u: np.ndarray,
    typical: float,
    middle: float,
    middle_sd: float,
    spread: str,
    scale: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the log density of u, and the mean with its variance given each."""
    tau = typical * u / (1 - u)
    pulls = 1 / (v + tau[:, None] ** 2)
    known = 0.0 if np.isinf(middle_sd) else middle_sd**-2
    total = pulls.sum(axis=1) + known
    centres = (pulls @ y + known * middle) / total
    misfit = (pulls * (y - centres[:, None]) ** 2).sum(axis=1) + known * (middle - centres) ** 2
    density = (np.log(pulls).sum(axis=1) - np.log(total) - misfit) / 2 - 2 * np.log1p(-u)
    if spread == "half-normal":
        density -= (tau / scale) ** 2 / 2
    if spread == "half-cauchy":
        density -= np.log1p((tau / scale) ** 2)
    return density, centres, 1 / total
