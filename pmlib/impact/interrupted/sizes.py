"""Effects in the KPI's own unit and as shares, from gaps on a model's scale."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from pmlib.impact.interrupted.history import History
from pmlib.impact.kpi import Kpi
from pmlib.stats.foreseen import Foreseen
from pmlib.table import Column

MOSTLY = 0.9  # of the values are above 0, or an effect is no share of them
POWER = 0.8  # with which the detectable effect is found
SHOWN = 2  # windows before the launch that the frame has


@dataclass(frozen=True)
class Sizes:
    """How large an effect is; the names are those of an Effect and of BeforeAfter."""

    effect: float
    se: float
    low: float
    high: float
    level: float
    relative: float
    relative_se: float
    relative_low: float
    relative_high: float
    detectable: float
    detectable_amount: float
    false_alarms: float
    window: int
    actual: float
    expected: float
    cumulative: float
    cumulative_low: float
    cumulative_high: float
    p: float
    gap: float
    gap_se: float
    df: float
    log: bool


def measure(kpi: Kpi, laid: History, found: Foreseen, start: int, level: float) -> Sizes:
    """Turn the mean gap of a window into effects.

    On the scale of logs the gap g is the mean of ln(observed / expected), so that the relative effect is
    e^g - 1, and what was observed holds 1 - e^-g of itself by the launch.
    """
    observed = kpi.values.to_numpy(float)[start:]
    seen = ~np.isnan(found.gaps)
    actual, count = float(observed[seen].mean()), int(seen.sum())
    gap, se = float(found.mean[-1]), float(found.se[-1])
    far, power = (float(student.ppf(chance, found.df)) for chance in ((1 + level) / 2, POWER))
    effect, low, high = (float(caused(actual, gap + side * far * se, laid.log)) for side in (0, -1, 1))
    share, share_low, share_high = (relative(actual, gap + side * far * se, laid.log) for side in (0, -1, 1))
    if not shares(kpi):
        share = share_low = share_high = np.nan
    without = actual - effect
    smallest = (far + power) * se
    return Sizes(
        effect=effect,
        se=se * abs(without) if laid.log else se,
        low=low,
        high=high,
        level=level,
        relative=share,
        relative_se=se * (1 + share) if laid.log else se * actual / without**2 + 0 * share,
        relative_low=share_low,
        relative_high=share_high,
        detectable=float(np.expm1(smallest)) if laid.log else smallest / without + 0 * share,
        detectable_amount=without * float(np.expm1(smallest)) if laid.log else smallest,
        false_alarms=found.false_alarms,
        window=len(observed),
        actual=actual,
        expected=without,
        cumulative=effect * count,
        cumulative_low=low * count,
        cumulative_high=high * count,
        p=float(2 * student.sf(abs(gap) / se, found.df)),
        gap=gap,
        gap_se=se,
        df=found.df,
        log=laid.log,
    )


def shares(kpi: Kpi) -> bool:
    """Tell whether an effect can be said as a share: hardly any value is 0 or below."""
    return bool((kpi.values.dropna() > 0).mean() >= MOSTLY)


def caused(observed: np.ndarray | float, gap: np.ndarray | float, log: bool) -> np.ndarray | float:
    """Say how much of what was observed a gap is, in its unit."""
    return -observed * np.expm1(-np.asarray(gap)) if log else gap + 0.0 * observed


def relative(actual: float, gap: float, log: bool) -> float:
    """Say what share of what was to be expected a gap is; nan where nothing above 0 was."""
    if log:
        return float(np.expm1(gap))
    return gap / (actual - gap) if actual - gap > 0 else float("nan")


def placebo_effects(kpi: Kpi, laid: History, found: Foreseen, sizes: Sizes) -> pd.DataFrame:
    """List what was found in the windows before: period, estimate (a relative effect), alarm."""
    share = np.expm1(found.errors) if laid.log else found.errors / sizes.expected
    if not shares(kpi):
        share = np.full(len(share), np.nan)
    frame = pd.DataFrame({"period": kpi.dates[found.starts], "estimate": share, "alarm": found.alarms})
    return frame.sort_values("period", ignore_index=True)


def by_period(kpi: Kpi, laid: History, found: Foreseen, start: int, sizes: Sizes) -> pd.DataFrame:
    """Lay out the window period by period, after what was observed before it."""
    far = float(student.ppf((1 + sizes.level) / 2, found.df))
    values = kpi.values.to_numpy(float)
    first = max(0, start - SHOWN * sizes.window)
    seen = ~np.isnan(found.gaps)
    total = np.cumsum(np.where(seen, values[start:], 0.0))
    count = np.cumsum(seen)
    columns = {"observed": values[start:]}
    for end, side in (("", 0.0), ("_low", -1.0), ("_high", 1.0)):
        expected = found.expected + side * far * found.around
        columns[f"expected{end}"] = np.exp(expected) if laid.log else expected
        mean = found.mean + side * far * found.se
        columns[f"cumulative{end}"] = caused(total, mean, True) if laid.log else mean * count
    observed = np.where(seen, values[start:], np.nan)
    columns["estimate"] = observed - columns["expected"]
    columns["low"] = observed - columns["expected_high"]
    columns["high"] = observed - columns["expected_low"]
    window = pd.DataFrame({"period": kpi.dates[start:], **columns})
    before = pd.DataFrame({"period": kpi.dates[first:start], "observed": values[first:start]})
    return pd.concat([before, window], ignore_index=True)


def columns(kpi: Kpi) -> dict[str, Column]:
    """Declare the columns of by_period."""
    unit = kpi.column.unit
    return {
        "period": Column(kpi.step.name.capitalize()),
        "observed": Column("Observed", unit),
        "expected": Column("Expected", unit),
        "estimate": Column("Difference", unit),
        "cumulative": Column("Since the launch", unit),
        "cumulative_low": Column("Low", unit),
        "cumulative_high": Column("High", unit),
        "low": Column("Difference, low", unit),
        "high": Column("Difference, high", unit),
        "expected_low": Column("Expected, low", unit),
        "expected_high": Column("Expected, high", unit),
    }
