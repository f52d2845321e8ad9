"""Fit a conditional logit: Newton's method on the likelihood, and what tells that it has no maximum."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from pmlib.competitive.choice.sets import Sets

STEPS = 50
CLOSE = 1e-9  # of the likelihood's relative gain that a further step would bring
DEPENDENT = 1e-9  # share of a term's spread that is its own, below which it is a sum of others
FAR = 12.0  # a scaled coefficient beyond this says that a term foretells choices without fail


BLOCK = 100_000  # cells worked on at a time
Stack = tuple[np.ndarray, np.ndarray]  # which sets have J alternatives, and their terms, (J, k, S)


@dataclass(frozen=True, eq=False)
class Fit:
    """A maximum of a likelihood.

    params : (k,). classical : (k, k) inverse of the information. scores : (S, k) of each choice set.
    loglik, loglik_null : at the maximum, and where every alternative is as likely. steps : of Newton.
    """

    params: np.ndarray
    classical: np.ndarray
    scores: np.ndarray
    loglik: float
    loglik_null: float
    steps: int

    def clustered(self, clusters: np.ndarray) -> np.ndarray:
        """Covariance that allows for choices of one chooser being alike, (k, k).

        clusters : (S,) code of who chose, from 0.
        """
        count = int(clusters.max()) + 1
        sums = np.column_stack([np.bincount(clusters, column, count) for column in self.scores.T])
        return self.classical @ (sums.T @ sums) @ self.classical * count / max(1, count - 1)


def centre(matrix: np.ndarray, sets: Sets) -> np.ndarray:
    """Take each set's mean off: only differences within a set say anything."""
    out = np.empty_like(matrix)
    for rows, own in sets.blocks():
        part = matrix[rows]
        out[rows] = part - own.spread(own.sum(part) / own.lengths[:, None])
    return out


def dependent(centred: np.ndarray) -> list[int]:
    """List the columns that are constant within every set, or sums of earlier columns."""
    scale = np.sqrt((centred**2).mean(axis=0))
    size = np.abs(centred).max(axis=0, initial=0)
    found: list[int] = []
    kept: list[int] = []
    gram = (centred.T @ centred) / max(1, len(centred))
    for i in range(centred.shape[1]):
        if scale[i] <= 1e-12 * max(1.0, size[i]):
            found.append(i)
            continue
        own = 1.0
        if kept:
            inner = gram[np.ix_(kept, kept)] / np.outer(scale[kept], scale[kept])
            across = gram[kept, i] / (scale[kept] * scale[i])
            own = 1.0 - float(across @ np.linalg.lstsq(inner, across, rcond=None)[0])
        if own <= DEPENDENT:
            found.append(i)
        else:
            kept.append(i)
    return found


def maximise(matrix: np.ndarray, chosen: np.ndarray, sets: Sets, scale: np.ndarray | None = None) -> Fit:
    """Find the coefficients under which the choices were likeliest.

    The likelihood is concave, so that there is one maximum; terms are scaled to a spread of 1 on the way.

    Parameters
    ----------
    matrix : (n, k) terms; the rows of a set stand together. chosen : (n,) whether it was taken, one a set.
    scale : (k,) typical size of each term; worked out where it is not given.

    Returns
    -------
    Fit : `params` beyond `FAR` when scaled say that there is no maximum (see `separating`).

    References
    ----------
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior", in Frontiers in
    Econometrics.
    """
    width = matrix.shape[1]
    if scale is None:
        scale = np.sqrt((matrix**2).mean(axis=0))
        scale = np.where(scale > 0, scale, 1.0)
    taken = matrix[chosen]
    start, stacks = taken.sum(axis=0), stacked(matrix, sets)
    params = np.zeros(width)
    loglik, expected, information = _at(params, start, stacks)
    null = loglik
    for step in range(1, STEPS + 1):  # noqa: B007 (the last is told)
        gradient = start - expected
        move = _solved(information / np.outer(scale, scale), gradient / scale) / scale
        if float(gradient @ move) <= CLOSE * max(1.0, abs(loglik)) * 1e-3:
            break
        for _ in range(30):
            tried = _at(params + move, start, stacks)
            if tried[0] >= loglik - 1e-12 * abs(loglik):
                break
            move = move / 2
        params = params + move
        loglik, expected, information = tried
        if np.abs(params * scale).max(initial=0) > 3 * FAR:
            break
    inverse = np.linalg.inv(information / np.outer(scale, scale) + 1e-13 * np.eye(width))
    classical = inverse / np.outer(scale, scale)
    return Fit(params, classical, _scores(params, taken, stacks), loglik, null, step)


