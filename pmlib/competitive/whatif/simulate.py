"""Scenarios played out: what each product, each firm and buyers as a whole come to, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.whatif.nash import equilibrium, implied_costs, unit_costs
from pmlib.competitive.whatif.stage import NOBODY, Stage
from pmlib.competitive.whatif.world import World, priced

MEASURES = ("share", "volume", "revenue", "profit", "price")
NONE = "none of these"
SEARCH = 10  # steps to new prices, roughly


@dataclass(frozen=True, kw_only=True, eq=False)
class Play:
    """One scenario to be played.

    after : the stage that it makes. responds : whether firms set the prices anew that it does not write.
    start : (P, 1) shift of prices at which the search for new ones begins; NaN where the estimates themselves
        have none, so that no draw is tried.
    """

    after: Stage
    responds: bool = False
    start: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """Scenarios to be played from one stage.

    today : the stage as it is. costs : whether profit is asked for. held : products whose price stays whoever
        responds, because no sensible cost explains it.
    """

    today: Stage
    plays: tuple[Play, ...]
    costs: bool
    held: frozenset[str] = frozenset()

    def lines(self, play: Play) -> list[tuple[str, str]]:
        """Kind and label of what a play is told of: products, then firms, then buying none."""
        owner = {**self.today.owner, **play.after.owner}
        products = list(dict.fromkeys([*self.today.demand.products, *play.after.demand.products]))
        sellers = [product for product in products if owner[product] != NOBODY]
        firms = sorted({owner[product] for product in sellers} - set(sellers))
        none = [("none", product) for product in products if owner[product] == NOBODY]
        none += [("none", NONE)] if self.today.demand.outside else []
        return [*(("product", p) for p in sellers), *(("firm", f) for f in firms), *none]

    def ask(self, demand: Demand, params: np.ndarray) -> np.ndarray:
        """Play all at parameters (D, k).

        Returns
        -------
        array : (lines of all plays, each with one more for worth to buyers, as a volume; measures; 2; D):
            before, after.
        """
        here = World.at(self.today, demand, params)
        implied = None
        if self.costs or any(play.responds for play in self.plays):
            implied = implied_costs(here, self.today.cost)
        plain = _told(here, None, None if implied is None else unit_costs(self.today, implied, self.today))
        out = []
        for play in self.plays:
            there = World.at(play.after, demand, params)
            cost = None if implied is None else unit_costs(play.after, implied, self.today)
            before, shift = plain, None
            if play.responds:
                assert cost is not None and implied is not None
                if not np.isnan(self.today.cost).all():  # else costs make today's prices the best there are
                    own = unit_costs(self.today, implied, self.today)
                    moved = equilibrium(here, own, self.free(self.today, play.after))
                    before = _told(here, moved, own)
                shift = np.full((len(play.after.demand.products), there.columns), np.nan)
                if play.start is None or np.isfinite(play.start).all():
                    shift = equilibrium(there, cost, self.free(play.after, play.after), play.start)
            after = _told(there, shift, cost)
            out.append(self._ends(play, before, after))
        return np.concatenate(out)

    def free(self, stage: Stage, after: Stage) -> np.ndarray:
        """Whether each product's price moves where firms respond, (P,)."""
        owner = {**stage.owner, **after.owner}
        stays = np.array([p in self.held or owner[p] in after.kept for p in stage.demand.products])
        return priced(stage) & ~stays

    @property
    def effort(self) -> int:
        """How many times a set of parameters has utilities worked out beyond once a play, roughly."""
        return SEARCH if any(play.responds for play in self.plays) else 1

    def begun(self) -> "Question":
        """Search for the new prices at the estimates, so that drawn parameters begin there."""
        if not any(play.responds for play in self.plays):
            return self
        demand = self.today.demand
        params = demand.params[None]
        implied = implied_costs(World.at(self.today, demand, params), self.today.cost)
        plays = []
        for play in self.plays:
            if play.responds:
                world = World.at(play.after, demand, params)
                cost = unit_costs(play.after, implied, self.today)
                found = np.full((len(play.after.demand.products), 1), np.nan)
                if self._explained(play.after):
                    found = equilibrium(world, cost, self.free(play.after, play.after))
                play = replace(play, start=found)
            plays.append(play)
        return replace(self, plays=tuple(plays))

    def _explained(self, after: Stage) -> bool:
        # Whether sensible costs explain the prices of most of what the firms sell that are to respond.
        names, sold = self.today.demand.products, self.today.demand.volume
        owner = {**self.today.owner, **after.owner}
        asked = np.array([owner[product] not in {*after.kept, NOBODY} for product in names])
        held = np.array([product in self.held for product in names])
        return bool(sold[asked & held].sum() <= sold[asked].sum() / 2)

    def _ends(self, play: Play, before: "Told", after: "Told") -> np.ndarray:
        who = self.lines(play)
        owner = {**self.today.owner, **play.after.owner}
        ends = [
            np.concatenate([_by_line(who, told, stage.demand, owner), _worth(told.worth)])
            for told, stage in ((before, self.today), (after, play.after))
        ]
        return np.stack(ends, axis=2)


@dataclass(frozen=True, eq=False)
class Told:
    """Volume, revenue, profit, mean price of each product, (P, D), and worth to buyers, (D,)."""

    products: dict[str, np.ndarray]
    worth: np.ndarray


def _told(world: World, shift: np.ndarray | None, cost: np.ndarray | None) -> Told:
    sold, add, price = world.sold(shift), world.product, world.prices(shift)
    volume, revenue = add @ sold.volume, add @ (sold.volume * price)
    rows = add @ np.ones((add.shape[1], 1))
    profit = np.full_like(volume, np.nan) if cost is None else revenue - add @ (sold.volume * cost)
    mean = np.broadcast_to((add @ price) / rows, volume.shape)
    return Told({"volume": volume, "revenue": revenue, "profit": profit, "price": mean}, sold.worth)


def _worth(worth: np.ndarray) -> np.ndarray:
    out = np.full((1, len(MEASURES), len(worth)), np.nan)
    out[0, 1] = worth
    return out


def _by_line(who: Sequence[tuple[str, str]], told: Told, demand: Demand, owner: dict[str, str]) -> np.ndarray:
    at = {product: i for i, product in enumerate(demand.products)}
    found, total = told.products, demand.size.sum()
    out = np.zeros((len(who), len(MEASURES), len(told.worth)))
    for i, (kind, label) in enumerate(who):
        own = [j for product, j in at.items() if (owner[product] if kind == "firm" else product) == label]
        for m, measure in enumerate(MEASURES[1:4], 1):
            out[i, m] = found[measure][own].sum(axis=0)
        if kind == "none" and not own:
            out[i, 1] = total - found["volume"].sum(axis=0)
        out[i, 4] = found["price"][own[0]] if kind == "product" and own else np.nan
        if kind == "none":
            out[i, 2:] = np.nan
    out[:, 0] = out[:, 1] / total
    return out
