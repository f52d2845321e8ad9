"""What a report stands on of a ledger, and how far that can be relied on."""

from typing import Any

import numpy as np

from pmlib.impact.past.launches import Launches
from pmlib.impact.past.prior import ENOUGH, WITHIN
from pmlib.impact.past.words import Said
from pmlib.result import Check, Number
from pmlib.stats.shrinkage import Shrunk
from pmlib.stats.small_study import FEWEST, SmallStudies
from pmlib.table import number

FAR = 3.0  # standard deviations from the mean, beyond which a launch is no neighbour of the others


def tells_small(found: Launches) -> bool:
    """Whether small launches can be told from large ones: ten or more, of unlike errors."""
    return len(found.names) >= FEWEST and np.ptp(found.errors) > 0.01 * found.errors.max()


def numbers(said: Said, source: str) -> tuple[Number, ...]:
    """The next launch, the mean of past ones, and the chance that the next helps."""
    note = "synthetic ledger" if said.found.synthetic else ""

    def made(name: str, label: str, value: float, unit: str, **ends: Any) -> Number:
        return Number(
            name=name, label=label + said.of, value=value, unit=unit, source=source, note=note, **ends
        )

    low, high = said.next_ends
    coming, mean = said.coming, said.mean
    return (
        made(
            "next_launch", "likely true effect of a next launch", float(coming["estimate"]), said.unit,
            low=low, high=high, level=WITHIN,
        ),
        made(
            "mean_effect", "mean true effect of past launches", float(mean["estimate"]), said.unit,
            low=float(mean["low"]), high=float(mean["high"]), level=said.level,
        ),
        made("chance_helps", "chance that a next launch helps", float(coming["helps"]), "%"),
    )  # fmt: skip


def checks(found: Launches, posterior: Shrunk, small: SmallStudies | None) -> tuple[Check, ...]:
    """Whether launches are many, well measured, alike and told in full."""
    count = len(found.names)
    made = [Check("Five comparable launches or more", count >= ENOUGH, f"{count}")]
    if found.grades is not None:
        good = sum(grade in "AB" for grade in found.grades)
        label = "Half of them or more are compared with others at the same time (grades A, B)"
        made.append(Check(label, 2 * good >= count, f"{good} of {count}"))
    if count > 2:
        center, spread = posterior.mean.mean, posterior.spread(0.5)
        away = np.abs(found.effects - center) / np.hypot(found.taken, spread)
        far = int(away.argmax())
        saw = f"{found.names[far]} is {away[far]:.1f} times the usual distance from the mean"
        made.append(Check(f"No launch is a world apart ({FAR:g} times or more)", away[far] < FAR, saw))
    if small is not None:
        saw = f"p = {number(small.p, '', 2)} that they say the same (Egger's regression)"
        made.append(Check("Uncertain estimates do not find more than certain ones", small.p >= 0.1, saw))
    return tuple(made)
