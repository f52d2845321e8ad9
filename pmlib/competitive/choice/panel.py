"""Choices of each chooser together, and how likely they are when tastes differ between choosers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.demand import Mixing

CELLS = 200_000  # of an array of utilities, so that it stays in a processor's cache
FAR_OUT = 200.0  # log of the largest taste tried: a search that strays must not overflow
GAP = -1e3  # utility of an alternative that is not there
MOST = 600.0  # lead in utility beyond which an exponential would overflow


@dataclass(frozen=True, eq=False)
class Block:
    """Some choosers with nearly as many choices each.

    choosers : (n,) their codes. ahead : (n, T x J, k) terms of each alternative that was not taken, less
        those of the one taken; a last column is 1 where there is no such choice or alternative.
    choices : T, padded.
    """

    choosers: np.ndarray
    ahead: np.ndarray
    choices: int


@dataclass(frozen=True, eq=False)
class Panel:
    """Choices of each chooser, with draws of his tastes.

    blocks : of choosers. mixing : tastes that differ; `spread` counts from the first parameter.
    draws : (C, len(mixing), R) of tastes, standard normal as it were. terms : how many.
    weigh : (C, R) logarithm of what each draw stands for, where they are not spread as a normal law is.
    """

    blocks: Sequence[Block] = field(repr=False)
    mixing: tuple[Mixing, ...]
    draws: np.ndarray = field(repr=False)
    terms: int
    weigh: np.ndarray | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, matrix: np.ndarray, chosen: np.ndarray, sets: Sets, choosers: np.ndarray,
        mixing: tuple[Mixing, ...], draws: np.ndarray, weigh: np.ndarray | None = None,
    ) -> "Panel":  # fmt: skip
        """Lay choices out by chooser; arguments as of a table of choices."""
        rows, width = np.flatnonzero(~chosen), matrix.shape[1]
        own = np.repeat(np.arange(len(sets)), sets.lengths)[rows]
        ahead = np.zeros((len(rows) + 1, width + 1))
        ahead[:-1, :width] = matrix[rows] - matrix[chosen][own]
        ahead[-1, width] = 1.0
        others = sets.lengths - 1
        first = np.concatenate([[0], np.cumsum(others)[:-1]])
        across = np.arange(int(others.max()))
        place = np.where(across < others[:, None], first[:, None] + across, -1)  # (S, J) rows of `ahead`
        place = np.concatenate([place, np.full((1, len(across)), -1)])  # what a choice not made holds
        by_chooser = np.argsort(choosers, kind="stable")
        counts = np.bincount(choosers)
        starts = np.concatenate([[0], np.cumsum(counts)])
        blocks, order = [], np.argsort(counts, kind="stable")
        for part in _parts(counts[order], len(across) * draws.shape[2]):
            who = order[part]
            most = int(counts[who].max())
            at = starts[who][:, None] + np.arange(most)
            there = np.arange(most) < counts[who][:, None]
            sets_ = np.where(there, by_chooser[np.minimum(at, len(sets) - 1)], len(sets))
            cells = place[sets_].reshape(len(who), -1)
            laid = ahead[cells]
            gaps = bool((cells < 0).any())
            blocks.append(Block(who, np.ascontiguousarray(laid[..., : width + gaps]), most))
        return cls(blocks, mixing, draws, width, weigh)

    def tastes(self, block: Block, params: np.ndarray, draws: np.ndarray | None = None) -> np.ndarray:
        """Coefficients of each chooser and draw, (n, k, R), with that of the gap where there are gaps."""
        draws = self.draws[block.choosers] if draws is None else draws
        out = np.empty((len(block.choosers), block.ahead.shape[2], draws.shape[2]))
        out[:, : self.terms] = params[: self.terms, None]
        out[:, self.terms :] = GAP
        for i, taste in enumerate(self.mixing):
            drawn = params[taste.spread] * draws[:, i] + params[taste.term]
            out[:, taste.term] = (
                drawn if taste.law == "normal" else taste.sign * np.exp(np.minimum(drawn, FAR_OUT))
            )
        return out

    def _chances(self, block: Block, tastes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # Share of each alternative not taken (n, T x J, R); log-likelihood (n,) and weights of draws (n, R).
        lead, level = chances(block, tastes)
        if self.weigh is not None:
            level += self.weigh[block.choosers]
        top = level.max(axis=1)
        weights = np.exp(level - top[:, None])
        mean = weights.mean(axis=1)
        weights /= mean[:, None] * weights.shape[1]
        return lead, top + np.log(mean), weights

    def likelihood(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """Simulated log-likelihood and scores of choosers.

        References
        ----------
        Revelt & Train (1998), "Mixed logit with repeated choices", REStat 80; Train (2009), ch. 10.
        """
        scores, loglik = np.empty((len(self.draws), len(params))), 0.0
        for block in self.blocks:
            tastes = self.tastes(block, params)
            lead, level, weights = self._chances(block, tastes)
            loglik += float(level.sum())
            pull = -(block.ahead[..., : self.terms].transpose(0, 2, 1) @ lead) * weights[:, None]
            draws = self.draws[block.choosers]
            own = scores[block.choosers]
            own[:, : self.terms] = pull.sum(axis=2)
            for i, taste in enumerate(self.mixing):
                slope = pull[:, taste.term]
                if taste.law == "lognormal":
                    slope = slope * tastes[:, taste.term]
                    own[:, taste.term] = slope.sum(axis=1)
                own[:, taste.spread] = np.einsum("nr,nr->n", slope, draws[:, i])
            scores[block.choosers] = own
        return loglik, scores

    def posterior(self, params: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Give, block by block, choosers, their coefficients (n, k, R), and what each draw weighs given what
        they chose, (n, R).
        """
        for block in self.blocks:
            tastes = self.tastes(block, params)
            yield block.choosers, tastes[:, : self.terms], self._chances(block, tastes)[2]


def chances(block: Block, tastes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each alternative not taken, (n, T x J, R), and log-likelihood of all choices, (n, R)."""
    lead = block.ahead @ tastes
    np.minimum(lead, MOST, out=lead)
    np.exp(lead, out=lead)
    cells = lead.reshape(len(lead), block.choices, -1, lead.shape[2])
    total = cells.sum(axis=2)
    total += 1.0
    cells /= total[:, :, None]
    return lead, -np.log(total).sum(axis=1)


def _parts(counts: np.ndarray, cells: int) -> list[slice]:
    # Choosers, by how many choices they made, cut where a block would grow too large.
    out, start = [], 0
    while start < len(counts):
        end = start + 1
        while end < len(counts) and (end + 1 - start) * counts[end] * cells <= CELLS:
            end += 1
        out.append(slice(start, end))
        start = end
    return out
