"""Fit curves of adoption to one series or to thousands, by least squares; the optimum is the global one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pmlib.stats.adoption.curves import CURVES, Curve, named
from pmlib.stats.adoption.observed import Given, Observed, observed
from pmlib.stats.adoption.potential import is_bounded, lower_end
from pmlib.stats.adoption.search import Optimum, optimum, position, shape

STARTS = 5


@dataclass(frozen=True)
class Fit:
    """A curve of adoption fitted to a series.

    Attributes
    ----------
    curve, kind : as asked.
    parameters : two of the curve (see `curves`; rates by the unit of the times, an inflection as a time) and
        `ceiling`, the potential, in the unit of the values; inf where the best one is boundless.
    covariance, errors : of the parameters, in that order; nan where they cannot be told.
    sse, r2, n : the sum of squares, the share of variance explained, how many values were seen.
    gradient : largest cosine between the residuals and a slope; about 0 at an optimum.
    starts, agree : how many starts were tried and how many of them ended in this optimum.
    identified : whether the series bounds the potential (95%, by profile); if not, it is `m_low` at least.
    m_low : lower end of the potential.
    launch, step : when adoption began and how long a period is, by the times given.
    rate, position : what `curves.Curve` wants, by periods since launch.
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
    identified: bool
    m_low: float
    launch: float
    step: float
    rate: float
    position: float
    scale: float
    last: float

    @property
    def ceiling(self) -> float:
        return self.parameters["ceiling"]

    @property
    def peak(self) -> float:
        """Time of the fastest adoption."""
        return self.launch + self.step * CURVES[self.curve].peak(self.rate, self.position)

    def adopted(self, times: np.ndarray | Sequence[float]) -> np.ndarray:
        """How much is adopted by each time, since launch."""
        since = (np.asarray(times, float) - self.launch) / self.step
        share = CURVES[self.curve].share(since, np.asarray(self.rate), np.asarray(self.position))
        return self.scale * share

    def at(self, times: np.ndarray | Sequence[float]) -> np.ndarray:
        """What is seen at each time: sales of the period that ends there, or what is adopted by it."""
        upto = self.adopted(times)
        return upto - self.adopted(np.asarray(times, float) - self.step) if self.kind == "sales" else upto


def fit(
    times: np.ndarray | Sequence[float],
    values: np.ndarray | Sequence[float],
    curve: str = "bass",
    kind: str = "sales",
    *,
    launch: float | None = None,
    most: float = np.inf,
    starts: int = STARTS,
    name: str = "series",
) -> Fit:
    """Fit a curve to a series; see `fit_many`."""
    return fit_many([times], [values], curve, kind, launch=launch, most=most, starts=starts, names=[name])[0]


def fit_many(
    times: Given,
    values: Given,
    curve: str = "bass",
    kind: str = "sales",
    *,
    launch: float | Sequence[float] | np.ndarray | None = None,
    most: float | Sequence[float] | np.ndarray = np.inf,
    starts: int = STARTS,
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
    bounded = is_bounded(seen, form, found)
    lowest = lower_end(seen, form, found) * seen.scale
    covariance = covariances(seen, form, found)
    return [
        told(seen, form, kind, found, covariance, i, starts, bool(bounded[i]), float(lowest[i]))
        for i in range(count)
    ]


def covariances(seen: Observed, curve: Curve, found: Optimum) -> np.ndarray:
    """Covariance of rate, position (by periods since launch) and potential (by the scale)."""
    rows = np.arange(len(seen.values))
    share, slopes = shape(seen, curve, found.point, rows)
    slopes = slopes * found.potential[:, None, None]
    rate = np.exp(found.point[:, 0])
    by_rate = slopes[:, 0] / rate[:, None] - slopes[:, 1] * seen.last[:, None]
    matrix = np.stack([by_rate, slopes[:, 1], share], axis=1)
    square = matrix @ matrix.transpose(0, 2, 1)
    size = np.sqrt(np.einsum("kii->ki", square))
    size = np.where(size > 0, size, 1)
    scaled = square / size[:, :, None] / size[:, None]
    degrees = (seen.weights > 0).sum(axis=1) - 3
    condition = np.linalg.cond(scaled)
    safe = condition < 1e13
    inverse = np.full_like(square, np.nan)
    inverse[safe] = np.linalg.inv(scaled[safe]) / size[safe][:, :, None] / size[safe][:, None]
    return inverse * (found.sse / degrees)[:, None, None]


def told(
    seen: Observed,
    curve: Curve,
    kind: str,
    found: Optimum,
    covariance: np.ndarray,
    i: int,
    starts: int,
    bounded: bool,
    lowest: float,
) -> Fit:
    """Put a series's result into the units it came in."""
    rates, places = position(seen, found.point[i : i + 1], np.array([i]))
    rate, place = float(rates[0]), float(places[0])
    step, launch, scale = float(seen.step[i]), float(seen.launch[i]), float(seen.scale[i])
    first, second = (float(x) for x in curve.natural(np.array(rate), np.array(place)))
    slope = np.diag([0.0, 0.0, scale])
    for j, nudge in enumerate((1e-6 * rate, 1e-6)):
        up = curve.natural(np.array(rate + nudge * (j == 0)), np.array(place + nudge * (j == 1)))
        down = curve.natural(np.array(rate - nudge * (j == 0)), np.array(place - nudge * (j == 1)))
        slope[0, j] = (up[0] - down[0]) / (2 * nudge) / step
        slope[1, j] = (up[1] - down[1]) / (2 * nudge)
    if curve.dated:
        second, slope[1] = launch + step * second, slope[1] * step
    elif curve.name == "bass":
        second, slope[1] = second / step, slope[1] / step
    full = slope @ covariance[i] @ slope.T
    potential = float(found.potential[i] * scale)
    boundless = not bounded and curve.share(seen.last[i], np.array(rate), np.array(place)) < 1e-3
    weights = seen.weights[i]
    values = seen.values[i][weights > 0]
    total = float(((values - values.mean()) ** 2).sum())
    names = (*curve.parameters, "ceiling")
    return Fit(
        curve=curve.name,
        kind=kind,
        parameters=dict(zip(names, (first / step, second, np.inf if boundless else potential), strict=True)),
        errors=dict(zip(names, np.sqrt(np.diag(full)).tolist(), strict=True)),
        covariance=full,
        sse=float(found.sse[i] * scale**2),
        r2=1 - float(found.sse[i]) / total if total > 0 else np.nan,
        n=int((weights > 0).sum()),
        gradient=float(found.gradient[i]),
        starts=starts,
        agree=int(found.agree[i]),
        identified=bounded,
        m_low=lowest,
        launch=launch,
        step=step,
        rate=rate,
        position=place,
        scale=potential,
        last=launch + step * float(seen.last[i]),
    )
