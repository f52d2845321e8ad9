"""A product's or a firm's prices moved step by step, and what comes of it at each."""

from dataclasses import dataclass

import numpy as np

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.whatif.reading import Known
from pmlib.competitive.whatif.scenario import Change, Setting, named
from pmlib.competitive.whatif.seen import seen
from pmlib.competitive.whatif.simulate import Play, Question
from pmlib.competitive.whatif.stage import Stage, changed
from pmlib.data.words import meant
from pmlib.table import number


@dataclass(frozen=True, eq=False)
class Track:
    """Prices along which one asks: today's, times factors.

    who : product or firm. members : its products. firm : whose volume, revenue and profit count. price : mean
        of today's prices of the members. low, high : factors between which every member keeps to prices that
        were seen.
    """

    who: str
    members: tuple[str, ...]
    firm: str
    price: float
    low: float
    high: float

    @property
    def varied(self) -> bool:
        """Whether there is any way to go within what was seen."""
        return self.high > self.low


def track(first: Stage, words: Known, who: str) -> Track:
    """Find out between which prices a product, or all of a firm's, may be moved.

    Raises
    ------
    ValueError : there is no such product or firm.
    """
    if who not in words.labels:
        raise ValueError(f'"{who}" is no product or firm; {meant(who, words.labels)}')
    members = words.members(who)
    offers = first.demand.offers
    low, high, prices = 0.0, np.inf, []
    for product in members:
        mean = float(offers.loc[offers["product"] == product, "price"].astype(float).mean())
        least, most = seen(first.demand, "price", product)
        prices.append(mean)
        if mean > 0:
            low, high = max(low, least / mean), min(high, most / mean)
    return Track(who, members, first.owner[members[0]], float(np.mean(prices)), low, high)


def question(
    first: Stage,
    words: Known,
    way: Track,
    factors: np.ndarray,
    *,
    responds: bool,
    held: frozenset[str],
    costs: bool = False,
) -> Question:
    """Ask what happens at each factor; `costs` where profit counts."""
    plays = []
    for factor in factors:
        one = named([Change(way.who, (Setting("price", float(factor) - 1, "times"),))])
        plays.append(Play(after=changed(first, one, words), responds=responds))
    return Question(today=first, plays=tuple(plays), costs=costs, held=held).begun()


def curves(asked: Question, way: Track, demand: Demand, params: np.ndarray) -> np.ndarray:
    """Share, volume, revenue, profit at each factor: (factors, 2, 4, D); of the members, of their firm."""
    found = asked.ask(demand, params)[:, :4, 1]
    who = asked.lines(asked.plays[0])
    found = found.reshape(len(asked.plays), len(who) + 1, *found.shape[1:])
    members = [i for i, (kind, label) in enumerate(who) if kind == "product" and label in way.members]
    owner = asked.today.owner
    firm = [i for i, (kind, label) in enumerate(who) if kind == "product" and owner[label] == way.firm]
    return np.stack([found[:, members].sum(axis=1), found[:, firm].sum(axis=1)], axis=1)


def price_range(way: Track, unit: str) -> str:
    """Write the prices that were seen, as factors of today's allow."""
    return f"{number(way.low * way.price, unit)} to {number(way.high * way.price, unit)}"
