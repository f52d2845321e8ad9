"""Which of several candidates is best: chances, expected regret, and how firm the ranks are, from draws."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ranking:
    """By candidate, in the order they were given.

    best : chance of being the best one; these add up to 1. regret : by how much it falls short of the best,
    on average. rank : by mean outcome, 1 the highest. stable : share of draws in which it has that rank.
    """

    best: np.ndarray
    regret: np.ndarray
    rank: np.ndarray
    stable: np.ndarray


def ranking(outcomes: np.ndarray) -> Ranking:
    """Rank candidates by their outcomes.

    outcomes : a row a draw, a column a candidate; higher is better. Those that are best together share.
    """
    top = outcomes.max(axis=1, keepdims=True)
    first = outcomes == top
    order = np.argsort(-outcomes.mean(axis=0), kind="stable")
    rank = np.empty(len(order), int)
    rank[order] = np.arange(1, len(order) + 1)
    ranks = 1 + (outcomes[:, None, :] > outcomes[:, :, None]).sum(axis=2)
    return Ranking(
        best=(first / first.sum(axis=1, keepdims=True)).mean(axis=0),
        regret=(top - outcomes).mean(axis=0),
        rank=rank,
        stable=(ranks == rank).mean(axis=0),
    )
