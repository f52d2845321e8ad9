"""From offers to numbers: which columns a utility is made of, and how each is written as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

CONSTANT = (
    "constant"  # column that says whose constant a row has; an entrant has that of the product it is like
)


@dataclass(frozen=True)
class Term:
    """One term of a utility: a column's number, or whether it holds a level; times a column about the
    chooser.

    name : as it stands in tables of coefficients: "price", "brand: Sony", "product: Heinz 41 oz × income".
    """

    name: str
    column: str
    level: str | None = None
    by: str | None = None

    def values(self, offers: pd.DataFrame) -> np.ndarray:
        """Work the term out for each row, (n,)."""
        held = offers[self.column]
        found = (
            held.astype(float) if self.level is None else (held.astype("str") == self.level).astype(float)
        ).to_numpy()
        return found if self.by is None else found * offers[self.by].to_numpy(float)


@dataclass(frozen=True)
class Design:
    """The terms of a utility, in order."""

    terms: tuple[Term, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The terms' names."""
        return tuple(term.name for term in self.terms)

    def matrix(self, offers: pd.DataFrame) -> np.ndarray:
        """Lay offers out as numbers: (n, k), rows as in the frame, columns as the terms."""
        out = np.empty((len(offers), len(self.terms)))
        for i, term in enumerate(self.terms):
            out[:, i] = term.values(offers)
        return out

    def without(self, names: Sequence[str]) -> "Design":
        """Leave terms out."""
        return Design(tuple(term for term in self.terms if term.name not in names))


def design(
    offers: pd.DataFrame,
    *,
    price: bool,
    attributes: Sequence[str],
    constants: str | None,
    base: str | None,
    none: str | None,
    chooser_terms: Sequence[str] = (),
) -> Design:
    """Say which terms a utility has.

    Parameters
    ----------
    offers : one row an alternative; column `constant` says whose constant it has.
    price : whether there is a price, which comes first.
    attributes : columns; numbers and flags are one term each, labels one a level but the first (the most
        frequent, or the first of an ordered list of values).
    constants : what constants are called after, "product" or "firm"; None for no constants.
    base : the label without a constant: 0 by definition. `none` : the label of buying none of these.
    chooser_terms : columns about the chooser; each gets a coefficient for every label but the base.
    """
    terms = [Term("price", "price")] if price else []
    # What is not bought has no attributes: its level of a label is nobody's.
    real = offers[offers[CONSTANT] != none] if none is not None else offers
    for column in attributes:
        if is_label(offers[column]):
            terms += [Term(f"{column}: {level}", column, level) for level in _levels(real[column])[1:]]
        else:
            terms.append(Term(column, column))
    if constants:
        labels = [label for label in _labels(offers[CONSTANT]) if label != base]
        terms += [Term(f"{constants}: {label}", CONSTANT, label) for label in labels]
        terms += [
            Term(f"{constants}: {label} × {by}", CONSTANT, label, by)
            for by in chooser_terms
            for label in labels
        ]
    return Design(tuple(terms))


def is_label(values: pd.Series) -> bool:
    """Tell whether a column holds labels, not numbers or flags."""
    return not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype))


def _levels(values: pd.Series) -> list[str]:
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        held = set(values.dropna().astype("str"))
        return [str(level) for level in values.cat.categories if str(level) in held]
    counts = values.astype("str").value_counts()
    first = min(counts.index[counts == counts.max()])
    return [first, *sorted(set(counts.index) - {first})]


def _labels(values: pd.Series) -> list[str]:
    return sorted(values.dropna().astype("str").unique())


def check_names(name: str, columns: Iterable[str], own: Iterable[str]) -> None:
    """Refuse an attribute that is called as a column which a model lays out for itself."""
    for column in columns:
        if column in own:
            raise ValueError(
                f"{name}: an attribute is called {column!r}, as is a column of the model's own; rename it"
            )
