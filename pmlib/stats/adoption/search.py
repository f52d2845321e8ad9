"""The least sum of squares of many series at once, wherever it lies.

The potential is linear, so it is solved for (variable projection) and two parameters are left to search. A
grid over all rates and positions is valued for all series by matrix products; its lowest valleys start
Levenberg–Marquardt.

References
----------
Golub and Pereyra (1973), "The Differentiation of Pseudo-Inverses and Nonlinear Least Squares Problems Whose
Variables Separate"; Kaufman (1975), "A variable projection method for solving separable nonlinear least
squares problems", BIT 15.
"""

from dataclasses import dataclass

import numpy as np

from pmlib.stats.adoption.curves import Curve
from pmlib.stats.adoption.observed import Observed

FASTEST = 20.0  # rate searched, by a period
BEFORE = 16.0  # log z at the first time, at least: where the curve is a mere exponential
SLOW = 0.001, 0.01  # rates by the whole time seen: the slowest searched, and one that is almost straight
RATES, EDGE = 22, 12  # of the grid: other rates, positions on either side of the time seen
STEPS = 200
AT_ONCE = 1000  # series whose grid is held in memory together


@dataclass(frozen=True)
class Optimum:
    """Where the search ended, one series a row; in periods since launch and shares of the largest value.

    Attributes
    ----------
    point : log rate, and log z at the last time seen.
    potential, sse : the linear parameter and the weighted sum of squares.
    gradient : see `steepness`; about 0 at an optimum.
    agree : how many starts ended there.
    """

    point: np.ndarray
    potential: np.ndarray
    sse: np.ndarray
    gradient: np.ndarray
    agree: np.ndarray

    def take(self, rows: np.ndarray) -> "Optimum":
        return Optimum(
            self.point[rows], self.potential[rows], self.sse[rows], self.gradient[rows], self.agree[rows]
        )


def optimum(
    seen: Observed,
    curve: Curve,
    low: np.ndarray,
    high: np.ndarray,
    starts: int,
    only: np.ndarray | None = None,
) -> Optimum:
    """Find the least squares of each series with a potential from `low` to `high`."""
    first = starting_points(seen, curve, low, high, starts) if only is None else only
    count, starts = first.shape[:2]
    rows = np.repeat(np.arange(count), starts)
    ended = descend(seen, curve, low, high, first.reshape(-1, 2), rows)
    sse = ended.sse.reshape(count, starts)
    best = sse.argmin(axis=1)
    least = sse.min(axis=1)
    found = ended.take(np.arange(count) * starts + best)
    near = sse <= least[:, None] * (1 + 1e-6) + 1e-20
    return Optimum(found.point, found.potential, found.sse, found.gradient, near.sum(axis=1))


