"""What a choice turns on: a conditional logit of choices on price, attributes and brands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from pmlib.competitive.choice.design import CONSTANT
from pmlib.competitive.choice.newton import FAR, Fit, maximise, probabilities, separating
from pmlib.competitive.choice.table import NAMED, Choices, lay_out
from pmlib.competitive.demand.demand import Demand, offers
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "What choices turn on"
COLUMNS = {
    "label": Column("What"),
    "estimate": Column("Effect on utility", "", 3),
    "low": Column("Low", "", 3),
    "high": Column("High", "", 3),
    "se": Column("Standard error", "", 4),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConditionalLogit(Result):
    """Coefficients of a conditional logit, one row a term, and how well they tell the choices.

    demand : the model, to be asked about elasticities, diversion, willingness to pay and what-ifs.
    choices : what it was fitted to. covariance : of the coefficients, clustered where choosers chose often.
    loglik, loglik_null : log-likelihood, and that of equal chances. rsquared : McFadden's, 1 - the ratio of
        both.
    shares : mean probability and share chosen of each product (columns product, predicted, chosen).
    hits : share of choices for which the likeliest alternative was the one taken.
    """

    demand: Demand = field(repr=False)
    choices: Choices = field(repr=False)
    covariance: pd.DataFrame = field(repr=False)
    loglik: float
    loglik_null: float
    rsquared: float
    shares: pd.DataFrame = field(repr=False)
    hits: float
    steps: int

    def plot(self, ax: Any = None) -> Any:
        """Draw each term's effect with its interval."""
        from pmlib import chart

        return chart.dots(self.frame.head(14), "label", spec=self.columns["estimate"], ax=ax)


def conditional_logit(
    source: Source | None,
    *,
    attributes: Sequence[str] | None = None,
    constants: bool = True,
    base: str | None = None,
    none: str | None = None,
    chooser_terms: Sequence[str] = (),
    errors: str = "clustered",
    level: float = 0.95,
) -> ConditionalLogit | Absent:
    """Fit a conditional (multinomial) logit: utility = price, attributes and a constant for each product.

    Parameters
    ----------
    source : one row per alternative of a choice set; roles occasion, chosen (0/1, one 1 a set); chooser where
        one chooses often; product (or firm) names the alternative; price, attributes; available = 0 takes a
        row out. Sets may differ in length; rows may stand in any order.
    attributes : columns to take; all attributes of the source when None. Labels get a term a level but the
        first.
    constants : whether each product (or firm) has a utility of its own.
    base : the label whose constant is 0; that of buying none where there is one, else the one chosen most
        often.
    none : the label of buying none of these; found where it is called so ("none").
    chooser_terms : numeric columns about the chooser (income...), with a coefficient for every label but the
        base.
    errors : "clustered" by chooser where anybody chose more than once (else classical), or "classical".
    level : of the intervals.

    Returns
    -------
    ConditionalLogit : frame has a row a term: term, label, estimate, low, high, se, classical_se, z.
        Attributes demand, covariance, loglik, loglik_null, rsquared, shares, hits.

    Raises
    ------
    ValueError : one line that names rows, sets or terms (see `table.lay_out`); choices that a term foretells.

    References
    ----------
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior", in Frontiers in
    Econometrics.
    """
    check_level(level)
    if errors not in ("clustered", "classical"):
        raise ValueError(f'errors is {errors!r}; it may be "clustered" or "classical"')
    laid = lay_out(
        TITLE, source, attributes=attributes, constants=constants, base=base, none=none,
    chooser_terms=chooser_terms )  # fmt: skip
    if isinstance(laid, Absent):
        return laid
    fit = fitted(laid)
    clustered = errors == "clustered" and laid.clustered
    covariance = fit.clustered(laid.choosers) if clustered else fit.classical
    freedom = float(laid.choosers.max()) if clustered else np.inf
    demand = logit_demand(laid, fit.params, covariance, freedom)
    frame = coefficients(laid, fit.params, covariance, fit.classical, freedom, level)
    chances = probabilities(laid.matrix @ fit.params, laid.sets)
    hits = hit_rate(chances, laid)
    return ConditionalLogit(
        title=_title(frame, laid),
        finding=_finding(frame, laid, hits),
        subtitle=f"Effect on the utility of an offer; {level_words(level)}"
        f"{', which allow for choices of one chooser being alike' if clustered else ''}",
        frame=frame,
        columns=COLUMNS,
        source=laid.source.line,
        numbers=_numbers(frame, laid, level),
        checks=(*laid.checks, _price_check(frame)),
        demand=demand,
        choices=laid,
        covariance=pd.DataFrame(covariance, laid.design.names, laid.design.names),
        loglik=fit.loglik,
        loglik_null=fit.loglik_null,
        rsquared=1 - fit.loglik / fit.loglik_null,
        shares=predicted_shares(laid, chances),
        hits=hits,
        steps=fit.steps,
    )


