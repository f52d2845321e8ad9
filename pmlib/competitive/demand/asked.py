"""What every question to a fitted model starts from: whom it is about, and whether the model can answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pmlib.competitive.demand.demand import Demand
from pmlib.given import unfitted
from pmlib.result import Absent

NAMED = 8  # labels that an error lists


class Model(Protocol):
    """A fitted model of any kind: `conditional_logit`, `market_demand` and their kin give one."""

    @property
    def demand(self) -> Demand:
        """What buyers do, to be asked."""


def check_model(found: object) -> None:
    """Refuse what is no fitted model, such as the table it is to be fitted to.

    Raises
    ------
    TypeError : one line that says what gives one.
    """
    if not isinstance(getattr(found, "demand", None), Demand):
        kind = type(found).__name__
        raise TypeError(f"a fitted model is needed, found a {kind}; conditional_logit(source) gives one")


def unasked(title: str, model: "Model | Absent") -> Absent | None:
    """Say why there is nothing to ask, where there is no model or no price in it."""
    if absent := unfitted(title, model):
        return absent
    check_model(model)
    assert not isinstance(model, Absent)
    if not model.demand.priced:
        return Absent(title=title, reason="The model has no price, so nothing here can be said of prices.")
    return None


def nameless(title: str, taken: "Groups") -> Absent | None:
    """Say why offers that are not called anything cannot be asked about one by one."""
    if taken.names != [""]:
        return None
    return Absent(title=title, reason="The offers have no product or firm to tell them by.")


def labels(demand: Demand) -> dict[str, str]:
    """Write each product as a reader knows it, by its code; two of one name keep their codes beside it."""
    if "name" not in demand.offers:
        return {product: product for product in demand.products}
    first = demand.offers.drop_duplicates("product").set_index("product")["name"].astype("str")
    twice = first.duplicated(keep=False)
    return {p: _apart(first[p], p) if twice[p] else first[p] for p in demand.products}


def _apart(name: str, code: str) -> str:
    return code if name in code else f"{name} ({code})"


def spoken(unit: str) -> str:
    """Take the year off a unit of money, which the subtitle says."""
    return re.sub(r" \(.*\)$", "", unit)


@dataclass(frozen=True, eq=False)
class Groups:
    """Products taken together: each alone, or those of a firm.

    names : of the groups, those that are sold first. codes : (P,) group of each product of the demand.
    none : index of what stands for buying none of these; -1 where that is no product.
    """

    names: list[str]
    codes: np.ndarray
    none: int = -1

    @property
    def offered(self) -> list[int]:
        """Index of each group that has a price."""
        return [i for i in range(len(self.names)) if i != self.none]

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Add products up: (P,) to (G,), or (P, P) to (G, G)."""
        member = (self.codes[:, None] == np.arange(len(self.names))).astype(float)
        return member.T @ values if values.ndim == 1 else member.T @ values @ member

    def at(self, focal: str | None, volume: np.ndarray, codes: Mapping[str, str] | None = None) -> int:
        """Find the group asked about, by its name or a product's code; the best seller when none is.

        Raises
        ------
        ValueError : there is no such group.
        """
        if focal is None:
            return max(self.offered, key=lambda i: volume[i])
        name = (codes or {}).get(str(focal), str(focal))
        for i in self.offered:
            if self.names[i] == name:
                return i
        offered = [self.names[i] for i in self.offered]
        more = f" and {len(offered) - NAMED} more" if len(offered) > NAMED else ""
        raise ValueError(f'focal "{focal}" is not on offer; it may be one of {offered[:NAMED]}{more}')


def groups(demand: Demand, by: str) -> Groups:
    """Take products alone, or together by their firm.

    Raises
    ------
    ValueError : `by` is neither, or the offers name no firm.
    """
    if by not in ("product", "firm"):
        raise ValueError(f'by is "{by}"; it may be "product" or "firm"')
    if by == "product":
        named = labels(demand)
    elif "firm" not in demand.offers:
        raise ValueError('by is "firm", and the offers name no firm; take by="product"')
    else:
        named = demand.offers.drop_duplicates("product").set_index("product")["firm"].astype("str").to_dict()
    if demand.none is not None and demand.none in named:
        named[demand.none] = demand.none
    each = [named[product] for product in demand.products]
    names = sorted(set(each), key=lambda name: (name == demand.none, name))
    codes = np.array([names.index(name) for name in each])
    return Groups(names, codes, names.index(demand.none) if demand.none in names else -1)