def position(seen: Observed, point: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rate and position of the search's points."""
    rate = np.exp(point[:, 0])
    return rate, point[:, 1] + rate * seen.last[rows]


def clipped(seen: Observed, curve: Curve, point: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Keep points where curves can be told apart: what is slower, faster, earlier or later looks the same."""
    log_rate = np.clip(point[:, 0], np.log(SLOW[0] / seen.last[rows]), np.log(FASTEST))
    lowest = -BEFORE - np.exp(log_rate) * (seen.last[rows] - seen.edges[rows, 0])
    return np.stack([log_rate, np.clip(point[:, 1], lowest, curve.beyond)], axis=1)


def shape(seen: Observed, curve: Curve, point: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted shape that the potential multiplies, and its slopes by both coordinates of the point."""
    rate, place = position(seen, point, rows)
    edges = seen.edges[rows]
    share, by_e, by_z = curve.with_slopes(edges, rate[:, None], place[:, None])
    run = rate[:, None] * edges
    by_rate = -run * by_e + (rate * seen.last[rows])[:, None] * by_z - run * by_z
    weights = seen.weights[rows]
    slopes = np.stack([seen.change(by_rate) * weights, seen.change(by_z) * weights], axis=1)
    return seen.change(share) * weights, slopes


def starting_points(
    seen: Observed, curve: Curve, low: np.ndarray, high: np.ndarray, starts: int
) -> np.ndarray:
    """Return the lowest valleys of the grid, `starts` a series."""
    count = len(seen.values)
    points = np.empty((count, starts, 2))
    edges, group = np.unique(seen.edges, axis=0, return_inverse=True)
    for i, edge in enumerate(edges):
        members = np.flatnonzero(group.ravel() == i)
        for part in np.array_split(members, -(-len(members) // AT_ONCE)):
            points[part] = valleys(seen, curve, low, high, starts, edge, part)
    return points


def valleys(
    seen: Observed,
    curve: Curve,
    low: np.ndarray,
    high: np.ndarray,
    starts: int,
    edge: np.ndarray,
    part: np.ndarray,
) -> np.ndarray:
    """Value the grid for series with the same edges; return their lowest valleys."""
    last = seen.last[part].max()
    rates, places = grid(curve, edge[0], last)
    shares = seen.change(curve.share(edge, rates.reshape(-1, 1), places.reshape(-1, 1)))
    squared = seen.weights[part] ** 2
    values = seen.values[part]
    by_values = shares @ (squared * values).T
    by_shares = np.maximum(shares**2 @ squared.T, 1e-290)
    potential = np.clip(by_values / by_shares, low[part], high[part])
    sse = (potential * by_shares - 2 * by_values) * potential
    square = sse.reshape(*rates.shape, -1)
    walled = np.pad(square, ((1, 1), (1, 1), (0, 0)), constant_values=np.inf)
    valley = (
        (square <= walled[:-2, 1:-1])
        & (square <= walled[2:, 1:-1])
        & (square <= walled[1:-1, :-2])
        & (square <= walled[1:-1, 2:])
    )
    rank = np.where(valley, square, square + 2 * squared.sum(axis=1)).reshape(sse.shape)
    chosen = np.argpartition(rank, starts, axis=0)[:starts].T
    rate, place = rates.ravel()[chosen], places.ravel()[chosen]
    return np.stack([np.log(rate), place - rate * seen.last[part][:, None]], axis=2)


def grid(curve: Curve, first: float, last: float) -> tuple[np.ndarray, np.ndarray]:
    """Rates by positions; steps of position are half a period inside the time seen, wider outside it."""
    curved = np.geomspace(0.05 / last, FASTEST, RATES)
    rate = np.concatenate([np.array(SLOW) / last, curved])[:, None]
    inside = np.linspace(first, last, min(max(40, int(2 * (last - first)) + 1), 400))
    outside = np.linspace(1, 0, EDGE, endpoint=False) ** 2
    before = rate * first - BEFORE * outside
    after = rate * last + curve.beyond * outside[::-1]
    places = np.concatenate([before, rate * inside, after], axis=1)
    return np.broadcast_to(rate, places.shape), places


def descend(
    seen: Observed, curve: Curve, low: np.ndarray, high: np.ndarray, start: np.ndarray, rows: np.ndarray
) -> Optimum:
    """Go down from each starting point to where no step helps."""
    point = clipped(seen, curve, start, rows)
    potential, residual, slopes = projected(seen, curve, low, high, point, rows)
    sse = (residual**2).sum(axis=1)
    damping = np.full(len(rows), 1e-2)
    at_work = np.arange(len(rows))
    for _ in range(STEPS):
        here, whose = point[at_work], rows[at_work]
        step = damped(seen, curve, here, residual, slopes, damping[at_work], whose)
        there = clipped(seen, curve, here + step, whose)
        tried = projected(seen, curve, low, high, there, whose)
        sse_there = (tried[1] ** 2).sum(axis=1)
        gain = sse[at_work] - sse_there
        better = gain > 0
        moved = at_work[better]
        point[moved], potential[moved], sse[moved] = there[better], tried[0][better], sse_there[better]
        residual[better], slopes[better] = tried[1][better], tried[2][better]
        damping[at_work] *= np.where(better, 0.2, 6.0)
        damping[at_work] = np.maximum(damping[at_work], 1e-12)
        still = np.where(better, gain > 1e-13 * sse_there, damping[at_work] < 1e10) & (sse[at_work] > 1e-26)
        if not still.any():
            break
        at_work, residual, slopes = at_work[still], residual[still], slopes[still]
    _, residual, slopes = projected(seen, curve, low, high, point, rows)
    gradient = steepness(seen, curve, point, residual, slopes, rows)
    return Optimum(point, potential, sse, gradient, np.ones(len(rows), int))


def projected(
    seen: Observed, curve: Curve, low: np.ndarray, high: np.ndarray, point: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best potential, residuals, and the residuals' slopes as the potential follows (Kaufman)."""
    form, slopes = shape(seen, curve, point, rows)
    values = seen.values[rows] * seen.weights[rows]
    square = np.maximum((form**2).sum(axis=1), 1e-290)
    free = (form * values).sum(axis=1) / square
    potential = np.clip(free, low[rows], high[rows])
    residual = values - potential[:, None] * form
    follows = (slopes * form[:, None]).sum(axis=2) / square[:, None] * (potential == free)[:, None]
    slopes = (follows[:, :, None] * form[:, None] - slopes) * potential[:, None, None]
    return potential, residual, slopes


def free(
    seen: Observed,
    curve: Curve,
    point: np.ndarray,
    residual: np.ndarray,
    slopes: np.ndarray,
    rows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Slopes along limits, the way down, which coordinates a limit holds, how it moves with the rate."""
    downhill = -(slopes * residual[:, None]).sum(axis=2)
    way, tiny = np.sign(downhill), 1e-9 * np.eye(2)
    ahead = [clipped(seen, curve, point + way * nudge, rows)[:, i] for i, nudge in enumerate(tiny)]
    fixed = (np.stack(ahead, axis=1) - point) * way <= 0.5e-9
    early = fixed[:, 1] & (point[:, 1] < 0)  # the lower limit of log z falls as the rate rises
    follows = -np.exp(point[:, 0]) * (seen.last[rows] - seen.edges[rows, 0]) * early
    along = slopes.copy()
    along[:, 0] += follows[:, None] * slopes[:, 1]
    return along, -(along * residual[:, None]).sum(axis=2), fixed, follows


def damped(
    seen: Observed,
    curve: Curve,
    point: np.ndarray,
    residual: np.ndarray,
    slopes: np.ndarray,
    damping: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """Marquardt's step; a coordinate at its limit stays."""
    along, downhill, fixed, follows = free(seen, curve, point, residual, slopes, rows)
    square = along @ along.transpose(0, 2, 1)
    diagonal = np.einsum("kii->ki", square)
    smallest = 1e-30 * (1 + diagonal.max(axis=1, keepdims=True))
    a, d = ((diagonal + smallest) * (1 + damping[:, None])).T
    b = np.where(fixed.any(axis=1), 0.0, square[:, 0, 1])
    g, h = np.where(fixed, 0.0, downhill).T
    determinant = np.maximum(a * d - b * b, 1e-300)
    step = np.stack([(d * g - b * h) / determinant, (a * h - b * g) / determinant], axis=1)
    step = np.clip(step, [-1.5, -6.0], [1.5, 6.0])
    step[:, 1] += follows * step[:, 0]
    return step


def steepness(
    seen: Observed,
    curve: Curve,
    point: np.ndarray,
    residual: np.ndarray,
    slopes: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """How far the sum of squares is from level; a direction that hardly moves the curve counts little.

    The largest cosine between residuals and the slope of a free coordinate, or, where less, the share of the
    sum of squares that a step of 1 would save.
    """
    along, downhill, fixed, _ = free(seen, curve, point, residual, slopes, rows)
    sse = (residual**2).sum(axis=1)[:, None]
    cosine = np.abs(downhill) / np.maximum(np.sqrt((along**2).sum(axis=2) * sse), 1e-200)
    saved = np.abs(downhill) / np.maximum(sse, 1e-200)
    return (np.minimum(cosine, saved) * ~fixed).max(axis=1)
