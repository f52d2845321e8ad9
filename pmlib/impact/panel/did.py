"""Difference-in-differences: how those with the feature changed, against how the others did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.given import ungiven
from pmlib.impact.effect import Effect
from pmlib.impact.panel import words
from pmlib.impact.panel.decomposition import FORBIDDEN, negative_weights, pairs
from pmlib.impact.panel.errors import codes, few, placebos
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.panel import Panel, panel
from pmlib.impact.panel.pretrend import PreTrend, untested, comparison_of, pre_trend
from pmlib.impact.panel.regression import Regression, regress
from pmlib.impact.panel.timing import NEVER
from pmlib.impact.panel.two_by_two import Rows, rows_of
from pmlib.impact.panel.two_way import TwoWay
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check
from pmlib.table import Column, number

TITLE = "Change with and without the feature"
DESIGN = "difference-in-differences"
ERRORS = ("classical", "robust", "cluster", "placebo")
WEIGHT = 0.1  # of forbidden comparisons, above which one number for all launches misleads


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DifferenceInDifferences(Effect):
    """One number for what the feature did.

    frame : a row a model and kind of error: model, errors, estimate, se, low, high, degrees, used (whether the
        effect is this one).
    cells : mean outcome of those with the feature and of the others, before and after, with se and n.
    lines : mean outcome by period and group, for the chart; empty where users are seen once.
    errors : which were used. placebo_p : of the effect among units that never got it.
    rows, units, clusters, treated_clusters : counts. p : of no effect at all, by the errors used.
    pretrend : whether units moved alike before.
    negative_weights, forbidden : weight that two-way effects put on cells below 0, and on comparisons with
        units that have the feature already. comparisons : all of these, with weights (Goodman-Bacon).
    coefficients : of the covariates.
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
        """Draw both groups over time."""
        if self.lines.empty:
            return None
        from pmlib import chart

        spec = self.columns["estimate"]
        return chart.lines(
            self.lines,
            "period",
            "mean",
            "group",
            spec=spec,
            highlight=list(self.lines["group"].unique()),
            ax=ax,
        )


