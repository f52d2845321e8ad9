"""A stage at many parameters at once: what sells at which prices, and how that moves.

Every array has columns C = D × R: R draws of tastes for each of D parameters; what is asked for is averaged
over the tastes, and has D columns.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.shares import shares
from pmlib.competitive.whatif.stage import NOBODY, Stage


@dataclass(frozen=True, eq=False)
class Sold:
    """What sells at some prices.

    joint : (n, C) shares. within : (n, C) shares in the nest, or None. volume : (n, D). worth : (D,) what all
        sets are worth to their buyers, in money.
    """

    joint: np.ndarray
    within: np.ndarray | None
    volume: np.ndarray
    worth: np.ndarray


@dataclass(frozen=True, eq=False)
class World:
    """Offers with their utilities.

    utility : (n, C). slopes : (C,) of price; zeros where price is no term. nests : (M, C) dissimilarities, or
        None.
    """

    stage: Stage
    utility: np.ndarray
    slopes: np.ndarray
    nests: np.ndarray | None
    weights: np.ndarray

    @classmethod
    def at(cls, stage: Stage, demand: Demand, params: np.ndarray) -> Self:
        """Work utilities out at parameters (D, k) of a demand, on the stage's offers."""
        on = stage.demand
        if len(demand.weights) != len(on.weights):  # fewer tastes
            on = replace(on, draws=demand.draws, weights=demand.weights)
        on.matrix, on.layout, on.codes  # noqa: B018 (worked out once, and kept by every twin)
        utility = _at_each(on, params, lambda twin: twin.utility)  # (D, n, R)
        slopes = np.zeros(len(params) * len(on.weights))
        if on.priced:
            slopes = _at_each(on, params, lambda twin: twin.slopes).ravel()
        nests = None
        if on.nests:
            nests = np.repeat(
                _at_each(on, params, lambda twin: twin.dissimilarities).T, len(on.weights), axis=1
            )
        utility = np.ascontiguousarray(np.moveaxis(utility, 0, 1).reshape(len(on.offers), -1))
        return cls(stage, utility, slopes, nests, on.weights)

    @property
    def columns(self) -> int:
        """How many parameters there are, D."""
        return self.utility.shape[1] // len(self.weights)

    def part(self, kept: np.ndarray) -> "World":
        """Keep some of the parameters, by a mask (D,)."""
        columns = np.repeat(kept, len(self.weights))
        nests = None if self.nests is None else self.nests[:, columns]
        return World(self.stage, self.utility[:, columns], self.slopes[columns], nests, self.weights)

    def average(self, values: np.ndarray) -> np.ndarray:
        """Average over tastes: (..., C) to (..., D)."""
        if len(self.weights) == 1:
            return values
        return values.reshape(*values.shape[:-1], self.columns, -1) @ self.weights

    def each(self, values: np.ndarray) -> np.ndarray:
        """Repeat for every draw of tastes: (n, D) to (n, C)."""
        return values if len(self.weights) == 1 else np.repeat(values, len(self.weights), axis=1)

    @cached_property
    def size(self) -> np.ndarray:
        """What an offer's choice set counts, (n, 1)."""
        demand = self.stage.demand
        return demand.layout.sets.spread(demand.size)[:, None]

    @cached_property
    def product(self) -> csr_array:
        """Adds rows up to products: (P, n)."""
        return adder(self.stage.demand.codes, len(self.stage.demand.products))

    def prices(self, shift: np.ndarray | None) -> np.ndarray:
        """Prices where each product's moved by a shift (P, D): (n, D), or (n, 1) without one."""
        price = self.stage.price[:, None]
        return price if shift is None else price + shift[self.stage.demand.codes]

    def sold(self, shift: np.ndarray | None = None) -> Sold:
        """Say what sells where each product's price moved by a shift (P, D), the same in all choice sets."""
        demand, utility = self.stage.demand, self.utility
        if shift is not None:
            utility = utility + self.each(shift[demand.codes]) * self.slopes
        found = shares(utility, demand.layout, self.nests)
        rows = demand.layout.rows
        joint = rows(found.joint)
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = self.average((demand.size @ found.expected) / -self.slopes)
        within = None if found.within is None else rows(found.within)
        return Sold(joint, within, self.size * self.average(joint), worth)

    @cached_property
    def _owners(self) -> tuple[np.ndarray, csr_array]:
        codes = np.unique(self.stage.firms, return_inverse=True)[1][self.stage.demand.codes]
        sets = np.repeat(np.arange(len(self.stage.demand.layout.sets)), self.stage.demand.layout.sets.lengths)
        group = np.unique(sets * (codes.max() + 1) + codes, return_inverse=True)[1]
        return group, adder(group, int(group.max()) + 1)

    @cached_property
    def _owners_nests(self) -> tuple[np.ndarray, csr_array]:
        nests = self.stage.demand.layout.nests
        assert nests is not None
        group = np.unique(self._owners[0] * (nests.max() + 1) + nests, return_inverse=True)[1]
        return group, adder(group, int(group.max()) + 1)

    @cached_property
    def _own_nest(self) -> np.ndarray | None:
        nests = self.stage.demand.layout.nests
        return None if nests is None or self.nests is None else self.nests[nests]

    def own(self, sold: Sold) -> np.ndarray:
        """Part of a product's own-price slope that is lost to nobody in particular, (n, D): below 0."""
        pull = sold.joint * self.slopes
        return self.size * self.average(pull if self._own_nest is None else pull / self._own_nest)

    def pull(self, sold: Sold, margin: np.ndarray) -> np.ndarray:
        """What a price rise of each offer takes from its owner's margins by moving buyers between offers, (n,
        D).

        margin : (n, D). With `own`, the first-order condition of a product is: volume + sum of own × margin −
        sum of pull = 0.

        References
        ----------
        Morrow & Skerlos (2011), "Fixed-point approaches to computing Bertrand-Nash equilibrium prices under
        mixed-logit demand", Operations Research 59(2).
        """
        margin = self.each(margin) if margin.shape[1] > 1 else margin
        group, add = self._owners
        moved = (add @ (margin * sold.joint))[group]
        if sold.within is not None and self._own_nest is not None:
            group, add = self._owners_nests
            moved = moved + (1 / self._own_nest - 1) * (add @ (margin * sold.within))[group]
        return self.size * self.average(self.slopes * sold.joint * moved)


def _at_each(demand: Demand, params: np.ndarray, ask: Callable[[Demand], Any]) -> np.ndarray:
    # What is asked for at each of the parameters (D, k). Without log-normal tastes all of it is a sum of
    # parameters times something, so that a step of each parameter tells all.
    count = len(demand.params)
    inverted = demand.observed is not None and demand.mixing  # shares of markets inverted under mixed tastes
    if len(params) <= count + 1 or inverted or any(taste.law != "normal" for taste in demand.mixing):
        return np.array([ask(demand.at(one)) for one in params])
    here = np.asarray(ask(demand))
    slopes = np.array([ask(demand.at(demand.params + step)) - here for step in np.eye(count)])
    return here + np.tensordot(params - demand.params, slopes, axes=1)


def adder(codes: np.ndarray, groups: int) -> csr_array:
    """Add rows up by group: (groups, n)."""
    rows = len(codes)
    return csr_array((np.ones(rows), (codes, np.arange(rows))), shape=(groups, rows))


def priced(stage: Stage) -> np.ndarray:
    """Whether each product has a price that somebody sets, (P,)."""
    return stage.firms != NOBODY
