"""What a planned test starts from: the metric as it is, and how much users differ in it."""

from dataclasses import dataclass, replace
from math import isfinite, sqrt
from typing import Any

import numpy as np

from pmlib.data import DataError, Source
from pmlib.data.source import LARGEST
from pmlib.data.words import shown
from pmlib.impact.randomised.counts import is_share
from pmlib.impact.randomised.cuped import adjustment
from pmlib.impact.randomised.estimates import terms_of
from pmlib.impact.randomised.metric import metric_of, with_bars
from pmlib.impact.randomised.moments import moments
from pmlib.impact.randomised.users import coded
from pmlib.parameters import check_number
from pmlib.stats.power import FORMS, Kind, Means, Shares
from pmlib.table import Column


@dataclass(frozen=True)
class Baseline:
    """The metric without the feature.

    column : its label and unit. value : of a user, or a ratio. sd : between users, as if they were assigned
        singly and nothing was known before. share : whether it is a share of users.
    design_effect : how many times the users it takes where whole clusters are assigned.
    variance_left : by what is known before the test, 1 where nothing is.
    users : that it rests on; 0 where it was given.
    """

    column: Column
    value: float
    sd: float
    share: bool
    design_effect: float = 1.0
    variance_left: float = 1.0
    users: int = 0
    source: str = ""
    name: str = ""

    @property
    def error(self) -> float:
        """Standard deviation of a user, with what clusters add to it and what is known before takes off."""
        return self.sd * sqrt(self.design_effect * self.variance_left)

    def kind(self, form: str) -> Kind:
        """Give what power is worked out by."""
        if self.share:
            return Shares(self.value, form, self.design_effect * self.variance_left)
        return Means(self.error)


def given(
    rate: float | None,
    mean: float | None,
    sd: float | None,
    correlation: float,
    cluster_size: float,
    icc: float,
) -> Baseline:
    """Take the baseline from plain numbers.

    Raises
    ------
    ValueError : neither a rate nor a mean and sd, or one that cannot be.
    """
    check_between(
        "correlation", correlation, -1, 1, "the correlation with what is known before, between -1 and 1"
    )
    check_between("icc", icc, 0, 1, "the correlation inside a cluster, 0 to 1", closed=True)
    check_number("cluster_size", cluster_size, "users of a cluster, 1 and more")
    if not 1 <= cluster_size < np.inf:
        raise ValueError(f"cluster_size is {cluster_size}; give users of a cluster, 1 and more")
    more: dict[str, Any] = {
        "design_effect": 1 + (cluster_size - 1) * icc,
        "variance_left": 1 - correlation**2,
    }
    if rate is not None:
        if mean is not None or sd is not None:
            raise ValueError("rate and mean or sd are both given; a share of users has its rate only")
        check_between("rate", rate, 0, 1, "a share of users between 0 and 1, such as 0.05")
        return Baseline(Column("Rate", "%"), rate, sqrt(rate * (1 - rate)), share=True, **more)
    if mean is None or sd is None:
        raise ValueError("give rate, or mean and sd, or a table of users: a test is planned from one of them")
    check_number("mean", mean, "the mean of a user")
    check_number("sd", sd, "the standard deviation between users, above 0")
    if not abs(mean) <= LARGEST:
        raise ValueError(f"mean is {mean}; give the mean of a user")
    if not 1 / LARGEST <= sd <= LARGEST:
        raise ValueError(f"sd is {sd}; give the standard deviation between users, above 0")
    return Baseline(Column("Mean"), float(mean), float(sd), share=False, **more)


def measured(test: Source, metric: str | None, level: float) -> Baseline:
    """Take the baseline from users: those of the control where it is a test, else all.

    Raises
    ------
    DataError : no kpi, or one in which all users are alike.
    """
    if metric is None and not test.measured:
        raise DataError(f'{test.name} has no column of role kpi; give metric, as in metric="orders"')
    asked = metric_of(test, test.measured[0] if metric is None else metric)
    if asked.quantile is not None:
        raise ValueError(f"metric {shown(asked.text)}: a quantile is not planned for; take a mean or share")
    tried = test.has("variant")
    full = with_bars(test if tried else _halved(test), [asked])
    known = moments(full, asked.columns)
    cells = known.of(asked.columns)
    terms = terms_of(asked, cells, clustered=known.clustered)
    value = float(terms.value[0, 0] if tried else terms.total[0])
    share = not asked.value.under and is_share(known, asked.value.over)
    size = float(cells.users.sum() / cells.n.sum())
    each = float(terms.within[0, 0]) * size  # a user's variance, of those who come in clusters too
    if not each > 0 or not isfinite(value):
        raise DataError(f"{test.name}: {asked.text} is the same for all users; choose one that can move")
    fitted = adjustment(terms, level) if asked.covariates else None
    sd = sqrt(value * (1 - value)) if share else sqrt(each)
    if known.clustered and not share and not asked.value.under:
        alone = replace(full, frame=full.frame.drop(columns="cluster"))
        apart = moments(alone, asked.columns).of(asked.columns)
        sd = sqrt(float(terms_of(asked, apart, clustered=False).within[0, 0]))
    return Baseline(
        column=asked.column if not share else replace(asked.column, unit="%"),
        value=value,
        sd=sd,
        share=share,
        design_effect=each / sd**2 if known.clustered else 1.0,
        variance_left=1 - fitted.r2 if fitted else 1.0,
        users=int(cells.users.sum()),
        source=test.line,
        name=test.name,
    )


def _halved(test: Source) -> Source:
    """Stand in for a test: what is asked of two arms, asked of two halves, is known of all users."""
    if test.moments is not None:
        raise DataError(f"{test.name} was added up without a variant; read it without take")
    whole = coded(test.frame["cluster"])[0] if test.has("cluster") else np.arange(len(test.frame))
    return replace(test, frame=test.frame.assign(variant=whole % 2))


def check_form(form: str) -> None:
    """Refuse a formula that there is not."""
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; write {' or '.join(map(repr, FORMS))}")


def check_between(
    name: str, value: float, low: float, high: float, what: str, *, closed: bool = False
) -> None:
    """Refuse a number that does not lie between two.

    Raises
    ------
    ValueError, TypeError : one line.
    """
    check_number(name, value, what)
    if not (low <= value <= high if closed else low < value < high):
        raise ValueError(f"{name} is {value}; give {what}")
