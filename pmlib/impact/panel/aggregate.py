"""Effects by cohort and period brought together: in all, by cohort, by time since the launch, by date."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.panel.group_time import Cells

KINDS = ("simple", "group", "dynamic", "calendar")


@dataclass(frozen=True)
class Aggregate:
    """Averages of effects.

    table : a row an average: at (cohort, periods since the launch, or period), estimate,
        level. parts : what each unit adds to each.
    overall, overall_parts, overall_level : of all effects after the launch.
    """

    table: pd.DataFrame
    parts: np.ndarray
    overall: float
    overall_parts: np.ndarray
    overall_level: float


def aggregate(cells: Cells, first: np.ndarray, kind: str) -> Aggregate:
    """Average effects, cohorts by their size; the size's own chance counts in the errors.

    Parameters
    ----------
    first : position of each unit's launch. kind : "simple" (all cells), "group" (cohorts), "dynamic" (time
        since the launch; overall, the mean of those after it), or "calendar" (periods).
    """
    table, after = cells.table, cells.after
    if kind == "simple":
        overall, parts, level = _average(cells, first, np.flatnonzero(after))
        return Aggregate(
            pd.DataFrame(columns=["at", "estimate", "level"]), parts[:, None][:, :0], overall, parts, level
        )
    keys = {
        "group": table["group"].where(after),
        "dynamic": table["period"] - table["group"],
        "calendar": table["period"].where(after),
    }[kind]
    rows, columns = [], []
    for at in sorted(keys.dropna().unique()):
        estimate, parts, level = _average(cells, first, np.flatnonzero(keys == at))
        rows.append({"at": int(at), "estimate": estimate, "level": level})
        columns.append(parts)
    found, all_parts = pd.DataFrame(rows), np.column_stack(columns)
    if kind == "group":
        overall, overall_parts, level = _of_groups(found, all_parts, first)
    else:
        chosen = (found["at"] >= 0).to_numpy() if kind == "dynamic" else np.full(len(found), True)
        overall, level = float(found["estimate"][chosen].mean()), float(found["level"][chosen].mean())
        overall_parts = all_parts[:, chosen].mean(axis=1)
    return Aggregate(found, all_parts, overall, overall_parts, level)


def _average(cells: Cells, first: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray, float]:
    groups = cells.table["group"].to_numpy()[chosen]
    estimates, levels = (cells.table[name].to_numpy(float)[chosen] for name in ("estimate", "level"))
    return _weighted(estimates, cells.parts[:, chosen], levels, groups, first)


def _of_groups(found: pd.DataFrame, parts: np.ndarray, first: np.ndarray) -> tuple[float, np.ndarray, float]:
    estimates, levels = found["estimate"].to_numpy(float), found["level"].to_numpy(float)
    return _weighted(estimates, parts, levels, found["at"].to_numpy(), first)


def _weighted(
    estimates: np.ndarray, parts: np.ndarray, levels: np.ndarray, groups: np.ndarray, first: np.ndarray
) -> tuple[float, np.ndarray, float]:
    member = (first[:, None] == groups).astype(float)
    size = member.mean(axis=0)
    weights = size / size.sum()
    effect = float(weights @ estimates)
    by_size = (member - size) @ (estimates - effect) / size.sum()
    return effect, parts @ weights + by_size, float(weights @ levels)
