"""Forecast from a few points: the even average, in logs, of last value, borrowed growth and borrowed shapes.

The average is even because no few points can tell which of the three deserves more. The band is how far the
same recipe missed the analogues' own later years, each analogue left out of its own prior (a quantile of the
misses, every analogue with the same weight). Without analogues there is no growth to borrow, and the band is
the model's own under the general prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import stats

from pmlib.sizing.adoption import pooled
from pmlib.sizing.adoption.average import NARROWER
from pmlib.sizing.adoption.grid import Anchor, positive
from pmlib.sizing.adoption.outlook import LEVELS, Outlook, weighted_span

MOST = 6  # points: from 7 on the series speaks for itself
LAST, GROWTH, SHAPES, AVERAGE = "last value", "analogues' growth", "pooled Bass", "average"


@dataclass(frozen=True, eq=False)
class Trial:
    """A forecast of an analogue that was left out: what was known of it, what came and what was expected."""

    series: np.ndarray
    known: int
    came: np.ndarray
    expected: np.ndarray
    weight: float

    @property
    def misses(self) -> np.ndarray:
        return np.abs(np.log(positive(self.series)[self.known : self.known + len(self.came)] / self.expected))

    def error(self, expected: np.ndarray | float) -> float:
        """Mean absolute error, as a share of the series' mean."""
        return float(np.abs(expected - self.came).mean() / self.series.mean())


@dataclass(frozen=True, eq=False)
class Lender:
    """Analogues that lend what a few points lack.

    series : sales of each, from its first period on. likelihoods : what each says of every shape.
    steps : how far to look ahead.
    """

    series: tuple[np.ndarray, ...]
    likelihoods: tuple[np.ndarray, ...]
    steps: int

    @cached_property
    def shapes(self) -> pooled.Shapes:
        return pooled.shapes(self.likelihoods) if self.series else pooled.general()

    @cached_property
    def growth(self) -> pooled.Growth:
        return pooled.growth(self.series, self.steps)

    @cached_property
    def trials(self) -> list["Trial"]:
        """Forecast each analogue's later years from its start, with the other analogues only."""
        found = []
        for i, values in enumerate(self.series):
            others = self.without(i)
            starts = [n for n in pooled.STARTS if n < len(values)]
            for n in starts:
                came = values[n : n + self.steps]
                found.append(
                    Trial(values, n, came, np.exp(others.centre(values[:n]))[: len(came)], 1 / len(starts))
                )
        return found

    def without(self, i: int) -> "Lender":
        """The same without one analogue."""
        series = self.series[:i] + self.series[i + 1 :]
        return Lender(series, self.likelihoods[:i] + self.likelihoods[i + 1 :], self.steps)

    def parts(self, values: np.ndarray, anchor: Anchor | None = None) -> dict[str, np.ndarray]:
        """Log of each forecast that is averaged."""
        last = np.full(self.steps, np.log(positive(values)[-1]))
        weight = self.shapes.given(values, anchor).sum(axis=1)
        known = len(values)
        turns = pooled.SALES[:, known : known + self.steps] - pooled.SALES[:, [known - 1]]
        bass = np.array([weighted_span(turn, weight, LEVELS[0]).middle for turn in turns.T])
        found = {LAST: last, SHAPES: last + bass}
        return found | {GROWTH: last + self.growth.ahead(values)} if self.series else found

    def centre(self, values: np.ndarray, anchor: Anchor | None = None) -> np.ndarray:
        """Log of the average."""
        return np.asarray(np.mean(list(self.parts(values, anchor).values()), axis=0))

    def spread(self, values: np.ndarray, level: float, anchor: Anchor | None = None) -> np.ndarray:
        """Half of the band in logs, one a step, never narrower further ahead."""
        if len(self.series) < 3:
            return self._own_spread(values, level, anchor)
        width = np.zeros(self.steps)
        for step in range(self.steps):
            reach = [trial for trial in self.trials if len(trial.came) > step]
            if reach:
                missed = np.array([trial.misses[step] for trial in reach])
                width[step] = _quantile(missed, np.array([trial.weight for trial in reach]), level)
        known = np.flatnonzero(width)[-1]
        beyond = np.sqrt(np.arange(1, self.steps + 1) / (known + 1))
        return np.maximum.accumulate(np.where(width > 0, width, width[known] * beyond))

    def _own_spread(self, values: np.ndarray, level: float, anchor: Anchor | None) -> np.ndarray:
        both = self.shapes.given(values, anchor)
        noise = (both.sum(axis=0) @ pooled.NOISE**2) * np.arange(1, self.steps + 1)
        known, weight = len(values), both.sum(axis=1)
        turns = pooled.SALES[:, known : known + self.steps] - pooled.SALES[:, [known - 1]]
        between = weight @ (turns - weight @ turns) ** 2
        return np.asarray(NARROWER * stats.norm.ppf((1 + level) / 2) * np.sqrt(noise + between))

    def likeness(self, values: np.ndarray) -> np.ndarray:
        """How much each analogue's own shapes explain the series, as shares of 1."""
        target, prior = (
            pooled.likelihood(values),
            np.log(self.shapes.shape)[:, None] + np.log(self.shapes.noise),
        )
        evidence = []
        for own in self.likelihoods:
            weight = np.exp(own + prior - (own + prior).max())
            evidence.append(float((weight / weight.sum() * np.exp(target - target.max())).sum()))
        return np.array(evidence) / max(sum(evidence), 1e-300)


