"""Forecast from many points: an average of curves and a naive forecast, weighted by how each did before."""

from dataclasses import dataclass, field

import numpy as np

from pmlib.sizing.adoption import naive
from pmlib.sizing.adoption.average import fan, quantiles, weights
from pmlib.sizing.adoption.grid import Anchor, Draws, futures
from pmlib.sizing.adoption.outlook import LEVELS, Outlook, Span, ends
from pmlib.stats.adoption import CURVES
from pmlib.stats.hindcast import CAP, Fan, origins, score

LAST, DRIFT, AVERAGE = "last value", "drift", "average"
FIRST, STEPS = 4, 3  # the first moment of a hindcast, by points known, and how far each looks ahead
ROUGH = 400  # draws for a hindcast, of which only the median and one band are read


@dataclass(frozen=True, eq=False)
class Course:
    """A series as the forecasters see it, and what they would have said before.

    times, seen : periods since launch, and what was seen at them. kind : "sales", "stock" or "share". curves
        : those tried.
    """

    times: np.ndarray
    seen: np.ndarray
    kind: str
    curves: tuple[str, ...]
    anchor: Anchor | None = None
    seed: int = 1
    steps: int = STEPS
    kept: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)

    @property
    def naive(self) -> str:
        """The naive forecast that fits the kind: sales stay, a stock or a share goes on."""
        return LAST if self.kind == "sales" else DRIFT

    @property
    def sold(self) -> float:
        """What the potential is at least, whatever a curve says."""
        return float(self.seen.sum()) if self.kind == "sales" else 0.0

    def names(self) -> tuple[str, ...]:
        """What is averaged: a curve that was asked for stands alone."""
        return self.curves if len(self.curves) == 1 else (*self.curves, self.naive)

    def past(self, name: str, known: int) -> np.ndarray:
        """Draws of what one forecaster would have said, knowing `known` values, of the times that came."""
        if (name, known) not in self.kept:
            ahead = self.times[known : known + self.steps]
            self.kept[name, known] = self.draw(name, known, ahead, ROUGH)
        return self.kept[name, known]

    def draw(self, name: str, known: int, ahead: np.ndarray, count: int) -> np.ndarray:
        """Draw futures under one forecaster, one row each."""
        if name in CURVES:
            return self.under(name, known, ahead, count).paths
        times, values = self.times[:known], self.seen[:known]
        steps = np.round(ahead - times[-1]).astype(int)
        last = int(steps[-1])
        if name == LAST:
            paths = naive.last_value(values, last, count=count, seed=self.seed)
        else:
            most = 1.0 if self.kind == "share" else np.inf
            paths = naive.drift(times, values, last, most=most, count=count, seed=self.seed)
        return paths[:, steps - 1]

    def under(self, curve: str, known: int, ahead: np.ndarray, count: int) -> Draws:
        """Draw futures under one curve."""
        times, values = self.times[:known], self.seen[:known]
        return futures(
            curve, times, values, ahead, self.kind, anchor=self.anchor, count=count, seed=self.seed
        )

    def errors(self, known: int) -> dict[str, float]:
        """Capped mean of each forecaster's scaled error at the moments before `known` values were known."""
        moments = origins(known, FIRST, self.steps, whole=False)
        if not len(moments):
            return dict.fromkeys(self.names(), 1.0)
        return {
            name: float(np.mean([self._error(name, at, known) for at in moments])) for name in self.names()
        }

    def average(self, known: int, level: float) -> Fan:
        """What the average would have said, knowing `known` values, with the weights of then."""
        weight = weights(self.errors(known))
        paths = {name: self.past(name, known) for name in weight}
        return Fan(*fan(paths, weight, level))

    def average_error(self) -> dict[str, float]:
        """Capped mean of the average's own scaled error at the same moments; empty without any."""
        moments = origins(len(self.seen), FIRST, self.steps, whole=False)
        errors = [min(score(self.seen, self.average(at, LEVELS[0]), at)[0], CAP) for at in moments]
        return {AVERAGE: float(np.mean(errors))} if errors else {}

    def _error(self, name: str, at: int, known: int) -> float:
        middle = np.median(self.past(name, at), axis=0)[: known - at]
        return min(score(self.seen[:known], Fan(middle, middle, middle), at)[0], CAP)


def outlook(course: Course, ahead: np.ndarray, *, level: float, count: int = 2000) -> Outlook:
    """Forecast the next times from all that is known."""
    known = len(course.seen)
    errors = course.errors(known)
    weight = weights(errors)
    found = {name: course.under(name, known, ahead, count) for name in course.curves}
    paths = {
        name: found[name].paths if name in found else course.draw(name, known, ahead, count)
        for name in weight
    }
    fans = {one: fan(paths, weight, one) for one in sorted({level, *LEVELS})}
    curves = {name: weight[name] for name in course.curves}
    return Outlook(
        middle=fans[level][0],
        bands={one: (low, high) for one, (_, low, high) in fans.items()},
        ceiling=_span({name: np.maximum(found[name].ceiling, course.sold) for name in curves}, curves, level),
        peak=_span({name: found[name].peak for name in curves}, curves, level),
        curve=min(curves, key=lambda name: errors[name]),
        weights=weight,
        errors=errors | course.average_error(),
    )


def _span(draws: dict[str, np.ndarray], weight: dict[str, float], level: float) -> Span:
    return Span(*(float(row[0]) for row in quantiles(draws, weight, ends(level))))