def did(
    given: Panel | Source | Absent | None,
    *,
    covariates: Sequence[str] = (),
    errors: str | None = None,
    column: str | None = None,
    exposed: str | None = None,
    after: str | None = None,
    launch: str | date | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> DifferenceInDifferences | Absent:
    """Compare how units with the feature changed with how the others did, as one number.

    Of a panel: least squares with an effect a unit and a period. Errors are by cluster (CR1, t with clusters
    less one), or, with fewer than five clusters on a side, by launches given to units that never had one;
    where there are too few of these, the wider of the classical errors of the two-way and the two-by-two
    regression, which trust that periods are independent. When units got it at different times, the number
    also compares with units that have it already; how much is measured, and said.

    Of users seen once: the regression on group, time and both; errors by cluster where declared, else robust.

    Parameters
    ----------
    given : a panel, or a table: of a panel, or of users (role variant, and period or a column `after`).
    covariates : columns held equal; of a panel, such as change over time.
    errors : "classical", "robust" (HC1), "cluster" or "placebo"; chosen from the data where None.
    column : which kpi of a table. exposed, after, launch : which variant got it, and when, as of a table of
        users: a column of 0 and 1, or the first date after.
    level : of the interval. seed : of the draws of placebos.

    References
    ----------
    Bertrand, Duflo and Mullainathan (2004), "How much should we trust differences-in-differences
    estimates?", QJE 119(1).
    """
    check_level(level)
    check_seed(seed)
    if errors is not None and errors not in ERRORS:
        raise ValueError(f"errors is {errors!r}; give {', '.join(ERRORS)}")
    if absent := ungiven(TITLE, given, "panel"):
        return absent
    if isinstance(given, Source):
        if not given.has("unit"):
            return _users(given, column, exposed, after, launch, covariates, errors, level)
        given = panel(given, column, launch=launch)
        if isinstance(given, Absent):
            return given
    assert isinstance(given, Panel)
    return _of_panel(given, covariates, errors, level, seed)


def _of_panel(
    given: Panel, covariates: Sequence[str], errors: str | None, level: float, seed: int
) -> DifferenceInDifferences:
    outcomes, first = given.outcomes.to_numpy(), given.first.to_numpy()
    cluster = codes(given.clusters.to_numpy())
    extra = [given.covariates[_known(given, name)].to_numpy() for name in covariates]
    fit, seen = _two_way(outcomes, given.treated, cluster, extra)
    pooled = None if given.staggered else _pooled(outcomes, first, given.treated, cluster)
    drawn = None
    scarce = few(first, cluster)
    if errors == "placebo" or (errors is None and scarce):
        drawn = placebos(first, _again(outcomes, extra), seed)
        if drawn is None and errors == "placebo":
            raise ValueError(
                "errors by placebo need more units without the feature than with it; choose another"
            )
    used = errors or ("placebo" if drawn is not None else "classical" if scarce else "cluster")
    rows = _table("two-way", fit) + ([] if pooled is None else _table("two-by-two", pooled))
    if drawn is not None:
        rows.append(("two-way", "placebo", float(fit.effects[0]), float(drawn.errors[0]), drawn.degrees))
    candidates = [row for row in rows if row[1] == used and (row[0] == "two-way" or errors is None)]
    chosen = max(candidates if used == "classical" else candidates[:1], key=lambda row: np.nan_to_num(row[3]))
    observed = float(outcomes[given.treated & seen].mean())
    estimate = Estimate(chosen[2], chosen[3], chosen[4], observed)
    before = pre_trend(outcomes, first, cluster, comparison_of(first, None), seed)
    split = pairs(outcomes, first) if given.staggered and given.balanced else pd.DataFrame()
    forbidden = float(split.loc[split["kind"] == FORBIDDEN, "weight"].sum()) if len(split) else 0.0
    negative = negative_weights(seen, given.treated)
    fields = estimate.fields(level)
    checks = [before.check(given.column), _enough(first, cluster, used)]
    if given.staggered:
        checks.append(_one_number(forbidden, negative))
    column, said = given.column, f"by comparing {len(given.treated_units):,} with {_others(given)}"
    return DifferenceInDifferences(
        **words_of(column, fields, said, given.source, before.sentence(column)),
        subtitle=words.subtitle(given, level),
        frame=_frame(rows, chosen, level),
        columns=columns(column),
        checks=tuple(checks),
        design=DESIGN,
        grade="B" if before.how and before.holds and not scarce and forbidden <= WEIGHT else "C",
        errors=used,
        p=estimate.p,
        rows=fit.rows,
        units=len(first),
        clusters=fit.clusters,
        treated_clusters=len(np.unique(cluster[first != NEVER])),
        cells=_cells(outcomes, first, given.treated) if not given.staggered else pd.DataFrame(),
        lines=_lines(given),
        placebo_p=float("nan") if drawn is None else drawn.as_large(float(fit.effects[0])),
        pretrend=before,
        negative_weights=negative,
        forbidden=forbidden,
        comparisons=split,
        coefficients=pd.Series(fit.effects[1:], index=list(covariates), dtype=float),
        **fields,
    )


def _known(given: Panel, name: str) -> str:
    if name not in given.covariates:
        raise ValueError(f"{given.name} has no covariate {name!r}; {meant(name, given.covariates)}")
    return name


def _two_way(
    outcomes: np.ndarray, treated: np.ndarray, cluster: np.ndarray, extra: Sequence[np.ndarray]
) -> tuple[Regression, np.ndarray]:
    seen = ~np.isnan(outcomes)
    for values in extra:
        seen &= ~np.isnan(values)
    effects = TwoWay(seen)
    terms = [effects.residual(np.nan_to_num(values))[seen] for values in (treated.astype(float), *extra)]
    units = int((effects.counts > 0).sum())
    members = np.broadcast_to(cluster[:, None], seen.shape)[seen]
    fit = regress(
        effects.residual(np.nan_to_num(outcomes))[seen],
        np.column_stack(terms),
        codes(members),
        taken_out=units + seen.shape[1] - 1,
        nested=units + seen.shape[1] - 2,
    )
    return fit, seen


def _again(outcomes: np.ndarray, extra: Sequence[np.ndarray]) -> Any:
    def estimate(kept: np.ndarray, first: np.ndarray) -> np.ndarray:
        treated = (first[:, None] != NEVER) & (np.arange(outcomes.shape[1]) >= first[:, None])
        seen = ~np.isnan(outcomes[kept])
        for values in extra:
            seen &= ~np.isnan(values[kept])
        effects = TwoWay(seen)
        terms = [treated.astype(float), *(np.nan_to_num(values[kept]) for values in extra)]
        matrix = np.column_stack([effects.residual(values)[seen] for values in terms])
        left = effects.residual(np.nan_to_num(outcomes[kept]))[seen]
        return np.linalg.lstsq(matrix, left, rcond=None)[0][:1]

    return estimate


def _pooled(outcomes: np.ndarray, first: np.ndarray, treated: np.ndarray, cluster: np.ndarray) -> Regression:
    """The two-by-two regression of all cells, as published tables often have it."""
    seen = ~np.isnan(outcomes)
    after = np.broadcast_to(np.arange(outcomes.shape[1]) >= first.max(), seen.shape)[seen].astype(float)
    exposed = np.broadcast_to((first != NEVER)[:, None], seen.shape)[seen].astype(float)
    matrix = np.column_stack([treated[seen].astype(float), exposed, after, np.ones(len(after))])
    return regress(outcomes[seen], matrix, np.broadcast_to(cluster[:, None], seen.shape)[seen])


def _table(model: str, fit: Regression) -> list[tuple[str, str, float, float, float]]:
    degrees = float(fit.rows - fit.terms)
    kinds = [("classical", fit.classical, degrees), ("robust", fit.robust, degrees)]
    if fit.clusters > 2:
        kinds.append(("cluster", fit.clustered, float(fit.clusters - 1)))
    return [(model, kind, float(fit.effects[0]), float(se[0]), free) for kind, se, free in kinds]


def _frame(rows: Sequence[tuple[str, str, float, float, float]], used: object, level: float) -> pd.DataFrame:
    found = []
    for row in rows:
        model, errors, value, se, degrees = row
        low, high = Estimate(value, se, degrees, np.nan).interval(level)
        found.append(
            {
                "model": model, "errors": errors, "estimate": value, "se": se, "low": low, "high": high,
                "degrees": degrees, "used": row is used,
            }
        )  # fmt: skip
    return pd.DataFrame(found)


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


def words_of(column: Column, fields: words.Fields, said: str, source: str, unknown: str) -> dict[str, Any]:
    """The words and numbers of a result."""
    return {
        "title": words.title(column, fields),
        "finding": words.finding(column, fields, said),
        "headline": words.finding(column, fields, said),
        "advice": words.advice(column, fields),
        "unknown": unknown,
        "source": source,
        "numbers": words.numbers(column, fields, source),
    }


def _others(given: Panel) -> str:
    never = len(given.units) - len(given.treated_units)
    return f"{never:,} that never got it" if never else "those that got it later"


def _enough(first: np.ndarray, cluster: np.ndarray, used: str) -> Check:
    treated = len(np.unique(cluster[first != NEVER]))
    without = len(np.unique(cluster[first == NEVER]))
    how = {
        "placebo": "; the range is by launches that never were",
        "classical": "; the range trusts that periods are independent",
    }
    return Check(
        "Enough units to see how they scatter", not few(first, cluster),
        f"{treated} with the feature, {without} without{how.get(used, '')}",
    )  # fmt: skip


def _one_number(forbidden: float, negative: float) -> Check:
    saw = f"{number(forbidden, '%')} of the weight compares with units that have it already"
    if negative:
        saw += f", and {number(negative, '%')} counts effects the wrong way round"
    return Check(
        "One number is right for launches at different times", forbidden <= WEIGHT and negative <= WEIGHT, saw
    )


def _cells(outcomes: np.ndarray, first: np.ndarray, treated: np.ndarray) -> pd.DataFrame:
    after = np.arange(outcomes.shape[1]) >= first.max()
    found = []
    for group in (1, 0):
        for time in (0, 1):
            own = outcomes[(first != NEVER) == bool(group)][:, after == bool(time)]
            own = own[~np.isnan(own)]
            error = own.std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else np.nan
            found.append({"exposed": group, "after": time, "mean": own.mean(), "se": error, "n": len(own)})
    return pd.DataFrame(found)


def _lines(given: Panel) -> pd.DataFrame:
    parts = []
    for label, chosen in (("With it", given.first != NEVER), ("Without", given.first == NEVER)):
        if chosen.any():
            means = given.outcomes[chosen].mean()
            parts.append(pd.DataFrame({"period": means.index, "mean": means.to_numpy(), "group": label}))
    return pd.concat(parts, ignore_index=True)


def _users(
    table: Source,
    column: str | None,
    exposed: str | None,
    after: str | None,
    launch: str | date | None,
    covariates: Sequence[str],
    errors: str | None,
    level: float,
) -> DifferenceInDifferences | Absent:
    for role in ("variant", *(() if after else ("period",))):
        if not table.has(role):
            return Absent(title=TITLE, reason=f"{table.title} has no column of role {role}, nor units.")
    if not table.kpis:
        return Absent(title=TITLE, reason=f"{table.title} has no column of role kpi.")
    if column is not None and column not in table.kpis:
        raise ValueError(f"{table.name} has no kpi {column!r}; {meant(column, table.kpis)}")
    if errors == "placebo":
        raise ValueError("errors by placebo need units seen over time; give classical, robust or cluster")
    rows = rows_of(
        table, column or table.kpis[0], exposed=exposed, after=after, launch=launch, covariates=covariates
    )
    fit = regress(rows.outcome, rows.matrix, rows.cluster)
    used = errors or ("cluster" if rows.clustered else "robust")
    found = [row for row in _table("two-by-two", fit) if rows.clustered or row[1] != "cluster"]
    if used not in {row[1] for row in found}:
        raise ValueError(f"errors by cluster need a column of role cluster, which {table.name} lacks")
    chosen = next(row for row in found if row[1] == used)
    observed = float(rows.outcome[(rows.exposed == 1) & (rows.after == 1)].mean())
    estimate = Estimate(chosen[2], chosen[3], chosen[4], observed)
    fields = estimate.fields(level)
    before = untested("users are seen at a single time before")
    source = table.line or table.title
    return DifferenceInDifferences(
        **words_of(
            rows.column,
            fields,
            f"by comparing {len(rows.outcome):,} users",
            source,
            before.sentence(rows.column),
        ),
        subtitle=f"{rows.column.heading}; {len(rows.outcome):,} users, {rows.dropped:,} without a value left out",
        frame=_frame(found, chosen, level),
        columns=columns(rows.column),
        checks=(before.check(rows.column), _both(rows)),
        design=DESIGN,
        grade="C",
        errors=used,
        p=estimate.p,
        rows=fit.rows,
        units=fit.rows,
        clusters=fit.clusters,
        treated_clusters=len(np.unique(rows.cluster[rows.exposed == 1])),
        cells=rows.cells(),
        pretrend=before,
        coefficients=pd.Series(fit.effects[4:], index=list(covariates), dtype=float),
        **fields,
    )


def _both(rows: Rows) -> Check:
    least = int(rows.cells()["n"].min())
    return Check("Each group has users before and after", least >= 30, f"{least:,} in the smallest of four")
