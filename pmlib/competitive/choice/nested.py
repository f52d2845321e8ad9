"""Which offers are close substitutes: a nested logit, with its doubts said."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from pmlib.competitive.choice.climb import Top, highest
from pmlib.competitive.choice.design import CONSTANT
from pmlib.competitive.choice.grouping import nested_by, sorted_by_nest
from pmlib.competitive.choice.logit import (
    COLUMNS,
    estimates,
    fitted,
    hit_rate,
    logit_demand,
    predicted_shares,
    term_label,
)
from pmlib.competitive.choice.nests import Nested
from pmlib.competitive.choice.newton import Fit
from pmlib.competitive.choice.table import NAMED, Choices, lay_out
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import interval, number

TITLE = "Which offers are close substitutes"
ABSURD = 20.0  # an own-price elasticity beyond this is a sign of a model gone wrong


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NestedLogit(Result):
    """Coefficients of a nested logit, one row a term, then a row a dissimilarity.

    demand, choices, covariance, loglik, loglik_null, rsquared, shares, hits : as of `ConditionalLogit`.
    loglik_logit : of the plain logit, which has the same terms and no nests.
    ratio, ratio_freedom, p_value : likelihood-ratio test of all dissimilarities being 1, its degrees of
        freedom, and the chance of so much where they are. p_bounded : that chance where a dissimilarity may
        not pass 1 (half of p_value for one dissimilarity below 1, 1 for one above); None for several.
    plausible : whether each dissimilarity is above 0 and at most 1, as choices of utility imply.
    nests : products of each nest. reached : log-likelihood that each start came to.
    elasticities : own-price elasticity of each product, where there is a price.
    """

    demand: Demand = field(repr=False)
    choices: Choices = field(repr=False)
    covariance: pd.DataFrame = field(repr=False)
    loglik: float
    loglik_null: float
    loglik_logit: float
    rsquared: float
    shares: pd.DataFrame = field(repr=False)
    hits: float
    ratio: float
    ratio_freedom: int
    p_value: float
    p_bounded: float | None
    plausible: bool
    nests: Mapping[str, list[str]] = field(repr=False)
    reached: Mapping[str, float] = field(repr=False)
    elasticities: pd.Series | None = field(repr=False)

    @property
    def dissimilarity(self) -> pd.DataFrame:
        """The rows of the frame that are dissimilarities."""
        return self.frame.tail(self.ratio_freedom)

    def plot(self, ax: Any = None) -> Any:
        """Draw each dissimilarity with its interval."""
        from pmlib import chart

        return chart.dots(
            self.dissimilarity.head(14), "label", spec=self.columns["estimate"], zero=1.0, ax=ax
        )


def nested_logit(
    source: Source | None,
    *,
    nests: str | Mapping[str, Sequence[str]],
    dissimilarity: Literal["one", "each"] = "one",
    attributes: Sequence[str] | None = None,
    constants: bool = True,
    base: str | None = None,
    none: str | None = None,
    chooser_terms: Sequence[str] = (),
    errors: str = "clustered",
    starts: int = 4,
    seed: int = 1,
    level: float = 0.95,
) -> NestedLogit | Absent:
    """Fit a nested logit: offers of a nest may be closer to each other than to the rest.

    Parameters
    ----------
    source, attributes, constants, base, none, chooser_terms, errors : as of `conditional_logit`.
    nests : a column that says in which nest an offer is, or the products of each nest by the nest's name; a
        product that is not named stands alone. An alternative alone in its nest has dissimilarity 1.
    dissimilarity : "one" for all nests, or one for "each". It is 1 where the members of a nest are no closer
        than others, and near 0 where they are nearly the same.
    starts : climbs of the likelihood, which may have several tops: from the sequential estimate, from the
        plain logit, from dissimilarities of 0.5, then from random places by `seed`.
    level : of the intervals.

    Returns
    -------
    NestedLogit : frame has a row a term and then a row a dissimilarity, columns as of `ConditionalLogit`.

    Raises
    ------
    ValueError : what `conditional_logit` refuses; nests that cannot be told from the choices.

    References
    ----------
    McFadden (1978), "Modelling the choice of residential location"; Train (2009), Discrete Choice Methods,
    ch. 4.
    """
    check_level(level)
    if errors not in ("clustered", "classical"):
        raise ValueError(f'errors is {errors!r}; it may be "clustered" or "classical"')
    if dissimilarity not in ("one", "each"):
        raise ValueError(f'dissimilarity is {dissimilarity!r}; it may be "one" or "each"')
    if starts < 1:
        raise ValueError(f"starts is {starts}; give 1 or more")
    laid = lay_out(
        TITLE, source, attributes=attributes, constants=constants, base=base, none=none,
    chooser_terms=chooser_terms )  # fmt: skip
    if isinstance(laid, Absent):
        return laid
    laid, column = nested_by(laid, nests)
    plain = fitted(laid)
    problem, groups = sorted_by_nest(laid, column, dissimilarity)
    scale = np.append(np.sqrt((laid.matrix**2).mean(axis=0)), np.ones(problem.groups))
    width = len(laid.design.terms)
    scaled = replace(problem, matrix=problem.matrix / scale[:width])
    try:
        top = highest(scaled.likelihood, _starts(scaled, plain, scale[:width], starts, seed))
    except (ArithmeticError, np.linalg.LinAlgError):
        raise ValueError(
            f"{laid.source.name}: these choices do not tell how close the members of a nest are from the "
            f"other {width} terms; take fewer nests, one dissimilarity, or fewer constants"
        ) from None
    return _result(laid, plain, top, scale, column, groups, errors, level)


def _starts(problem: Nested, plain: Fit, scale: np.ndarray, starts: int, seed: int) -> dict[str, np.ndarray]:
    logit, ones = plain.params * scale, np.ones(problem.groups)
    out = {}
    # A choice within nests may be foretold, or have no terms; the others start without it.
    with suppress(np.linalg.LinAlgError, ValueError):
        out["sequential"] = problem.sequential()
    out["plain logit"] = np.append(logit, ones)
    out["half"] = np.append(0.75 * logit, 0.5 * ones)
    random = np.random.default_rng(seed)
    for i in range(starts - len(out)):
        ratio = random.uniform(0.2, 1.2, problem.groups)
        out[f"random {i + 1}"] = np.append(logit * random.uniform(0.3, 1.2) + random.normal(0, 0.3), ratio)
    return dict(list(out.items())[:starts])


def _result(
    laid: Choices, plain: Fit, top: Top, scale: np.ndarray, column: str, groups: dict[str, int], errors: str,
    level: float,
) -> NestedLogit:  # fmt: skip
    several = max(groups.values()) > 0
    named = tuple(f"dissimilarity: {nest}" for nest in groups) if several else ("dissimilarity",)
    width, extra = len(laid.design.terms), len(named)
    params = top.params / scale
    clustered = errors == "clustered" and laid.clustered
    classical = top.classical / np.outer(scale, scale)
    covariance = top.clustered / np.outer(scale, scale) if clustered else classical
    freedom = float(laid.choosers.max()) if clustered else np.inf
    labels = [term_label(laid.source, term) for term in laid.design.names]
    labels += [f"Dissimilarity: {nest}" for nest in groups] if several else ["Dissimilarity of nests"]
    names = (*laid.design.names, *named)
    frame = estimates(names, labels, params, covariance, classical, freedom, level)
    own = frame.tail(extra)
    plausible = bool(((own["estimate"] > 0) & (own["estimate"] <= 1)).all())
    demand = replace(
        logit_demand(laid, params, covariance, freedom),
        names=names,
        nests=column,
        dissimilarity={nest: width + group for nest, group in groups.items()},
    )
    elasticities = _elasticities(demand)
    ratio = 2 * (top.loglik - plain.loglik)
    p_value = float(chdtrc(extra, max(ratio, 0.0)))
    below = own["estimate"].iloc[0] < 1
    members = laid.frame.groupby(column, sort=True)[CONSTANT].unique()
    return NestedLogit(
        title=_title(own, plausible),
        finding=_finding(own, plausible, p_value, elasticities, len(laid.sets), level),
        subtitle=f"1: no closer to each other than to other offers, 0: the same; {level_words(level)}"
        f"{', which allow for choices of one chooser being alike' if clustered else ''}",
        frame=frame,
        columns=COLUMNS,
        source=laid.source.line,
        numbers=_numbers(own, laid, level),
        checks=(*laid.checks, *_checks(own, plausible, top, elasticities)),
        unknown="" if plausible else "Another grouping of the offers: this one does not fit the choices.",
        demand=demand,
        choices=laid,
        covariance=pd.DataFrame(covariance, names, names),
        loglik=top.loglik,
        loglik_null=plain.loglik_null,
        loglik_logit=plain.loglik,
        rsquared=1 - top.loglik / plain.loglik_null,
        shares=predicted_shares(laid, demand.probabilities),
        hits=hit_rate(demand.probabilities, laid),
        ratio=ratio,
        ratio_freedom=extra,
        p_value=p_value,
        p_bounded=None if several else p_value / 2 if below else 1.0,
        plausible=plausible,
        nests={str(nest): sorted(map(str, found)) for nest, found in members.items()},
        reached=top.reached,
        elasticities=elasticities,
    )


def _elasticities(demand: Demand) -> pd.Series | None:
    if not demand.priced:
        return None
    volume = np.maximum(demand.volume, 1e-300)
    return pd.Series(np.diag(demand.summed(demand.offers["price"].to_numpy(float))) / volume, demand.products)


def _absurd(elasticities: pd.Series | None) -> pd.Series:
    return pd.Series(dtype=float) if elasticities is None else elasticities[elasticities.abs() > ABSURD]


def _checks(own: pd.DataFrame, plausible: bool, top: Top, elasticities: pd.Series | None) -> list[Check]:
    said = listed([number(value, "", 2) for value in own["estimate"].head(6)])
    checks = [
        Check("Dissimilarities are above 0 and at most 1", plausible, said),
        Check(
            "Every start came to the same estimates", top.agreeing == len(top.reached),
            f"{top.agreeing} of {len(top.reached)} came to the highest likelihood",
        ),
    ]  # fmt: skip
    if elasticities is not None:
        furthest = elasticities.abs().idxmax()
        checks.append(
            Check(
                f"Own-price elasticities are within {ABSURD:.0f}",
                _absurd(elasticities).empty,
                f"the furthest is {number(elasticities[furthest], '', 1)}, of {furthest}",
            )
        )
    return checks


def _title(own: pd.DataFrame, plausible: bool) -> str:
    if not plausible:
        return "This grouping does not fit how people choose"
    if (own["high"] < 1).any():
        return "Buyers switch within a group before they leave it"
    return "We cannot tell that offers of a group are closer"


def _finding(
    own: pd.DataFrame,
    plausible: bool,
    p_value: float,
    elasticities: pd.Series | None,
    sets: int,
    level: float,
) -> str:
    row = own.loc[own["estimate"].idxmin()]
    which = f" in {row['label'].partition(': ')[2]}" if len(own) > 1 else ""
    close = f"{number(1 - row['estimate'], '', 2)} ({interval(1 - row['high'], 1 - row['low'], '', 2)})"
    said = (
        f"On a scale from 0 (no closer than any others) to 1 (the same), offers of a group are {close} close"
    )
    said += f"{which}, from {count(sets)} choices"
    if not plausible:
        odd = own[(own["estimate"] <= 0) | (own["estimate"] > 1)]
        values = listed([number(value, "", 2) for value in odd["estimate"].head(NAMED)])
        said = (
            f"The grouping is implausible: {values} where only 0 to 1 makes sense, so offers of a group are "
            "no closer to each other than to the rest; try another grouping"
        )
    elif p_value > 1 - level:
        said += "; a model without groups tells these choices as well"
    if len(odd_ones := _absurd(elasticities)):
        said += f"; implausible: 1% on the price of {odd_ones.index[0]} would move its sales by "
        said += number(abs(odd_ones.iloc[0]) / 100, "%", 0)
    return f"{said}."


def _numbers(own: pd.DataFrame, laid: Choices, level: float) -> tuple[Number, ...]:
    row = own.loc[own["estimate"].idxmin()]
    return (
        Number(
            name="dissimilarity", label=str(row["label"]), value=float(row["estimate"]),
            low=float(row["low"]), high=float(row["high"]), level=level, source=laid.source.name,
        ),
    )  # fmt: skip
