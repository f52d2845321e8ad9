"""What a product sells along its own price."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.regression import check_level, few_draws
from pmlib.competitive.whatif.along import Track, curves, price_range, question, track
from pmlib.competitive.whatif.costs import NO_PRICE, NO_SLOPE, sensible_costs
from pmlib.competitive.whatif.scenario import HOLD, RESPOND
from pmlib.competitive.whatif.stage import demand_of, known, stage
from pmlib.competitive.whatif.telling import AS_IF, causes
from pmlib.competitive.whatif.trials import answers
from pmlib.competitive.words import level_words, money
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Demand curve"
STEPS = 9  # prices of a curve, today's in the middle


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DemandCurve(Result):
    """Sales along a price, today's as 1.

    frame : a row a price within those seen: price, label, factor (of today's), estimate, low, high (sales
        against today's), share, share_low, share_high, revenue (of the firm, against today's).
    """

    who: str
    today: float

    def plot(self, ax: Any = None) -> Any:
        """Draw what is sold at each price."""
        from pmlib import chart

        today = self.frame.loc[np.isclose(self.frame["factor"], 1), "label"]
        return chart.dots(
            self.frame, "label", spec=self.columns["estimate"], highlight=list(today), zero=1.0, ax=ax
        )


def demand_curve(
    model: Any,
    who: str,
    *,
    around: float = 0.2,
    rivals: str = HOLD,
    period: str | int | None = None,
    level: float = 0.95,
    draws: int = 300,
    seed: int = 1,
) -> DemandCurve | Absent:
    """Draw the demand curve of a product, or of all products of a firm.

    Parameters
    ----------
    model : a fitted demand: any result with a `demand`. who : product or firm.
    around : how far prices go either way, as a fraction; what lies outside of the prices seen is left out.
    rivals, period, level, draws, seed : as in `what_if`.

    Returns
    -------
    DemandCurve : frame has a row a price.

    Raises
    ------
    ValueError : an unknown product or firm; a distance outside 0 to 1.
    """
    if absent := unfitted(TITLE, model):
        return absent
    check_level(level)
    if not 0 < around < 1:
        raise ValueError(f"around is {around!r}; write a fraction of the price, such as 0.2")
    if rivals not in (HOLD, RESPOND):
        raise ValueError(f'rivals is {rivals!r}; it may be "hold" or "respond"')
    demand = demand_of(model, period)
    if not demand.priced:
        return Absent(title=TITLE, reason=f"No demand curve: {NO_PRICE}.")
    first = stage(demand)
    words = known(first)
    way = track(first, words, who)
    every = np.linspace(1 - around, 1 + around, STEPS)
    within = every[((every >= way.low - 1e-9) & (every <= way.high + 1e-9)) | (every == 1)]
    if len(within) < 2:
        return Absent(title=TITLE, reason=f"No demand curve of {who}: no price near today's was seen.")
    held: frozenset[str] = frozenset()
    if rivals == RESPOND:
        found = sensible_costs(first, level, draws=2, seed=seed)
        if found.why:
            return Absent(title=TITLE, reason=f"Rivals cannot respond: {found.why}.")
        held = found.impossible
    asked = question(first, words, way, within, responds=rivals == RESPOND, held=held)
    today = int(np.abs(within - 1).argmin())

    def ask(of: Demand, params: np.ndarray) -> np.ndarray:
        told = curves(asked, way, of, params)
        own, firm = told[:, 0], told[:, 1]
        return np.stack([own[:, 1] / own[today, 1], own[:, 0], firm[:, 2] / firm[today, 2]])

    answer = answers(first.demand, ask, level, draws=draws, seed=seed)
    frame = _frame(way, within, answer, demand.money)
    slope = bool(demand.slopes @ demand.weights < 0)
    left = STEPS - len(within)
    said = _finding(frame, way)
    return DemandCurve(
        title=_title(frame, way) if demand.causal else f"How {who} sold at its prices: no forecast",
        finding=said if demand.causal else f"{AS_IF}: {said[:1].lower()}{said[1:]}",
        headline=said if demand.causal
        else f"We cannot tell what a price change would do to {who}: nothing shows why prices moved.",
        subtitle=f"Sales of {who} at each price, today's are 100%; "
        f"rivals {'respond' if rivals == RESPOND else 'hold their prices'}; {level_words(level)}",
        frame=frame,
        columns={
            "label": Column("Price"),
            "estimate": Column("Sales, of today's", "%", 0),
            "low": Column("Low", "%", 0),
            "high": Column("High", "%", 0),
            "revenue": Column("Revenue of the firm, of today's", "%", 0),
        },
        source=demand.source,
        numbers=_numbers(frame, way, level, demand) if demand.causal else (),
        checks=(
            Check(
                "The curve stays within the prices seen", left == 0,
                f"seen: {price_range(way, demand.money)}{f'; {left} prices left out' if left else ''}",
            ),
            Check("Dearer goes with fewer buyers", slope, "it does" if slope else NO_SLOPE),
            causes(demand),
            *few_draws(draws, level),
        ),
        who=who,
        today=way.price,
    )  # fmt: skip


def _frame(way: Track, factors: np.ndarray, answer: Any, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price": factors * way.price,
            "label": [f"{money(f * way.price, unit)} ({number(f - 1, '%', 0, sign=True)})" for f in factors],
            "factor": factors,
            "estimate": answer.estimate[0],
            "low": answer.low[0],
            "high": answer.high[0],
            "share": answer.estimate[1],
            "share_low": answer.low[1],
            "share_high": answer.high[1],
            "revenue": answer.estimate[2],
        }
    )


def _end(frame: pd.DataFrame) -> pd.Series:
    # The dearest price of the curve; the cheapest where none is dearer than today's.
    return frame.iloc[-1] if frame["factor"].iloc[-1] > 1 else frame.iloc[0]


def _title(frame: pd.DataFrame, way: Track) -> str:
    row = _end(frame)
    change = number(abs(row["factor"] - 1), "%", 0)
    sells = f"{number(abs(row['estimate'] - 1), '%', 0)} {'less' if row['estimate'] < 1 else 'more'}"
    return f"{way.who} would sell {sells} at {change} {'more' if row['factor'] > 1 else 'less'}"


def _finding(frame: pd.DataFrame, way: Track) -> str:
    said = []
    for row in (frame.iloc[0], frame.iloc[-1]):
        if np.isclose(row["factor"], 1):
            continue
        ends = sorted(abs(row[end] - 1) for end in ("low", "high"))
        less = "less" if row["estimate"] < 1 else "more"
        size = f"{number(abs(row['estimate'] - 1), '%', 0)} {less} ({interval(ends[0], ends[1], '%', 0)})"
        said.append(f"at a price {number(abs(row['factor'] - 1), '%', 0)} "
                    f"{'higher' if row['factor'] > 1 else 'lower'} {way.who} sells {size}")  # fmt: skip
    words = "; ".join(said)
    return f"{words[:1].upper()}{words[1:]}."


def _numbers(frame: pd.DataFrame, way: Track, level: float, demand: Demand) -> tuple[Number, ...]:
    row = _end(frame)
    value, low, high = (float(row[end] - 1) for end in ("estimate", "low", "high"))
    change = number(row["factor"] - 1, "%", 0, sign=True)
    return (
        Number(
            name="demand_curve", label=f"sales of {way.who} at a price {change}", value=value, low=low,
            high=high, level=level, unit="%", source=demand.source,
        ),
    )  # fmt: skip
