"""One number for what the feature did, whatever it was computed from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from pmlib.impact.effect import Effect
from pmlib.impact.panel import words
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.pretrend import PreTrend
from pmlib.impact.panel.regression import Regression
from pmlib.table import Column

TITLE = "Change with and without the feature"
DESIGN = "difference-in-differences"


class Row(NamedTuple):
    """An effect by one model and kind of error; degrees of freedom of its interval."""

    model: str
    errors: str
    estimate: float
    se: float
    degrees: float


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DifferenceInDifferences(Effect):
    """One number for what the feature did.

    frame : a row a model and kind of error: model, errors, estimate, se, low, high, degrees, used (whether
        the effect is this one).
    cells : mean outcome of those with the feature (exposed 1) and of the others, before and after, with se
        and n; empty for launches at different times.
    lines : of the chart, by period: observed, and estimate (low, high) of what would have been.
    errors : which were used. p : of no effect, by these. placebo_p : among units that never got it.
    rows, units, clusters, treated_clusters : counts.
    pretrend : whether units moved alike before.
    negative_weights, forbidden : weight that two-way effects put on cells below 0, and on comparisons with
        units that have the feature already. comparisons : all of these, with weights (Goodman-Bacon).
    coefficients : of the covariates. launch : when it was, of a single one. unit : of the outcome.
    """

    errors: str
    p: float
    rows: int
    units: int
    clusters: int
    treated_clusters: int
    cells: pd.DataFrame
    pretrend: PreTrend
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    placebo_p: float = float("nan")
    negative_weights: float = 0.0
    forbidden: float = 0.0
    comparisons: pd.DataFrame = field(default_factory=pd.DataFrame)
    coefficients: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    folded: ClassVar[bool] = True

    def plot(self, ax: Any = None) -> Any:
        """Draw those with the feature as seen, and as they would have been; nothing of separate users."""
        if self.lines.empty:
            return None
        from pmlib import chart

        spec = Column(self.columns["estimate"].label, self.unit)
        return chart.apart(
            self.lines, "period", spec=spec, launch=self.launch, names=("with it", "without it"), ax=ax
        )

    unit: str = ""
    launch: pd.Timestamp | None = None


def table_of(model: str, fit: Regression) -> list[Row]:
    """The rows of a regression whose first term is the effect, by kind of error."""
    degrees = float(fit.rows - fit.terms)
    kinds = [("classical", fit.classical, degrees), ("robust", fit.robust, degrees)]
    if fit.clusters > 2:
        kinds.append(("cluster", fit.clustered, float(fit.clusters - 1)))
    return [Row(model, kind, float(fit.effects[0]), float(se[0]), free) for kind, se, free in kinds]


def framed(rows: Sequence[Row], used: Row, level: float) -> pd.DataFrame:
    """Put the rows in a frame, with intervals."""
    frame = pd.DataFrame(rows, columns=list(Row._fields))
    ends = [Estimate(row.estimate, row.se, row.degrees, np.nan).interval(level) for row in rows]
    frame["low"], frame["high"] = np.array(ends).T
    frame["used"] = [row is used for row in rows]
    return frame


def columns(column: Column) -> dict[str, Column]:
    """What of the frame is shown."""
    unit = words.unit_of(column)
    return {
        "model": Column("Model"),
        "errors": Column("Errors"),
        "estimate": Column("Effect", unit),
        "low": Column("Low", unit),
        "high": Column("High", unit),
        "se": Column("Standard error", unit),
    }


def four_means(outcome: np.ndarray, exposed: np.ndarray, after: np.ndarray) -> pd.DataFrame:
    """Mean, its error and count of both groups at both times: those exposed first, before first."""
    found = []
    for group in (1, 0):
        for time in (0, 1):
            own = outcome[(exposed == group) & (after == time)]
            error = own.std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else np.nan
            mean = own.mean() if len(own) else np.nan
            found.append({"exposed": group, "after": time, "mean": mean, "se": error, "n": len(own)})
    return pd.DataFrame(found)
