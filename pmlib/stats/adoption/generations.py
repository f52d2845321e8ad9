"""Generations of a product: each new one takes over the users of those before it (Norton and Bass).

In use of generation i at t: F_i(t) · (m_i + what the earlier ones would have) · (1 − F_(i+1)(t)), F_i the
Bass curve since its launch, m_i the potential that it adds. The potentials are linear: they are solved
for, none below 0, and only p and q are searched, common to all or each generation's own.

References
----------
Norton and Bass (1987), "A Diffusion Theory Model of Adoption and Substitution for Successive Generations of
High-Technology Products", Management Science 33(9).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize

from pmlib.stats.adoption.curves import BASS

LEAST, MOST = np.log(1e-6), np.log(5.0)  # of p and q, by the period
GRID, STARTS, ROUNDS = 40, 5, 1


@dataclass(frozen=True)
class Generations:
    """Generations fitted; a value each, in the order of the columns.

    Attributes
    ----------
    innovation, imitation : p and q by the unit of the times; equal if common.
    ceilings : the potential that each generation adds, in the unit of the values.
    errors : standard errors of p, q and ceilings, a row each; by the usual formula.
    sse, r2, n : over all generations.
    gradient : largest cosine between residuals and the slope of a p or q; about 0 at an optimum.
    starts, agree : how many starts were tried and how many ended in this optimum.
    launches, step : when each began and how long a period is.
    """

    common: bool
    innovation: np.ndarray
    imitation: np.ndarray
    ceilings: np.ndarray
    errors: np.ndarray = field(repr=False)
    sse: float
    r2: float
    n: int
    gradient: float
    starts: int
    agree: int
    launches: np.ndarray
    step: float

    def at(self, times: np.ndarray | Sequence[float]) -> np.ndarray:
        """In use at each time, a column a generation."""
        shapes = parts(np.asarray(times, float), self.launches, self.innovation, self.imitation)
        return np.einsum("tgh,h->tg", shapes, self.ceilings)


def generations(
    times: np.ndarray | Sequence[float],
    values: np.ndarray,
    *,
    launches: Sequence[float] | None = None,
    common: bool = True,
) -> Generations:
    """Fit all generations together by least squares.

    Parameters
    ----------
    times : rising, evenly spaced.
    values : in use, a row a time and a column a generation, oldest first; nan where unknown.
    launches : when each began; the period before its first value above 0, if not said.
    common : one p and q for all, or each its own.

    Raises
    ------
    ValueError : times, values or launches cannot be fitted.
    """
    at, seen = np.asarray(times, float), np.asarray(values, float)
    step = checked(at, seen)
    begun = first_launches(at, seen, step) if launches is None else np.asarray(launches, float)
    count = seen.shape[1]
    if begun.shape != (count,) or (np.diff(begun) < 0).any():
        raise ValueError(f"launches {begun.tolist()} must be {count}, one a generation, oldest first")
    scale = np.nanmax(seen)
    task = Task((at - at[0]) / step, seen / scale, (begun - at[0]) / step, common)
    ends = [task.descend(start) for start in task.beginnings()]
    best = min(ends, key=lambda end: float(end.cost))
    costs = np.array([end.cost for end in ends])
    nothing = 1e-12 * float(np.nansum(task.seen**2))  # what a perfect fit leaves
    agree = int((costs <= best.cost * (1 + 1e-6) + nothing).sum())
    return told(task, best, agree, len(ends), begun, step, scale)


def checked(at: np.ndarray, seen: np.ndarray) -> float:
    """Return the period of times that are even and values that are none below 0.

    Raises
    ------
    ValueError : they are not.
    """
    if seen.ndim != 2 or len(at) != len(seen):
        raise ValueError(f"values have shape {seen.shape} and there are {len(at)} times; give a row a time")
    gaps = np.diff(at)
    if len(at) < 4 or not (gaps > 0).all() or np.ptp(gaps) > 1e-6 * gaps[0]:
        raise ValueError(f"{len(at)} times from {at[0]:g} must be 4 or more, rise, and be evenly spaced")
    if (seen < 0).any() or np.isinf(seen).any():
        row, column = np.argwhere((seen < 0) | np.isinf(seen))[0]
        raise ValueError(f"generation {column + 1}: {seen[row, column]:g} at {at[row]:g} cannot be in use")
    for i, column in enumerate(seen.T):
        if not (column > 0).sum() >= 2:
            raise ValueError(f"generation {i + 1}: fewer than 2 values above 0; leave it out")
    return float(gaps[0])


def first_launches(at: np.ndarray, seen: np.ndarray, step: float) -> np.ndarray:
    """Return the period before each generation's first value above 0."""
    return at[(seen > 0).argmax(axis=0)] - step


