"""Demand: one fitted model that can be asked what buyers do, whatever the data it was fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, Design
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.inversion import mean_utility
from pmlib.competitive.demand.shares import Layout, Shares, responses, shares


@dataclass(frozen=True)
class Mixing:
    """A taste that differs between buyers.

    term : index of the term whose coefficient it is (its mean stands in `params` there).
    spread : index in `params` of its standard deviation.
    law : "normal", or "lognormal": sign times exp(mean + spread z). sign : 1 or -1, of a log-normal.
    """

    term: int
    spread: int
    law: str = "normal"
    sign: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """A fitted demand model with the offers it speaks of.

    offers : a row per alternative of a choice set (a market of a period, a purchase occasion, a made-up
        shelf), rows of a set together: `set` (code), `product`, `constant` (whose constant it has), `firm`
        where known, `price` and the attributes; `base`: for a model of markets, the row of `observed` that it
        starts from.
    design : the terms of utility. names : of all parameters: the terms first, then spreads and
        dissimilarities.
    params, covariance : (k,) and (k, k).
    freedom : degrees of freedom of the intervals; infinite where they are normal.
    size : (S,) what each choice set counts: buyers of a market, 1 for a purchase.
    outside : whether buyers may buy none of the offers, at utility 0.
    none : the product that stands for buying none, where it is one of the offers.
    nests : column of the offers that says in which nest an offer is; dissimilarity : index in `params` of
        each nest's, by label (nests may share one; a nest that is not named has 1).
    mixing : tastes that differ. draws : (R, len(mixing)) standard normal draws of them; weights : (R,) of the
        draws, adding up to 1.
    observed : of a model of markets, the shares there were (n rows of the base offers), which it keeps: what
        the terms leave unexplained goes into each product's utility; observed_matrix : (n, k) their terms;
        observed_sets, observed_nests : of these rows.
    causal : whether the price coefficient may be read as what a price change does.
    money : unit of price. source : line for charts.
    """

    offers: pd.DataFrame = field(repr=False)
    design: Design
    names: tuple[str, ...]
    params: np.ndarray
    covariance: np.ndarray = field(repr=False)
    freedom: float = np.inf
    size: np.ndarray = field(repr=False)
    outside: bool = False
    none: str | None = None
    nests: str | None = None
    dissimilarity: Mapping[str, int] = field(default_factory=dict)
    mixing: tuple[Mixing, ...] = ()
    draws: np.ndarray = field(default_factory=lambda: np.zeros((1, 0)), repr=False)
    weights: np.ndarray = field(default_factory=lambda: np.ones(1), repr=False)
    observed: np.ndarray | None = field(default=None, repr=False)
    observed_matrix: np.ndarray | None = field(default=None, repr=False)
    observed_sets: Sets | None = field(default=None, repr=False)
    observed_nests: np.ndarray | None = field(default=None, repr=False)
    causal: bool = True
    money: str = ""
    source: str = ""

    @cached_property
    def products(self) -> list[str]:
        """Labels of the products on offer, in the order of the alphabet."""
        return sorted(self.offers["product"].unique())

    @cached_property
    def codes(self) -> np.ndarray:
        """Index in `products` of each row, (n,)."""
        return pd.Categorical(self.offers["product"], categories=self.products).codes.astype(int)

    @cached_property
    def matrix(self) -> np.ndarray:
        """Terms of the offers, (n, k)."""
        return self.design.matrix(self.offers)

    @cached_property
    def layout(self) -> Layout:
        """Where the sets and nests of the offers are."""
        nests = None
        if self.nests:
            nests = pd.Categorical(
                self.offers[self.nests].astype("str"), categories=self._labels
            ).codes.astype(int)
        return Layout(Sets.of(self.offers["set"].to_numpy()), nests, self.outside)

    @property
    def _labels(self) -> list[str]:
        assert self.nests
        return sorted({*self.offers[self.nests].astype("str"), *self.dissimilarity})

    @property
    def priced(self) -> bool:
        """Whether price is a term, so that prices can be asked about."""
        return "price" in self.design.names

    def on(self, offers: pd.DataFrame, size: np.ndarray | None = None) -> Self:
        """Ask the same model about other offers; `size` of their choice sets, unless there are as many."""
        offers = offers.sort_values("set", kind="stable", ignore_index=True)
        return replace(self, offers=offers, size=self.size if size is None else np.asarray(size, float))

    def at(self, params: np.ndarray) -> Self:
        """Take other parameters, as of a draw from their distribution."""
        twin = replace(self, params=params)
        for name in ("products", "codes", "matrix", "layout"):  # which do not depend on them
            if name in self.__dict__:
                twin.__dict__[name] = self.__dict__[name]
        return twin

    @cached_property
    def coefficients(self) -> np.ndarray:
        """What each term does to utility, (k, R): a column a draw of tastes."""
        width = len(self.design.terms)
        out = np.repeat(self.params[:width, None], len(self.weights), axis=1)
        for i, taste in enumerate(self.mixing):
            drawn = self.params[taste.term] + self.params[taste.spread] * self.draws[:, i]
            out[taste.term] = drawn if taste.law == "normal" else taste.sign * np.exp(drawn)
        return out

    @property
    def slopes(self) -> np.ndarray:
        """What a unit of price does to utility, by draw, (R,)."""
        return self.coefficients[self.design.names.index("price")]

    @cached_property
    def dissimilarities(self) -> np.ndarray | None:
        """Dissimilarity of each nest, (M,): 1 where the members of a nest are no closer than others."""
        if not self.nests:
            return None
        return np.array(
            [self.params[self.dissimilarity[n]] if n in self.dissimilarity else 1.0 for n in self._labels]
        )

    @cached_property
    def utility(self) -> np.ndarray:
        """Utility of each offer, (n, R)."""
        if self.observed is None:
            return self.matrix @ self.coefficients
        assert self.observed_matrix is not None
        base = self.offers["base"].to_numpy(int)
        middle = self.params[: len(self.design.terms)]
        mean = self._mean_utility()[base] + (self.matrix - self.observed_matrix[base]) @ middle
        if not self.mixing:
            return mean[:, None]
        return mean[:, None] + self.matrix @ (self.coefficients - middle[:, None])

    def _mean_utility(self) -> np.ndarray:
        # The utilities under which the model's shares are those observed (Berry 1994), in closed form where
        # tastes are alike.
        assert self.observed is not None and self.observed_sets is not None
        sets, held = self.observed_sets, self.observed
        if self.mixing:
            assert self.observed_matrix is not None
            middle = self.params[: len(self.design.terms), None]
            layout = Layout(sets, self.observed_nests, outside=True)
            apart = self.observed_matrix @ (self.coefficients - middle)
            return mean_utility(held, layout, apart, self.weights, self.dissimilarities)
        out = np.log(held) - np.log(sets.spread(1 - sets.sum(held)))
        if self.observed_nests is None or self.dissimilarities is None:
            return out
        key = np.repeat(np.arange(len(sets)), sets.lengths) * len(self.dissimilarities) + self.observed_nests
        within = held / np.bincount(key, held)[key]
        return out - (1 - self.dissimilarities[self.observed_nests]) * np.log(within)

    @cached_property
    def found(self) -> Shares:
        """Shares of every set and draw."""
        return shares(self.utility, self.layout, self.dissimilarities)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Share of each offer in its set, (n,)."""
        return self.layout.rows(self.found.joint @ self.weights)

    @cached_property
    def volume(self) -> np.ndarray:
        """What each product sells over all sets, (P,), in units of `size`; in the order of `products`."""
        sold = self.probabilities * self.layout.sets.spread(self.size)
        return np.bincount(self.codes, sold, len(self.products))

    @property
    def outside_volume(self) -> float:
        """What buys none of the offers over all sets, where that is not a product of its own."""
        return float(self.size.sum() - self.volume.sum()) if self.outside else 0.0

    def summed(self, prices: np.ndarray | None = None) -> np.ndarray:
        """Add up how sales move with prices over all sets, (P, P): d volume of row / d price of column.

        Parameters
        ----------
        prices : (n,) what a set's price of the column moves by; 1 unit when not given. With the prices
            themselves, all prices of the column's product move by the same proportion.
        """
        moved = responses(self.found, self.layout, self.slopes, self.weights, self.dissimilarities)
        moved = moved * self.size[:, None, None]
        if prices is not None:
            moved = moved * self.layout.spread(prices, 0.0)[:, None, :]
        codes = np.append(self.codes, len(self.products))[self.layout.place]
        count = len(self.products) + 1
        flat = (codes[:, :, None] * count + codes[:, None, :]).ravel()
        return np.bincount(flat, moved.ravel(), count * count).reshape(count, count)[:-1, :-1]

    def surplus(self) -> float:
        """What all sets are worth to their buyers, in money where tastes for price are alike.

        Up to a constant that no data tell, so that only differences mean anything (Small and Rosen 1981).
        """
        worth = self.found.expected / -self.slopes
        return float((worth @ self.weights) @ self.size)


def offers(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Name the offers of a laid-out table of choices: column `product` holds what they are called by."""
    return frame.assign(product=frame[label].astype("str") if label else frame[CONSTANT])
