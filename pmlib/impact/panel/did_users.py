"""Difference-in-differences of users seen once: separate ones before and after, in two groups."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.impact.panel import words
from pmlib.impact.panel.comparison import (
    DESIGN,
    TITLE,
    DifferenceInDifferences,
    columns,
    four_means,
    framed,
    table_of,
)
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.pretrend import untested
from pmlib.impact.panel.regression import regress
from pmlib.impact.panel.two_by_two import Rows, rows_of
from pmlib.result import Absent, Check

FEW = 30  # users of a group at a time, below which a mean of them says little


def did_of_users(
    table: Source,
    column: str | None,
    *,
    exposed: str | None,
    after: str | None,
    launch: str | date | None,
    covariates: Sequence[str],
    errors: str | None,
    level: float,
) -> DifferenceInDifferences | Absent:
    """Regress on group, time and both; parameters as of did."""
    for role in ("variant", *(() if after else ("period",))):
        if not table.has(role):
            return Absent(title=TITLE, reason=f"{table.title} has no column of role {role}, and no units.")
    if not table.measured:
        return Absent(title=TITLE, reason=f"{table.title} has no column of role kpi.")
    if column is not None and column not in table.measured:
        raise ValueError(f"{table.name} has no kpi {column!r}; {meant(column, table.measured)}")
    rows = rows_of(
        table, column or table.measured[0], exposed=exposed, after=after, launch=launch, covariates=covariates
    )
    fit = regress(rows.outcome, rows.matrix, rows.cluster)
    found = [row for row in table_of("two-by-two", fit) if rows.clustered or row.errors != "cluster"]
    used = errors or ("cluster" if rows.clustered else "robust")
    if used not in {row.errors for row in found}:
        need = "units seen over time" if used == "placebo" else "a column of role cluster, of three at least"
        raise ValueError(f"errors by {used} need {need}, which {table.name} lacks; give classical or robust")
    chosen = next(row for row in found if row.errors == used)
    observed = float(rows.outcome[(rows.exposed == 1) & (rows.after == 1)].mean())
    estimate = Estimate(chosen.estimate, chosen.se, chosen.degrees, observed)
    fields = estimate.fields(level)
    before = untested("users are seen at a single time before")
    means = four_means(rows.outcome, rows.exposed, rows.after)
    lost = f", {rows.dropped:,} without a value left out" if rows.dropped else ""
    return DifferenceInDifferences(
        **words.said(
            rows.column, fields, f"by comparing {len(rows.outcome):,} users", table.line or table.title
        ),
        unknown=before.sentence(rows.column),
        subtitle=f"{rows.column.heading}; {len(rows.outcome):,} users{lost}",
        frame=framed(found, chosen, level),
        columns=columns(rows.column),
        checks=(before.check(rows.column), _users(means)),
        design=DESIGN,
        grade="C",
        errors=used,
        p=estimate.p,
        rows=fit.rows,
        units=fit.rows,
        clusters=fit.clusters,
        treated_clusters=_treated(rows),
        cells=means,
        pretrend=before,
        coefficients=pd.Series(fit.effects[4:], index=list(covariates), dtype=float),
        **fields,
    )


def _treated(rows: Rows) -> int:
    return len(np.unique(rows.cluster[rows.exposed == 1]))


def _users(means: pd.DataFrame) -> Check:
    least = int(means["n"].min())
    return Check("Each group has users before and after", least >= FEW, f"{least:,} in the smallest of four")
