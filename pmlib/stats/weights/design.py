"""How a sample was drawn: weights, strata, clusters, finite populations; and what that does to errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Clusters = Any  # of one stage an array, of several a sequence of arrays

LARGEST = 1e100  # a weight whose square is a number still


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of drawing.

    strata, clusters : a row's stratum and cluster, by number; a cluster lies in one stratum.
    home : stratum of each cluster. names : of the strata.
    sizes : sampling units that each stratum has in the population; None where it is as good as endless.
    """

    strata: np.ndarray
    clusters: np.ndarray
    home: np.ndarray
    names: tuple[str, ...]
    sizes: np.ndarray | None

    @property
    def drawn(self) -> np.ndarray:
        """Clusters drawn in each stratum."""
        return np.bincount(self.home, minlength=len(self.names))

    @property
    def fraction(self) -> np.ndarray:
        """Share of each stratum's sampling units that was drawn."""
        return np.zeros(len(self.names)) if self.sizes is None else self.drawn / self.sizes

    @property
    def lonely(self) -> tuple[str, ...]:
        """Strata of which one cluster was drawn, and more were there to draw."""
        alone = (self.drawn == 1) & (self.fraction < 1)
        return tuple(name for name, one in zip(self.names, alone, strict=True) if one)

    def covariance(self, x: np.ndarray, share: np.ndarray) -> np.ndarray:
        """Give the covariance of the columns' sums; `share` of it counts, by stratum.

        A lonely cluster is compared with all clusters, which errs on the safe side.
        """
        sums, drawn = sum_by(x, self.clusters, len(self.home)), self.drawn
        centre = sum_by(sums, self.home, len(drawn)) / drawn[:, None]
        centre[drawn == 1] = sums.mean(axis=0)
        apart = sums - centre[self.home]
        scale = share * (1 - self.fraction) * drawn / np.maximum(drawn - 1, 1)
        return (apart * scale[self.home, None]).T @ apart


@dataclass(frozen=True, eq=False)
class Design:
    """How a sample was drawn.

    weights : how many each respondent stands for. stages : of drawing, the first one first.
    """

    weights: np.ndarray
    stages: tuple[Stage, ...]

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def lonely(self) -> tuple[str, ...]:
        """Strata with one cluster, whose spread can only be guessed."""
        return self.stages[0].lonely

    def covariance(self, x: np.ndarray) -> np.ndarray:
        """Give the covariance of sums over the sample; a column a sum, a row a respondent, already weighted.

        References
        ----------
        Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 4.3: stage by stage, each
        in proportion to what was drawn before. Without sizes the first stage says it all (ultimate clusters).
        """
        x = x.reshape(len(x), -1)
        total = np.zeros((x.shape[1],) * 2)
        drawn_before = np.ones(len(x))
        for stage in self.stages:
            share = np.zeros(len(stage.names))
            share[stage.strata] = drawn_before  # alike within a stratum
            total += stage.covariance(x, share)
            drawn_before = drawn_before * stage.fraction[stage.strata]
        return total

    def degrees(self, inside: np.ndarray | None = None) -> int:
        """Count the clusters less the strata, of those that a domain meets."""
        first = self.stages[0]
        if inside is None:
            return len(first.home) - len(first.names)
        met = np.zeros(len(first.home), bool)
        met[first.clusters[inside]] = True
        strata = np.zeros(len(first.names), bool)
        strata[first.home[met]] = True
        return int(met.sum() - strata.sum())


