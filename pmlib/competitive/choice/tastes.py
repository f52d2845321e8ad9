"""What each buyer is likely to value, given the tastes of all and what he chose himself."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.choice.logit import term_label
from pmlib.competitive.choice.mixed import MixedLogit
from pmlib.competitive.choice.mixed_words import inside
from pmlib.competitive.choice.taste_laws import natural
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Result
from pmlib.table import Column, interval_digits, number

TITLE = "What each buyer values"
APART = 0.02  # of a spread, by which the mean over buyers may miss that of the population


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IndividualTastes(Result):
    """Coefficients of each chooser given what he chose, one row a chooser and term.

    frame : chooser, term, label, estimate (mean), low, high, se (standard deviation of what is not known).
    wide : a row a chooser, a column a term, of the estimates. weights : (C, R) of each chooser's draws given
        what he chose. draws : (C, k, R) coefficients of these draws, choosers in the order of `wide`.
    over_buyers : a row a term: its middle over choosers (estimate), what a tenth of them lie below and above
        (low, high), and the mean.
    """

    wide: pd.DataFrame = field(repr=False)
    weights: np.ndarray = field(repr=False)
    draws: np.ndarray = field(repr=False)
    over_buyers: pd.DataFrame = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw where the middle eight of ten buyers stand on each term."""
        from pmlib import chart

        return chart.dots(self.over_buyers.head(14), "label", spec=self.columns["estimate"], ax=ax)


def individual_tastes(mixed: MixedLogit | Absent, *, level: float = 0.95) -> IndividualTastes | Absent:
    """Work out each chooser's own coefficients from a mixed logit (empirical Bayes).

    Parameters
    ----------
    mixed : a fitted `mixed_logit`. level : of the range that holds a chooser's coefficient.

    Returns
    -------
    IndividualTastes : means over a chooser's draws, each weighed by how likely it makes his choices. Ranges
        take the population's means and spreads as known.

    References
    ----------
    Revelt & Train (2000), "Customer-specific taste parameters and mixed logit"; Train (2009), ch. 11.
    """
    check_level(level)
    if absent := unfitted(TITLE, mixed):
        return absent
    assert not isinstance(mixed, Absent)
    laid, panel = mixed.choices, mixed.panel
    shape = len(panel.draws), panel.terms, panel.draws.shape[2]
    draws, weights = np.empty(shape), np.empty((shape[0], shape[2]))
    for choosers, tastes, weight in panel.posterior(mixed.scaled):
        draws[choosers], weights[choosers] = tastes / mixed.scale[:, None], weight
    mean = np.einsum("ckr,cr->ck", draws, weights)
    spread = np.sqrt(np.maximum(np.einsum("ckr,cr->ck", draws**2, weights) - mean**2, 0.0))
    low, high = (_quantile(draws, weights, share) for share in (0.5 - level / 2, 0.5 + level / 2))
    names = laid.design.names
    who = laid.frame["chooser" if "chooser" in laid.frame else "set"].to_numpy()[laid.sets.starts]
    who = pd.Index(who[np.unique(laid.choosers, return_index=True)[1]], name="chooser")
    wide = pd.DataFrame(mean, who, names)
    labels = [term_label(laid.source, term) for term in names]
    frame = pd.DataFrame(
        {
            "chooser": np.repeat(who.to_numpy(), len(names)),
            "term": np.tile(names, len(who)),
            "label": np.tile(labels, len(who)),
            "estimate": mean.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "se": spread.ravel(),
        }
    )
    over = pd.DataFrame(
        {
            "term": names,
            "label": labels,
            "estimate": np.median(mean, axis=0),
            "low": np.quantile(mean, 0.1, axis=0),
            "high": np.quantile(mean, 0.9, axis=0),
            "mean": mean.mean(axis=0),
        }
    )
    differ = [taste.term for taste in mixed.demand.mixing]
    widest = max(differ, key=lambda i: (over["high"] - over["low"])[i] * mixed.scale[i])
    row = over.iloc[widest]
    digits = interval_digits(row["low"], row["high"])
    low_, middle, high_ = (number(row[end], "", digits) for end in ("low", "estimate", "high"))
    return IndividualTastes(
        title=f"Buyers value {inside(row)} most unlike each other",
        finding=f"For eight buyers in ten of {count(len(who))} the effect of {inside(row)} on utility lies "
        f"between {low_} and {high_}; half of them are above {middle}.",
        subtitle=f"Effect on utility of each buyer, given his choices; {level_words(level)}",
        frame=frame,
        columns={"chooser": Column("Buyer"), "label": Column("What"), "estimate": Column("Effect", "", 2),
                 "low": Column("Low", "", 2), "high": Column("High", "", 2)},
        source=mixed.source,
        checks=(_check(mixed, mean),),
        wide=wide,
        weights=weights,
        draws=draws,
        over_buyers=over,
    )  # fmt: skip


def _quantile(draws: np.ndarray, weights: np.ndarray, share: float) -> np.ndarray:
    # Of each chooser and term: the draw up to which the weights add up to that share.
    order = np.argsort(draws, axis=2)
    passed = np.cumsum(np.take_along_axis(weights[:, None], order, axis=2), axis=2)
    at = np.minimum((passed < share).sum(axis=2), draws.shape[2] - 1)
    return np.take_along_axis(np.take_along_axis(draws, order, axis=2), at[..., None], axis=2)[..., 0]


def _check(mixed: MixedLogit, mean: np.ndarray) -> Check:
    # At the maximum of the likelihood, tastes given choices average back to those of the population.
    params = natural(mixed.scaled, mixed.panel.mixing, mixed.scale)[0]
    normal = [taste for taste in mixed.panel.mixing if taste.law == "normal"]
    off = [
        abs(mean[:, taste.term].mean() - params[taste.term]) / max(abs(params[taste.spread]), 1e-12)
        for taste in normal
    ]
    worst = max(off, default=0.0)
    return Check(
        "Buyers' own tastes average to those of all", bool(worst < APART),
        f"{number(worst, '%', 1)} of a spread apart at most",
    )  # fmt: skip