def _solved(information: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    # Where choices are foretold the information fades to nothing, and rounding may leave less than that.
    ridge = 1e-13
    while True:
        try:
            return cho_solve(cho_factor(information + ridge * np.eye(len(gradient))), gradient)
        except np.linalg.LinAlgError:
            ridge *= 100


def probabilities(utility: np.ndarray, sets: Sets) -> np.ndarray:
    """Chance of each alternative within its set, (n, ...)."""
    risen = np.exp(utility - sets.spread(sets.max(utility)))
    return risen / sets.spread(sets.sum(risen))


def stacked(matrix: np.ndarray, sets: Sets) -> list[Stack]:
    """Lay choice sets out by how many alternatives they have: sums over a set are then sums of long rows."""
    out = []
    for length in np.unique(sets.lengths):
        which = np.flatnonzero(sets.lengths == length)
        if sets.equal:
            cells = matrix.reshape(len(sets), length, -1)
        else:
            cells = matrix[sets.starts[which][:, None] + np.arange(length)]
        out.append((which, np.ascontiguousarray(cells.transpose(1, 2, 0))))
    return out


def _blocks(stacks: list[Stack]) -> Iterator[Stack]:
    # Pieces small enough to stay in a processor's cache.
    for which, cells in stacks:
        step = max(1, BLOCK // (cells.shape[0] * cells.shape[1]))
        for start in range(0, len(which), step):
            yield which[start : start + step], cells[:, :, start : start + step]


def _chances(params: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, float]:
    # Chance of each alternative (J, S), and the sum of what the sets are worth.
    utility = params @ cells
    top = utility.max(axis=0)
    utility -= top
    np.exp(utility, out=utility)
    total = utility.sum(axis=0)
    utility /= total
    return utility, float((top + np.log(total)).sum())


def _at(params: np.ndarray, start: np.ndarray, stacks: list[Stack]) -> tuple[float, np.ndarray, np.ndarray]:
    # Log-likelihood, what the terms of the choices were expected to add up to, and the information.
    loglik, width = float(start @ params), len(params)
    expected, information = np.zeros(width), np.zeros((width, width))
    for _, cells in _blocks(stacks):
        chance, worth = _chances(params, cells)
        weighted = cells * chance[:, None]
        means = weighted.sum(axis=0)
        loglik -= worth
        expected += means.sum(axis=1)
        information -= means @ means.T
        for alternative, part in zip(cells, weighted, strict=True):
            information += alternative @ part.T
    return loglik, expected, information


def _scores(params: np.ndarray, taken: np.ndarray, stacks: list[Stack]) -> np.ndarray:
    out = taken.copy()
    for which, cells in _blocks(stacks):
        out[which] -= np.einsum("jks,js->sk", cells, _chances(params, cells)[0])
    return out


def separating(matrix: np.ndarray, chosen: np.ndarray, sets: Sets) -> np.ndarray | None:
    """Find a direction in which every choice can be foretold, so that no estimate exists; None when there is
    none.

    Solves for d in [-1, 1] that no choice speaks against, and that most speak for: (x_chosen - x_other) d >=
    0.
    """
    from scipy.optimize import linprog

    ahead = (sets.spread(matrix[chosen]) - matrix)[~chosen]
    scale = np.abs(ahead).max(axis=0)
    ahead = np.unique((ahead / np.where(scale > 0, scale, 1.0)).round(12), axis=0)
    for i, column in enumerate(ahead.T):  # one term that does it alone is the one to name
        for sign in (1.0, -1.0):
            if (sign * column >= 0).all() and column.any():
                return sign * np.eye(len(scale))[i]
    found = linprog(-ahead.sum(axis=0), A_ub=-ahead, b_ub=np.zeros(len(ahead)), bounds=(-1, 1))
    if found.status != 0 or (ahead @ found.x).max(initial=0) < 1e-7:
        return None
    return found.x
