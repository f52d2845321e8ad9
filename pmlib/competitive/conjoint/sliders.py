"""A shelf in a reader's hands: the price of our product and what it has, moved; the others as they are."""

import re

import numpy as np

from pmlib.competitive.conjoint.studied import Attribute, ChoiceModel, Shelf, attributes
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.simulator import Group, shares, simulator
from pmlib.formula.model import NO_YES, Input, Model, Output
from pmlib.formula.stops import stops

ABOUT = "Tracks run over what was studied; the other products stay as they are."


def sliders(model: ChoiceModel, asked: Demand, shown: Shelf) -> Model | None:
    """Lay out who is chosen as the first product of a shelf changes.

    Parameters
    ----------
    asked : the model's demand on the shelf.

    Returns
    -------
    Model : None where demand is nested, or too large for a page.
    """
    if asked.nests:
        return None
    ours = shown.levels.iloc[0]
    found = {name: a for name, a in attributes(model.choices).items() if a.kind != "label"}
    inputs = [_input(one, float(ours[name]), shown.products[0]) for name, one in found.items()]
    inputs = [one for one in inputs if len(one.stops) > 1]
    slopes = {one.name: _slope(asked, one.name)[None] for one in inputs}
    groups = [Group(row[None], {} if at else slopes) for at, row in enumerate(asked.utility)]
    none = model.choices.none
    outputs = [
        Output(name=product, label="None of these" if product == none else product, unit="%", digits=1)
        for product in shown.products
    ]
    each = shares(inputs, groups, asked.weights)
    return simulator(inputs, list(zip(each, outputs, strict=True)), ABOUT) if inputs else None


def _input(attribute: Attribute, value: float, ours: str) -> Input:
    name, label = attribute.name, attribute.label
    if attribute.kind == "flag":
        return Input(name=name, label=label, stops=(0.0, 1.0), start=int(value), words=NO_YES)
    low, high = (float(attribute.levels[end]) for end in (0, -1))
    unit = re.sub(r" \(.*\)$", "", attribute.unit)
    found, start, digits = stops(min(low, value), max(high, value), value, unit)
    label = f"{label}, {ours}" if name == "price" else label
    return Input(name=name, label=label, unit=unit, stops=found, start=start, digits=digits)


def _slope(asked: Demand, name: str) -> np.ndarray:
    """Work out what a unit of an attribute adds to the utility of the first offer, by draw of tastes."""
    first = asked.offers.head(1)
    off, on = (asked.design.matrix(first.assign(**{name: value})) for value in (0.0, 1.0))
    return np.asarray(((on - off) @ asked.coefficients)[0])
