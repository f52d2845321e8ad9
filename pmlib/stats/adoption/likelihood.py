"""Maximum likelihood: each adopter falls into a period with the probability that the curve gives it.

Its standard errors count adopters, so values must be counts of them (not thousands), adopting
independently. They hardly ever do so: `dispersion` tells how many times more the counts vary, and
`errors` are wider by its root.

References
----------
Schmittlein and Mahajan (1982), "Maximum Likelihood Estimation for an Innovation Diffusion Model of New
Product Acceptance", Marketing Science 1(1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize

from pmlib.stats.adoption.curves import Curve, named
from pmlib.stats.adoption.errors import in_units, natural
from pmlib.stats.adoption.observed import Observed, observed
from pmlib.stats.adoption.search import clipped, grid, position, shape

STARTS = 4


@dataclass(frozen=True)
class Likeliest:
    """Parameters of greatest likelihood.

    Attributes
    ----------
    parameters, errors, covariance : as of `Fit`; errors allow for the dispersion.
    counted : standard errors if adopters were independent, as published by Schmittlein and Mahajan.
    dispersion : Pearson's sum of squares by its degrees of freedom; 1 if adopters are independent.
    log_likelihood : without what does not depend on parameters.
    gradient : largest slope of the log likelihood by log rate and log z, by its own standard deviation.
    agree : how many of the starts ended there.
    """

    curve: str
    parameters: Mapping[str, float]
    errors: Mapping[str, float]
    counted: Mapping[str, float]
    covariance: np.ndarray = field(repr=False)
    dispersion: float
    log_likelihood: float
    gradient: float
    starts: int
    agree: int


def likeliest(
    times: np.ndarray | Sequence[float],
    sales: np.ndarray | Sequence[float],
    curve: str = "bass",
    *,
    population: float = np.inf,
    launch: float | None = None,
    name: str = "series",
) -> Likeliest:
    """Estimate a curve from adopters by even periods; the potential is at most the population.

    Raises
    ------
    ValueError : the series cannot be fitted, or more have adopted than there are.
    """
    form = named(curve)
    seen = observed([times], [sales], "sales", launch, [name])
    counts = seen.values[0] * seen.scale[0]
    if counts.sum() >= population:
        raise ValueError(
            f"{name}: {counts.sum():g} adopted in a population of {population:g}; it must be larger"
        )
    points = starting(seen, form, counts, population)
    ends = [
        optimize.minimize(
            against, point, (seen, form, counts, population), "BFGS", jac=True, options={"gtol": 1e-9}
        )
        for point in points
    ]
    best = min(ends, key=lambda end: float(end.fun))
    point = clipped(seen, form, best.x[None], np.array([0]))
    return told(seen, form, counts, population, point, float(best.fun), ends)


def expected(
    seen: Observed, curve: Curve, counts: np.ndarray, population: float, point: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shape, slopes, potential and whether it is free, at points."""
    form, slopes = shape(seen, curve, point, np.zeros(len(point), int))
    free = counts.sum() / np.maximum(form.sum(axis=1), 1e-290)
    return form, slopes, np.minimum(free, population), free < population


def against(
    point: np.ndarray, seen: Observed, curve: Curve, counts: np.ndarray, population: float
) -> tuple[float, np.ndarray]:
    """Negative log likelihood with the best potential, by adopter, and its slope."""
    kept = clipped(seen, curve, point[None], np.array([0]))
    form, slopes, potential, _ = expected(seen, curve, counts, population, kept)
    mean = np.maximum(potential[0] * form[0], 1e-290)
    left, total = population - counts.sum(), counts.sum()
    value, by_mean = -(counts * np.log(mean)).sum() + mean.sum(), 1 - counts / mean
    if np.isfinite(population):
        rest = max(population - mean.sum(), 1e-290)
        value, by_mean = -(counts * np.log(mean)).sum() - left * np.log(rest), left / rest - counts / mean
    by_mean = np.where(seen.weights[0] > 0, by_mean, 0.0)
    outside = point - kept[0]
    slope = potential[0] * slopes[0] @ by_mean / total
    return float(value / total + outside @ outside), slope + 2 * outside


def starting(seen: Observed, curve: Curve, counts: np.ndarray, population: float) -> np.ndarray:
    """Return the likeliest points of a grid, apart from each other."""
    rates, places = grid(curve, seen.edges[0, 0], seen.last[0])
    points = np.stack([np.log(rates), places - rates * seen.last[0]], axis=2).reshape(-1, 2)
    form, _, potential, _ = expected(seen, curve, counts, population, points)
    mean = np.maximum(form * potential[:, None], 1e-290)
    value = -(counts * np.log(mean)).sum(axis=1) + mean.sum(axis=1)
    value = np.where(np.isfinite(value), value, np.inf)
    square = np.pad(value.reshape(rates.shape), 1, constant_values=np.inf)
    middle = square[1:-1, 1:-1]
    beside = np.minimum.reduce([square[:-2, 1:-1], square[2:, 1:-1], square[1:-1, :-2], square[1:-1, 2:]])
    order = np.lexsort([value, (middle > beside).ravel()])
    return points[order[:STARTS]]


def told(
    seen: Observed,
    curve: Curve,
    counts: np.ndarray,
    population: float,
    point: np.ndarray,
    least: float,
    ends: list[optimize.OptimizeResult],
) -> Likeliest:
    """Put the estimate and its errors into the units of the series."""
    form, slopes, potential, _ = expected(seen, curve, counts, population, point)
    here = seen.weights[0] > 0
    rate, place = position(seen, point, np.array([0]))
    by_point = potential[0] * slopes[0][:, here]
    rows = np.stack([by_point[0] / rate[0] - by_point[1] * seen.last[0], by_point[1], form[0, here]])
    mean = np.maximum(potential[0] * form[0, here], 1e-290)
    information = (rows / mean) @ rows.T
    if np.isfinite(population):
        information += np.outer(rows.sum(axis=1), rows.sum(axis=1)) / (population - mean.sum())
    size = np.sqrt(np.diag(information))
    spread = np.linalg.pinv(information / np.outer(size, size), hermitian=True) / np.outer(size, size)
    scaled = spread * np.array([1, 1, 1 / seen.scale[0]]) * np.array([1, 1, 1 / seen.scale[0]])[:, None]
    counted = in_units(seen, curve, rate, place, potential / seen.scale[0], scaled[None])[0]
    dispersion = float(((counts[here] - mean) ** 2 / mean).sum() / (here.sum() - 3))
    names = (*curve.parameters, "ceiling")
    values = natural(seen, curve, rate, place, potential / seen.scale[0])[0]
    errors = np.sqrt(np.diag(counted))
    score = by_point @ (1 - counts[here] / mean)
    values_of_ends = np.array([float(end.fun) for end in ends])
    return Likeliest(
        curve=curve.name,
        parameters=dict(zip(names, values.tolist(), strict=True)),
        errors=dict(zip(names, (errors * np.sqrt(dispersion)).tolist(), strict=True)),
        counted=dict(zip(names, errors.tolist(), strict=True)),
        covariance=counted * dispersion,
        dispersion=dispersion,
        log_likelihood=-least * float(counts.sum()),
        gradient=float(np.max(np.abs(score) / np.sqrt(((by_point**2) / mean).sum(axis=1)))),
        starts=len(ends),
        agree=int((values_of_ends <= least + 1e-7 * abs(least)).sum()),
    )
