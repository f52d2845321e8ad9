"""Difference-in-differences of a panel: an effect a unit, an effect a period, and the feature's."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data.words import meant
from pmlib.impact.panel import words
from pmlib.impact.panel.comparison import (
    DESIGN,
    DifferenceInDifferences,
    Row,
    columns,
    four_means,
    framed,
    table_of,
)
from pmlib.impact.panel.decomposition import FORBIDDEN, negative_weights, pairs
from pmlib.impact.panel.errors import Placebos, codes, few, placebos, t_quantile, treated_clusters
from pmlib.impact.panel.estimate import Estimate
from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.pretrend import comparison_of, pre_trend
from pmlib.impact.panel.reading import enough, grade, others
from pmlib.impact.panel.regression import Regression, regress
from pmlib.impact.panel.timing import NEVER
from pmlib.impact.panel.two_way import TwoWay
from pmlib.result import Check
from pmlib.table import number

SAME = 1e-9  # of a covariate's size; what units and periods leave of it below that is none
WEIGHT = 0.1  # of forbidden comparisons, above which one number for all launches may mislead


def did_of_panel(
    given: Panel, covariates: Sequence[str], errors: str | None, level: float, seed: int
) -> DifferenceInDifferences:
    """Fit the panel, choose the errors, and say what the number rests on; parameters as of did."""
    outcomes, first = given.outcomes.to_numpy(), given.first.to_numpy()
    cluster = codes(given.clusters.to_numpy())
    extra = [_covariate(given, name) for name in covariates]
    fit, seen = _two_way(outcomes, given.treated, cluster, extra)
    rows = table_of("two-way", fit)
    if not given.staggered:
        rows += table_of("two-by-two", _two_by_two(outcomes, first, given.treated, cluster))
    drawn = _drawn(outcomes, first, extra, errors, few(first, cluster), seed)
    if drawn is not None:
        rows.append(Row("two-way", "placebo", float(fit.effects[0]), float(drawn.errors[0]), drawn.degrees))
    chosen = _chosen(rows, errors, few(first, cluster))
    estimate = Estimate(
        chosen.estimate, chosen.se, chosen.degrees, float(outcomes[given.treated & seen].mean())
    )
    fields = estimate.fields(level)
    before = pre_trend(outcomes, first, cluster, comparison_of(first, None), seed)
    split = pairs(outcomes, first) if given.staggered and given.balanced else pd.DataFrame()
    forbidden = float(split.loc[split["kind"] == FORBIDDEN, "weight"].sum()) if len(split) else 0.0
    negative = negative_weights(seen, given.treated)
    one = _one_number(forbidden, negative)
    never = (first == NEVER).any()
    checks = [before.check(given.column), enough(first, cluster, chosen.errors)]
    checks += [one] if given.staggered else []
    return DifferenceInDifferences(
        **words.said_of(given, fields, others(given, "never" if never else "not yet"), before),
        subtitle=words.subtitle(given, level),
        frame=framed(rows, chosen, level),
        columns=columns(given.column),
        checks=tuple(checks),
        design=DESIGN,
        grade=grade(before, few(first, cluster) or not one.passed),
        errors=chosen.errors,
        p=estimate.p,
        rows=fit.rows,
        units=len(first),
        clusters=fit.clusters,
        treated_clusters=treated_clusters(first, cluster),
        cells=pd.DataFrame() if given.staggered else _cells(given),
        lines=pd.DataFrame() if given.staggered else _lines(given, fields),
        unit=given.column.unit,
        launch=None if given.staggered else given.outcomes.columns[given.cohorts[0]],
        false_alarms=float("nan") if drawn is None else drawn.alarms(level),
        placebo_p=float("nan") if drawn is None else drawn.as_large(float(fit.effects[0])),
        pretrend=before,
        negative_weights=negative,
        forbidden=forbidden,
        comparisons=split,
        coefficients=pd.Series(fit.effects[1:], index=list(covariates), dtype=float),
        **fields,
    )


def _covariate(given: Panel, name: str) -> np.ndarray:
    if name not in given.covariates:
        raise ValueError(f"{given.name} has no covariate {name!r}; {meant(name, given.covariates)}")
    values = given.covariates[name].to_numpy()
    seen = ~np.isnan(values) & given.outcomes.notna().to_numpy()
    left = TwoWay(seen).residual(np.nan_to_num(values))
    if np.abs(left).max() <= SAME * np.abs(values[seen]).max():
        raise ValueError(
            f"{given.name}: {name} never changes within a unit but with the period, so that units and "
            "periods hold it already; leave it out, or use staggered"
        )
    return values


def _cleared(
    outcomes: np.ndarray, treated: np.ndarray, extra: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, TwoWay]:
    """Outcome and terms, cleared of the effects of units and periods, of the cells seen."""
    seen = ~np.isnan(outcomes)
    for values in extra:
        seen = seen & ~np.isnan(values)
    effects = TwoWay(seen)
    terms = [effects.residual(np.nan_to_num(values))[seen] for values in (treated.astype(float), *extra)]
    return effects.residual(np.nan_to_num(outcomes))[seen], np.column_stack(terms), effects


def _two_way(
    outcomes: np.ndarray, treated: np.ndarray, cluster: np.ndarray, extra: Sequence[np.ndarray]
) -> tuple[Regression, np.ndarray]:
    left, terms, effects = _cleared(outcomes, treated, extra)
    members = np.broadcast_to(cluster[:, None], outcomes.shape)[effects.seen]
    absorbed = int((effects.counts > 0).sum()) + outcomes.shape[1] - 1
    # Clustered errors count one of the absorbed effects only, as pyfixest 0.60 does.
    return regress(left, terms, codes(members), taken_out=absorbed, nested=absorbed - 1), effects.seen


def _two_by_two(
    outcomes: np.ndarray, first: np.ndarray, treated: np.ndarray, cluster: np.ndarray
) -> Regression:
    """The regression on group, time and both, of all cells, as published tables often have it."""
    seen = ~np.isnan(outcomes)
    after, exposed = _groups(outcomes.shape, first)
    matrix = np.column_stack([treated[seen], exposed[seen], after[seen], np.ones(int(seen.sum()))])
    return regress(outcomes[seen], matrix.astype(float), np.broadcast_to(cluster[:, None], seen.shape)[seen])


def _groups(shape: tuple[int, ...], first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    after = np.broadcast_to(np.arange(shape[1]) >= first.max(), shape)
    return after, np.broadcast_to((first != NEVER)[:, None], shape)


def _drawn(
    outcomes: np.ndarray,
    first: np.ndarray,
    extra: Sequence[np.ndarray],
    errors: str | None,
    scarce: bool,
    seed: int,
) -> Placebos | None:
    if not (errors == "placebo" or (errors is None and scarce)):
        return None

    def again(kept: np.ndarray, made_up: np.ndarray) -> np.ndarray:
        treated = (made_up[:, None] != NEVER) & (np.arange(outcomes.shape[1]) >= made_up[:, None])
        left, terms, _ = _cleared(outcomes[kept], treated, [values[kept] for values in extra])
        return np.linalg.lstsq(terms, left, rcond=None)[0][:1]

    drawn = placebos(first, again, seed)
    if drawn is None and errors == "placebo":
        raise ValueError("errors by placebo need more units without the feature than with it; choose another")
    return drawn


def _chosen(rows: Sequence[Row], errors: str | None, scarce: bool) -> Row:
    kinds = {row.errors for row in rows}
    used = errors or ("placebo" if "placebo" in kinds else "" if scarce else "cluster")
    if used and used not in kinds:
        raise ValueError(f"errors by {used} need more than two clusters; choose another")
    if used:
        return next(row for row in rows if row.errors == used)
    # So few units show no scatter between them; the model that allows for most is believed.
    return max(rows, key=lambda row: np.nan_to_num(row.se * t_quantile(0.95, row.degrees)))


def _one_number(forbidden: float, negative: float) -> Check:
    saw = f"{number(forbidden, '%')} of the weight compares with units that have it already"
    if negative:
        saw += f", and {number(negative, '%')} counts effects the wrong way round"
    holds = forbidden <= WEIGHT and negative <= WEIGHT
    return Check("One number is right for launches at different times", holds, saw)


def _cells(given: Panel) -> pd.DataFrame:
    outcomes = given.outcomes.to_numpy()
    seen = ~np.isnan(outcomes)
    after, exposed = _groups(outcomes.shape, given.first.to_numpy())
    return four_means(outcomes[seen], exposed[seen], after[seen])


def _lines(given: Panel, fields: dict[str, Any]) -> pd.DataFrame:
    """Means of those with the feature, and of the others moved to where these stood before."""
    seen = given.outcomes[given.first != NEVER].mean()
    without = given.outcomes[given.first == NEVER].mean()
    start = given.cohorts[0]
    moved = (without + (seen - without).iloc[:start].mean()).to_numpy()
    after = np.arange(len(seen)) >= start
    spread = np.where(after, (fields["high"] - fields["low"]) / 2, np.nan)
    frame = pd.DataFrame({"period": seen.index, "observed": seen.to_numpy(), "estimate": moved})
    return frame.assign(low=moved - spread, high=moved + spread)
