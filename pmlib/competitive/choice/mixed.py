"""How tastes differ between buyers: a mixed logit of repeated choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmlib.competitive.choice.climb import Top, climbed, highest
from pmlib.competitive.choice.draws import KINDS, normal_draws
from pmlib.competitive.choice.logit import (
    COLUMNS,
    estimates,
    fitted,
    hit_rate,
    logit_demand,
    predicted_shares,
    term_label,
)
from pmlib.competitive.choice.mixed_words import checks, finding, numbers, title
from pmlib.competitive.choice.newton import Fit
from pmlib.competitive.choice.panel import Panel
from pmlib.competitive.choice.population import population
from pmlib.competitive.choice.simulation import Simulation
from pmlib.competitive.choice.table import Choices, lay_out
from pmlib.competitive.choice.taste_laws import SPREAD, mixing_of, natural
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import level_words
from pmlib.data import Source
from pmlib.result import Absent, Result

TITLE = "How tastes differ between buyers"
FEW = 64  # draws with which places to start from are tried
POPULATION = 256  # draws that stand for all buyers in what-ifs
UNSTABLE = 0.25  # standard errors that an estimate may move when draws are doubled


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MixedLogit(Result):
    """Means and spreads of tastes, one row a parameter: each term's coefficient or its mean, then spreads.

    The mean and spread of a log-normal taste are those of its logarithm; `tastes` has them in utility.

    tastes : one row a term whose taste differs: term, label, law, mean, low, high (interval of the mean),
        median, spread (standard deviation between buyers), negative (share of buyers with a taste below 0).
    demand, choices, covariance, loglik, loglik_null, rsquared, shares, hits : as of `ConditionalLogit`.
    loglik_logit : of the plain logit. draws, drawn : how many of each chooser, and of which kind.
    change : largest move of an estimate when draws are doubled, in standard errors; None where not checked.
    doubled : estimates with twice the draws, in the order of the frame. stable : whether change is small.
    reached : log-likelihood that each start came to, with few draws.
    panel, scale : the choices of each chooser with draws of his tastes, terms divided by scale.
    """

    tastes: pd.DataFrame = field(repr=False)
    demand: Demand = field(repr=False)
    choices: Choices = field(repr=False)
    covariance: pd.DataFrame = field(repr=False)
    loglik: float
    loglik_null: float
    loglik_logit: float
    rsquared: float
    shares: pd.DataFrame = field(repr=False)
    hits: float
    draws: int
    drawn: str
    change: float | None
    doubled: np.ndarray | None = field(repr=False)
    stable: bool
    reached: Mapping[str, float] = field(repr=False)
    panel: Panel = field(repr=False)
    scaled: np.ndarray = field(repr=False)
    scale: np.ndarray = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw each term's mean taste with its interval."""
        from pmlib import chart

        frame = self.tastes.rename(columns={"mean": "estimate"}).head(14)
        return chart.dots(frame, "label", spec=self.columns["estimate"], ax=ax)


def mixed_logit(
    source: Source | None,
    *,
    random: Mapping[str, str] | Sequence[str] | None = None,
    attributes: Sequence[str] | None = None,
    constants: bool = True,
    base: str | None = None,
    none: str | None = None,
    chooser_terms: Sequence[str] = (),
    draws: int = 500,
    kind: Literal["adapted", "sobol", "halton"] = "adapted",
    check: bool = True,
    errors: str = "clustered",
    starts: int = 3,
    seed: int = 1,
    level: float = 0.95,
) -> MixedLogit | Absent:
    """Fit a mixed logit by simulated likelihood: each chooser has tastes of his own, the same in all choices.

    Parameters
    ----------
    source, attributes, constants, base, none, chooser_terms : as of `conditional_logit`.
    random : tastes that differ: {"price": "lognormal", "quality": "normal"} by the name of a term, of a
        column (all its levels), or "product" or "firm" (all constants); a list stands for normal ones. None:
        all terms, price log-normal where a high price puts off. A log-normal taste for price is negative.
    draws : of tastes for each chooser. kind : "sobol" (scrambled by `seed`); "adapted", the same moved to
        where each chooser's tastes are likely (see `adapt`); or "halton" (as mlogit's and xlogit's).
    check : whether the model is fitted again with twice the draws, to see that estimates stay.
    errors : "clustered" (robust, by chooser) or "classical".
    starts : climbs with few draws, from small spreads, from large ones, then from random ones by `seed`.
    level : of the intervals.

    Returns
    -------
    MixedLogit : frame has a row a parameter, columns as of `ConditionalLogit`, and law.

    Raises
    ------
    ValueError : what `conditional_logit` refuses; a name in `random` that is no term; tastes whose spread
        these choices do not tell.

    References
    ----------
    Revelt & Train (1998), "Mixed logit with repeated choices", REStat 80; Train (2009), Discrete Choice
    Methods, ch. 6 and 10.
    """
    check_level(level)
    if errors not in ("clustered", "classical"):
        raise ValueError(f'errors is {errors!r}; it may be "clustered" or "classical"')
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it may be one of {list(KINDS)}")
    if draws < 2 or starts < 1:
        raise ValueError(f"draws is {draws} and starts is {starts}; give 2 draws and 1 start or more")
    laid = lay_out(
        TITLE, source, attributes=attributes, constants=constants, base=base, none=none,
    chooser_terms=chooser_terms )  # fmt: skip
    if isinstance(laid, Absent):
        return laid
    plain = fitted(laid)
    mixing = mixing_of(laid, random, plain.params)
    scale = np.sqrt((laid.matrix**2).mean(axis=0))
    simulation = Simulation(laid, laid.matrix / scale, mixing, kind, seed)
    places = simulation.places(plain.params * scale, starts, min(draws, FEW))
    best = max(places, key=lambda name: places[name][1])
    panel = simulation.panel(draws, places[best][0])
    try:
        top = highest(panel.likelihood, {best: places[best][0]})
    except (ArithmeticError, np.linalg.LinAlgError):
        raise ValueError(
            f"{laid.source.name}: these choices do not tell how far tastes differ in {len(mixing)} terms; "
            "name fewer in random, or give choosers with more choices"
        ) from None
    doubled = None
    if check:
        # From the estimates, so that what moves them is the draws and not another top.
        twice = simulation.panel(2 * draws, top.params, again=True)
        doubled = climbed(twice.likelihood, top.params)[0]
    top, panel, doubled = _upright(top, panel, doubled)
    reached = {name: level for name, (_, level, _) in places.items()}
    clustered = errors == "clustered" and laid.clustered
    return _result(laid, plain, panel, top, doubled, scale, reached, clustered, kind, seed, level)


