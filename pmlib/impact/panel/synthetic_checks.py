"""What would make a mix of controls no stand-in for the treated, and what it takes off the grade."""

import numpy as np

from pmlib.impact.panel.comparable import Comparable, named
from pmlib.impact.panel.synthetic_error import Trial
from pmlib.result import Check
from pmlib.stats.synthetic_errors import further
from pmlib.table import Column, interval, interval_digits, number, percentage

ENOUGH = 10  # units that never had it
LONG = 5  # periods before
POOR = 0.1  # share of placebos that fit worse, below which the treated are unlike every mix
LUCK = 1.645  # standard errors of a share; more alarms than that are not by chance
GRADED = ("fit", "backdated", "donors", "long", "own", "alarms")  # what takes a grade off


def checks(chosen: Comparable, found: Trial, column: Column) -> dict[str, Check]:
    """Test what the estimate rests on; by name, those that could be tested."""
    unit = "points" if column.unit == "%" else column.unit
    tests = {
        "fit": _fit(found, unit),
        "backdated": _backdated(found, unit),
        "donors": _donors(chosen, found),
        "long": Check(f"{LONG} periods or more before the launch", chosen.launch >= LONG, str(chosen.launch)),
        "own": _own(chosen),
        "alone": _alone(found, unit),
        "alarms": _alarms(found),
        "finished": _finished(found, unit),
        "complete": _complete(chosen),
    }
    return {name: test for name, test in tests.items() if test is not None}


def grade(tested: dict[str, Check]) -> str:
    """Take a grade off for each failure that counts; B is the best without chance."""
    failed = sum(not tested[name].passed for name in GRADED if name in tested)
    return "BCD"[min(failed, 2)]


def _fit(found: Trial, unit: str) -> Check | None:
    if np.isnan(found.fits_worse):
        return None
    digits = interval_digits(found.low, found.high, unit) + 1
    saw = f"off by {number(found.rmse_before, unit, digits)} (root mean square)"
    saw += f"; {found.fits_worse:.0%} of placebos are farther off"
    return Check("Before the launch the mix moves with the treated", found.fits_worse >= POOR, saw)


def _backdated(found: Trial, unit: str) -> Check | None:
    tried = found.backdated
    if np.isnan(tried.se):
        return None
    far = further(found.level, tried.df + 1) * tried.se
    digits = interval_digits(-far, far, unit)
    saw = (
        f"{number(tried.effect, unit, digits, sign=True)}, where chance reaches ±{number(far, unit, digits)}"
    )
    return Check(f"A launch pretended in {tried.to} shows nothing", abs(tried.effect) <= far, saw)


def _donors(chosen: Comparable, found: Trial) -> Check:
    count = len(chosen.controls)
    saw = str(count)
    if found.placebos is not None:
        tried = len(found.placebos.effects)
        saw += f"; with {tried:,} placebos no chance below 1 in {tried + 1:,} can be shown"
    return Check(f"{ENOUGH} units or more never had it", count >= ENOUGH, saw)


def _own(chosen: Comparable) -> Check:
    sharing = {cluster for cluster, at in zip(chosen.clusters, chosen.first, strict=True) if at >= 0}
    units, own = len(chosen.treated), len(sharing)
    saw = (
        f"{own} of {units}"
        if own == units
        else f"{units} units share {own} cluster{'s' if own > 1 else ''}; errors are too small"
    )
    return Check("Every treated unit has chances of its own", own == units, saw)


def _alone(found: Trial, unit: str) -> Check | None:
    if not found.without:
        return None
    low, high = min(found.without.values()), max(found.without.values())
    far = max(found.without, key=lambda name: abs(found.without[name] - found.minimum.effect))
    near = abs(found.without[far] - found.minimum.effect) <= found.se
    same = low > 0 or high < 0 or not found.found
    saw = f"{interval(low, high, unit)} as one is left out; {far} moves it most"
    return Check("No single donor decides", near and same, saw)


def _alarms(found: Trial) -> Check | None:
    if found.placebos is None:
        return None
    tried, promised = len(found.placebos.effects), 1 - found.level
    most = promised + LUCK * (promised * found.level / tried) ** 0.5
    cried = round(found.false_alarms * tried)
    saw = f"{cried} of {tried:,} ({percentage(round(found.false_alarms, 3))}) where nothing was launched"
    return Check("Placebos cry effect as rarely as promised", found.false_alarms <= most, saw)


def _finished(found: Trial, unit: str) -> Check:
    digits = interval_digits(found.low, found.high, unit) + 1
    ends = [number(one.effect, unit, digits) for one in (found.published, found.minimum)]
    near = found.mix is found.published
    saw = f"{ends[0]} where the authors' code stops, {ends[1]} at the best weights"
    return Check("The search for weights came to its end", near, saw if near else f"{saw}, which is taken")


def _complete(chosen: Comparable) -> Check:
    told = {
        "for want of values": named(chosen.incomplete),
        "for want of periods before": named(chosen.late),
        "as the treated have no value there": named(chosen.lost),
    }
    said = [f"{names}, {why}" for why, names in told.items() if names]
    return Check("Nothing had to be left out", not said, "; ".join(said) or "all are used")
