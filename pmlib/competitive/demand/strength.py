"""Whether instruments do their work: how far they move prices, and whether they agree."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from pmlib.competitive.demand.berry import MarketDemand
from pmlib.competitive.demand.verdicts import verdicts
from pmlib.competitive.words import count
from pmlib.given import unfitted
from pmlib.result import Absent, Result
from pmlib.table import Column, number

TITLE = "Strength of instruments"
WHAT = ("Price", "Share within its nest")
COLUMNS = {
    "what": Column("What they move"),
    "effective": Column("Strength (effective F)", "", 1),
    "needed": Column("Needed", "", 1),
    "f": Column("First-stage F", "", 1),
    "conditional": Column("Conditional F", "", 1),
    "r2": Column("Explained", "%", 1),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InstrumentStrength(Result):
    """First stages, a row each of price and, with nests, the share within the nest.

    tests : a row a test: test, statistic, freedom, p.
    """

    tests: pd.DataFrame
    folded: ClassVar[bool] = True


def instrument_strength(model: MarketDemand | Absent) -> InstrumentStrength | Absent:
    """Say how far a model's instruments move what they should, and whether they contradict each other.

    Returns
    -------
    InstrumentStrength : frame has a row per endogenous column: what, f (partial F), conditional
        (Sanderson-Windmeijer), effective (Montiel Olea-Pflueger, robust or clustered), needed (for a bias
        of less than a tenth of the worst), r2 (partial), strong.
    """
    if absent := unfitted(TITLE, model):
        return absent
    assert not isinstance(model, Absent)
    found = model.estimate
    if not found.first:
        return Absent(
            title=TITLE, reason="No column moves prices without following quality, so none is tested."
        )
    frame = pd.DataFrame(
        [
            {
                "what": what, "f": stage.f, "conditional": stage.conditional, "effective": stage.effective,
                "needed": stage.needed, "r2": stage.r2, "strong": stage.strong,
            }
            for what, stage in zip(WHAT, found.first, strict=False)
        ]
    )  # fmt: skip
    tests = pd.DataFrame([{"test": name, **test._asdict()} for name, test in found.tests.items()])
    price, many = found.first[0], count(len(found.observed.instrument_names))
    strong = "strongly" if not found.weak else "too weakly"
    return InstrumentStrength(
        title=f"Instruments move prices {strong}",
        finding=f"{many} instruments move prices with a strength of {number(price.effective, '', 1)}, where "
        f"{number(price.needed, '', 1)} is needed.",
        subtitle="F statistics of the first stages, attributes held",
        frame=frame,
        columns=COLUMNS,
        source=model.source,
        checks=tuple(check for check in verdicts(found) if check.label.startswith("Instruments")),
        tests=tests,
    )
