"""Difference-in-differences of four published means."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pmlib.impact.panel import words
from pmlib.impact.panel.comparison import DESIGN, DifferenceInDifferences, columns
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.pretrend import untested
from pmlib.parameters import check_level
from pmlib.table import Column


def did_of_means(
    treated: Sequence[float],
    others: Sequence[float],
    *,
    errors: Sequence[float] | Sequence[Sequence[float]] | None = None,
    label: str = "outcome",
    unit: str = "",
    source: str = "",
    level: float = 0.95,
) -> DifferenceInDifferences:
    """Compare two changes of which only means are known, as in a published table.

    Parameters
    ----------
    treated, others : mean before and mean after.
    errors : standard errors of the two changes, or of the four means as ((before, after), (before, after)),
        which are then taken as independent; without any, no range is told.
    label, unit : of what was measured. source : where the means come from. level : of the interval.

    Raises
    ------
    ValueError : not two means each, or errors that are no two or four numbers of 0 or more.
    """
    check_level(level)
    means = [_pair("treated", treated), _pair("others", others)]
    effect = float((means[0][1] - means[0][0]) - (means[1][1] - means[1][0]))
    se = float("nan") if errors is None else _error(errors)
    column = Column(label, unit)
    fields = Estimate(effect, se, np.inf, float(means[0][1])).fields(level)
    before = untested("two means tell nothing of the time before")
    cells = [
        {"exposed": group, "after": time, "mean": float(means[1 - group][time])}
        for group in (1, 0)
        for time in (0, 1)
    ]
    row = {"model": "two-by-two", "errors": "as published", "estimate": effect, "se": se}
    row |= {"low": fields["low"], "high": fields["high"], "degrees": np.inf, "used": True}
    return DifferenceInDifferences(
        **words.said(column, fields, "by comparing two changes of means", source),
        unknown=before.sentence(column),
        subtitle=column.heading,
        frame=pd.DataFrame([row]),
        columns=columns(column),
        checks=(before.check(column),),
        design=DESIGN,
        grade="C",
        errors="as published",
        p=Estimate(effect, se, np.inf, 0.0).p,
        rows=4,
        units=2,
        clusters=2,
        treated_clusters=1,
        cells=pd.DataFrame(cells),
        pretrend=before,
        **fields,
    )


def _pair(name: str, values: Sequence[float]) -> np.ndarray:
    found = np.asarray(values, dtype=float)
    if found.shape != (2,) or not np.isfinite(found).all():
        raise ValueError(f"{name} is {values!r}; give two means, before and after")
    return found


def _error(errors: Sequence[float] | Sequence[Sequence[float]]) -> float:
    found = np.asarray(errors, dtype=float)
    if found.shape not in ((2,), (2, 2)) or not (np.isfinite(found) & (found >= 0)).all():
        raise ValueError(f"errors is {errors!r}; give one a change, or one a mean: ((.5, .5), (1.3, .9))")
    return float(np.sqrt((found**2).sum()))
