"""A demand model of market shares, fitted and put to its tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.instruments import FirstStage, Test, endogeneity, first_stages, hansen, sargan
from pmlib.competitive.demand.nests import OwnElasticities, own_elasticities, price_and_likeness
from pmlib.competitive.demand.observed import NESTED, Observed
from pmlib.competitive.demand.two_stage import Regression, two_stage
from pmlib.competitive.demand.weak import Region, anderson_rubin

CONTRADICTED = (
    0.01  # chance, if all instruments were good, of disagreement as large; below it they contradict
)
REACH = 1e-9  # where shares are refitted to another market size, some must still buy none


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimate:
    """What a fit says and how far it can be trusted.

    first : of price and, with nests, of the share within the nest; empty without instruments.
    tests : "endogeneity" (Wu-Hausman), "sargan", "hansen", where there is what they need.
    region : of the price coefficient, however weak the instruments; None without, or with two endogenous
        columns.
    own : own elasticities.
    """

    observed: Observed = field(repr=False)
    fit: Regression = field(repr=False)
    first: tuple[FirstStage, ...]
    tests: dict[str, Test]
    region: Region | None
    own: OwnElasticities = field(repr=False)
    level: float

    @property
    def slope(self) -> float:
        """The price coefficient."""
        return price_and_likeness(self.observed, self.fit)[0]

    @property
    def likeness(self) -> float:
        """How alike the products of a nest are; 0 without nests."""
        return price_and_likeness(self.observed, self.fit)[1]

    @property
    def weak(self) -> bool:
        """Whether instruments move price, or shares within nests, too little."""
        return not all(stage.strong for stage in self.first)

    @property
    def agreement(self) -> Test | None:
        """Whether instruments agree, by the test that fits the covariance; None where none is spare."""
        return self.tests.get("hansen", self.tests.get("sargan"))

    @property
    def plausible(self) -> bool:
        """Whether a higher price loses sales and nests, if any, are nests."""
        return self.slope < 0 and 0 <= self.likeness < 1

    @property
    def doubts(self) -> list[str]:
        """Why the price coefficient is not what a price change does; none where it may be read so."""
        found = []
        if self.slope >= 0:
            found.append(
                "a higher price comes out as selling no less, so it stands for quality that the data lack"
            )
        if not 0 <= self.likeness < 1:
            found.append("the nests do not fit the shares")
        if self.observed.instruments is None:
            found.append("nothing in the data moved prices without following quality")
        elif self.weak:
            found.append("what should move prices apart from quality hardly moves them")
        elif self.agreement and self.agreement.p < CONTRADICTED:
            found.append("the things that should move prices apart from quality contradict each other")
        return found

    def interval(self, i: int) -> tuple[float, float, float]:
        """Estimate, low and high of the fit's coefficient."""
        half = float(np.sqrt(self.fit.covariance[i, i])) * float(
            stdtrit(self.fit.freedom, 0.5 + self.level / 2)
        )
        middle = float(self.fit.params[i])
        return middle, middle - half, middle + half


def estimated(observed: Observed, level: float) -> Estimate:
    """Fit by least squares, in two stages where there are instruments, and run the tests.

    Raises
    ------
    ValueError : fewer instruments than they are needed for; fewer rows than coefficients.
    """
    outcome, exogenous, endogenous = _columns(observed)
    instruments = None if observed.instruments is None else observed.ready(observed.instruments)
    options = {"clusters": observed.clusters}
    if instruments is not None and instruments.shape[1] < endogenous.shape[1]:
        raise ValueError(
            f"{observed.source.name}: nests need two instruments or more, one for price and one for the "
            f"shares within nests; it has {len(observed.instrument_names)}. Add some, or leave nests out"
        )
    fit = two_stage(outcome, exogenous, endogenous, instruments, absorbed=observed.absorbed, **options)
    first: Sequence[FirstStage] = ()
    tests: dict[str, Test] = {}
    region = None
    if instruments is not None:
        first = first_stages(exogenous, endogenous, instruments, observed.clusters)
        tests["endogeneity"] = endogeneity(outcome, exogenous, endogenous, instruments, observed.absorbed)
        for name, test in (
            ("sargan", sargan(fit, exogenous, instruments, endogenous.shape[1])),
            ("hansen", hansen(outcome, exogenous, endogenous, instruments, fit, **options)),
        ):
            if test:
                tests[name] = test
        if endogenous.shape[1] == 1:
            region = anderson_rubin(outcome, exogenous, endogenous, instruments, level=level, **options)
    found = Estimate(
        observed=observed, fit=fit, first=tuple(first), tests=tests, region=region,
        own=own_elasticities(observed, fit, level), level=level,
    )  # fmt: skip
    if not found.weak or region is None:
        return found
    # Without nests elasticities are the price coefficient times something known, so its region is theirs.
    ends = [end * found.own.mean / found.slope for end in (region.low, region.high)]
    return replace(found, own=replace(found.own, low=_finite(ends[0]), high=_finite(ends[1])))


