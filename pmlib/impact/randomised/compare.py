"""One metric in every arm of a test, each against the control."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from pmlib.data import Source
from pmlib.impact.randomised.contrast import Contrast, Means, against_control
from pmlib.impact.randomised.counts import FEW, Shares, as_shares, is_share
from pmlib.impact.randomised.cuped import AFFECTED, Adjustment, adjustment, gap_chance, spread_test
from pmlib.impact.randomised.estimates import Arms, combined, terms_of
from pmlib.impact.randomised.metric import Metric
from pmlib.impact.randomised.moments import Moments
from pmlib.impact.randomised.outliers import Capped, capped
from pmlib.impact.randomised.quantile import quantiles
from pmlib.impact.randomised.sequential import Fixed, Law
from pmlib.impact.randomised.strata import large_enough
from pmlib.impact.randomised.users import each_users


@dataclass(frozen=True)
class Omnibus:
    """Whether all arms could be one: a chi-squared test of its name, with its degrees of freedom."""

    test: str
    statistic: float
    df: int
    p: float


@dataclass(frozen=True, eq=False)
class Compared:
    """A metric of every arm but the first, against the first.

    points : whether its differences are in points, as of shares. counted : whether it is compared as a share.
    users : with all that it needs (arms). contrasts : what is said; where arms differ in a covariate more
        than by lot, the test may have changed it, and they are not adjusted by it.
    plain, fitted : without and with the adjustment by covariates, where there is one.
    gap : chance that arms differ so much in any covariate, were they alike.
    small : strata that were put together. top : what rests on the largest values; None of what is no mean.
    """

    metric: Metric
    points: bool
    users: np.ndarray
    contrasts: Sequence[Contrast]
    counted: bool = False
    omnibus: Omnibus | None = None
    plain: Sequence[Means] = ()
    fitted: Sequence[Means] = ()
    adjusted: Adjustment | None = None
    gap: float = 1.0
    small: int = 0
    top: Capped | None = None

    @property
    def affected(self) -> bool:
        """Whether the test may have changed a covariate."""
        return self.gap < AFFECTED

    @property
    def why(self) -> str:
        """Say why nothing can be estimated, where that is so."""
        if self.metric.quantile is not None:
            return "it lies on a value that many users share"
        if self.metric.value.under:
            return "a sum that it is divided by is 0, or nothing varies"
        return "every user has the same"


def compare(test: Source, known: Moments, metric: Metric, *, law: Law, level: float, seed: int) -> Compared:
    """Compare every arm with the control on one metric."""
    cells, small = large_enough(known.of(metric.columns))
    count = cells.users.sum(axis=0)
    share = not metric.value.under and is_share(known, metric.value.over)
    points = share or metric.column.unit == "%"
    if metric.quantile is not None:
        return Compared(metric, points, count, _quantiles(test, known, metric, law, seed))
    terms = terms_of(metric, cells, clustered=known.clustered)
    top = None if share or metric.value.under else _top(test, known, metric)
    alone = combined(terms, np.eye(1, 1 + len(metric.covariates))[0])
    if not metric.covariates:
        counted = share and not known.clustered and len(cells.n) == 1
        contrasts = _shares(alone, law) if counted else _means(alone, law)
        omnibus = _omnibus(alone, counted)
        return Compared(metric, points, count, contrasts, counted, omnibus, small=small, top=top)
    by, gap = adjustment(terms, level), gap_chance(terms)
    taken_off = combined(terms, by.weights)
    plain, fitted = _means(alone, law), _means(taken_off, law)
    return Compared(
        metric,
        points,
        count,
        plain if gap < AFFECTED else fitted,
        omnibus=_omnibus(alone if gap < AFFECTED else taken_off, counted=False),
        plain=plain,
        fitted=fitted,
        adjusted=by,
        gap=gap,
        small=small,
        top=top,
    )


def _means(arms: Arms, law: Law) -> list[Means]:
    return [against_control(arms, arm, law) for arm in range(1, len(arms.value))]


def _shares(arms: Arms, law: Law) -> list[Means]:
    """Compare shares by normal errors, or where there are few by score intervals."""
    n = arms.n[0]
    above = np.rint(arms.value * n).astype(int)
    scarce = np.minimum(above, n - above) < FEW
    found = list[Means]()
    for arm in range(1, len(n)):
        pair = against_control(as_shares(arms), arm, law)
        pair = replace(pair, df=np.inf)
        if isinstance(law, Fixed) and (scarce[0] or scarce[arm]) and pair.se > 0:
            pair = Shares(**vars(pair), above=(int(above[0]), int(above[arm])), of=(int(n[0]), int(n[arm])))
        found.append(pair)
    return found


def _omnibus(arms: Arms, counted: bool) -> Omnibus | None:
    """Test whether all arms could be one: Pearson's test of counts, else Wald's of values."""
    if counted:
        n = arms.n[0]
        above = np.rint(arms.value * n)
        if 0 < above.sum() < n.sum():
            found = stats.chi2_contingency([above, n - above], correction=False)
            return Omnibus("Pearson", float(found.statistic), int(found.dof), float(found.pvalue))
        return None
    statistic, df, p = spread_test(arms.value, arms.variance.sum(axis=0))
    return None if np.isnan(statistic) else Omnibus("Wald", statistic, df, p)


def _quantiles(test: Source, known: Moments, metric: Metric, law: Law, seed: int) -> Sequence[Contrast]:
    assert metric.quantile is not None
    arm, cluster, values = each_users(test, metric.columns, known.arms[0])
    return quantiles(values, arm, cluster, metric.quantile, len(known.arms), law, seed)


def _top(test: Source, known: Moments, metric: Metric) -> Capped | None:
    if test.moments is not None:  # no user's own value has arrived
        return None
    arm, _, values = each_users(test, metric.columns, known.arms[0])
    return capped(values, arm, len(known.arms))
