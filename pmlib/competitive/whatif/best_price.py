"""The price that brings most revenue or profit, and whether these data can tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.regression import check_level, few_draws
from pmlib.competitive.whatif.along import Track, price_range, track
from pmlib.competitive.whatif.costs import NO_PRICE, Costs, sensible_costs
from pmlib.competitive.whatif.scenario import HOLD, RESPOND
from pmlib.competitive.whatif.search import AIMS, NODES, PROFIT, REVENUE, Search, shown_factors
from pmlib.competitive.whatif.stage import Stage, demand_of, known, stage
from pmlib.competitive.whatif.telling import AS_IF, causes
from pmlib.competitive.whatif.trials import answers
from pmlib.competitive.words import level_words, money, possessive, slug
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "Best price"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BestPrice(Result):
    """Where revenue or profit is highest within the prices seen.

    frame : a row a price: price, label, factor (of today's), estimate, low, high (revenue or profit of the
        firm, today's is 1). best, low, high : the best price, with its interval (of a firm: of its mean
        price). factor : best / today's.
    gain, gain_low, gain_high : what it brings over today's, as a fraction. inside : whether the best is
        within the prices seen. beyond : share of drawn parameters for which it is not; NaN where none were
        drawn. today : today's price.
    """

    who: str
    best: float
    low: float
    high: float
    factor: float
    gain: float
    gain_low: float
    gain_high: float
    inside: bool
    beyond: float
    today: float

    def plot(self, ax: Any = None) -> Any:
        """Draw revenue or profit at a few prices."""
        from pmlib import chart

        nearest = self.frame["label"].iloc[int((self.frame["price"] - self.best).abs().argmin())]
        return chart.dots(
            self.frame, "label", spec=self.columns["estimate"], highlight=[nearest], zero=1.0, ax=ax
        )


def best_price(
    model: Any,
    who: str,
    *,
    costs: str | Mapping[str, float] | None = None,
    maximise: str = REVENUE,
    rivals: str = HOLD,
    period: str | int | None = None,
    level: float = 0.95,
    draws: int = 300,
    seed: int = 1,
) -> BestPrice | Absent:
    """Look for the best price of a product, or the best common change of a firm's prices.

    What counts is the firm's whole revenue or profit, with what its other products lose. Prices are looked
    through from the lowest to the highest seen (of choices the product's own, of markets those of all
    products), no further.

    Parameters
    ----------
    model : a fitted demand: any result with a `demand`. who : product or firm.
    costs : what a unit costs: a column of the offers, or product to cost. Profit needs them for all products
        of the firm: costs implied by prices would make today's price the best by assumption.
    maximise : "revenue" or "profit". rivals : "hold" their prices, or "respond" to each price
        (Bertrand-Nash).
    period, level, draws, seed : as in `what_if`.

    Returns
    -------
    BestPrice : frame has a row a price.

    Raises
    ------
    ValueError : an unknown product, firm or way; profit without costs.
    """
    if absent := unfitted(TITLE, model):
        return absent
    check_level(level)
    for parameter, value, ways in (("maximise", maximise, AIMS), ("rivals", rivals, (HOLD, RESPOND))):
        if value not in ways:
            raise ValueError(f"{parameter} is {value!r}; it may be {' or '.join(f'{way!r}' for way in ways)}")
    demand = demand_of(model, period)
    if not demand.priced:
        return Absent(title=TITLE, reason=f"No best price: {NO_PRICE}.")
    first = stage(demand, costs)
    words = known(first)
    way = track(first, words, who)
    found = sensible_costs(first, level, draws=2, seed=seed)
    _profit_known(first, way, maximise)
    if found.why:
        return Absent(title=TITLE, reason=f"No best price of {who}: {found.why}.")
    if not way.varied:
        return Absent(title=TITLE, reason=f"No best price of {who}: its price never varied.")
    responds = rivals == RESPOND
    search = Search.along(first, words, way, maximise=maximise, responds=responds, held=found.impossible)
    at = float(search.best(first.demand, first.demand.params[None])[0, 0])
    effort = NODES * search.asked.effort if responds else 1
    ask = partial(search.told, best=at)
    answer = answers(first.demand, ask, level, draws=draws, seed=seed, effort=effort)
    told = _result(demand, way, answer, maximise, rivals, level, found)
    return replace(told, checks=(*told.checks, *few_draws(draws, level)))


def _profit_known(first: Stage, way: Track, maximise: str) -> None:
    if maximise != PROFIT:
        return
    offers = first.demand.offers
    own = offers["product"].map(first.owner).eq(way.firm).to_numpy()
    missing = sorted(set(offers.loc[own & np.isnan(first.cost), "product"]))
    if missing:
        raise ValueError(
            f"profit needs costs, and {missing[0]} has none: costs implied by prices would make today's "
            'price the best by assumption; give costs, or maximise "revenue"'
        )


def _result(
    demand: Demand, way: Track, answer: Any, maximise: str, rivals: str, level: float, found: Costs
) -> BestPrice:
    unit = demand.money
    best, low, high = (float(values[0]) * way.price for values in (answer.estimate, answer.low, answer.high))
    gains = float(answer.estimate[2]), float(answer.low[2]), float(answer.high[2])
    inside = answer.estimate[1] == 0
    beyond = float(np.nanmean(answer.drawn[1])) if answer.drawn is not None else np.nan
    factors = shown_factors(way, float(answer.estimate[0]))
    frame = pd.DataFrame(
        {
            "price": factors * way.price,
            "label": [f"{money(f * way.price, unit)} ({number(f - 1, '%', 0, sign=True)})" for f in factors],
            "factor": factors,
            "estimate": answer.estimate[3:],
            "low": answer.low[3:],
            "high": answer.high[3:],
        }
    )
    words = _Words(way, unit, maximise, rivals == RESPOND, best, low, high, gains, bool(inside), beyond)
    said = words.finding()
    return BestPrice(
        title=words.title() if demand.causal else f"No best price of {way.who} can be told",
        finding=said if demand.causal else f"{AS_IF}: {said[:1].lower()}{said[1:]}",
        headline=said if demand.causal
        else f"We cannot tell the best price of {way.who}: nothing shows why prices moved.",
        advice=words.advice() if demand.causal else "",
        unknown="Prices beyond those seen: a price test would tell." if not inside else "",
        subtitle=f"{possessive(way.firm)} {maximise} at each price, today's is 100%; "
        f"rivals {'respond' if rivals == RESPOND else 'hold their prices'}; {level_words(level)}",
        frame=frame,
        columns={
            "label": Column("Price"),
            "estimate": Column(f"{maximise.capitalize()}, of today's", "%", 0),
            "low": Column("Low", "%", 0),
            "high": Column("High", "%", 0),
        },
        source=demand.source,
        numbers=words.numbers(level, demand.source) if inside and demand.causal else (),
        checks=(
            Check(
                "The best price is among the prices seen", bool(inside and not beyond > 0),
                f"{price_range(way, unit)}; beyond in {number(beyond, '%')} of the draws" if beyond == beyond
                else price_range(way, unit),
            ),
            causes(demand),
            *(found.checks() if rivals == RESPOND else ()),
        ),
        who=way.who, best=best, low=low, high=high, factor=float(answer.estimate[0]), gain=gains[0],
        gain_low=gains[1], gain_high=gains[2], inside=bool(inside), beyond=beyond, today=way.price,
    )  # fmt: skip


@dataclass(frozen=True)
class _Words:
    way: Track
    unit: str
    maximise: str
    responds: bool
    best: float
    low: float
    high: float
    gains: tuple[float, float, float]
    inside: bool
    beyond: float

    def title(self) -> str:
        """Say the price."""
        if not self.inside:
            return f"{possessive(self.way.who)} best price lies beyond those seen"
        return f"{self.way.who} earns most {self.maximise} at {self._price(self.best)}"

    def _price(self, price: float) -> str:
        return money(price, self.unit) if len(self.way.members) == 1 else self._change(price)

    def _change(self, price: float) -> str:
        change = price / self.way.price - 1
        return f"prices {number(abs(change), '%', 0)} {'above' if change >= 0 else 'below'} today's"

    def finding(self) -> str:
        """Say the price with its range, or why it can't be told."""
        whose = f"Rivals responding, the {self.maximise}" if self.responds else f"The {self.maximise}"
        if not self.inside:
            way = "rises" if self.best >= self.way.price else "grows as the price falls,"
            return (
                f"{whose} of {self.way.firm} {way} all the way to the end of the prices seen for "
                f"{self.way.who} ({price_range(self.way, self.unit)}): the best price lies beyond, and we "
                "cannot tell where."
            )
        single = len(self.way.members) == 1
        spread = (
            interval(self.low, self.high, self.unit) if single
            else interval(self.low / self.way.price - 1, self.high / self.way.price - 1, "%")
        )  # fmt: skip
        best = self._price(self.best)
        words = f"{whose} of {self.way.firm} is highest with {self.way.who} at {best} ({spread})"
        if single:
            words += f", against {money(self.way.price, self.unit)} today"
        gain, low, high = self.gains
        words += f": {number(gain, '%', interval_digits(low, high, '%'))} more ({interval(low, high, '%')})"
        if self.beyond > 0:
            words += (
                f". In {number(self.beyond, '%')} of the draws the best price lies beyond the prices seen"
            )
        return f"{words}."

    def advice(self) -> str:
        """Say which way to go, where the interval says one."""
        if not self.inside:
            side = "above" if self.best > self.way.price else "below"
            return f"Test a price {side} those seen before moving further."
        if self.low > self.way.price:
            return f"Raise the price of {self.way.who}."
        if self.high < self.way.price:
            return f"Cut the price of {self.way.who}."
        return f"Leave the price of {self.way.who}: today's is within the range of the best."

    def numbers(self, level: float, source: str) -> tuple[Number, ...]:
        """Make the price a Number."""
        single = len(self.way.members) == 1
        scale, less = (1.0, 0.0) if single else (self.way.price, 1.0)
        value, low, high = (price / scale - less for price in (self.best, self.low, self.high))
        return (
            Number(
                name=f"best_price_{slug(self.way.who)}", value=value, low=low, high=high, level=level,
                label=f"{'price' if single else 'change of prices'} of {self.way.who}: most {self.maximise}",
                source=source,
                unit=self.unit if single else "%",
            ),
        )  # fmt: skip