def parts(at: np.ndarray, launches: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Share of each potential that is in use in each generation: time × generation × potential."""
    shares = BASS.share(at[:, None] - launches, p + q, np.log(q / p))
    left = 1 - np.concatenate([shares[:, 1:], np.zeros((len(at), 1))], axis=1)
    count = len(launches)
    whole = np.zeros((len(at), count, count))
    reached = np.zeros((len(at), count))
    for i in range(count):
        reached[:, i] = 1.0
        reached = reached * shares[:, i : i + 1]
        whole[:, i] = reached * left[:, i : i + 1]
    return whole


@dataclass(frozen=True)
class Task:
    """What is searched: log p and log q, in periods and by the largest value."""

    at: np.ndarray
    seen: np.ndarray
    launches: np.ndarray
    common: bool

    def rates(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p, q = np.exp(point.reshape(2, -1))
        count = len(self.launches)
        return np.broadcast_to(p, count), np.broadcast_to(q, count)

    def solved(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Residuals, potentials and shapes at a point."""
        here = ~np.isnan(self.seen)
        shapes = parts(self.at, self.launches, *self.rates(point))[here]
        potentials, _ = optimize.nnls(shapes, self.seen[here])
        return self.seen[here] - shapes @ potentials, potentials, shapes

    def descend(self, start: np.ndarray) -> optimize.OptimizeResult:
        limits = (np.full(len(start), LEAST), np.full(len(start), MOST))
        tight = {"ftol": 1e-14, "xtol": 1e-12, "gtol": 1e-12}
        return optimize.least_squares(
            lambda x: self.solved(x)[0], start, jac="3-point", bounds=limits, **tight
        )

    def beginnings(self) -> list[np.ndarray]:
        """Return the lowest valleys of a grid; of own p and q, those of each generation in turn."""
        axis = np.linspace(np.log(1e-4), np.log(2.0), GRID)
        lowest = [axis[list(cell)] for cell in valleys(self.surface(axis, lambda p, q: np.array([p, q])))]
        if self.common:
            return lowest
        count = len(self.launches)
        points = []
        for start in lowest:
            end = Task(self.at, self.seen, self.launches, True).descend(start)
            points += [np.repeat(start, count), self.in_turn(np.repeat(end.x, count), axis[::2])]
        return points

    def in_turn(self, point: np.ndarray, axis: np.ndarray) -> np.ndarray:
        count = len(self.launches)
        for _ in range(ROUNDS):
            for i in range(count):

                def moved(p: float, q: float, i: int = i, base: np.ndarray = point) -> np.ndarray:
                    other = base.copy()
                    other[[i, count + i]] = p, q
                    return other

                surface = self.surface(axis, moved)
                cell = np.unravel_index(surface.argmin(), surface.shape)
                if surface.min() < (self.solved(point)[0] ** 2).sum():
                    point = moved(axis[cell[0]], axis[cell[1]])
        return point

    def surface(self, axis: np.ndarray, moved) -> np.ndarray:
        return np.array([[(self.solved(moved(p, q))[0] ** 2).sum() for q in axis] for p in axis])


def valleys(surface: np.ndarray) -> list[tuple[int, int]]:
    """Cells of a grid, those lower than their neighbours first."""
    wall = np.pad(surface, 1, constant_values=np.inf)
    beside = np.minimum.reduce([wall[:-2, 1:-1], wall[2:, 1:-1], wall[1:-1, :-2], wall[1:-1, 2:]])
    order = np.lexsort([surface.ravel(), (surface > beside).ravel()])[:STARTS]
    return [(int(cell // surface.shape[1]), int(cell % surface.shape[1])) for cell in order]


def told(
    task: Task,
    best: optimize.OptimizeResult,
    agree: int,
    starts: int,
    launches: np.ndarray,
    step: float,
    scale: float,
) -> Generations:
    """Put the optimum and its errors into the units of the values and times."""
    residual, potentials, shapes = task.solved(best.x)
    count = len(launches)
    slopes = fixed_slopes(task, best.x, potentials)
    matrix = np.concatenate([slopes, shapes], axis=1)
    size = np.maximum(np.sqrt((matrix**2).sum(axis=0)), 1e-290)
    spread = np.linalg.pinv((matrix / size).T @ (matrix / size), hermitian=True) / np.outer(size, size)
    degrees = len(residual) - len(best.x) - (potentials > 0).sum()
    if degrees < 1:
        raise ValueError(f"{len(residual)} values are too few for generations; give more periods")
    errors = np.sqrt(np.diag(spread) * (residual @ residual) / degrees)
    p, q = task.rates(best.x)
    of_rates = np.broadcast_to(errors[: len(best.x)].reshape(2, -1), (2, count))
    length = np.sqrt((slopes**2).sum(axis=0) * (residual @ residual))
    seen = task.seen[~np.isnan(task.seen)]
    around = ((seen - seen.mean()) ** 2).sum()
    free = (best.x > LEAST + 1e-6) & (best.x < MOST - 1e-6)
    return Generations(
        common=task.common,
        innovation=p / step,
        imitation=q / step,
        ceilings=potentials * scale,
        errors=np.stack([of_rates[0] * p / step, of_rates[1] * q / step, errors[len(best.x) :] * scale]),
        sse=float(residual @ residual * scale**2),
        r2=float(1 - residual @ residual / around) if around else 0.0,
        n=len(residual),
        gradient=float((np.abs(residual @ slopes) / np.maximum(length, 1e-290) * free).max()),
        starts=starts,
        agree=agree,
        launches=launches,
        step=step,
    )


def fixed_slopes(task: Task, point: np.ndarray, potentials: np.ndarray) -> np.ndarray:
    """Slopes of what is expected by log p and log q, the potentials held."""
    here, columns = ~np.isnan(task.seen), []
    for i in range(len(point)):
        nudge = 1e-5 * (np.arange(len(point)) == i)
        up, down = (parts(task.at, task.launches, *task.rates(point + s * nudge))[here] for s in (1, -1))
        columns.append((up - down) @ potentials / 2e-5)
    return np.stack(columns, axis=1)