def design(weights: Any, *, strata: Any = None, clusters: Clusters = None, sizes: Clusters = None) -> Design:
    """Say how a sample was drawn.

    Parameters
    ----------
    weights : one positive number a respondent, or None: by sizes, where there are some, else all alike.
    strata : of the first stage. clusters : labels, counted within their stratum; without any, respondents
        were drawn. Of several stages, a sequence of arrays, and so of sizes.
    sizes : sampling units in the population of the respondent's stratum (from the second stage on: of the
        cluster drawn before), for the finite population correction.

    Raises
    ------
    ValueError : a weight that is missing, negative or 0; a missing label; fewer units in the population than
        in the sample; no stratum of which two clusters were drawn.
    """
    labels, counts = _per_stage(clusters), _per_stage(sizes)
    length = next(len(a) for a in (weights, strata, *labels, *counts) if a is not None)
    outer = (np.zeros(length, np.intp), ("all",)) if strata is None else codes("stratum", strata)
    stages: list[Stage] = []
    for number, label in enumerate(labels):
        size = counts[number] if number < len(counts) else None
        stages.append(_stage(number, outer, label, size))
        if number + 1 == len(labels) or size is None:
            break  # without sizes, what later stages add is in the spread of the first
        outer = (stages[-1].clusters, tuple(map(str, range(len(stages[-1].home)))))
    weights = _weights(weights, stages, length)
    found = Design(weights, tuple(stages))
    if found.degrees() < 1:
        strata_ = len(stages[0].names)
        where = f"each of {strata_:,} strata has" if strata_ > 1 else "there is only"
        raise ValueError(f"{where} one cluster, so nothing shows the error; merge strata, or leave them out")
    return found


def _per_stage(given: Any) -> list[Any]:
    several = isinstance(given, Sequence) and len(given) and not np.isscalar(given[0])
    return list(given) if several else [given]


def _weights(given: Any, stages: list[Stage], length: int) -> np.ndarray:
    if given is None:
        weights = np.ones(length)
        for stage in stages:
            if stage.sizes is not None:
                weights = weights / stage.fraction[stage.strata]
        return weights
    weights = np.asarray(given, float)
    wrong = np.flatnonzero(~((weights > 0) & (weights <= LARGEST)))
    if len(wrong):
        largest = weights[wrong[0]] > LARGEST
        bound = f"at most {LARGEST:g}" if largest else "above 0"
        others = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        raise ValueError(
            f"row {wrong[0]}: weight {weights[wrong[0]]:g}{others}; a weight is {bound}: correct or drop it"
        )
    return weights


def _stage(number: int, outer: tuple[np.ndarray, tuple[str, ...]], labels: Any, sizes: Any) -> Stage:
    strata, names = outer
    if labels is None:  # respondents were drawn, each of them a cluster
        clusters, home = np.arange(len(strata)), strata
    else:
        found, kinds = codes("cluster", labels)
        pairs, clusters = np.unique(strata * len(kinds) + found, return_inverse=True)
        home = pairs // len(kinds)
    stage = Stage(strata, clusters, home, names, None)
    if sizes is None:
        return stage
    sizes = np.asarray(sizes, float)
    held = np.zeros(len(names))
    held[strata] = sizes
    odd = np.flatnonzero(~(held[strata] == sizes))
    if len(odd):
        raise ValueError(
            f"row {odd[0]}: stratum {names[strata[odd[0]]]!r} has {sizes[odd[0]]:,g} sampling units here and "
            f"{held[strata[odd[0]]]:,g} elsewhere; give one size a stratum"
        )
    stage = Stage(strata, clusters, home, names, held)
    few = np.flatnonzero(held < stage.drawn)
    if len(few):
        where = f"stratum {names[few[0]]!r}" if len(names) > 1 else "the population"
        raise ValueError(
            f"{where} has {held[few[0]]:,g} sampling units, the sample {stage.drawn[few[0]]:,}; "
            "give the population's number of units"
        )
    if number and stage.lonely:
        raise ValueError(
            f"stage {number + 1}: of cluster {stage.lonely[0]} one unit was drawn of more, so its spread is "
            "unknown; leave the sizes out"
        )
    return stage


def codes(what: str, labels: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """Number labels in their order; gives each row's number and the labels.

    Raises
    ------
    ValueError : a label is missing.
    """
    found, names = pd.factorize(np.asarray(labels), sort=True)
    lost = np.flatnonzero(found < 0)
    if len(lost):
        raise ValueError(f"row {lost[0]}: {what} is missing; fill it in")
    return found, tuple(str(name) for name in names)


def sum_by(x: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    """Sum each column of a matrix within groups."""
    return np.column_stack([np.bincount(groups, column, minlength=count) for column in x.T])
