"""A survey's columns as labels, and the labels of a population matched to them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant

CROSSED = " & "  # joins the names, and the levels, of a margin of several variables
LARGEST = 1e100  # a number whose square is one still


def labelled(survey: Source, name: str, what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Number a column's labels, or those of several crossed; −1 where one is missing.

    what : names it in an error, as in "margin stype".

    Raises
    ------
    ValueError : the survey has no such column.
    """
    frame = survey.frame
    parts = list(map(survey.called, [name] if survey.called(name) in frame else name.split(CROSSED)))
    for part in parts:
        if part not in frame:
            raise ValueError(f"{what}: {survey.name} has no column {part!r}; {meant(part, frame)}")
    codes, levels = _labels(frame[parts[0]])
    for part in parts[1:]:
        more, others = _labels(frame[part])
        pairs = np.where((codes < 0) | (more < 0), -1, codes * len(others) + more)
        found, codes = np.unique(pairs, return_inverse=True)
        codes = codes - int(len(found) > 0 and found[0] < 0)
        levels = tuple(
            levels[pair // len(others)] + CROSSED + others[pair % len(others)] for pair in found if pair >= 0
        )
    return codes, levels


def _labels(values: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, found = pd.factorize(values, sort=True)
    return codes, tuple(map(label, found))


def label(value: object) -> str:
    """Write a value as a label: 1.0 as 1."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def numbers(source: Source, role: str) -> np.ndarray:
    """Give a column's numbers, missing ones as NaN.

    Raises
    ------
    ValueError : it holds no numbers, or one whose square is none.
    """
    values = source.frame[role]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise ValueError(f"{source.name}: {role} holds {values.dtype}, not numbers; convert it first")
    found = values.to_numpy(float, na_value=np.nan)
    if (huge := (np.abs(found) > LARGEST) & np.isfinite(found)).any():
        row = int(huge.argmax())
        raise ValueError(f"{source.name}, row {row}: {role} is {found[row]:.3g}; correct it")
    return found


def twin(level: str, others: Sequence[str]) -> str:
    """Find the label that differs in case or space only; nothing where there is none."""
    bare = "".join(level.casefold().split())
    return next((other for other in others if "".join(other.casefold().split()) == bare), "")
