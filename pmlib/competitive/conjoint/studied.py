"""What a study varied: its attributes, their levels, and the products that can be made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, is_label
from pmlib.competitive.choice.table import Choices
from pmlib.competitive.conjoint import wording
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.words import listed
from pmlib.table import number

STUDIED = "_studied"  # after the name of an attribute that a result's own column bears too
NAME = "name"  # what a product is called on the chart; no attribute


class ChoiceModel(Protocol):
    """A model fitted to choices."""

    @property
    def demand(self) -> Demand:
        """What choosers do, to be asked."""

    @property
    def choices(self) -> Choices:
        """What it was fitted to."""


@dataclass(frozen=True)
class Attribute:
    """One thing that offers differed in.

    name : column of the study, and key of a product. label, unit : as a reader knows it. kind : "label",
        "flag" or "number". levels : those that were shown, in order; of a label its words, of a flag 0 and 1.
    """

    name: str
    label: str
    unit: str
    kind: str
    levels: tuple[Any, ...]

    def written(self, level: Any) -> str:
        """Write a level: its words; of a flag the attribute's name, and yes or no."""
        if self.kind == "label":
            return str(level)
        if self.kind == "flag":
            return f"{self.label}: {'yes' if level else 'no'}"
        return (
            f"{self.label} {number(level, self.unit)}" if self.name != "price" else number(level, self.unit)
        )

    def checked(self, product: str, level: Any) -> Any:
        """Take a level as the study writes it.

        Raises
        ------
        ValueError : it is no level, or no number; a price below 0.
        """
        if self.kind == "label":
            if str(level) in self.levels:
                return str(level)
            raise ValueError(
                f"{product}: {self.name} {level!r} was not studied; it may be {listed(self.levels, 'or')}"
            )
        if isinstance(level, str) or not np.isfinite(float(level)):
            raise ValueError(f"{product}: {self.name} is {level!r}; give a number")
        if self.kind == "flag" and level not in (0, 1):
            raise ValueError(f"{product}: {self.name} is {level}; it may be 0 or 1")
        if self.name == "price" and level < 0:
            raise ValueError(f"{product}: price is {level:g}; a price is 0 or more")
        return float(level)

    def beyond(self, level: Any) -> bool:
        """Tell whether a number lies outside what was shown."""
        return self.kind == "number" and not self.levels[0] <= level <= self.levels[-1]


def attributes(choices: Choices) -> dict[str, Attribute]:
    """List what the terms of a model speak of, price first; levels are those of what can be bought."""
    frame = choices.frame
    real = frame[frame[CONSTANT] != choices.none] if choices.none is not None else frame
    columns = dict.fromkeys(term.column for term in choices.design.terms)
    names = {column: choices.label if column == CONSTANT else column for column in columns}
    return {name: _attribute(choices, real[column], name) for column, name in names.items()}


def _attribute(choices: Choices, values: pd.Series, name: str) -> Attribute:
    known = choices.source.columns.get(name)
    label, unit = (known.label, known.unit) if known else (name, "")
    if is_label(values):
        held = set(values.astype("str"))
        if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
            return Attribute(
                name, label, unit, "label", tuple(c for c in map(str, values.cat.categories) if c in held)
            )
        return Attribute(name, label, unit, "label", tuple(sorted(held)))
    levels = tuple(np.unique(values.to_numpy(float)).tolist())
    kind = "flag" if set(levels) <= {0.0, 1.0} and name != "price" else "number"
    return Attribute(name, label, unit, kind, (0.0, 1.0) if kind == "flag" else levels)


@dataclass(frozen=True, eq=False)
class Shelf:
    """Products side by side, as offers of one choice set.

    offers : a row a product, that of buying none last; products : their names, in the same order. levels : a
        row a product but for buying none, a column an attribute.
    beyond : what lies outside the studied range, in words. none : whether buying none stands among them.
    """

    offers: pd.DataFrame
    levels: pd.DataFrame
    products: tuple[str, ...]
    beyond: tuple[str, ...]
    none: bool


