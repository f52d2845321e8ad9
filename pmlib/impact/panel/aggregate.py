"""Effects by cohort and period brought together: in all, by cohort, by time since the launch, by date."""

from typing import NamedTuple

import numpy as np

from pmlib.impact.panel.group_time import Cells

KINDS = ("simple", "group", "dynamic", "calendar")


class Average(NamedTuple):
    """A weighted mean of cells.

    at : cohort, periods since the launch, or period; nan of all together. weights : of each cell, sum 1.
    sizes : what each unit adds to it by belonging to a cohort, whose size is a weight.
    """

    at: float
    weights: np.ndarray
    sizes: np.ndarray


def averages(cells: Cells, first: np.ndarray, kind: str) -> list[Average]:
    """Average effects, cohorts by their size; the one of all together first.

    Parameters
    ----------
    first : position of each unit's launch. kind : "simple" (all cells), "group" (cohorts), "dynamic" (time
        since the launch; in all, the mean of those after it), or "calendar" (periods).
    """
    table, after = cells.table, cells.after
    if kind == "simple":
        return [_average(cells, first, np.nan, np.flatnonzero(after))]
    places = {
        "group": table["group"].where(after),
        "dynamic": table["period"] - table["group"],
        "calendar": table["period"].where(after),
    }[kind]
    found = [
        _average(cells, first, at, np.flatnonzero(places == at)) for at in sorted(places.dropna().unique())
    ]
    if kind == "group":
        return [_of_cohorts(cells, found, first), *found]
    used = [average for average in found if kind == "calendar" or average.at >= 0]
    weights = np.mean([average.weights for average in used], axis=0)
    sizes = np.mean([average.sizes for average in used], axis=0)
    return [Average(np.nan, weights, sizes), *found]


def _average(cells: Cells, first: np.ndarray, at: float, chosen: np.ndarray) -> Average:
    estimates = cells.table["estimate"].to_numpy(float)[chosen]
    share, sizes = _by_size(estimates, cells.table["group"].to_numpy()[chosen], first)
    weights = np.zeros(len(cells.table))
    weights[chosen] = share
    return Average(at, weights, sizes)


def _of_cohorts(cells: Cells, found: list[Average], first: np.ndarray) -> Average:
    weights = np.array([average.weights for average in found])
    estimates = weights @ cells.table["estimate"].to_numpy(float)
    share, sizes = _by_size(estimates, np.array([average.at for average in found]), first)
    return Average(np.nan, share @ weights, sizes)


def _by_size(estimates: np.ndarray, groups: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    member = (first[:, None] == groups).astype(float)
    size = member.mean(axis=0)
    share = size / size.sum()
    return share, (member - size) @ (estimates - share @ estimates) / size.sum()
