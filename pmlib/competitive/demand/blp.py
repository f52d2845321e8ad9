"""Demand where tastes differ between buyers, from a market's shares: random coefficients, through PyBLP."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, stdtrit

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.estimate import CONTRADICTED, in_newest_period
from pmlib.competitive.demand.instruments import first_stages
from pmlib.competitive.demand.observed import BASE, DECLARED, Observed, lay_out_market
from pmlib.competitive.demand.pyblp_fit import as_demand, solved
from pmlib.competitive.demand.shares import responses
from pmlib.competitive.demand.uncertainty import delta
from pmlib.competitive.demand.verdicts import chance
from pmlib.competitive.market import span
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed, lower
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "How buyers' tastes differ"
DRAWS = 200  # of tastes; the fit is tried again with twice as many
COLUMNS = {
    "label": Column("What"),
    "estimate": Column("Effect on utility", "", 3),
    "low": Column("Low", "", 3),
    "high": Column("High", "", 3),
    "se": Column("Standard error", "", 4),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RandomCoefficients(Result):
    """Mean tastes and how far buyers spread around them, a row each.

    everywhere : the model as a demand of all periods, `demand` of the newest. observed : what it was
        fitted to.
    own : own elasticity of each row of `observed.rows`. objective : of the last step of GMM. draws : of
        tastes.
    converged : whether the optimiser says that it arrived.
    """

    everywhere: Demand = field(repr=False)
    observed: Observed = field(repr=False)
    own: np.ndarray = field(repr=False)
    objective: float
    draws: int
    converged: bool

    @cached_property
    def demand(self) -> Demand:
        """The model of the newest period, to be asked about elasticities, diversion and what-ifs."""
        return in_newest_period(self.everywhere)

    def plot(self, ax: Any = None) -> Any:
        """Draw how far tastes spread, with intervals."""
        from pmlib import chart

        spreads = self.frame[self.frame["spread"]]
        return chart.dots(spreads, "label", spec=self.columns["estimate"], ax=ax)


def random_coefficients(
    source: Source | None,
    *,
    random: Sequence[str] = ("price",),
    attributes: Sequence[str] | None = None,
    instruments: str = DECLARED,
    cluster: str | None = "product",
    market_size: float | str | None = None,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 1,
) -> RandomCoefficients | Absent:
    """Fit market shares where buyers differ in their tastes (Berry-Levinsohn-Pakes).

    Takes minutes on a real table, and PyBLP (`pip install "pmlib[blp]"`). Tastes are normal and
    independent; the same draws serve every period. Fitted in two steps of GMM, then once more with twice
    the draws.

    Parameters
    ----------
    source, attributes, instruments, cluster, market_size, level : as in `berry.market_demand`.
    random : terms whose taste differs: "price", attributes, or "(constant)" (how much buyers want any of
        these).
    draws : of tastes. seed : of the draws.

    Returns
    -------
    RandomCoefficients : frame has a row a term, price first, then a row per spread (standard deviation of
        the taste): term, label, estimate, low, high, se, spread (whether it is one).

    Raises
    ------
    ImportError : PyBLP is not installed.
    ValueError : as `berry.market_demand`; an unknown term; no or too few instruments.

    References
    ----------
    Berry, Levinsohn & Pakes (1995), Econometrica 63(4); Conlon & Gortmaker (2020), "Best practices for
    differentiated products demand estimation with PyBLP", RAND J. Economics 51(4).
    """
    check_level(level)
    observed = lay_out_market(
        TITLE,
        source,
        attributes=attributes,
        instruments=instruments,
        cluster=cluster,
        market_size=market_size,
    )
    if isinstance(observed, Absent):
        return observed
    _check(observed, random, draws)
    fitted = solved(observed, random, draws, seed, None)
    again = solved(observed, random, 2 * draws, seed, fitted)
    trust = _trust(observed, again)
    causal = all(check.passed for check in trust)
    demand = replace(as_demand(observed, random, again, 2 * draws, seed), causal=causal)
    own = _own(demand)
    frame = _frame(observed, random, demand, level)
    steady = _steady(fitted, again)
    ends = delta(in_newest_period(demand), _mean_own, level)
    middle, low, high = (float(end) for end in ends)
    when = span(observed.rows["period"])
    shaky = not all(check.passed for check in steady)
    return RandomCoefficients(
        title=_title(frame),
        finding=f"Sales of the average product on offer now move by {number(middle, '', 2)} percent for 1% "
        f"of its own price ({interval(low, high)}), where buyers' tastes for "
        f"{_tastes(observed, random)} differ"
        f"{'; the fit is shaky' if shaky else ''}"
        f"{'' if causal else '; that is no forecast of what a price change does'}.",
        subtitle=f"Mean tastes and their spread between buyers{f', {when}' if when else ''}; "
        f"{level_words(level)}",
        frame=frame,
        columns=COLUMNS,
        source=observed.source.line,
        numbers=(
            Number(
                name="own_elasticity", label="Change of a typical product's sales, in %, for 1% of price",
                value=middle, low=low, high=high, level=level, source=observed.source.name,
            ),
        ),
        checks=(*observed.checks, *trust, *steady),
        everywhere=demand,
        observed=observed,
        own=own,
        objective=float(np.squeeze(again.objective)),
        draws=2 * draws,
        converged=bool(again.converged),
    )  # fmt: skip


def _check(observed: Observed, random: Sequence[str], draws: int) -> None:
    if isinstance(random, str):
        raise ValueError(f'random is the text "{random}"; write a list of terms: ["{random}"]')
    if not random or draws < 1:
        raise ValueError("random names no term, or draws are none; give at least one of each")
    names = observed.design.names
    for term in random:
        if term not in names:
            raise ValueError(f'random "{term}" is no term of {observed.source.name}; it has {list(names)}')
    many, needed = len(observed.instrument_names), 1 + len(random)
    if many < needed:
        raise ValueError(
            f"{observed.source.name} has {many} instruments, and price and {len(random)} spreads need "
            f'{needed}; add some, or build them with instruments="differentiation"'
        )


def _own(demand: Demand) -> np.ndarray:
    moved = responses(demand.found, demand.layout, demand.slopes, demand.weights)
    own = demand.layout.rows(np.diagonal(moved, axis1=1, axis2=2))
    return own * demand.offers["price"].to_numpy(float) / demand.probabilities


def _mean_own(demand: Demand) -> np.ndarray:
    return np.array(_own(demand).mean())


def _frame(observed: Observed, random: Sequence[str], demand: Demand, level: float) -> pd.DataFrame:
    se = np.sqrt(np.diag(demand.covariance))
    reach = float(stdtrit(demand.freedom, 0.5 + level / 2)) * se
    own = [observed.labels[name] for name in observed.design.names]
    return pd.DataFrame(
        {
            "term": demand.names,
            "label": [*own, *(f"Spread of {lower(observed.labels[term])}" for term in random)],
            "estimate": demand.params,
            "low": demand.params - reach,
            "high": demand.params + reach,
            "se": se,
            "spread": [False] * len(own) + [True] * len(random),
        }
    )


def _trust(observed: Observed, fit: Any) -> list[Check]:
    assert observed.instruments is not None
    [stage] = first_stages(observed.exogenous, observed.endogenous, observed.instruments, observed.clusters)
    saw = f"strength {number(stage.effective, '', 1)} (F), {number(stage.needed, '', 1)} needed"
    checks = [Check("Instruments move prices strongly", stage.strong, saw)]
    spare = observed.instruments.shape[1] - 1 - len(np.asarray(fit.sigma))
    if spare > 0:
        p = float(chdtrc(spare, float(fit.run_hansen_test())))
        checks.append(Check("Instruments agree with each other", p >= CONTRADICTED, f"chance {chance(p)}"))
    slope = float(np.asarray(fit.beta).ravel()[0])
    return [*checks, Check("Dearer products sell less", slope < 0, number(slope, "", 3))]


def _steady(fitted: Any, again: Any) -> list[Check]:
    before, after = (
        np.concatenate([np.diag(np.asarray(fit.sigma)), np.asarray(fit.beta).ravel()])
        for fit in (fitted, again)
    )
    errors = np.concatenate([np.diag(np.asarray(again.sigma_se)), np.asarray(again.beta_se).ravel()])
    moved = float(np.nanmax(np.abs(after - before) / np.where(errors > 0, errors, np.nan)))
    known = bool(np.isfinite(errors).all() and (np.diag(np.asarray(again.sigma)) > 0).all())
    return [
        Check("The fit arrived", bool(again.converged), "it did" if again.converged else "it stopped early"),
        Check("Every spread is told from none", known, "all are" if known else "at least one ends at 0"),
        Check(
            "Twice the draws change little", moved < 1,
            f"at most {number(moved, '', 2)} standard errors",
        ),
    ]  # fmt: skip


def _tastes(observed: Observed, random: Sequence[str]) -> str:
    return listed(["any of these" if term == BASE else lower(observed.labels[term]) for term in random])


def _title(frame: pd.DataFrame) -> str:
    spreads = frame[frame["spread"]]
    clear = spreads[spreads["low"] > 0]
    if clear.empty:
        return "We cannot tell that buyers' tastes differ"
    of = clear["label"].iloc[0].removeprefix("Spread of ")
    more = f" and {count(len(clear) - 1)} more" if len(clear) > 1 else ""
    return f"Buyers differ in their taste for {of}{more}"
