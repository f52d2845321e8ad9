"""Groups of products that are close, and how firm they are."""

from dataclasses import dataclass

import numpy as np

from pmlib.competitive.switching.closeness import closeness, proportional


@dataclass(frozen=True, eq=False)
class Clusters:
    """A way of sorting products into sets.

    labels : set of each product, 0, 1, ... in the order of the products. close : their closeness.
    together : how often each two land in one set over the draws. agreement : of the draws' sets with these,
    by number of sets (adjusted Rand index: 0 as by chance, 1 the same), or the average silhouette where there
    are no draws.
    p : how often products whose moves only follow their sizes are sorted as sharply (missing without draws).
    lows, highs : of closeness over the draws.
    """

    labels: np.ndarray
    close: np.ndarray
    together: np.ndarray
    agreement: dict[int, float]
    p: float
    lows: np.ndarray
    highs: np.ndarray


def clusters(moves: np.ndarray, draws: np.ndarray | None, level: float = 0.95) -> Clusters:
    """Sort products hierarchically (average linkage) by distance 1 / (1 + closeness).

    The number of sets is the one at which resampled moves agree best with the sets of these (the fewest of
    equals); without draws, the one with the largest average silhouette.

    Parameters
    ----------
    moves : from (rows) to (columns). draws : the same, resampled; the first axis.
    """
    many = len(moves)
    close = closeness(moves)
    sets = _cut(close)
    if draws is None:
        agreement = {k: _silhouette(close, labels) for k, labels in sets.items()}
        missing = np.full((many, many), np.nan)
        return Clusters(sets[_best(agreement)], close, missing, agreement, float("nan"), missing, missing)
    drawn = closeness(draws)
    each = [_cut(one) for one in drawn]
    agreement = {k: float(np.mean([_rand(labels, one[k]) for one in each])) for k, labels in sets.items()}
    best = _best(agreement)
    together = np.mean([one[best][:, None] == one[best] for one in each], axis=0)
    tails = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Clusters(sets[best], close, together, agreement, _by_size(moves, draws, close, sets[best]), *tails)


def _by_size(moves: np.ndarray, draws: np.ndarray, close: np.ndarray, labels: np.ndarray) -> float:
    # Moves as sizes have them, with the noise of the draws, sorted into as many sets: how sharp is chance?
    null = closeness(np.maximum(proportional(moves) + draws - draws.mean(axis=0), 0))
    number = labels.max() + 1
    sharp = np.array([_contrast(one, _cut(one)[number]) for one in null])
    return float((1 + (sharp >= _contrast(close, labels)).sum()) / (1 + len(sharp)))


def _cut(close: np.ndarray) -> dict[int, np.ndarray]:
    from scipy.cluster.hierarchy import average, cut_tree  # slow to import, and only sets need it

    many = len(close)
    levels = cut_tree(average(_pairs(1 / (1 + close))))  # from each alone to all together
    return {k: _renumbered(levels[:, many - k]) for k in range(2, many)}


def _renumbered(labels: np.ndarray) -> np.ndarray:
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[codes]


def _best(scores: dict[int, float]) -> int:
    top = max(scores.values())
    return min(k for k, score in scores.items() if score >= top - 1e-9)


def _pairs(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.triu_indices(len(matrix), 1)]


def _rand(one: np.ndarray, other: np.ndarray) -> float:
    a, b = (_pairs(labels[:, None] == labels) for labels in (one, other))
    chance, mean = a.sum() * b.sum() / len(a), (a.sum() + b.sum()) / 2
    return 1.0 if mean == chance else float(((a & b).sum() - chance) / (mean - chance))


def _contrast(close: np.ndarray, labels: np.ndarray) -> float:
    within = _pairs(labels[:, None] == labels)
    values = _pairs(close)
    return float(values[within].mean() - values[~within].mean())


def _silhouette(close: np.ndarray, labels: np.ndarray) -> float:
    apart = 1 / (1 + close)
    widths = []
    for product, own in enumerate(labels):
        mates = (labels == own) & (np.arange(len(labels)) != product)
        if not mates.any():
            widths.append(0.0)
            continue
        near = apart[product, mates].mean()
        next_ = min(apart[product, labels == other].mean() for other in set(labels) - {own})
        widths.append((next_ - near) / max(near, next_))
    return float(np.mean(widths))
