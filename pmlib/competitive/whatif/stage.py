"""A stage: offers under a demand, with who sets their prices and what they cost; scenarios change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, is_label
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.estimate import in_period
from pmlib.competitive.whatif.reading import Known
from pmlib.competitive.whatif.scenario import Add, Change, Delist, Merge, Scenario, Setting
from pmlib.data.words import meant
from pmlib.table import MINUS

NOBODY = ""  # owner of what has no price: buying none


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage:
    """Offers, owners and costs.

    demand : on these offers. owner : product to the firm that prices it. cost : (n,) given for each offer,
        NaN where it must be implied by prices. like : product to the one whose implied cost it has. more :
        product to (factor, amount) that a scenario puts on its cost. kept : firms whose prices the scenario
        wrote.
    """

    demand: Demand
    owner: Mapping[str, str]
    cost: np.ndarray = field(repr=False)
    like: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    @property
    def price(self) -> np.ndarray:
        """Price of each offer, (n,); zeros where there are none."""
        offers = self.demand.offers
        return offers["price"].to_numpy(float) if "price" in offers else np.zeros(len(offers))

    @property
    def firms(self) -> np.ndarray:
        """Owner of each product, in the order of the demand's, (P,)."""
        return np.array([self.owner[product] for product in self.demand.products], dtype=object)


def stage(demand: Demand, costs: "str | Mapping[str, float] | None" = None) -> Stage:
    """Set the stage.

    Raises
    ------
    ValueError : no such column or product; a cost that is missing or negative; a product of two
        firms.
    """
    offers = demand.offers
    firm = offers["firm"] if "firm" in offers else offers["product"]
    pairs = pd.DataFrame({"product": offers["product"], "firm": firm.astype("str")}).drop_duplicates()
    twice = pairs["product"].duplicated()
    if twice.any():
        raise ValueError(
            f'"{pairs.loc[twice, "product"].iloc[0]}" belongs to two firms; give it a label for each'
        )
    owner = dict(zip(pairs["product"], pairs["firm"], strict=True))
    if demand.none is not None:
        owner[demand.none] = NOBODY
    return Stage(demand=demand, owner=owner, cost=_costs(demand, costs))


def demand_of(model: object, period: object = None) -> Demand:
    """Take the demand of a fitted model: of choices all of it, of markets that of one period (or the newest).

    Raises
    ------
    ValueError : it has none; no such period.
    """
    demand = getattr(
        model, "everywhere" if period is not None and hasattr(model, "everywhere") else "demand", None
    )
    if not isinstance(demand, Demand):
        kind = type(model).__name__
        raise ValueError(f"{kind} holds no demand; give a fitted model, as conditional_logit gives")
    return _one_period(demand, period)


def _one_period(demand: Demand, period: object) -> Demand:
    # The market of one period, the newest when None; choices are kept whole.
    if demand.observed is None:
        if period is not None:
            raise ValueError("period chooses among markets; these are choices")
        return demand
    codes = demand.offers["set"]
    if period is None:
        return in_period(demand, codes.max()) if codes.nunique() > 1 else demand
    when = pd.to_datetime(demand.offers["period"]).dt.strftime("%Y-%m-%d")
    found = codes[when.str.startswith(str(period))].unique()
    if len(found) != 1:
        raise ValueError(
            f"period {period!r} is {'more than one' if len(found) else 'no'} period of these data"
        )
    return in_period(demand, found[0])


def _costs(demand: Demand, costs: "str | Mapping[str, float] | None") -> np.ndarray:
    offers = demand.offers
    if costs is None:
        return np.full(len(offers), np.nan)
    if isinstance(costs, str):
        if costs not in offers:
            raise ValueError(
                f"costs: no column {costs!r}; {meant(costs, map(str, offers.columns), 'there are')}"
            )
        found = offers[costs].to_numpy(float)
    else:
        for product in costs:
            if product not in demand.products:
                raise ValueError(f'costs: "{product}" is no product; {meant(str(product), demand.products)}')
        found = offers["product"].map(dict(costs)).to_numpy(float)
    if (bad := (found < 0) | np.isinf(found)).any():
        at = int(bad.argmax())
        raise ValueError(f"costs: {offers['product'].iloc[at]} has {found[at]:g}; a cost is 0 or more")
    return found


def known(stage: Stage) -> Known:
    """Say what scenarios may speak of."""
    demand, offers = stage.demand, stage.demand.offers
    firms: dict[str, list[str]] = {}
    for product in stage.demand.products:
        if stage.owner[product] != NOBODY:
            firms.setdefault(stage.owner[product], []).append(product)
    products = tuple(product for product in stage.demand.products if stage.owner[product] != NOBODY)
    names = {term.column for term in demand.design.terms} - {CONSTANT, "product"}
    columns: dict[str, tuple[str, ...] | None] = {}
    real = offers[offers["product"] != demand.none] if demand.none is not None else offers
    for name in sorted(names | ({demand.nests} if demand.nests else set()) | ({"price"} & set(offers))):
        columns[name] = tuple(sorted(real[name].astype("str").unique())) if is_label(real[name]) else None
    return Known(products, {firm: tuple(own) for firm, own in firms.items()}, columns)


