"""Which tastes differ between buyers, and by which law: from what an analyst names to parameters."""

from collections.abc import Mapping, Sequence

import numpy as np

from pmlib.competitive.choice.design import CONSTANT, Term
from pmlib.competitive.choice.table import Choices
from pmlib.competitive.demand.demand import Mixing

LAWS = ("normal", "lognormal")
SPREAD = "spread of "


def mixing_of(
    laid: Choices, random: Mapping[str, str] | Sequence[str] | None, logit: np.ndarray
) -> tuple[Mixing, ...]:
    """Say which coefficients differ between choosers.

    Parameters
    ----------
    random : laws by the name of a term or of a column, or names alone, whose law is normal. None: every term
        that is not about the chooser, price log-normal where the plain logit says that a high price puts off.
    logit : coefficients of the plain logit; a log-normal taste has the sign of its own, that of price is
        negative.

    Raises
    ------
    ValueError : a name is no term or column; a law is unknown.
    """
    terms = laid.design.terms
    if random is None:
        plain = [term.name for term in terms if term.by is None]
        random = dict.fromkeys(plain, "normal")
        if "price" in random and logit[laid.design.names.index("price")] < 0:
            random["price"] = "lognormal"
    if isinstance(random, str):
        raise ValueError(f'random is "{random}"; give a list of terms, or the law of each')
    asked = dict(random) if isinstance(random, Mapping) else dict.fromkeys(random, "normal")
    laws: dict[int, str] = {}
    for name, law in asked.items():
        if law not in LAWS:
            raise ValueError(f'random: the law of "{name}" is {law!r}; it may be "normal" or "lognormal"')
        found = [i for i, term in enumerate(terms) if name in (term.name, _column(term, laid))]
        if not found:
            raise ValueError(f'random: "{name}" is no term; there are {list(laid.design.names)[:12]}')
        laws |= dict.fromkeys(found, law)
    if not laws:
        raise ValueError("random names no term; a mixed logit needs one, else fit a conditional logit")
    return tuple(
        Mixing(i, len(terms) + place, law, _sign(terms[i], logit[i]) if law == "lognormal" else 1)
        for place, (i, law) in enumerate(sorted(laws.items()))
    )


def _column(term: Term, laid: Choices) -> str:
    return laid.label if term.column == CONSTANT and term.by is None else term.column


def _sign(term: Term, logit: float) -> int:
    return -1 if term.column == "price" or logit < 0 else 1


def starting(mixing: Sequence[Mixing], logit: np.ndarray, spread: float) -> np.ndarray:
    """Start from the logit, scaled up as it is where tastes differ; `spread` in units of scaled terms."""
    out = np.concatenate([logit * (1 + 0.5 * spread), np.full(len(mixing), spread)])
    for taste in mixing:
        if taste.law == "lognormal":
            mean = max(taste.sign * out[taste.term], 0.1)
            out[taste.term] = np.log(mean) - spread**2 / 2
    return out


def natural(params: np.ndarray, mixing: Sequence[Mixing], scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give parameters of scaled terms (each over its `scale`) in the units of the terms, and their slopes."""
    slope = np.ones(len(params))
    slope[: len(scale)] = 1 / scale
    shift = np.zeros(len(params))
    for taste in mixing:
        if taste.law == "lognormal":
            slope[taste.term], shift[taste.term] = 1.0, -np.log(scale[taste.term])
        else:
            slope[taste.spread] = 1 / scale[taste.term]
    return params * slope + shift, slope