def fitted(laid: Choices) -> Fit:
    """Fit the logit, or refuse choices that terms foretell without fail.

    Raises
    ------
    ValueError : names those terms.
    """
    fit = maximise(laid.matrix, laid.chosen, laid.sets)
    size = np.sqrt((laid.matrix**2).mean(axis=0))
    if np.abs(fit.params * size).max() < FAR:
        return fit
    direction = separating(laid.matrix, laid.chosen, laid.sets)
    if direction is None:
        return fit
    names = [name for name, d in zip(laid.design.names, direction, strict=True) if abs(d) > 1e-6]
    raise ValueError(
        f"{laid.source.name}: {listed(names[:NAMED])}{' and others' if len(names) > NAMED else ''} "
        f"{'foretells every choice it bears' if len(names) == 1 else 'foretell every choice they bear'} on "
        f"({len(laid.sets)} choices), so the estimate has no end; leave one out "
        "or give more choices"
    )


def logit_demand(laid: Choices, params: np.ndarray, covariance: np.ndarray, freedom: float) -> Demand:
    """Make the fitted logit a demand that can be asked what if."""
    return Demand(
        offers=offers(laid.frame, laid.label),
        design=laid.design,
        names=laid.design.names,
        params=params,
        covariance=covariance,
        freedom=freedom,
        size=np.ones(len(laid.sets)),
        none=laid.none,
        money=laid.source.columns["price"].unit if "price" in laid.frame else "",
        source=laid.source.line,
    )


def coefficients(
    laid: Choices,
    params: np.ndarray,
    covariance: np.ndarray,
    classical: np.ndarray,
    freedom: float,
    level: float,
) -> pd.DataFrame:
    """Give a row per term with its interval, terms first in the order of the design."""
    labels = [term_label(laid.source, term) for term in laid.design.names]
    return estimates(laid.design.names, labels, params, covariance, classical, freedom, level)


def estimates(
    names: Sequence[str],
    labels: Sequence[str],
    params: np.ndarray,
    covariance: np.ndarray,
    classical: np.ndarray,
    freedom: float,
    level: float,
) -> pd.DataFrame:
    """Give a row per parameter with its interval."""
    se = np.sqrt(np.diag(covariance))
    reach = ndtri(0.5 + level / 2) if np.isinf(freedom) else stdtrit(freedom, 0.5 + level / 2)
    return pd.DataFrame(
        {
            "term": names,
            "label": labels,
            "estimate": params,
            "low": params - reach * se,
            "high": params + reach * se,
            "se": se,
            "classical_se": np.sqrt(np.diag(classical)),
            "z": params / se,
        }
    )


def term_label(source: Source, term: str) -> str:
    """Write a term as a reader knows it: its column's label and its level."""
    column, colon, level = term.partition(": ")
    label = source.columns[column].label if column in source.columns else column
    if not colon:
        return label
    return level if column in ("product", "firm") else f"{label}: {level}"


def hit_rate(probabilities: np.ndarray, laid: Choices) -> float:
    """Share of choices for which the likeliest alternative was the one taken; ties count in part."""
    best = probabilities >= laid.sets.spread(laid.sets.max(probabilities)) - 1e-12
    return float(
        (laid.sets.sum((best & laid.chosen).astype(float)) / laid.sets.sum(best.astype(float))).mean()
    )


def predicted_shares(laid: Choices, chances: np.ndarray) -> pd.DataFrame:
    """Set the mean probability of each product beside the share that chose it."""
    codes, products = pd.factorize(laid.frame[CONSTANT], sort=True)
    return pd.DataFrame(
        {
            "product": list(products),
            "predicted": np.bincount(codes, chances) / len(laid.sets),
            "chosen": np.bincount(codes, laid.chosen) / len(laid.sets),
        }
    )


def _price_check(frame: pd.DataFrame) -> Check:
    own = frame[frame["term"] == "price"]
    if own.empty:
        return Check("There is a price", False, "so nothing here can be put in money")
    row = own.iloc[0]
    return Check(
        "A higher price makes a choice less likely",
        bool(row["high"] < 0),
        number(row["estimate"]),
    )


def _title(frame: pd.DataFrame, laid: Choices) -> str:
    price = frame[frame["term"] == "price"]
    if not price.empty and price["high"].iloc[0] < 0:
        among = f" among {count(laid.frame['constant'].nunique())} {laid.label}s" if laid.label else ""
        return f"Price moves choices{among}"
    if not price.empty:
        return "We cannot tell that price moves choices"
    strongest = frame.loc[frame["z"].abs().idxmax(), "label"]
    return f"{strongest} tells choices apart best"


def _finding(frame: pd.DataFrame, laid: Choices, hits: float) -> str:
    clear = frame[(frame["low"] > 0) | (frame["high"] < 0)]
    said = f"In {count(len(laid.sets))} choices {count(len(clear))} of {count(len(frame))} effects are clear"
    price = frame[frame["term"] == "price"]
    if not price.empty:
        row = price.iloc[0]
        ends = interval(row["low"], row["high"])
        digits = interval_digits(row["low"], row["high"])
        said += f"; a unit of price moves utility by {number(row['estimate'], '', digits)} ({ends})"
    return f"{said}; the likeliest offer was the one taken {number(hits, '%', 0)} of the time."


def _numbers(frame: pd.DataFrame, laid: Choices, level: float) -> tuple[Number, ...]:
    price = frame[frame["term"] == "price"]
    return tuple(
        Number(
            name="price_coefficient", label="Effect of a unit of price on utility", value=float(row.estimate),
            low=float(row.low), high=float(row.high), level=level, source=laid.source.name,
        )
        for row in price.itertuples()
    )  # fmt: skip
