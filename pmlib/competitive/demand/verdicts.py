"""What speaks for and against a fitted demand model, as checks."""

import numpy as np
import pandas as pd

from pmlib.competitive.demand.estimate import CONTRADICTED, Estimate
from pmlib.competitive.words import SMALLEST, count, listed
from pmlib.result import Check
from pmlib.table import interval, number

MANY = 20  # clusters, from which on their scatter tells how sure an estimate is
ELASTIC = 0.1  # share of products that may be priced where demand is inelastic, before the model is doubted


def verdicts(found: Estimate) -> list[Check]:
    """Check whether the price coefficient may be read as what a price change does, and makes sense."""
    observed, first, names = found.observed, found.first, len(found.observed.instrument_names)
    checks = [
        Check(
            "Something moved prices without following quality (instruments)", names > 0,
            f"{count(names)} instruments" if names else "none: the price effect is descriptive",
        )
    ]  # fmt: skip
    for stage, what in zip(first, ("prices", "shares within nests"), strict=False):
        saw = f"strength {number(stage.effective, '', 1)} (F), {number(stage.needed, '', 1)} needed"
        if not stage.strong and found.region is not None and what == "prices":
            saw += f"; price effect {_pieces(found)} whatever their strength"
        checks.append(Check(f"Instruments move {what} strongly", stage.strong, saw))
    if test := found.agreement:
        saw = f"chance of disagreement as large if all were good: {chance(test.p)}"
        checks.append(Check("Instruments agree with each other", test.p >= CONTRADICTED, saw))
    checks.append(Check("Dearer products sell less", found.slope < 0, number(found.slope, "", 3)))
    if observed.nests:
        saw = number(found.likeness, "", 2)
        checks.append(Check("Likeness within nests lies from 0 to under 1", 0 <= found.likeness < 1, saw))
    if observed.clusters is not None:
        groups = found.fit.groups
        checks.append(
            Check(f"Intervals rest on {MANY} independent groups or more", groups >= MANY, count(groups))
        )
    part = found.own.inelastic / len(found.own.each)
    many = f"{count(found.own.inelastic)} of {count(len(found.own.each))}"
    saw = f"{many} do"
    checks.append(
        Check("Few products sell where 1% of price goes with less than 1% of sales", part <= ELASTIC, saw)
    )
    return checks


def _pieces(found: Estimate) -> str:
    assert found.region is not None
    if not found.region.pieces:
        return "unknown: instruments contradict each other"
    ends = [
        "any" if np.isinf([low, high]).all()
        else f"up to {number(high, '', 3)}" if np.isinf(low)
        else f"from {number(low, '', 3)} up" if np.isinf(high)
        else interval(low, high)
        for low, high in found.region.pieces
    ]  # fmt: skip
    return listed(ends, "or")


def chance(p: float) -> str:
    """Write a small chance: under 0.1%."""
    return f"under {number(SMALLEST, '%', 1)}" if p < SMALLEST else number(p, "%")


def steady(found: Estimate, sizes: pd.DataFrame) -> Check:
    """Check whether another size of the market changes the answer; sizes : of `estimate.by_size`."""
    own, tried = found.own, sizes.dropna()
    held = bool(tried["own"].between(own.low, own.high).all())
    times = [
        f"{number(row.own, '', 2)} if {row.multiple:g} times as many could buy" for row in tried.itertuples()
    ]
    saw = f"{number(own.mean, '', 2)}; {listed(times)}" if times else "no other size can be tried"
    return Check("Own elasticity holds whatever the market's size", held, saw)
