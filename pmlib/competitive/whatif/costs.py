"""What units cost: given, or implied by prices; and which implied costs cannot be."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.whatif.nash import implied_costs
from pmlib.competitive.whatif.stage import Stage
from pmlib.competitive.whatif.trials import answers
from pmlib.competitive.whatif.world import World, priced
from pmlib.competitive.words import count, listed
from pmlib.result import Check

NAMED = 3
NO_PRICE = "these offers have no price"
NO_SLOPE = "in this demand a higher price does not put buyers off"


@dataclass(frozen=True, eq=False)
class Costs:
    """Unit costs of the products on a stage.

    frame : a row a product that has a price: product, firm, price (mean), cost, low, high, given, impossible.
        impossible : products whose implied cost is below 0. why : why nothing can be implied, "" where it
            can.
    """

    frame: pd.DataFrame = field(repr=False)
    impossible: frozenset[str] = frozenset()
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether any product's profit can be told."""
        return bool((self.frame["cost"].notna() & ~self.frame["impossible"]).any())

    def checks(self) -> tuple[Check, ...]:
        """Say which costs cannot be."""
        if self.frame.empty:
            return ()
        implied = self.frame[~self.frame["given"]]
        above = self.frame[self.frame["given"] & (self.frame["cost"] > self.frame["price"])]
        out: tuple[Check, ...] = ()
        if len(implied):
            out = (_impossible(implied),)
        if len(self.frame) > len(implied):
            out = (
                *out,
                Check("Every given cost is below the price", above.empty, _named(above, "cost more")),
            )
        return out


def sensible_costs(stage: Stage, level: float, *, draws: int, seed: int) -> Costs:
    """Work out what units cost, with intervals, and flag what cannot be."""
    empty = pd.DataFrame(columns=["product", "firm", "price", "cost", "low", "high", "given", "impossible"])
    demand = stage.demand
    if not demand.priced:
        return Costs(empty, why=NO_PRICE)
    own = priced(stage)
    add = World.at(stage, demand, demand.params[None]).product
    rows = add @ np.ones(add.shape[1])
    given = (add @ np.isnan(stage.cost).astype(float)) == 0
    sloped = bool((demand.slopes @ demand.weights < 0) and (demand.slopes < 0).mean() > 0.5)

    def ask(asked: Demand, params: np.ndarray) -> np.ndarray:
        return implied_costs(World.at(stage, asked, params), stage.cost)

    if sloped and not given[own].all():
        found = answers(demand, ask, level, draws=draws, seed=seed)
        cost, low, high = found.estimate, found.low, found.high
    else:
        cost = (add @ np.where(np.isnan(stage.cost), 0.0, stage.cost)) / rows
        cost = np.where(given, cost, np.nan)
        low, high = cost, cost
    impossible = ~given & ~(cost >= 0)
    frame = pd.DataFrame(
        {
            "product": demand.products,
            "firm": stage.firms,
            "price": (add @ stage.price) / rows,
            "cost": cost,
            "low": np.where(given, np.nan, low),
            "high": np.where(given, np.nan, high),
            "given": given,
            "impossible": impossible,
        }
    )[own]
    bad = frozenset(frame.loc[frame["impossible"], "product"])
    return Costs(frame.reset_index(drop=True), bad, "" if sloped else NO_SLOPE)


def _impossible(implied: pd.DataFrame) -> Check:
    bad = implied[implied["impossible"]]
    return Check(
        "Prices imply costs above 0",
        bad.empty,
        f"{count(len(implied))} products do" if bad.empty
        else f"not for {_named(bad, 'of')}{count(len(implied))}, whose buyers mind price too little to "
        "explain it: no profit is told for them and their prices do not respond",
    )  # fmt: skip


def _named(frame: pd.DataFrame, what: str) -> str:
    if frame.empty:
        return "all are"
    names = list(frame["product"][:NAMED])
    more = f" and {count(len(frame) - NAMED)} more" if len(frame) > NAMED else ""
    if what == "of":
        return f"{listed(names) if not more else ', '.join(names)}{more}, {count(len(frame))} of "
    return f"{listed(names) if not more else ', '.join(names)}{more} {what}"
