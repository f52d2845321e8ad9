"""What buyers gain or lose when offers change: consumer surplus, in money."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.competitive.demand.asked import Model, spoken, unasked
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.taste import never_negative, typical
from pmlib.competitive.demand.uncertainty import delta
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import level_words, money
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "What buyers gain"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConsumerSurplus(Result):
    """What the change is worth to buyers: a row for one choice set on average, a row for all of them."""

    unit: str


def consumer_surplus(
    model: Model | Absent, *, after: pd.DataFrame, before: pd.DataFrame | None = None, level: float = 0.95
) -> ConsumerSurplus | Absent:
    """Value a change of offers to buyers: the rise of the expected utility of the best choice, in money.

    Parameters
    ----------
    model : any fitted model with a price; an Absent is passed on.
    after, before : offers of the same choice sets, in the columns of `model.demand.offers`; `before` are
        those the model was fitted to when not given.
    level : of the interval (delta method).

    Returns
    -------
    ConsumerSurplus : frame has the rows "each" (of a buyer, or of one unit of the market's size) and "all"
        (their sum): what, estimate, low, high, se, in the unit of price.

    Raises
    ------
    ValueError : the offers are of other choice sets.

    References
    ----------
    Small & Rosen (1981), "Applied welfare economics with discrete choice models", Econometrica 49.
    """
    check_level(level)
    if (absent := unasked(TITLE, model)) is not None:
        return absent
    assert not isinstance(model, Absent)
    demand = model.demand
    if (liked := never_negative(demand)) is not None and liked > 0:
        said = f"{number(liked, '%', 1)} of buyers would rather pay more in this model"
        return Absent(title=TITLE, reason=f"{said}, so money does not measure it.")
    if typical(demand, demand.params[None])[0, demand.design.names.index("price")] >= 0:
        return Absent(title=TITLE, reason="Dearer offers were chosen no less, so money does not measure it.")
    start = demand if before is None else demand.on(before)
    end = demand.on(after)
    if set(end.offers["set"]) != set(start.offers["set"]):
        raise ValueError(
            "the offers after the change are of other choice sets than before; keep column set as it was"
        )
    people = float(demand.size.sum())
    # Of a person, so that the last digits are not those of a whole market.
    middle, low, high = (
        float(value[0]) for value in delta(demand, lambda d: np.array([gain(d, start, end) / people]), level)
    )
    each = {"estimate": middle, "low": low, "high": high}
    frame = pd.DataFrame(
        [{"what": "each"} | each, {"what": "all"} | {name: value * people for name, value in each.items()}]
    )
    unit = demand.money
    return ConsumerSurplus(
        title=_title(middle, low, high, demand),
        subtitle=f"What the change is worth to a buyer, in {unit or 'units of price'}; {level_words(level)}",
        finding=_finding(middle, low, high, demand),
        unknown="" if demand.causal else "What buyers would pay: a price test would tell.",
        frame=frame,
        columns={
            "what": Column("Of"),
            "estimate": Column("Worth", unit, 2),
            "low": Column("Low", unit, 2),
            "high": Column("High", unit, 2),
        },
        source=demand.source,
        numbers=(
            Number(
                name="surplus_each", label="is what the change is worth to a buyer", value=middle, low=low,
                high=high, level=level, unit=unit, source=demand.source,
            ),
        ),
        checks=(
            Check(
                "The model may say what a price change does", demand.causal,
                "so worth is in money" if demand.causal else "it describes who bought at what price",
            ),
        ),
        unit=unit,
    )  # fmt: skip


def gain(asked: Demand, before: Demand, after: Demand) -> float:
    """Say what the change is worth to all buyers at the parameters that `asked` has."""
    return after.at(asked.params).surplus() - before.at(asked.params).surplus()


def _title(middle: float, low: float, high: float, demand: Demand) -> str:
    if low <= 0 <= high:
        return "We cannot tell whether buyers gain"
    verb = "gain" if middle > 0 else "lose"
    if not demand.causal:
        return f"Buyers {verb}; how much, these prices cannot tell"
    return f"Buyers {verb} {money(abs(middle), demand.money)} each"


def _finding(middle: float, low: float, high: float, demand: Demand) -> str:
    unit = spoken(demand.money)
    digits = interval_digits(low, high, unit)
    if low <= 0 <= high:
        return f"We cannot tell whether buyers gain: {interval(low, high, unit, digits)} each fits the data."
    ends = (low, high) if middle > 0 else (-high, -low)
    verb, worth = "gain" if middle > 0 else "lose", number(abs(middle), unit, digits)
    said = f"uyers {verb} about {worth} each ({interval(*ends, unit, digits)}) by the change."
    if demand.causal:
        return f"B{said}"
    return f"If prices there were show what buyers think of price, which we cannot tell, b{said}"
