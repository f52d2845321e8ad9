"""Fit curves of adoption to one series or to thousands, by least squares; the optimum is the global one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pmlib.stats.adoption.ahead import later
from pmlib.stats.adoption.curves import CURVES, Curve, named
from pmlib.stats.adoption.errors import in_units, natural, spreads
from pmlib.stats.adoption.observed import Given, Observed, observed
from pmlib.stats.adoption.potential import is_bounded, lower_end
from pmlib.stats.adoption.search import Optimum, optimum, position
from pmlib.stats.adoption.uncertainty import Draws, draws

STARTS = 5
DRAWS = 1000
HARDLY_BEGUN = 1e-4  # a share adopted so far below which the potential is boundless


@dataclass(frozen=True)
class Band:
    """Values of later times: the least-squares curve, and the range that holds each with `level`."""

    times: np.ndarray
    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float


@dataclass(frozen=True)
class Fit:
    """A curve of adoption fitted to a series.

    Attributes
    ----------
    curve, kind : as asked.
    parameters : two of the curve (see `curves`; rates by the unit of the times, an inflection as a time) and
        `ceiling`, the potential, in the unit of the values; inf where the best one is boundless.
    covariance, errors : of the parameters in that order, by the usual formula; nan where they cannot be told.
        They believe in even, independent noise; `interval` does not.
    sse, r2, n : the sum of squares, the share of variance explained, how many values were seen.
    gradient : how far the sum of squares is from level (see `search.steepness`); about 0 at an optimum.
    starts, agree : how many starts were tried and how many of them ended in this optimum.
    launch, step : when adoption began and how long a period is, by the times given.
    """

    curve: str
    kind: str
    parameters: Mapping[str, float]
    errors: Mapping[str, float]
    covariance: np.ndarray = field(repr=False)
    sse: float
    r2: float
    n: int
    gradient: float
    starts: int
    agree: int
    launch: float
    step: float
    among: Observed = field(repr=False)
    optima: Optimum = field(repr=False)
    row: int = field(repr=False)
    limit: float = field(repr=False)
    seed: int = field(repr=False)

    @cached_property
    def seen(self) -> Observed:
        """The series as the search saw it."""
        return self.among.row(self.row)

    @cached_property
    def found(self) -> Optimum:
        """The optimum as the search found it."""
        return self.optima.take(np.array([self.row]))

    @property
    def ceiling(self) -> float:
        return self.parameters["ceiling"]

    @cached_property
    def identified(self) -> bool:
        """Whether the series bounds the potential (95%, by profile); if not, it is `m_low` at least."""
        return bool(is_bounded(self.seen, CURVES[self.curve], self.found)[0])

    @cached_property
    def m_low(self) -> float:
        """Smallest potential that fits about as well as the best (95%, by profile)."""
        return float(lower_end(self.seen, CURVES[self.curve], self.found)[0] * self.seen.scale[0])

    @property
    def peak(self) -> float:
        """Time of the fastest adoption."""
        rate, place = position(self.seen, self.found.point, np.array([0]))
        return self.launch + self.step * CURVES[self.curve].peak(float(rate[0]), float(place[0]))

    def adopted(self, times: np.ndarray | Sequence[float]) -> np.ndarray:
        """How much is adopted by each time, since launch."""
        rate, place = position(self.seen, self.found.point, np.array([0]))
        share = CURVES[self.curve].share(self.since(times), rate, place)
        return self.found.potential[0] * self.seen.scale[0] * share

    def at(self, times: np.ndarray | Sequence[float]) -> np.ndarray:
        """What is seen at each time: sales of the period that ends there, or what is adopted by it."""
        upto = self.adopted(times)
        return upto - self.adopted(np.asarray(times, float) - self.step) if self.kind == "sales" else upto

    def since(self, times: np.ndarray | Sequence[float]) -> np.ndarray:
        """Periods since launch."""
        return (np.asarray(times, float) - self.launch) / self.step

    @cached_property
    def drawn(self) -> Draws:
        """Curves and noise that the series allows (see `uncertainty`)."""
        curve, limit = CURVES[self.curve], self.limit / self.seen.scale[0]
        return draws(
            self.seen, curve, self.found.point[0], float(self.found.potential[0]), limit, DRAWS, self.seed
        )

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Range of each parameter, whatever the noise; a potential not identified has no upper end.

        It is widened to hold the least-squares estimate, where another estimate fits such noise better.
        """
        some, curve = self.drawn, CURVES[self.curve]
        one = self.seen.repeated(len(some.rate))
        values = natural(one, curve, some.rate, some.position, some.potential)
        ends = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
        best = np.array(list(self.parameters.values()))
        ends = np.stack([np.minimum(ends[0], best), np.maximum(ends[1], best)])
        if not self.identified:
            ends[1, 2] = self.limit
        return {name: (float(a), float(b)) for name, a, b in zip(self.parameters, *ends, strict=True)}

    def forecast(self, times: np.ndarray | Sequence[float], level: float = 0.8) -> Band:
        """Values to come, with the uncertainty of curve and noise."""
        if not 0 < level < 1:
            raise ValueError(f"level is {level:g}; it must lie between 0 and 1, such as 0.8")
        end = self.launch + self.step * float(self.seen.last[0])
        if not (np.asarray(times, float) > end + 1e-9 * self.step).all():
            raise ValueError(
                f"forecast from {np.min(times):g}: values are seen until {end:g}; ask for later times"
            )
        random = np.random.default_rng([self.seed, 1])
        values = later(self.seen, CURVES[self.curve], self.drawn, self.since(times), random)
        values = values * self.seen.scale[0]
        values = values if self.kind == "sales" else np.minimum(values, self.limit)
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
        best = self.at(times)
        return Band(np.asarray(times, float), best, np.minimum(low, best), np.maximum(high, best), level)


