"""What would change the decision: where the driver that moves the outcome most would turn it."""

from collections.abc import Callable, Mapping

import numpy as np

from pmlib.impact.feature.simulate import Drawn

Outcome = Callable[[Mapping[str, np.ndarray]], np.ndarray]
SINGLE = (
    "effect",
    "reach",
    "cannibalises",
    "value",
    "cost",
)  # drivers of one value a draw, in which all is linear


def strongest(found: Drawn, outcome: Outcome) -> str:
    """Name the driver of one value a draw that an outcome goes with most; nothing where none varies."""
    single = [name for name in SINGLE if name in found.uncertain and name in found.parts]
    values = outcome(found.parts)
    if not single or not values.std() > 0:
        return ""
    return max(single, key=lambda name: abs(float(np.corrcoef(found.parts[name], values)[0, 1])))


def break_even(found: Drawn, name: str, outcome: Outcome) -> float:
    """Find the value of a driver at which the mean outcome is 0; nan where no value does it.

    The outcome is linear in the driver, which is independent of the others: two values tell the line.
    """
    ends = []
    for value in (0.0, 1.0):
        parts = {**found.parts, name: np.full_like(found.parts[name], value)}
        ends.append(float(outcome(parts).mean()))
    slope = ends[1] - ends[0]
    return -ends[0] / slope if slope else float("nan")
