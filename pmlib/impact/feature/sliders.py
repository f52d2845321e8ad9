"""A feature's forecast as a formula that a page computes again, when a reader moves what it is made of."""

import numpy as np

from pmlib.formula.model import Input, Model, Output, model
from pmlib.formula.stops import stops
from pmlib.formula.term import given, term
from pmlib.impact.feature.plan import Plan
from pmlib.impact.feature.simulate import Drawn, at_share, total
from pmlib.impact.feature.words import driver_label, driver_unit, unit_of
from pmlib.stats.laws import LEVEL
from pmlib.wording import lower

DRIVERS = ("effect", "reach", "cannibalises", "value", "cost")  # one value each; the others are paths
FEWEST = 6  # stops of a slider
TRACK = 0.99  # of a driver's values that lie on its slider


def sliders(plan: Plan, draws: Drawn, *, mean: bool) -> Model | None:
    """Lay out the gain, and what it is worth net of cost where a value is known, at the drivers' middles.

    Parameters
    ----------
    mean : whether gains of periods are averaged.

    Returns
    -------
    Model : None where no driver varies.
    """
    middle = {name: at_share(values, 0.5) for name, values in draws.parts.items()}
    inputs = [_input(plan, name, float(middle[name][0])) for name in DRIVERS if name in draws.uncertain]
    inputs = [one for one in inputs if len(one.stops) >= FEWEST]
    if not inputs:
        return None
    moved = {one.name for one in inputs}
    part = {
        name: given(name) if name in moved else term(float(middle[name][0]))
        for name in DRIVERS
        if name in middle
    }
    alone = {"effect": np.ones(1), "reach": np.ones(1), "cannibalises": np.zeros(1)}
    size = float(total(middle | alone)[0]) / (plan.steps if mean else 1)  # of an effect of 1 on all
    gain = part["effect"] * part["reach"] * (1.0 - part["cannibalises"]) * size
    label = f"{'Average gain' if mean else 'Gain'}, {lower(plan.baseline.kpi.label)}"
    outputs = [(gain, Output(name="gain", label=label, unit=unit_of(plan, mean=mean)))]
    if draws.valued:
        worth = float(draws.better) * gain * (part["value"] * (plan.steps if mean else 1)) - part["cost"]
        outputs.append((worth, Output(name="money", label="Worth, net of cost", unit=plan.currency)))
    return model(inputs, outputs, about=_about(plan))


def _input(plan: Plan, name: str, value: float) -> Input:
    law, unit = getattr(plan, name), driver_unit(name, plan)
    low, high = law.ends(TRACK)
    values, start, digits = stops(low, high, value, unit)
    return Input(
        name=name,
        label=driver_label(name, plan),
        unit=unit,
        digits=digits,
        stops=values,
        start=start,
        sign=name == "effect",
        likely=law.ends(LEVEL),
    )


def _about(plan: Plan) -> str:
    made_up = " The effect comes from synthetic past launches." if plan.synthetic else ""
    kpi = lower(plan.baseline.kpi.label)
    return f"Shaded: 90% ranges. Adoption, and {kpi} without it, stay at their middle.{made_up}"