def outlook(
    values: np.ndarray,
    lender: Lender,
    *,
    level: float,
    anchor: Anchor | None = None,
    base: float | None = None,
) -> Outlook:
    """Forecast sales, or a level that stands at `base` and grows by `values`."""
    centre = lender.centre(values, anchor)
    middle = np.exp(centre)
    bands = {}
    for one in sorted({level, *LEVELS}):
        wide = lender.spread(values, one, anchor)
        low, high = np.exp(centre - wide), np.exp(centre + wide)
        bands[one] = (low, high) if base is None else (base + np.cumsum(low), base + np.cumsum(high))
    weight = lender.shapes.given(values, anchor).sum(axis=1)
    start = 0.0 if base is None else base - values.sum()
    ceiling = weighted_span(start + pooled.ceilings(values), weight, level)
    peak = weighted_span(np.log(pooled.Q / pooled.P).clip(0) / (pooled.P + pooled.Q), weight, level)
    names = (LAST, GROWTH, SHAPES) if lender.series else (LAST, SHAPES)
    return Outlook(
        middle=middle if base is None else base + np.cumsum(middle),
        bands=bands,
        ceiling=ceiling,
        peak=peak,
        curve="bass",
        weights={name: 1 / len(names) for name in names},
        errors=trial_errors(lender),
    )


def medians(values: np.ndarray, lender: Lender, anchor: Anchor | None) -> dict[str, float]:
    """Innovation and imitation of the pooled Bass curve."""
    weight = lender.shapes.given(values, anchor).sum(axis=1)
    found = {"innovation": pooled.P, "imitation": pooled.Q}
    return {name: weighted_span(grid, weight, LEVELS[0]).middle for name, grid in found.items()}


def trial_errors(lender: Lender) -> dict[str, float]:
    """Median scaled error, on analogues that were left out: the average's and last value's."""
    tried = [trial for trial in lender.trials if trial.known <= MOST]
    if len(lender.series) < 3:
        return {}
    return {
        AVERAGE: float(np.median([trial.error(trial.expected) for trial in tried])),
        LAST: float(np.median([trial.error(trial.series[trial.known - 1]) for trial in tried])),
    }


def _quantile(values: np.ndarray, weight: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(reached, share - 1e-9)), len(values) - 1)])


def lender(series: Sequence[np.ndarray], steps: int) -> Lender:
    """Ask analogues; those too short to have a start and something after it are left out."""
    kept = tuple(values for values in series if len(values) > min(pooled.STARTS) and (values > 0).sum() > 2)
    return Lender(kept, tuple(pooled.likelihood(values) for values in kept), steps)
