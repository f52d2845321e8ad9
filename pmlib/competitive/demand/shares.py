"""What share of each choice set an alternative takes, and how that moves with every utility of the set.

One formula serves every model here: a nested logit, averaged over draws of the tastes. A plain logit has one
draw and no nests; a mixed logit has draws; a nested logit has dissimilarities below 1.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pmlib.competitive.choice.sets import Sets


@dataclass(frozen=True, eq=False)
class Layout:
    """Choice sets as a rectangle: S sets of up to J alternatives, with gaps.

    sets : of n rows. nests : (n,) code of each row's nest from 0, or None. outside : whether each set has one
    more alternative, that of buying none of them, with utility 0 and a nest of its own.
    """

    sets: Sets
    nests: np.ndarray | None = None
    outside: bool = False

    @cached_property
    def place(self) -> np.ndarray:
        """Row of the alternative in each cell of the rectangle, (S, J); n where there is none."""
        longest = int(self.sets.lengths.max())
        at = self.sets.starts[:, None] + np.arange(longest)
        return np.where(np.arange(longest) < self.sets.lengths[:, None], at, self.sets.size)

    @cached_property
    def filled(self) -> np.ndarray:
        """Whether a cell of the rectangle holds an alternative, (S, J)."""
        return self.place < self.sets.size

    @cached_property
    def together(self) -> np.ndarray | None:
        """Whether a cell is in nest m, (S, J, M)."""
        if self.nests is None:
            return None
        codes = np.append(self.nests, -1)[self.place]
        return codes[..., None] == np.arange(int(self.nests.max()) + 1)

    def spread(self, values: np.ndarray, gap: float) -> np.ndarray:
        """Lay rows out in the rectangle: (n, ...) to (S, J, ...)."""
        last = np.full((1, *values.shape[1:]), gap)
        return np.concatenate([values, last])[self.place]

    def rows(self, cells: np.ndarray) -> np.ndarray:
        """Take rows back from the rectangle: (S, J, ...) to (n, ...)."""
        return cells[self.filled]


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares within each set, for every draw.

    joint : (S, J, R) of each alternative. within : (S, J, R) of each alternative in its nest, or None.
    expected : (S, R) logarithm of the sum of exponentials: what the set is worth to a buyer, in utility.
    """

    joint: np.ndarray
    within: np.ndarray | None
    expected: np.ndarray


def shares(utility: np.ndarray, layout: Layout, dissimilarity: np.ndarray | None = None) -> Shares:
    """Work out the shares that utilities give.

    Parameters
    ----------
    utility : (n, R), a column a draw of tastes. dissimilarity : (M,) of each nest, in (0, 1], or (M, R) where
        it differs between draws; None without nests.

    References
    ----------
    McFadden (1978), "Modelling the choice of residential location"; Train (2009), Discrete Choice Methods,
    ch. 4.
    """
    laid = layout.spread(utility, -np.inf)
    if layout.together is None or dissimilarity is None:
        top = laid.max(axis=1)
        if layout.outside:
            top = np.maximum(top, 0.0)
        risen = np.exp(laid - top[:, None])
        total = risen.sum(axis=1) + (np.exp(-top) if layout.outside else 0.0)
        return Shares(risen / total[:, None], None, top + np.log(total))
    return _nested(laid, layout.together, dissimilarity, layout.outside)


def _nested(laid: np.ndarray, together: np.ndarray, dissimilarity: np.ndarray, outside: bool) -> Shares:
    each = dissimilarity if dissimilarity.ndim == 2 else dissimilarity[:, None]  # (M, R) or (M, 1)
    own = np.einsum("sjm,mr->sjr", together, each)
    scaled = laid / np.where(own > 0, own, 1.0)
    member = together[..., None]  # (S, J, M, 1)
    tops = np.where(member, scaled[:, :, None], -np.inf).max(axis=1)  # (S, M, R)
    held = np.isfinite(tops)
    risen = np.exp(scaled - np.einsum("sjm,smr->sjr", together, np.where(held, tops, 0.0)))
    sums = np.einsum("sjm,sjr->smr", together, risen)
    with np.errstate(divide="ignore"):
        worth = np.where(held, each * (tops + np.log(sums)), -np.inf)  # of each nest
    top = np.maximum(worth.max(axis=1), 0.0 if outside else -np.inf)
    nest = np.exp(worth - top[:, None])
    total = nest.sum(axis=1) + (np.exp(-top) if outside else 0.0)
    among = np.einsum("sjm,smr->sjr", together, nest / total[:, None])
    within = risen / np.maximum(np.einsum("sjm,smr->sjr", together, sums), 1e-300)
    return Shares(among * within, within, top + np.log(total))


def responses(
    found: Shares,
    layout: Layout,
    slopes: np.ndarray,
    weights: np.ndarray,
    dissimilarity: np.ndarray | None = None,
) -> np.ndarray:
    """Say how the share of each alternative of a set moves with the price of every other.

    Parameters
    ----------
    slopes : (R,) what a unit of price does to utility, by draw. weights : (R,) of the draws, adding up to 1.

    Returns
    -------
    array : (S, J, J); [s, j, k] is d share of j / d price of k, averaged over the draws.
    """
    joint, pull = found.joint, slopes * weights
    out = -np.einsum("sjr,skr,r->sjk", joint, joint, pull, optimize=True)
    across = np.arange(joint.shape[1])
    if layout.together is None or found.within is None or dissimilarity is None:
        out[:, across, across] += joint @ pull
        return out
    own = np.einsum("sjm,m->sj", layout.together, dissimilarity)
    own = np.where(own > 0, own, 1.0)
    out[:, across, across] += (joint @ pull) / own
    same = np.einsum("sjm,skm->sjk", layout.together, layout.together)
    closer = np.einsum("sjr,skr,r->sjk", joint, found.within, pull, optimize=True)
    return out + same * ((own - 1) / own)[:, :, None] * closer
