"""What sales answer to price and attributes, read off the shares of a whole market."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.estimate import (
    Estimate,
    as_demand,
    by_size,
    estimated,
    in_newest_period,
    resized,
)
from pmlib.competitive.demand.observed import BASE, DECLARED, NESTED, lay_out_market
from pmlib.competitive.demand.verdicts import steady, verdicts
from pmlib.competitive.market import span
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "What sales answer to price"
COLUMNS = {
    "label": Column("What"),
    "estimate": Column("Effect on utility", "", 3),
    "low": Column("Low", "", 3),
    "high": Column("High", "", 3),
    "se": Column("Standard error", "", 4),
    "se_classical": Column("Classical error", "", 4),
}
STEP = Column("Effect on utility of a typical difference")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarketDemand(Result):
    """Coefficients of a logit or nested logit of market shares, one row a term, and how far to trust them.

    estimate : the fit, with first stages (`.first`), tests (`.tests`), own elasticities (`.own`) and
        doubts.
    everywhere : the model as a demand of all periods. by_size : price coefficient and mean own elasticity
        if more or fewer could buy (columns multiple, price, own).
    covariance : of the coefficients, as the intervals take it. rsquared : of the regression. rows : how
        many.
    causal : whether the price coefficient may be read as what a price change does.
    """

    estimate: Estimate = field(repr=False)
    everywhere: Demand = field(repr=False)
    by_size: pd.DataFrame = field(repr=False)
    covariance: pd.DataFrame = field(repr=False)
    rsquared: float
    rows: int

    @cached_property
    def demand(self) -> Demand:
        """The model of the newest period, to be asked about elasticities, diversion and what-ifs.

        Raises
        ------
        ValueError : likeness within nests lies outside 0 to 1, so that no shares follow from it.
        """
        likeness = self.estimate.likeness
        if not 0 <= likeness < 1:
            raise ValueError(
                f"likeness within nests is {likeness:.3g}, not from 0 to under 1; leave nests out"
            )
        return in_newest_period(self.everywhere)

    def at_sizes(self) -> dict[str, Demand]:
        """Fit again at the other sizes of the market: the newest period, by what the size is called."""
        found = {
            f"{multiple:g} times as many": resized(self.estimate, multiple)
            for multiple in self.by_size["multiple"]
        }
        return {
            size: in_newest_period(as_demand(one))
            for size, one in found.items()
            if one is not None and 0 <= one.likeness < 1
        }

    @property
    def causal(self) -> bool:
        """Whether the price coefficient may be read as what a price change does."""
        return self.everywhere.causal

    @property
    def own(self) -> np.ndarray:
        """Own elasticity of each row of `estimate.observed.rows`, (n,)."""
        return self.estimate.own.each

    @property
    def inelastic(self) -> int:
        """Rows whose own elasticity is above -1."""
        return self.estimate.own.inelastic

    def plot(self, ax: Any = None) -> Any:
        """Draw what a typical difference (a standard deviation, or having it) does, with its interval."""
        from pmlib import chart

        shown = self.frame[~self.frame["term"].isin([BASE, NESTED])].head(12)
        steps = shown[["estimate", "low", "high"]].mul(shown["step"], axis=0)
        return chart.dots(steps.assign(label=shown["label"]), "label", spec=STEP, ax=ax)


def market_demand(
    source: Source | None,
    *,
    attributes: Sequence[str] | None = None,
    nests: str | None = None,
    instruments: str = DECLARED,
    absorb: Sequence[str] = (),
    cluster: str | None = "product",
    market_size: float | str | None = None,
    size_bounds: tuple[float, float] = (0.5, 2.0),
    level: float = 0.95,
) -> MarketDemand | Absent:
    """Explain ln(share) - ln(share of those who bought none) by price and attributes (Berry's logit).

    Price follows quality that the data lack. Instruments (columns that move prices and not what buyers
    want) undo that, in two stages; without them the price coefficient is descriptive, biased towards 0,
    and said to be.

    Parameters
    ----------
    source : one row per product and period; roles product, price and units or share; firm, period,
        attributes and instruments where known. Shares are of all potential buyers, or market_size says how
        many these are.
    attributes : columns to take; all attributes of the source when None. Labels get a term a level but the
        first.
    nests : column that groups products which are closer to each other than to others (nested logit).
    instruments : "declared" (those of the source), "sums" or "differentiation" (built from other products'
        attributes, see `others.blp_instruments`), or "none".
    absorb : columns whose levels each get a mean of their own (fixed effects), such as "name" or "period".
    cluster : rows that may err alike: "product" (a firm's product over the periods), "firm", another
        column, None.
    market_size : potential buyers of a period in what the source counts (units, else shares): a number or
        a column.
    size_bounds : multiples of the market's size between which the answer is tried.
    level : of the intervals.

    Returns
    -------
    MarketDemand : frame has a row a term, price first: term, label, estimate, low, high, se (as the
        intervals), se_classical, se_robust, se_clustered (missing without clusters), z, step (a standard
        deviation; 1 for yes/no).

    Raises
    ------
    ValueError : one line that names product and period: a price not above 0, a missing or negative share,
        shares that leave nobody who bought none, a product twice; an unknown column or choice; too few
        rows or instruments.

    References
    ----------
    Berry (1994), RAND J. Economics 25(2); Berry, Levinsohn & Pakes (1995), Econometrica 63(4), Table III.
    """
    check_level(level)
    observed = lay_out_market(
        TITLE, source, attributes=attributes, nests=nests, instruments=instruments, absorb=absorb,
        cluster=cluster, market_size=market_size,
    )  # fmt: skip
    if isinstance(observed, Absent):
        return observed
    found = estimated(observed, level)
    sizes = by_size(found, size_bounds)
    frame = coefficients(found)
    rows, when = observed.rows, span(observed.rows["period"])
    return MarketDemand(
        title=_title(found),
        finding=_finding(found),
        headline=_headline(found),
        advice="" if not found.doubts else "Do not set prices by this: a price test would tell.",
        unknown="Prices that moved for a reason of their own (a cost, a tax), or a price test."
        if found.doubts
        else "",
        subtitle=f"Effect of each on how well a product sells, others equal; {count(len(rows))} products"
        f"{f', {when}' if when else ''}; {level_words(level)}",
        frame=frame,
        columns=COLUMNS,
        source=observed.source.line,
        numbers=_numbers(found, when),
        checks=(*observed.checks, *verdicts(found), steady(found, sizes)),
        estimate=found,
        everywhere=as_demand(found),
        by_size=sizes,
        covariance=pd.DataFrame(found.fit.covariance, terms(found), terms(found)),
        rsquared=found.fit.r2,
        rows=len(rows),
    )


def terms(found: Estimate) -> list[str]:
    """Name the coefficients in the order of the fit."""
    own, *rest = found.observed.design.names
    return [*rest, own, *([NESTED] if found.observed.nests else [])]


def coefficients(found: Estimate) -> pd.DataFrame:
    """Give a row a term, price first; with weak instruments its interval holds nevertheless."""
    fit, names = found.fit, terms(found)
    columns = np.column_stack([found.observed.exogenous, found.observed.endogenous])
    flags = [set(np.unique(column)) <= {0.0, 1.0} for column in columns.T]
    ends = np.array([found.interval(i) for i in range(len(names))])
    clustered = np.full(len(names), np.nan) if fit.clustered is None else np.sqrt(np.diag(fit.clustered))
    se = np.sqrt(np.diag(fit.covariance))
    frame = pd.DataFrame(
        {
            "term": names,
            "label": [{NESTED: "Likeness within a nest"}.get(n) or found.observed.labels[n] for n in names],
            "estimate": ends[:, 0],
            "low": ends[:, 1],
            "high": ends[:, 2],
            "se": se,
            "se_classical": np.sqrt(np.diag(fit.classical)),
            "se_robust": np.sqrt(np.diag(fit.robust)),
            "se_clustered": clustered,
            "z": ends[:, 0] / se,
            "step": np.where(flags, 1.0, columns.std(axis=0)),
        }
    )
    if found.weak and found.region is not None:
        limits = [end if np.isfinite(end) else np.nan for end in (found.region.low, found.region.high)]
        frame.loc[frame["term"] == "price", ["low", "high"]] = limits
    at = names.index("price")
    return frame.iloc[[at, *(i for i in range(len(names)) if i != at)]].reset_index(drop=True)


def _numbers(found: Estimate, when: str) -> tuple[Number, ...]:
    own, share = found.own, found.own.inelastic / len(found.own.each)
    name = found.observed.source.name
    slope = coefficients(found).iloc[0]
    return (
        Number(
            name="own_elasticity", label="Change of a typical product's sales, in %, for 1% of price",
            value=own.mean, period=when, source=name, **_ends(own.low, own.high, found.level),
        ),
        Number(
            name="price_coefficient", label="Effect of a unit of price on utility",
            value=found.slope, period=when, source=name, **_ends(slope["low"], slope["high"], found.level),
        ),
        Number(
            name="inelastic_share", label="of products lose less than 1% of sales by 1% of price",
            value=share, unit="%", period=when, source=name,
        ),
    )  # fmt: skip


def _ends(low: float, high: float, level: float) -> dict[str, Any]:
    # No interval, where weak instruments leave one without an end.
    return {} if np.isnan([low, high]).any() else {"low": float(low), "high": float(high), "level": level}


def _title(found: Estimate) -> str:
    if found.slope >= 0:
        return "Quality hides what price does; demand cannot be read off"
    if _unclear(found):
        return "How much a higher price loses we cannot tell"
    if found.doubts:
        return "Dearer products sold less; why, these data cannot tell"
    return f"A 1% higher price loses about {_lost(found)} of sales"


def _finding(found: Estimate) -> str:
    own = found.own
    doubts = listed(found.doubts)
    if found.slope >= 0 or not found.plausible:
        return f"No answer of sales to price can be read off these data: {doubts}."
    said = f"{_lost(found)} of"
    if _unclear(found):
        return (
            f"How much a higher price loses we cannot tell from these data{f': {doubts}' if doubts else ''}."
        )
    ends = interval(-own.high / 100, -own.low / 100, "%")
    if found.doubts:
        sold = f"Products priced 1% higher sold about {_lost(found)} less ({ends}), other attributes equal"
        return f"{sold}; that is no forecast of what a price change does: {doubts}."
    return f"A product that raises its price by 1% loses about {said} its sales ({ends}) when others do not."


def _headline(found: Estimate) -> str:
    if not found.doubts or _unclear(found) or not found.plausible:
        return _finding(found).partition(":")[0].rstrip(".") + "."
    cannot = "what a price change would do, these data cannot tell"
    return f"Products priced 1% higher sold about {_lost(found)} less; {cannot}."


def _unclear(found: Estimate) -> bool:
    # Gains and losses both fit, or any loss however large.
    return not found.own.high < 0 or bool(np.isnan(found.own.low))


def _lost(found: Estimate) -> str:
    own = found.own
    return number(-own.mean / 100, "%", interval_digits(own.low / 100, own.high / 100, "%"))
