"""The drivers of several methods side by side: in which one they part."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.result import Absent, Check, Result
from pmlib.sizing.drivers import words
from pmlib.sizing.reconcile import CLOSE, Reconciled
from pmlib.table import Column, number

TITLE = "Where the methods part"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DriversByMethod(Result):
    """A driver a row and method, the driver with the largest gap first.

    frame : driver, method, estimate (the method's own, or what it implies), unit, value (in words), implied,
        gap (largest ÷ smallest of the driver), share_of_gap (of the logs of all gaps, 0-1).
    """


def where_methods_part(reconciled: Reconciled | Absent | None) -> DriversByMethod | Absent:
    """Lay out each method's drivers, as far as methods have them in common; what all share is left out.

    Parameters
    ----------
    reconciled : methods that are nodes of a tree, as `reconcile` gives them.
    """
    if absent := ungiven(TITLE, reconciled, "reconciled figure"):
        return absent
    if not isinstance(reconciled, Reconciled):
        raise TypeError(
            f"a reconciled figure is needed, found a {type(reconciled).__name__}; give reconcile(…)"
        )
    drivers = reconciled.drivers
    if not drivers:
        return Absent(title=TITLE, reason="The methods have no driver in common to compare.")
    gaps = np.log([driver.gap for driver in drivers])
    rows = [
        (
            driver.label,
            words.capital(method.replace("_", " ")),
            value,
            driver.unit,
            number(value, words.spoken(driver.unit)) + (" (implied)" if method in driver.implied else ""),
            method in driver.implied,
            driver.gap,
            gap / gaps.sum() if gaps.sum() else 0.0,
        )
        for driver, gap in zip(drivers, gaps, strict=True)
        for method, value in driver.by_method.items()
    ]
    names = ["driver", "method", "estimate", "unit", "value", "implied", "gap", "share_of_gap"]
    first = drivers[0]
    low, high = (pick(first.by_method, key=lambda name: first.by_method[name]) for pick in (min, max))
    said = {name: number(first.by_method[name], words.spoken(first.unit)) for name in (low, high)}
    return DriversByMethod(
        title=f"Methods part most in {words.lower(first.label)}: {first.gap:.2f} times",
        subtitle="Each method's drivers, without those that all share; what one implies is marked.",
        finding=(
            f"{first.label}: {said[high]} by {high.replace('_', ' ')}, "
            f"{said[low]} by {low.replace('_', ' ')}, {first.gap:.2f} times apart."
        ),
        frame=pd.DataFrame(rows, columns=names),
        columns={
            "driver": Column("Driver"),
            "method": Column("Method"),
            "value": Column("Value"),
            "gap": Column("Largest ÷ smallest", "", 2),
        },
        checks=(
            Check(
                f"No driver differs by more than {number(CLOSE, '', 2)} times",
                first.gap <= CLOSE,
                f"{first.label} {first.gap:.2f}",
            ),
        ),
        source=reconciled.source,
    )
