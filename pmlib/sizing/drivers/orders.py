"""Orders in which things become known, or change: all of them by groups, or a sample."""

from collections.abc import Iterator
from itertools import chain, combinations
from math import comb

import numpy as np

Step = tuple[frozenset[int], int, float]  # what is in already, what comes in, how much the step counts


def every_step(count: int) -> Iterator[Step]:
    """Give each step of each order of `count` things, once, weighed by how many orders hold it."""
    every = range(count)
    for group in chain.from_iterable(combinations(every, size) for size in every):
        weight = 1 / count / comb(count - 1, len(group))
        yield from ((frozenset(group), new, weight) for new in every if new not in group)


def sampled_steps(count: int, orders: int, seed: int) -> Iterator[Step]:
    """Give the steps of sampled orders, each of which is walked backwards too."""
    random = np.random.default_rng(seed)
    for _ in range(orders):
        order = random.permutation(count).tolist()
        for way in (order, order[::-1]):
            yield from ((frozenset(way[:i]), new, 1 / (2 * orders)) for i, new in enumerate(way))
