"""Forecasts from cutoffs at equal distances, as other programs validate theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.forecast.backtest import COMBINED
from pmlib.impact.forecast.series import known
from pmlib.impact.kpi import Kpi, check_kpi
from pmlib.parameters import check_count, check_level
from pmlib.result import Absent, Number, Result
from pmlib.stats.series.foresee import Foreseen, foresee
from pmlib.stats.series.kinds import KINDS
from pmlib.stats.series.scores import errors
from pmlib.table import Column, number

TITLE = "Cross-validation"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CrossValidation(Result):
    """Forecasts from cutoffs, each with what was known then.

    frame : a row a kind, the combined one first: method, name, rmse, mae, mape (share), mase (scaled by the
        mean change over a season before each cutoff).
    rows : a row a value foreseen: cutoff, period, value, estimate, low, high, low_95, high_95.
    cutoffs : last dates known. coverage, coverage_95, sums, sums_95 : share of values, and of sums over the
        horizon, inside the intervals at `level` and at 95%.
    """

    rows: pd.DataFrame
    cutoffs: pd.DatetimeIndex
    level: float
    coverage: float
    coverage_95: float
    sums: float
    sums_95: float


def cross_validation(
    kpi: Kpi | Absent | None,
    *,
    initial: int,
    period: int,
    horizon: int,
    level: float = 0.8,
    methods: Sequence[str] | None = None,
) -> CrossValidation | Absent:
    """Forecast from cutoffs `period` apart, the last one `horizon` before the end.

    Parameters
    ----------
    initial : periods known at the first cutoff, at least. period : between cutoffs. horizon : ahead of each.
    level : of the inner interval. methods : as of `baseline`.
    """
    if absent := ungiven(TITLE, kpi, "KPI"):
        return absent
    check_kpi(kpi)
    assert isinstance(kpi, Kpi)
    check_level(level)
    table = known(kpi, 1, False)
    count = len(table.values)
    check_count("horizon", horizon, 1, count - 1)
    check_count("period", period, 1, count)
    check_count("initial", initial, 2, count - horizon, f"; {count} are known, {horizon} of them ahead")
    ends = np.arange(count - horizon, initial - 1, -period)[::-1]
    start = int(np.flatnonzero(kpi.values.notna())[0])
    dates = kpi.dates[start:]
    parts, scores, sums = [], [], []
    for end in ends:
        seen = foresee(
            _trimmed(table.values[:end]), table.season, horizon + _lag(table.values, end), kinds=methods
        )
        came = table.values[end : end + horizon]
        part, total = _compared(seen, came, level)
        part.insert(0, "period", dates[end : end + horizon])
        part.insert(0, "cutoff", dates[end - 1])
        parts.append(part.dropna(subset="value"))
        sums.append(total)
        scores.append(_errors(seen, came))
    rows = pd.concat(parts, ignore_index=True)
    return _told(kpi, rows, scores, np.array(sums, float), dates[ends - 1], level, horizon)


def _trimmed(values: np.ndarray) -> np.ndarray:
    return values[: int(np.flatnonzero(~np.isnan(values))[-1]) + 1]


def _lag(values: np.ndarray, end: int) -> int:
    """Count the periods before a cutoff that are missing: the forecast begins after the last known."""
    return int(end - len(_trimmed(values[:end])))


def _compared(seen: Foreseen, came: np.ndarray, level: float) -> tuple[pd.DataFrame, list[float]]:
    ends = [0.025, (1 - level) / 2, 0.5, (1 + level) / 2, 0.975]
    quantiles = seen.quantiles(ends)[-len(came) :]
    names = ["low_95", "low", "estimate", "high", "high_95"]
    part = pd.DataFrame({"value": came} | dict(zip(names, quantiles.T, strict=True)))
    there = ~np.isnan(came)
    draws = seen.draw(1000, 1)[:, -len(came) :][:, there].sum(axis=1)
    low_95, low, high, high_95 = np.quantile(draws, [ends[0], ends[1], ends[3], ends[4]])
    total = came[there].sum()
    return part, [float(low <= total <= high), float(low_95 <= total <= high_95)]


def _errors(seen: Foreseen, came: np.ndarray) -> dict[str, dict[str, float]]:
    found = {}
    for kind in seen.paths:
        path = seen.quantiles([0.5])[:, 0] if kind == "combined" else seen.points(kind)
        found[kind] = errors(came, path[-len(came) :], seen.values, seen.season.short)
    return found


def _told(
    kpi: Kpi,
    rows: pd.DataFrame,
    scores: list[dict[str, dict[str, float]]],
    sums: np.ndarray,
    cutoffs: pd.DatetimeIndex,
    level: float,
    horizon: int,
) -> CrossValidation:
    frame = pd.DataFrame([_row(kind, [one[kind] for one in scores if kind in one]) for kind in scores[-1]])
    frame = frame.sort_values("mae", kind="stable")
    frame = pd.concat(
        [frame[frame["name"] == "combined"], frame[frame["name"] != "combined"]], ignore_index=True
    )
    off = rows["estimate"] - rows["value"]
    frame.loc[0, ["rmse", "mae"]] = [float(np.sqrt((off**2).mean())), float(off.abs().mean())]
    inside = ((rows["value"] >= rows["low"]) & (rows["value"] <= rows["high"])).mean()
    outer = ((rows["value"] >= rows["low_95"]) & (rows["value"] <= rows["high_95"])).mean()
    unit = kpi.column.unit
    said = f"{number(float(frame.loc[0, 'mae']), unit)} off on average"
    return CrossValidation(
        title=f"{len(cutoffs)} past forecasts were {said}",
        finding=(
            f"Forecasts of {kpi.step.several(horizon)} from {len(cutoffs)} cutoffs were {said}; the "
            f"{level:.0%} range held {number(float(inside), '%')} of {len(rows):,} values, the 95% range "
            f"{number(float(outer), '%')}."
        ),
        subtitle=f"{kpi.label}, cutoffs {cutoffs[0].date()} to {cutoffs[-1].date()}",
        frame=frame,
        columns={
            "method": Column("Forecast"),
            "mae": replace(kpi.column, label="Mean error"),
            "rmse": replace(kpi.column, label="Root mean squared error"),
            "mape": Column("Mean error, share", "%"),
            "mase": Column("Error, of the last season’s", "", 2),
        },
        numbers=(
            Number(name="mean_error", label="mean error", value=float(frame.loc[0, "mae"]), unit=unit),
            Number(name="values_held", label="of values inside the range", value=float(inside), unit="%"),
        ),
        source=kpi.source,
        rows=rows,
        cutoffs=cutoffs,
        level=level,
        coverage=float(inside),
        coverage_95=float(outer),
        sums=float(sums[:, 0].mean()),
        sums_95=float(sums[:, 1].mean()),
    )


def _row(kind: str, found: list[dict[str, float]]) -> dict[str, object]:
    scores = pd.DataFrame(found)
    means = scores.mean().to_dict() | {"rmse": float(np.sqrt((scores["rmse"] ** 2).mean()))}
    return {"method": KINDS.get(kind, COMBINED), "name": kind} | means
