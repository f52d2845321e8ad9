"""The sentences, numbers and checks of Gabor and Granger's question."""

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.result import Check, Number
from pmlib.sizing.price.asked import Asked
from pmlib.sizing.price.sentences import SAID
from pmlib.table import number, percentage

CONSISTENT = 0.9  # of respondents; where fewer are, the question was not understood


def unsold(demand: np.ndarray, paid: float | None, money: str) -> str:
    """Say why no price is best."""
    if not demand.max() > 0 or paid is None:
        return "Nobody would buy at any price asked."
    return f"No price asked at which anybody buys is above the cost of {number(paid, money)}."


def as_asked(price: float, money: str) -> str:
    """Write a price that was asked to the cent: $14.99, not $15.0."""
    cents = 0 if price == round(price) else 2
    return number(price, money, cents if price == round(price, cents) else None)


def priced(found: tuple[float, float, float], money: str) -> str:
    """Write a price that was asked, as it was, with its range: €10 (€8 to €10)."""
    value, low, high = (as_asked(price, money) for price in found)
    return value if low == high else f"{value} ({low} to {high})"


def reaction(elasticity: tuple[float, float, float]) -> str:
    """Say how demand reacts to price."""
    value, low, high = elasticity
    if np.isnan(value):
        return "how demand reacts to price there cannot be told"
    ends_ = f"{number(abs(high), '', 1)}% to {number(abs(low), '', 1)}%"
    return f"there 1% more price loses about {number(abs(value), '', 1)}% of buyers ({ends_})"


def subtitle(asked: Asked, survey: Source, level: float) -> str:
    """Say who was asked, and of what the ranges are."""
    weighted = ", weighted" if survey.has("design_weight") else ""
    return (
        f"Share of {len(asked.sample.weights):,} respondents{weighted} who say they would buy, by price; "
        f"{percentage(level)} intervals."
    )


def advice(found: tuple[float, ...], money: str) -> str:
    """Say which prices to try."""
    value, low, high = found
    if low == high:
        return f"Test {as_asked(value, money)} against today's price before setting it."
    return f"Test prices from {as_asked(low, money)} to {as_asked(high, money)}: any of them may earn most."


def unknown(asked: Asked, place: int, earns: str) -> str:
    """Say what these answers cannot tell."""
    edge = ""
    if place in (0, len(asked.prices) - 1):
        end = "lowest" if place == 0 else "highest"
        edge = f" The best price is the {end} asked: a better one may lie beyond."
    return f"{SAID}: expect fewer buyers than stated, and no rival stood beside the question.{edge}"


def numbers(
    found: tuple[float, ...],
    own: pd.Series,
    elasticity: tuple[float, ...],
    level: float,
    money: str,
    survey: Source,
    earns: str,
) -> tuple[Number, ...]:
    """Give the best price, who would buy there, and the elasticity where it is known."""
    buyers = (own["estimate"], own["low"], own["high"])
    rows = [
        ("best_price", f"price that earns most {earns}", found, money),
        ("would_buy", "say they would buy at that price", buyers, "%"),
    ]
    if not np.isnan(elasticity[0]):
        rows.append(("elasticity", "% of buyers gained per 1% of price there", elasticity, ""))
    return tuple(
        Number(
            name=name,
            label=label,
            value=float(ends[0]),
            low=float(ends[1]),
            high=float(ends[2]),
            level=level,
            unit=unit,
            source=survey.name,
        )
        for name, label, ends, unit in rows
    )


def checks(
    asked: Asked, found: tuple[float, ...], smoothed: tuple[float, ...], place: int, money: str
) -> tuple[Check, ...]:
    """Check that answers agree with themselves and with a smooth curve, and that the best price is within."""
    size = len(asked.sample.weights)
    checks = []
    if asked.implies:
        consistent = asked.contradictory <= (1 - CONSISTENT) * size
        saw = f"{asked.contradictory:,} of {size:,} refuse a price and take a higher one"
        checks.append(Check("At least nine in ten answer without contradiction", consistent, saw))
    inner = 0 < place < len(asked.prices) - 1
    price, lowest, highest = (as_asked(p, money) for p in (found[0], asked.prices[0], asked.prices[-1]))
    asked_words = f"{price} of {lowest} to {highest}"
    checks.append(Check("The best price lies inside the prices asked", inner, asked_words))
    near = asked.prices[max(place - 1, 0)], asked.prices[min(place + 1, len(asked.prices) - 1)]
    agrees = bool(min(near[0], found[1]) <= smoothed[0] <= max(near[1], found[2]))
    curve = (
        "no such curve fits" if np.isnan(smoothed[0]) else f"its best price is {number(smoothed[0], money)}"
    )
    checks.append(Check("A smooth curve through the answers agrees", agrees, curve))
    if asked.missing:
        checks.append(
            Check("Every question is answered", False, f"{asked.missing:,} are not and are left out")
        )
    return tuple(checks)
