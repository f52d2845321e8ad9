"""How good forecasts were: errors in the unit, in percent, against the season before, and as distributions.

References
----------
Hyndman and Koehler (2006), "Another look at measures of forecast accuracy", IJF 22(4).
Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102(477).
"""

from collections.abc import Sequence

import numpy as np

from pmlib.stats.series.foresee import Foreseen

SHARES = np.append(np.arange(0.05, 1, 0.05), [0.025, 0.975])  # quantiles scored; the last two, covered too
LEVELS = (0.8, 0.95)
DRAWS, SEED = 400, 1
NAMES = (
    "rmse", "mae", "mape", "mase", "crps", "coverage_80", "coverage_95", "sum_80", "sum_95",
)  # fmt: skip


def errors(came: np.ndarray, path: np.ndarray, known: np.ndarray, period: int) -> dict[str, float]:
    """Score forecasts without their intervals.

    Parameters
    ----------
    came, path : what came and what was forecast; nan where unknown. known : the values before, whose mean
        change over a season is the unit of the scaled error (MASE). period : of the season.
    """
    off = (path - came)[~np.isnan(came)]
    true = came[~np.isnan(came)]
    changes = np.abs(known[period:] - known[:-period])
    unit = float(np.nanmean(changes)) if (~np.isnan(changes)).any() else np.nan
    mae = float(np.abs(off).mean()) if len(off) else np.nan
    percent = float(np.abs(off / true).mean()) if len(off) and (true != 0).all() else np.nan
    return {
        "rmse": float(np.sqrt((off**2).mean())) if len(off) else np.nan,
        "mae": mae,
        "mape": percent,
        "mase": mae / unit if unit > 0 else np.nan,
    }


def intervals(seen: Foreseen, kind: str, at: int, draws: int = DRAWS) -> dict[str, float]:
    """Score the intervals that moment `at` could give: distance of the distribution, and what held.

    Sums are scored over the steps that came, where at least half did.
    """
    came = seen.came[at]
    known = ~np.isnan(came)
    spread, path = seen.spread(kind, at), seen.paths[kind][at]
    quantiles = seen.scale.back(path[:, None] + spread.quantile(SHARES))[known]
    true = came[known][:, None]
    pinball = np.maximum(SHARES * (true - quantiles), (SHARES - 1) * (true - quantiles))
    found = {"crps": 2 * float(pinball[:, :-2].mean())}
    ends = {0.8: (1, 17), 0.95: (-2, -1)}
    for level, (low, high) in ends.items():
        inside = (true[:, 0] >= quantiles[:, low]) & (true[:, 0] <= quantiles[:, high])
        found[f"coverage_{level:.0%}".removesuffix("%")] = float(inside.mean())
    if known.mean() < 0.5:
        return found | {"sum_80": np.nan, "sum_95": np.nan}
    sums = seen.scale.back(path + spread.draw(draws, SEED))[:, known].sum(axis=1)
    for level in LEVELS:
        low, high = np.quantile(sums, [(1 - level) / 2, (1 + level) / 2])
        found[f"sum_{level:.0%}".removesuffix("%")] = float(low <= true.sum() <= high)
    return found


def scored(seen: Foreseen, kind: str, at: Sequence[int]) -> list[dict[str, float]]:
    """Score one kind at several moments, a row each."""
    rows = []
    for moment in at:
        end = seen.ends[moment]
        row = errors(seen.came[moment], seen.points(kind, moment), seen.values[:end], seen.season.short)
        rows.append(row | intervals(seen, kind, moment))
    return rows


def whole(seen: Foreseen, most: int = 40) -> np.ndarray:
    """List the moments whose intervals rest on at least a window before, and whose steps all came."""
    last = len(seen.values) - seen.steps
    fit = (seen.ends >= seen.ends[0] + seen.steps) & (seen.ends <= last)
    fit &= (~np.isnan(seen.came)).any(axis=1)
    at = np.flatnonzero(fit)
    return at[np.unique(np.linspace(0, len(at) - 1, most).round().astype(int))] if len(at) > most else at
