"""What if, in a reader's hands: focal prices and those of the largest rival, moved in percent."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.simulator import Group, shares, simulator
from pmlib.competitive.whatif.seen import BEYOND, seen
from pmlib.competitive.whatif.simulate import NONE
from pmlib.competitive.whatif.stage import NOBODY, Stage
from pmlib.competitive.words import possessive
from pmlib.formula.model import Input, Model, Output
from pmlib.formula.term import Term

MOST = 20_000  # choice sets times draws of tastes: more have no room on a page
FARTHEST = 30  # percent that a price moves either way
FEW = 5  # products told one by one; more of them by firm
OTHERS = "All others"
ABOUT = "Other prices hold. Shaded: prices within what was seen."


def sliders(today: Stage, focal: str, rival: str, *, relative: bool) -> Model | None:
    """Lay out what sells as prices move, all other prices as they are.

    Parameters
    ----------
    relative : whether what is told is sales against today's, not shares.

    Returns
    -------
    Model : None where a price need not do what the model says, demand is nested, or a page has no room for
        it.
    """
    demand = today.demand
    cells = len(demand.size) * len(demand.weights)
    if not (demand.priced and demand.causal) or demand.nests or cells > MOST:
        return None
    movers = {who: _members(today, who) for who in dict.fromkeys([focal, rival]) if who}
    inputs = [_input(demand, who, members) for who, members in movers.items()]
    told = _told(today, movers)
    groups = [_group(demand, members, movers) for _, members in told]
    if demand.outside:
        told.append((NONE, []))
        groups.append(Group(np.zeros((1, cells)), {}))
    found = shares(inputs, groups, np.outer(demand.size, demand.weights).ravel())
    outputs = [_output(demand, *one, relative=relative) for one in zip(told, found, strict=True)]
    return simulator(inputs, [one for one in outputs if one], ABOUT)


def _output(
    demand: Demand, told: tuple[str, Sequence[str]], share: Term, *, relative: bool
) -> tuple[Term, Output] | None:
    who, members = told
    if not relative:
        return share, Output(name=who, label=who, unit="%", digits=1)
    if not members or who == demand.none:
        return None
    sold = dict(zip(demand.products, demand.volume, strict=True))
    held = sum(sold[one] for one in members) / demand.size.sum()
    label = f"{possessive(who)} sales against today's"
    return share / float(held), Output(name=who, label=label, unit="%", digits=1)


def _input(demand: Demand, who: str, members: Sequence[str]) -> Input:
    stops = tuple(step / 100 for step in range(-FARTHEST, FARTHEST + 1))
    return Input(
        name=who,
        label=f"{possessive(who)} prices" if len(members) > 1 else f"Price of {members[0]}",
        unit="%",
        digits=0,
        sign=True,
        stops=stops,
        start=FARTHEST,
        likely=_known(demand, members, stops),
    )


def _known(demand: Demand, members: Sequence[str], stops: Sequence[float]) -> tuple[float, float]:
    """Find how far prices move before more of a product's offers than a few have one that was never seen."""
    low, high = stops[0], stops[-1]
    for product in members:
        price = demand.offers.loc[demand.offers["product"] == product, "price"].to_numpy(float)
        least, most = seen(demand, "price", product)
        for stop in stops:
            new = price * (1 + stop)
            slack = 1e-9 * max(abs(least), abs(most))
            if ((new < least - slack) | (new > most + slack)).mean() > BEYOND:
                low, high = (max(low, stop + 0.01), high) if stop < 0 else (low, min(high, stop - 0.01))
    return min(low, 0.0), max(high, 0.0)


def _members(today: Stage, who: str) -> list[str]:
    return [product for product in today.demand.products if who in (product, today.owner[product])]


def _told(today: Stage, movers: Mapping[str, Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    """Say what is told of together: few products one by one, ours first; else who moves, and all others."""
    demand = today.demand
    size = dict(zip(demand.products, demand.volume, strict=True))
    sold = [product for product in demand.products if today.owner[product] != NOBODY]
    none: list[tuple[str, Sequence[str]]] = [
        (product, [product]) for product in demand.products if today.owner[product] == NOBODY
    ]
    if len(sold) <= FEW:
        own = next(iter(movers.values()))
        return [(p, [p]) for p in sorted(sold, key=lambda p: (p not in own, -size[p]))] + none
    rest = [product for product in sold if not any(product in own for own in movers.values())]
    return [*movers.items(), *([(OTHERS, rest)] if rest else []), *none]


def _group(demand: Demand, members: Sequence[str], movers: Mapping[str, Sequence[str]]) -> Group:
    product = demand.offers["product"].to_numpy()
    rows = np.flatnonzero(np.isin(product, members))
    sets = demand.layout.sets.spread(np.arange(len(demand.size)))[rows]
    slot = pd.Series(sets).groupby(sets).cumcount().to_numpy()

    def laid(values: np.ndarray, gap: float) -> np.ndarray:
        out = np.full((slot.max() + 1, len(demand.size), len(demand.weights)), gap)
        out[slot, sets] = values[rows]
        return out.reshape(len(out), -1)

    price = demand.offers["price"].to_numpy(float)
    scale = float(demand.slopes[0]) if len(demand.slopes) == 1 else 1.0  # prices are shorter to write
    slopes = {
        who: laid(np.outer(price * np.isin(product, own), demand.slopes / scale), 0.0)
        for who, own in movers.items()
        if set(own) & set(members)
    }
    return Group(laid(demand.utility, -np.inf), slopes, scale)