def changed(first: Stage, scenario: Scenario, words: Known) -> Stage:
    """Play a scenario.

    Raises
    ------
    ValueError : one line: a product that is not there, a negative price, a choice set left without offers.
    """
    after = first
    try:
        for step in scenario.steps:
            match step:
                case Change():
                    after = _change(after, step, words)
                case Delist():
                    after = _delisted(after, step)
                case Add():
                    after, words = _added(after, step), words.entered(step)
                case Merge():
                    after = _merged(after, step)
    except ValueError as error:
        raise ValueError(f"scenario “{scenario.name}”: {error}") from None
    written = {p for step in scenario.steps for p in _priced(step, words)} & set(after.demand.products)
    return replace(after, kept=frozenset(after.owner[product] for product in written))


def _priced(step: object, words: Known) -> tuple[str, ...]:
    if isinstance(step, Change | Add) and any(setting.column == "price" for setting in step.settings):
        return (step.product,) if isinstance(step, Add) else words.members(step.who)
    return ()


def _change(stage: Stage, step: Change, words: Known) -> Stage:
    if step.who not in words.labels:
        raise ValueError(f"“{step.who}” is no product or firm; {meant(step.who, words.labels)}")
    members = [product for product in words.members(step.who) if product in stage.demand.products]
    if not members:
        raise ValueError(f"“{step.who}” is not on offer any more")
    return _set(stage, stage.demand.offers["product"].isin(members).to_numpy(), step.settings, members)


def _set(stage: Stage, rows: np.ndarray, settings: tuple[Setting, ...], members: list[str]) -> Stage:
    offers, cost, more = stage.demand.offers.copy(), stage.cost.copy(), dict(stage.more)
    for setting in settings:
        if setting.column == "cost":
            cost[rows] = _moved(cost[rows], setting)
            for product in members:
                factor, amount = more.get(product, (1.0, 0.0))
                value = float(setting.value)
                more[product] = {
                    "to": (0.0, value),
                    "plus": (factor, amount + value),
                    "times": (factor * (1 + value), amount * (1 + value)),
                }[setting.how]
        elif setting.column != "firm":
            offers[setting.column] = _column(offers[setting.column], rows, setting)
    if "price" in offers and (bad := offers["price"].to_numpy(float)[rows] < 0).any():
        price = offers["price"].to_numpy(float)[rows][bad].min()
        raise ValueError(f"price of {members[0]} would be {MINUS}{abs(price):g}; a price is 0 or more")
    return replace(stage, demand=stage.demand.on(offers, stage.demand.size), cost=cost, more=more)


def _moved(values: np.ndarray, setting: Setting) -> np.ndarray:
    value = float(setting.value)
    return {"to": np.full(len(values), value), "plus": values + value, "times": values * (1 + value)}[
        setting.how
    ]


def _column(held: pd.Series, rows: np.ndarray, setting: Setting) -> pd.Series:
    if isinstance(setting.value, str):
        return held.astype("str").where(~rows, setting.value)
    if is_label(held):
        raise ValueError(f"{setting.column} holds labels; “{setting.amount}” is a number")
    values = held.to_numpy(float).copy()  # a column of whole numbers or flags would not take a fraction
    values[rows] = _moved(values[rows], setting)
    return pd.Series(values, held.index)


def _delisted(stage: Stage, step: Delist) -> Stage:
    offers = stage.demand.offers
    if step.product not in stage.demand.products or stage.owner[step.product] == NOBODY:
        raise ValueError(f"“{step.product}” is no product; {meant(step.product, stage.demand.products)}")
    stays = (offers["product"] != step.product).to_numpy()
    sets = stage.demand.layout.sets
    real = stays & (offers["product"] != stage.demand.none).to_numpy()
    if (empty := sets.sum(real.astype(int)) == 0).any():
        raise ValueError(
            f"delisting {step.product} leaves {int(empty.sum()):,} of {len(sets):,} choice sets without "
            "an offer"
        )
    return replace(stage, demand=stage.demand.on(offers[stays], stage.demand.size), cost=stage.cost[stays])


def _added(stage: Stage, step: Add) -> Stage:
    offers = stage.demand.offers
    own = (offers["product"] == step.like).to_numpy()
    if not own.any():
        raise ValueError(f"“{step.like}” is no product; {meant(step.like, stage.demand.products)}")
    if step.product in stage.demand.products:
        raise ValueError(f"“{step.product}” is there already; call what enters something else")
    firm = next((str(s.value) for s in step.settings if s.column == "firm"), step.product)
    new = offers[own].assign(product=step.product, **({"firm": firm} if "firm" in offers else {}))
    both = pd.concat([offers.assign(product=offers["product"].astype(object)), new], ignore_index=True)
    order = np.argsort(both["set"].to_numpy(), kind="stable")  # as the demand will sort them
    cost = np.concatenate([stage.cost, stage.cost[own]])[order]
    entered = replace(
        stage,
        demand=stage.demand.on(both, stage.demand.size),
        owner={**stage.owner, step.product: firm},
        cost=cost,
        like={**stage.like, step.product: stage.like.get(step.like, step.like)},
        more={**stage.more, **({step.product: stage.more[step.like]} if step.like in stage.more else {})},
    )
    rows = (entered.demand.offers["product"] == step.product).to_numpy()
    return _set(entered, rows, step.settings, [step.product])


def _merged(stage: Stage, step: Merge) -> Stage:
    there = set(stage.owner.values())
    for firm in step.firms:
        if firm not in there:
            raise ValueError(f"“{firm}” is no firm; {meant(firm, sorted(there - {NOBODY}))}")
    joint = " + ".join(step.firms)
    owner = {product: joint if firm in step.firms else firm for product, firm in stage.owner.items()}
    return replace(stage, owner=owner)
