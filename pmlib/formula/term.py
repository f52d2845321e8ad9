"""Formulas as Python writes them: numbers and inputs, put together with + − × ÷ and a few functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Row = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Term:
    """A part of a formula.

    sign : what makes it of its parts, as the program calls it; "" of a number, a row of numbers or an input.
    value : of a number, or of a row that stands for several at once. name : of an input.
    """

    sign: str = ""
    parts: tuple["Term", ...] = ()
    value: float | Row | None = None
    name: str = ""
    __array_ufunc__ = None  # a number of numpy's leaves the operation to the term

    def __add__(self, other: Any) -> "Term":
        return Term("+", (self, term(other)))

    def __radd__(self, other: Any) -> "Term":
        return Term("+", (term(other), self))

    def __sub__(self, other: Any) -> "Term":
        return Term("-", (self, term(other)))

    def __rsub__(self, other: Any) -> "Term":
        return Term("-", (term(other), self))

    def __mul__(self, other: Any) -> "Term":
        return Term("*", (self, term(other)))

    def __rmul__(self, other: Any) -> "Term":
        return Term("*", (term(other), self))

    def __truediv__(self, other: Any) -> "Term":
        return Term("/", (self, term(other)))

    def __rtruediv__(self, other: Any) -> "Term":
        return Term("/", (term(other), self))

    def __pow__(self, other: Any) -> "Term":
        return Term("**", (self, term(other)))

    def __neg__(self) -> "Term":
        return Term("-", (term(0.0), self))


def term(value: Any) -> Term:
    """Take a number, a row of numbers, or a term as it is."""
    if isinstance(value, Term):
        return value
    values = np.asarray(value, float)
    return Term(value=float(values) if values.ndim == 0 else tuple(values.tolist()))


def given(name: str) -> Term:
    """Stand for an input."""
    return Term(name=name)


def called(function: str, *parts: Any) -> Term:
    """Apply a function: exp, log, sqrt, min, max, or sum, which adds a row up."""
    return Term(function, tuple(term(part) for part in parts))


def added(parts: Sequence[Term]) -> Term:
    """Add terms up."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole
