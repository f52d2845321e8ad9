"""Raking: weights scaled to one margin after another until they meet all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.stats.weights.calibration import solve
from pmlib.stats.weights.design import sum_by
from pmlib.stats.weights.margins import Margin, agreed, check_margin, unreachable
from pmlib.stats.weights.sample import Sample

MET = 1e-9  # of its target: how near every achieved margin is
EXACT = 1e-13  # sweeps go on to here, since one more costs next to nothing
SWEEPS = 200  # before the equations are solved by Newton's method instead
PASSES = 10  # of R's survey over the margins, for residuals
DENSE = 2**22  # combinations of levels that are counted in a table


@dataclass(frozen=True, eq=False)
class Raked:
    """What raking explains: means by each margin in turn, as R's survey takes them (unweighted)."""

    margins: tuple[Margin, ...]
    weights: np.ndarray

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Sweep each margin's means out, ten times, as one for all who are alike in every margin."""
        scores = x / self.weights[:, None]
        codes, size, cell = _cells(np.ones(len(x)), self.margins)
        held = sum_by(scores, cell, len(size))
        explained = np.zeros_like(held)
        counts = [margin.respondents for margin in self.margins]
        for _ in range(PASSES):
            for code, respondents in zip(codes, counts, strict=True):
                left = held - size[:, None] * explained
                means = sum_by(left, code, len(respondents)) / respondents[:, None]
                explained += means[code]
        return (scores - explained[cell]) * self.weights[:, None]


def rake(sample: Sample, margins: Sequence[Margin]) -> Sample:
    """Weight a sample to several margins.

    Raises
    ------
    ValueError : a target without respondents, or not above 0; margins that no weights meet together.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11; errors as R's survey::rake.
    """
    for margin in margins:
        check_margin(margin)
    margins = agreed(margins)
    weights = raked_weights(sample.weights, margins)
    gap = worst_gap(weights, margins)
    if not gap < MET:
        raise ValueError(unreachable(margins, [], weights))
    return Sample(sample.design, weights, (*sample.adjustments, Raked(tuple(margins), weights)))


def worst_gap(weights: np.ndarray, margins: Sequence[Margin]) -> float:
    """Give the largest distance of a level from its target, as a share of it."""
    return max(float(np.abs(margin.held(weights) / margin.totals - 1).max()) for margin in margins)


def raked_weights(weights: np.ndarray, margins: Sequence[Margin]) -> np.ndarray:
    """Rake the distinct combinations of levels, of which there are few, and hand the factors to the rows.

    They meet the margins unless nothing does.
    """
    codes, start, cell = _cells(weights, margins)
    totals = [margin.totals for margin in margins]
    end = _sweep(start, codes, totals)
    if _gap(end, codes, totals) > MET:
        better = _newton(start, codes, totals)
        end = better if _gap(better, codes, totals) < _gap(end, codes, totals) else end
    factors = end / start
    return weights * factors[cell]


def _cells(weights: np.ndarray, margins: Sequence[Margin]) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    # The combinations of levels that occur, what they weigh, and each row's.
    shape = [len(margin.levels) for margin in margins]
    key = np.zeros(len(weights), np.int64)
    for margin, size in zip(margins, shape, strict=True):
        key *= size
        key += margin.codes
    if np.prod(shape, dtype=float) <= DENSE:
        held = np.bincount(key, weights, minlength=int(np.prod(shape)))
        occupied = np.flatnonzero(held)
        place = np.zeros(len(held), np.intp)
        place[occupied] = np.arange(len(occupied))
        start, cell = held[occupied], place[key]
    else:
        occupied, cell = np.unique(key, return_inverse=True)
        start = np.bincount(cell, weights)
    return list(np.unravel_index(occupied, shape)), start, cell


def _sweep(start: np.ndarray, codes: list[np.ndarray], totals: list[np.ndarray]) -> np.ndarray:
    weights = start.copy()
    for _ in range(SWEEPS):
        for code, total in zip(codes, totals, strict=True):
            weights *= (total / np.bincount(code, weights, minlength=len(total)))[code]
        if _gap(weights, codes, totals) < EXACT:
            break
    return weights


def _gap(weights: np.ndarray, codes: list[np.ndarray], totals: list[np.ndarray]) -> float:
    held = [np.bincount(code, weights, minlength=len(t)) / t for code, t in zip(codes, totals, strict=True)]
    return max(float(np.abs(part - 1).max()) for part in held)


def _newton(start: np.ndarray, codes: list[np.ndarray], totals: list[np.ndarray]) -> np.ndarray:
    known = [
        (code[:, None] == np.arange(len(t))).astype(float) for code, t in zip(codes, totals, strict=True)
    ]
    scaled = start * (totals[0].sum() / start.sum())
    return solve(scaled, np.hstack(known), np.concatenate(totals), "raking")
