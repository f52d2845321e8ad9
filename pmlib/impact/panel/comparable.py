"""A panel without holes: who can be compared with whom, and who is left out and why."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.timing import NEVER
from pmlib.wording import listed

BEFORE = 2  # periods before a launch, below which nothing tells who moves alike
MOST = 5000  # units in a mix: a table of each by each must fit into memory
FEWEST = 3  # units that never had it, below which none can stand for the others
NAMED = 5  # of those left out, in a sentence


@dataclass(frozen=True, eq=False)
class Comparable:
    """Outcomes of the units that a mix can be made of, none missing.

    units : the names. dates, periods : the columns, as dates and as written.
    outcomes : units by periods. first : position of the first treated period; -1 for never.
    clusters : of each unit, which what happens to it is shared within.
    incomplete : units left out because a value is missing. late : treated units left out for want of periods
        before. lost : periods left out because the treated have no value there.
    """

    units: tuple[str, ...]
    dates: pd.DatetimeIndex
    periods: tuple[str, ...]
    outcomes: np.ndarray
    first: np.ndarray
    clusters: tuple[str, ...]
    incomplete: tuple[str, ...]
    late: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def controls(self) -> list[str]:
        return [unit for unit, at in zip(self.units, self.first, strict=True) if at == NEVER]

    @property
    def treated(self) -> list[str]:
        return [unit for unit, at in zip(self.units, self.first, strict=True) if at != NEVER]

    @property
    def launch(self) -> int:
        """Position of the first launch."""
        return int(self.first[self.first != NEVER].min())


def comparable(panel: Panel) -> Comparable | str:
    """Take out what has holes; a text says why nothing is left to compare.

    Where every treated unit lacks some period, the periods go rather than the units.
    """
    values, first, units = panel.outcomes.to_numpy(), panel.first.to_numpy(), np.array(panel.units, object)
    holes = np.isnan(values)
    full = ~holes[first != NEVER].any(axis=0) | (~holes[first != NEVER].any(axis=1)).any()
    first = np.where(first == NEVER, NEVER, np.append(0, np.cumsum(full))[first])
    values, holes = values[:, full], holes[:, full].any(axis=1)
    late = (first != NEVER) & ~holes & ((first < BEFORE) | (first >= values.shape[1]))
    kept = ~holes & ~late
    found = Comparable(
        units=tuple(units[kept]),
        dates=pd.DatetimeIndex(panel.outcomes.columns[full]),
        periods=tuple(np.array(panel.periods, object)[full]),
        outcomes=values[kept],
        first=first[kept],
        clusters=tuple(panel.clusters.to_numpy()[kept]),
        incomplete=tuple(units[holes]),
        late=tuple(units[late]),
        lost=tuple(np.array(panel.periods, object)[~full]),
    )
    return _unfit(found) or found


def _unfit(found: Comparable) -> str:
    without = f" (left out for want of values: {named(found.incomplete)})" if found.incomplete else ""
    count = len(found.controls)
    if count < FEWEST:
        have = f"{count} unit that never had it" if count == 1 else f"{count or 'no'} units that never had it"
        return f"{have} can be compared{without}; a mix needs {FEWEST}."
    if count > MOST:
        return (
            f"{count:,} units that never had it are too many to mix, {MOST:,} at most; use did or staggered."
        )
    if not found.treated and found.late:
        return (
            f"fewer than {BEFORE} periods lie before the launch of {named(found.late)}; a mix needs {BEFORE}."
        )
    if not found.treated:
        return f"every unit that had it lacks values{without}; fill them in."
    return ""


def named(units: tuple[str, ...]) -> str:
    """List units, the first of them where they are many."""
    if len(units) <= NAMED:
        return listed(units)
    return f"{', '.join(units[:NAMED])} and {len(units) - NAMED} more"