def _finite(end: float) -> float:
    return end if np.isfinite(end) else np.nan


def _columns(observed: Observed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    outcome = observed.ready(observed.outcome[:, None])[:, 0]
    return outcome, observed.ready(observed.exogenous), observed.ready(observed.endogenous)


def by_size(estimate: Estimate, multiples: Sequence[float]) -> pd.DataFrame:
    """Fit again as if so many times as many could buy: columns multiple, price, own (mean own elasticity).

    A multiple that leaves nobody who bought none has missing values.
    """
    found = []
    for multiple in multiples:
        if (other := resized(estimate, multiple)) is None:
            found.append((multiple, np.nan, np.nan))
            continue
        own = own_elasticities(other.observed, other.fit, estimate.level)
        found.append((multiple, price_and_likeness(other.observed, other.fit)[0], own.mean))
    return pd.DataFrame(found, columns=["multiple", "price", "own"])


def resized(estimate: Estimate, multiple: float) -> Estimate | None:
    """Fit again as if so many times as many could buy; None where that leaves nobody who bought none."""
    rows = estimate.observed.rows
    rest = 1 - (1 - rows["rest"]) / multiple
    if (rest <= REACH).any():
        return None
    share = rows["share"] / multiple
    other = replace(
        estimate.observed,
        rows=rows.assign(share=share, rest=rest),
        outcome=(np.log(share) - np.log(rest)).to_numpy(),
    )
    outcome, exogenous, endogenous = _columns(other)
    given = None if other.instruments is None else other.ready(other.instruments)
    fit = two_stage(outcome, exogenous, endogenous, given, clusters=other.clusters, absorbed=other.absorbed)
    return replace(estimate, observed=other, fit=fit)


def as_demand(estimate: Estimate) -> Demand:
    """Make the fit a demand of all periods, which keeps the shares there were."""
    observed, fit, rows = estimate.observed, estimate.fit, estimate.observed.rows
    terms = observed.exogenous.shape[1]
    order = [terms, *range(terms)]  # the price coefficient first, as in the design
    sign = np.ones(len(fit.params))
    names = observed.design.names
    shared: dict[str, int] = {}
    nests = None
    if observed.nests:
        order.append(terms + 1)
        sign[-1] = -1.0  # a nest's dissimilarity is 1 - likeness
        names = (*names, NESTED)
        labels = sorted(set(rows[observed.nests].astype("str")))
        shared = dict.fromkeys(labels, len(names) - 1)
        nests = pd.Categorical(rows[observed.nests].astype("str"), categories=labels).codes.astype(int)
    params = fit.params[order] * sign + (np.arange(len(order)) == len(order) - 1) * bool(observed.nests)
    offers = rows.assign(base=np.arange(len(rows))).drop(columns=["share", "rest"])
    if observed.nests:
        offers[observed.nests] = offers[observed.nests].astype("str")
    return Demand(
        offers=offers,
        design=observed.design,
        names=names,
        params=params,
        covariance=fit.covariance[np.ix_(order, order)] * np.outer(sign, sign),
        freedom=fit.freedom,
        size=rows["buyers"].to_numpy(float)[observed.sets.starts],
        outside=True,
        nests=observed.nests,
        dissimilarity=shared,
        observed=rows["share"].to_numpy(float),
        observed_matrix=observed.design.matrix(rows),
        observed_sets=observed.sets,
        observed_nests=nests,
        causal=not estimate.doubts,
        money=observed.source.columns["price"].unit,
        source=observed.source.line,
    )


def in_newest_period(demand: Demand) -> Demand:
    """Ask the model about what is on sale now, and forget the other periods."""
    return in_period(demand, demand.offers["set"].max())


def in_period(demand: Demand, code: int) -> Demand:
    """Ask the model about the market of one period (its `set`), and forget the others."""
    assert demand.observed is not None and demand.observed_matrix is not None
    here = (demand.offers["set"] == code).to_numpy()
    now = demand.offers[here].reset_index(drop=True)
    base = now["base"].to_numpy(int)
    return replace(
        demand,
        offers=now.assign(base=np.arange(len(now))),
        size=demand.size[demand.layout.sets.max(here)],
        observed=demand.observed[base],
        observed_matrix=demand.observed_matrix[base],
        observed_sets=Sets(np.zeros(1, int), len(now)),
        observed_nests=None if demand.observed_nests is None else demand.observed_nests[base],
    )
