"""The rows of an experiment: a metric, an arm, how it differs from the control, and what can be said."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pmlib.data.words import shown
from pmlib.impact.randomised.compare import Compared
from pmlib.impact.randomised.contrast import Contrast, Means, Range
from pmlib.impact.randomised.counts import Shares
from pmlib.impact.randomised.cuped import Adjustment
from pmlib.impact.randomised.metric import Guardrail
from pmlib.impact.randomised.multiplicity import adjusted, claim_level

BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
CLEAR = (BETTER, WORSE, HIGHER, LOWER)
UNCLEAR, NOTHING, WITHHELD = "cannot tell", "not estimable", "withheld"
KEPT, BROKEN = "kept", "broken"


def metric_rows(
    found: Sequence[Compared], arms: Sequence[str], level: float, correction: str, power: float
) -> tuple[pd.DataFrame, float]:
    """Make a row of each metric and arm; gives them and the level at which what is claimed holds together."""
    pairs = [(one, i) for one in found for i in range(len(arms) - 1)]
    p = np.array([one.contrasts[i].p for one, i in pairs], float)
    claimed = claim_level(p, correction, level)
    together = adjusted(p, correction)
    rows = []
    for (one, i), chance in zip(pairs, together, strict=True):
        contrast = one.contrasts[i]
        row = {"role": "metric"} | _row(one, contrast, i, arms, level, claimed, power)
        rows.append(row | {"p_adjusted": chance, "verdict": _verdict(one, contrast, chance, level)})
    frame = pd.DataFrame(rows)
    return _touching_nothing(frame), claimed


def guardrail_rows(
    guards: Sequence[Guardrail], found: Sequence[Compared], arms: Sequence[str], level: float, power: float
) -> pd.DataFrame:
    """Make a row of each guardrail and arm: each must hold by itself, so none is adjusted for the others."""
    rows = []
    for guard, one in zip(guards, found, strict=True):
        for i, contrast in enumerate(one.contrasts):
            row = {"role": "guardrail"} | _row(one, contrast, i, arms, level, level, power)
            _check_margin(guard, points=row["share"])
            relative = guard.unit == "%"
            ends = contrast.relative_interval(level) if relative else contrast.interval(level)
            more = {"margin": guard.margin, "margin_relative": relative}
            rows.append(row | more | {"p_adjusted": row["p"], "verdict": _held(guard.margin, ends)})
    return pd.DataFrame(rows)


def _check_margin(guard: Guardrail, *, points: bool) -> None:
    """Refuse a margin in a unit that the metric has not: 0.5 of a share would be half of all users."""
    if guard.unit != "%" and points != (guard.unit == "points"):
        own = "points or %, as -0.5 points" if points else "its own unit or %, as -2%"
        raise ValueError(f"guardrail {shown(guard.metric.text)}: write its margin in {own}")


def _row(
    one: Compared, contrast: Contrast, i: int, arms: Sequence[str], level: float, claimed: float, power: float
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "metric": one.metric.label,
        "why": one.why,
        "text": one.metric.text,
        "arm": arms[i + 1],
        "against": arms[0],
        "unit": "%" if one.points else one.metric.column.unit,
        "better": one.metric.column.better,
        "share": one.points,
        "users": int(one.users[i + 1]),
        "control_users": int(one.users[0]),
        "control": contrast.control,
        "value": contrast.value,
        "estimate": contrast.estimate,
        "se": contrast.se,
        "df": contrast.df,
        "p": contrast.p,
        "relative": contrast.relative,
        "relative_se": contrast.relative_se,
        "detectable": _detectable(contrast, claimed, power),
    }
    row |= _ends("", contrast.interval(level)) | _ends("claim_", contrast.interval(claimed))
    row |= _ends("relative_", contrast.relative_interval(level))
    row |= _ends("relative_claim_", contrast.relative_interval(claimed))
    if one.counted:
        row["p_pooled"] = _pooled(contrast.control, contrast.value, row["control_users"], row["users"])
    if isinstance(contrast, Shares):
        row["p_exact"] = contrast.exact
    if one.adjusted is not None:
        row |= _adjustment(one.adjusted, one.plain[i], one.fitted[i], level, claimed)
        row["covariate_p"] = one.gap
    if one.top is not None:
        plain_estimate = row.get("unadjusted", row["estimate"])
        row |= {"capped": plain_estimate + float(one.top.moved[i]), "top_share": one.top.share}
    return row


def _pooled(first: float, second: float, first_n: int, second_n: int) -> float:
    """Give p of the z test of two shares, which is Pearson's of their table."""
    both = (first * first_n + second * second_n) / (first_n + second_n)
    error = np.sqrt(both * (1 - both) * (1 / first_n + 1 / second_n))
    return float(2 * stats.norm.sf(abs(second - first) / error)) if error > 0 else np.nan


def _adjustment(
    by: Adjustment, plain: Means, fitted: Means, level: float, claimed: float
) -> dict[str, float]:
    row = {"r2": by.r2, "r2_low": by.r2_low, "r2_high": by.r2_high}
    row["variance_ratio"] = (fitted.se / plain.se) ** 2 if plain.se > 0 else np.nan
    for name, kind in (("unadjusted", plain), ("adjusted", fitted)):
        row |= {name: kind.estimate, f"{name}_se": kind.se, f"{name}_p": kind.p}
        row |= {f"{name}_relative": kind.relative} | _ends(f"{name}_", kind.interval(level))
        row |= _ends(f"{name}_claim_", kind.interval(claimed))
        row |= _ends(f"{name}_relative_claim_", kind.relative_interval(claimed))
    return row


def _ends(prefix: str, ends: Range) -> dict[str, float]:
    return {f"{prefix}low": ends[0], f"{prefix}high": ends[1]}


def _detectable(contrast: Contrast, level: float, power: float) -> float:
    """The relative effect that would be found in `power` of such tests."""
    if not (contrast.control > 0 and contrast.se > 0):
        return np.nan
    reach = contrast.half(level) + float(stats.norm.ppf(power))
    return reach * contrast.se / contrast.control


def _verdict(one: Compared, contrast: Contrast, p: float, level: float) -> str:
    if not np.isfinite(contrast.estimate) or not np.isfinite(p):
        return NOTHING
    if p >= 1 - level:
        return UNCLEAR
    up = contrast.estimate > 0
    if not one.metric.column.better:
        return HIGHER if up else LOWER
    return BETTER if up == (one.metric.column.better == "higher") else WORSE


def _held(margin: float, ends: Range) -> str:
    if not np.isfinite(ends).all():
        return NOTHING
    low, high = ends if margin < 0 else (-ends[1], -ends[0])
    return KEPT if low > -abs(margin) else BROKEN if high < -abs(margin) else UNCLEAR


def _touching_nothing(frame: pd.DataFrame) -> pd.DataFrame:
    """Cut what is claimed at 0: step-down tests find what Bonferroni's intervals alone may not.

    References
    ----------
    Guilbaud (2008), "Simultaneous confidence regions corresponding to Holm's step-down procedure",
    Biometrical Journal 50(5).
    """
    clear = frame["verdict"].isin(CLEAR)
    for prefix, estimate in (("claim_", "estimate"), ("relative_claim_", "relative")):
        low, high = f"{prefix}low", f"{prefix}high"
        up, down = clear & (frame[estimate] > 0), clear & (frame[estimate] < 0)
        frame[low] = frame[low].mask(up, frame[low].clip(lower=0))
        frame[high] = frame[high].mask(down, frame[high].clip(upper=0))
    return frame