def fit(
    times: np.ndarray | Sequence[float],
    values: np.ndarray | Sequence[float],
    curve: str = "bass",
    kind: str = "sales",
    *,
    launch: float | None = None,
    most: float = np.inf,
    starts: int = STARTS,
    seed: int = 1,
    name: str = "series",
) -> Fit:
    """Fit a curve to a series; see `fit_many`."""
    return fit_many(
        [times], [values], curve, kind, launch=launch, most=most, starts=starts, seed=seed, names=[name]
    )[0]


def fit_many(
    times: Given,
    values: Given,
    curve: str = "bass",
    kind: str = "sales",
    *,
    launch: float | Sequence[float] | np.ndarray | None = None,
    most: float | Sequence[float] | np.ndarray = np.inf,
    starts: int = STARTS,
    seed: int = 1,
    names: Sequence[str] | None = None,
) -> list[Fit]:
    """Fit a curve to each of many series by least squares.

    Parameters
    ----------
    times : of each series its own, rising; or one array that all share.
    values : of each series, in any unit, 0 or more; nan where none was seen. Series may differ in length.
    curve : "bass", "gompertz", "shifted_gompertz" or "logistic".
    kind : "sales", what each even period sold (it ends at its time); or "cumulative", what is adopted by a
        time, which may be uneven: a stock, an installed base, a percentage of households.
    launch : when adoption began, one for all or one each; a period before the first time if not said.
    most : the potential is this at most (100 for percentages); one for all or one each.
    starts : from how many valleys of the grid the search goes down.
    seed : of the draws behind intervals and forecasts.
    names : of the series, for messages.

    Raises
    ------
    ValueError : a series cannot be fitted; names it.
    """
    form = named(curve)
    shared = isinstance(times, np.ndarray) and times.ndim == 1 and times.dtype != object
    count = len(values)
    called = list(names) if names is not None else [f"series {i + 1}" for i in range(count)]
    own = [np.asarray(times, float)] * count if shared else times
    seen = observed(own, values, kind, launch, called)
    limit = np.broadcast_to(np.asarray(most, float), count)
    if not (limit > 0).all():
        raise ValueError(f"most is {limit.min():g}; a potential must be more than 0")
    found = optimum(seen, form, np.zeros(count), limit / seen.scale, starts)
    return told(seen, form, found, spreads(seen, form, found), starts, limit, seed)


def told(
    seen: Observed,
    curve: Curve,
    found: Optimum,
    spread: np.ndarray,
    starts: int,
    limit: np.ndarray,
    seed: int,
) -> list[Fit]:
    """Put results into the units the series came in."""
    count = len(seen.values)
    rate, place = position(seen, found.point, np.arange(count))
    values = natural(seen, curve, rate, place, found.potential)
    matrices = in_units(seen, curve, rate, place, found.potential, spread)
    boundless = curve.share(seen.last, rate, place) < HARDLY_BEGUN
    values[:, 2] = np.where(boundless, np.inf, values[:, 2])
    names = (*curve.parameters, "ceiling")
    total, count_seen = varied(seen), (seen.weights > 0).sum(axis=1)
    deviations = np.sqrt(np.einsum("kii->ki", matrices))
    return [
        Fit(
            curve=curve.name,
            kind="sales" if seen.sales else "cumulative",
            parameters=dict(zip(names, values[i].tolist(), strict=True)),
            errors=dict(zip(names, deviations[i].tolist(), strict=True)),
            covariance=matrices[i],
            sse=float(found.sse[i] * seen.scale[i] ** 2),
            r2=float(1 - found.sse[i] / total[i]) if total[i] > 0 else np.nan,
            n=int(count_seen[i]),
            gradient=float(found.gradient[i]),
            starts=starts,
            agree=int(found.agree[i]),
            launch=float(seen.launch[i]),
            step=float(seen.step[i]),
            among=seen,
            optima=found,
            row=i,
            limit=float(limit[i]),
            seed=seed,
        )
        for i in range(count)
    ]


def varied(seen: Observed) -> np.ndarray:
    """Sum of squares about each mean."""
    mean = (seen.values * seen.weights).sum(axis=1) / seen.weights.sum(axis=1)
    return ((seen.values - mean[:, None]) ** 2 * seen.weights).sum(axis=1)