def shelf(model: ChoiceModel, products: Sequence[str | Mapping[str, Any]], *, none: bool = True) -> Shelf:
    """Make offers of products given as {attribute: level}, or as text (see `wording.product`).

    Parameters
    ----------
    products : each with every attribute of the model, and `name` where it should be called something.
    none : whether buying none of them is possible, where the study had that.

    Raises
    ------
    ValueError : one line that names product and attribute: unknown, missing, or a level that was not studied.
    """
    if not products:
        raise ValueError("no products to choose from; give one or more, each as {attribute: level}")
    known = attributes(model.choices)
    rows, names, beyond = [], list[str](), list[str]()
    for i, given in enumerate(products, 1):
        product = wording.product(given, known) if isinstance(given, str) else given
        called = str(product.get(NAME, f"product {i}"))
        row = checked(known, product, called)
        name = str(product.get(NAME) or _called(known, row, model.choices.label, i))
        names.append(f"{name} ({names.count(name) + 1})" if name in names else name)
        rows.append(row)
        beyond += [
            f"{known[key].written(level)} of {names[-1]}"
            for key, level in row.items()
            if known[key].beyond(level)
        ]
    offers = offered(model, rows)
    with_none = none and model.choices.none is not None
    if with_none:
        held = model.demand.offers
        empty = held[held[CONSTANT] == model.choices.none].head(1)
        empty = empty.assign(
            **{term.by: offers[term.by].iloc[0] for term in model.choices.design.terms if term.by}
        )
        offers = pd.concat([offers, empty[list(offers)]], ignore_index=True)
        names.append(str(model.choices.none))
    return Shelf(
        offers.assign(set=0, product=names), pd.DataFrame(rows), tuple(names), tuple(beyond), with_none
    )


def beside(levels: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Call attributes differently where a result's own column has their name."""
    return levels.rename(columns={name: f"{name}{STUDIED}" for name in levels if name in frame})


def checked(known: Mapping[str, Attribute], product: Mapping[str, Any], called: str) -> dict[str, Any]:
    """Take a product's levels as the study writes them, in its order.

    Raises
    ------
    ValueError : an attribute is unknown or missing, or its level was not studied.
    """
    given = [key for key in product if key != NAME]
    if unknown := [key for key in given if key not in known]:
        raise ValueError(
            f"{called} has {listed(unknown)}, which the study has not; it has {listed(list(known))}"
        )
    if missing := [key for key in known if key not in given]:
        raise ValueError(f"{called} lacks {listed(missing)}; give every attribute of the study a level")
    return {key: attribute.checked(called, product[key]) for key, attribute in known.items()}


def _called(known: Mapping[str, Attribute], row: Mapping[str, Any], label: str, place: int) -> str:
    # By brand and price, which is short enough for a chart on a phone.
    who = str(row[label]) if label in row else f"product {place}"
    return f"{who} at {known['price'].written(row['price'])}" if "price" in row else who


def differences(
    known: Mapping[str, Attribute], row: Mapping[str, Any], other: Mapping[str, Any]
) -> list[str]:
    """List in which levels a product differs from another, but for its price."""
    parts = []
    for name, attribute in known.items():
        if name == "price" or row[name] == other[name]:
            continue
        if attribute.kind == "flag":
            parts.append(f"{'with' if row[name] else 'without'} {attribute.label}")
        else:
            parts.append(attribute.written(row[name]))
    return parts


def described(known: Mapping[str, Attribute], row: Mapping[str, Any]) -> str:
    """Write what a product is: its brand and labels, what it has, its price last."""
    order = sorted(
        known.values(), key=lambda a: ("label", "flag", "number").index(a.kind) + 3 * (a.name == "price")
    )
    parts = [
        a.label if a.kind == "flag" else a.written(row[a.name])
        for a in order
        if a.kind != "flag" or row[a.name]
    ]
    return ", ".join(parts)


def offered(model: ChoiceModel, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Write products as the model's offers have them, one row each; what choosers are like is their mean."""
    choices, held = model.choices, model.demand.offers
    frame = pd.DataFrame(list(rows))
    if choices.label and choices.label in frame:
        frame[CONSTANT] = frame[choices.label]
    else:
        frame[CONSTANT] = str(choices.base or "")
    for term in choices.design.terms:
        if term.by and term.by not in frame:
            frame[term.by] = float(held[term.by].mean())
    nests = model.demand.nests
    if nests and nests not in frame:
        of = held.drop_duplicates(CONSTANT).set_index(CONSTANT)[nests]
        frame[nests] = frame[CONSTANT].map(of)
    return frame