def _upright(top: Top, panel: Panel, doubled: np.ndarray | None) -> tuple[Top, Panel, np.ndarray | None]:
    # A spread has no sign: a negative one is that of the mirrored draws.
    sign = np.ones(len(top.params))
    spreads = [taste.spread for taste in panel.mixing]
    sign[spreads] = np.where(top.params[spreads] < 0, -1.0, 1.0)
    top = replace(
        top, params=top.params * sign, scores=top.scores * sign, hessian=top.hessian * np.outer(sign, sign)
    )
    if doubled is not None:
        doubled = doubled.copy()
        doubled[spreads] = np.abs(doubled[spreads])
    return top, replace(panel, draws=panel.draws * sign[spreads][:, None]), doubled


def _result(
    laid: Choices, plain: Fit, panel: Panel, top: Top, doubled: np.ndarray | None, scale: np.ndarray,
    reached: Mapping[str, float], clustered: bool, kind: str, seed: int, level: float,
) -> MixedLogit:  # fmt: skip
    params, slope = natural(top.params, panel.mixing, scale)
    classical = top.classical * np.outer(slope, slope)
    covariance = top.clustered * np.outer(slope, slope) if clustered else classical
    freedom = float(laid.choosers.max()) if clustered else np.inf
    terms = [taste.term for taste in panel.mixing]
    labels = [term_label(laid.source, term) for term in laid.design.names]
    names = (*laid.design.names, *(SPREAD + laid.design.names[i] for i in terms))
    labels += [f"Spread: {labels[i]}" for i in terms]
    frame = estimates(names, labels, params, covariance, classical, freedom, level)
    laws = {taste.term: taste.law for taste in panel.mixing} | {
        taste.spread: taste.law for taste in panel.mixing
    }
    frame["law"] = [laws.get(i, "the same for all") for i in range(len(frame))]
    crowd = normal_draws(1, len(panel.mixing), POPULATION, kind="sobol", seed=seed)[0].T
    demand = replace(
        logit_demand(laid, params, covariance, freedom),
        names=names, mixing=panel.mixing, draws=crowd, weights=np.full(POPULATION, 1 / POPULATION),
    )  # fmt: skip
    tastes = population(demand, [labels[i] for i in terms], level)
    change = twice = None
    if doubled is not None:
        twice = natural(doubled, panel.mixing, scale)[0]
        change = float(np.abs((twice - params) / frame["se"].to_numpy()).max())
    stable = change is None or change <= UNSTABLE
    return MixedLogit(
        title=title(tastes, laid, scale),
        finding=finding(tastes, laid, scale, stable),
        subtitle=f"Mean effect on utility over buyers; {level_words(level)}",
        frame=frame,
        columns=COLUMNS,
        source=laid.source.line,
        numbers=numbers(tastes, laid, level),
        checks=(*laid.checks, *checks(laid, top, plain, change, stable, reached, panel.draws.shape[2])),
        tastes=tastes,
        demand=demand,
        choices=laid,
        covariance=pd.DataFrame(covariance, names, names),
        loglik=top.loglik,
        loglik_null=plain.loglik_null,
        loglik_logit=plain.loglik,
        rsquared=1 - top.loglik / plain.loglik_null,
        shares=predicted_shares(laid, demand.probabilities),
        hits=hit_rate(demand.probabilities, laid),
        draws=panel.draws.shape[2],
        drawn=kind,
        change=change,
        doubled=twice,
        stable=stable,
        reached=reached,
        panel=panel,
        scaled=top.params,
        scale=scale,
    )
