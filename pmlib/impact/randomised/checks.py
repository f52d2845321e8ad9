"""What would make a test's figures wrong, looked at before they are said."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from pmlib.impact.randomised.compare import Compared
from pmlib.impact.randomised.contrast import Means
from pmlib.impact.randomised.moments import Moments
from pmlib.impact.randomised.rows import NOTHING
from pmlib.impact.randomised.sample_ratio import UNEVEN, Expected, planned_shares
from pmlib.impact.randomised.words import chance_text
from pmlib.result import Check
from pmlib.stats.split import always_chance, split_chance
from pmlib.table import interval, number
from pmlib.wording import lower

ENOUGH, ENOUGH_CLUSTERS = 50, 20  # users, or clusters, of each arm
LOWERING = ("Enough", "Arms are alike before", "No user was in two arms")  # checks that take a grade off
GRADES = "ABCD"


def chance_of_split(known: Moments, expected: Expected, looks: str) -> float:
    """Give the chance of so uneven a split, of clusters where whole ones were assigned."""
    chance = split_chance if looks == "fixed" else always_chance
    return chance(_units(known), planned_shares(known.arms, expected))


def all_checks(
    known: Moments, found: Sequence[Compared], frame: pd.DataFrame, chance: float
) -> tuple[Check, ...]:
    """Run all checks. chance : of so uneven a split."""
    columns = [column for one in found for column in one.metric.columns]
    split = f"{_counts(known)}; chance of such a split {chance_text(chance)}"
    checks = [Check("Arms are split as planned", chance >= UNEVEN, split), _enough(known)]
    checks += known.checks(columns)
    for one in found:
        checks += _of_metric(one, known, frame)
    return tuple(dict.fromkeys(checks))


def grade(checks: Sequence[Check], chance: float) -> str:
    """Take a grade off for each check that takes away from what the lot gives; all where the split is off."""
    if chance < UNEVEN:
        return GRADES[-1]
    failed = sum(not check.passed for check in checks if check.label.startswith(LOWERING))
    return GRADES[min(failed, len(GRADES) - 1)]


def _units(known: Moments) -> np.ndarray:
    return known.clusters if known.clustered else known.assigned.sum(axis=0)


def _counts(known: Moments) -> str:
    counted = zip(known.arms, _units(known), strict=True)
    what = "clusters" if known.clustered else "users"
    return f"{', '.join(f'{arm} {int(n):,}' for arm, n in counted)} {what}"


def _enough(known: Moments) -> Check:
    least, what = (ENOUGH_CLUSTERS, "clusters") if known.clustered else (ENOUGH, "users")
    return Check(f"Enough {what} in each arm ({least})", bool(_units(known).min() >= least), _counts(known))


def _of_metric(one: Compared, known: Moments, frame: pd.DataFrame) -> Iterator[Check]:
    label = lower(one.metric.label)
    rows = frame[frame["text"] == one.metric.text].drop_duplicates("arm")
    nothing = rows.loc[rows["verdict"] == NOTHING, "arm"]
    if len(nothing):
        yield Check(
            f"An effect on {label} can be estimated", False, f"not of {', '.join(nothing)}: {one.why}"
        )
    alike = [(name, value) for name, value in _same(one, known.arms) if not len(nothing)]
    if alike:
        saw = ", ".join(
            f"all of {name} have {number(value, one.metric.column.unit)}" for name, value in alike
        )
        yield Check(f"{one.metric.label} differs between the users of each arm", False, saw)
    if one.adjusted is not None:
        yield from _of_covariates(one, label)
    if one.top is not None and one.top.share > 0 and not len(nothing):
        yield _of_largest(one, label, rows)
    if one.small:
        saw = f"{one.small} have not, and are put together"
        yield Check(f"Every stratum has 2 users of each arm for {label}", False, saw)
    if len(known.strata) > 1 and one.metric.quantile is not None:
        chance = float(stats.chi2_contingency(known.assigned, correction=False).pvalue)
        saw = f"{chance_text(chance)} chance of such a difference; a quantile is not weighted by strata"
        yield Check(f"Arms are split alike in every stratum, as {label} needs", chance >= UNEVEN, saw)


def _same(one: Compared, arms: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Name the arms whose users are all alike, and what they have."""
    for i, contrast in enumerate(one.contrasts):
        if isinstance(contrast, Means):
            if i == 0 and contrast.control_error == 0:
                yield arms[0], contrast.control
            if contrast.error == 0:
                yield arms[i + 1], contrast.value


def _of_covariates(one: Compared, label: str) -> Iterator[Check]:
    fit = one.adjusted
    assert fit is not None
    saw = f"it explains {number(fit.r2, '%')} of the variance ({interval(fit.r2_low, fit.r2_high, '%')})"
    yield Check(
        f"What is known before helps to tell {label}", fit.useful, saw + ("" if fit.useful else ": useless")
    )
    saw = f"chance of such a gap {chance_text(one.gap)}"
    alike = not one.affected
    warned = saw if alike else f"{saw}: the test may have changed it, so the figure is not adjusted"
    yield Check(f"Arms are alike before the test in what {label} is adjusted by", alike, warned)


def _of_largest(one: Compared, label: str, rows: pd.DataFrame) -> Check:
    """Say how much rests on the largest values: the effect should move by less than its own error."""
    assert one.top is not None
    unit = one.metric.column.unit
    effects = ", ".join(number(effect, unit, sign=True) for effect in rows["capped"])
    held = f"{number(one.top.share, '%', 1)} of all lies above {number(one.top.cap, unit)}"
    saw = f"{held}; cut off there, the effect is {effects}"
    return Check(f"The effect on {label} does not rest on the largest 0.1% of users", not one.top.rests, saw)
