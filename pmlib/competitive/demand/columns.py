"""Which columns a demand model of a market is made of: terms of utility, and instruments."""

from dataclasses import replace

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT, Design, Term, design
from pmlib.competitive.choice.newton import dependent
from pmlib.competitive.demand.others import others
from pmlib.competitive.demand.two_stage import within
from pmlib.competitive.words import count, listed, lower
from pmlib.data import Source
from pmlib.result import Check
from pmlib.table import Column

BASE = "(constant)"
DECLARED, NONE = "declared", "none"
NAMED = 3  # columns that a line names


def terms_of(
    source: Source, frame: pd.DataFrame, taken: list[str], levels: tuple[np.ndarray, ...]
) -> tuple[Design, np.ndarray, tuple[Check, ...]]:
    """Give the terms of utility, price first, the others' columns, and a Check that names those left out."""
    laid = design(frame, price=True, attributes=taken, constants=None, base=None, none=None)
    start = () if levels else (Term(BASE, CONSTANT, BASE),)
    terms = Design((laid.terms[0], *start, *laid.terms[1:]))
    matrix = terms.matrix(frame)[:, 1:]
    own = within(matrix[:, len(start) :], list(levels) or [np.zeros(len(frame), int)])
    own[:, (np.abs(own) <= 1e-10 * np.abs(matrix[:, len(start) :]).max(axis=0, initial=0)).all(axis=0)] = 0.0
    repeats = dependent(own)
    labels = [term_label(source, term.name) for term in laid.terms[1:]]
    said = [f"{lower(labels[i])} ({_given_by(own, i, repeats, labels)})" for i in repeats]
    used = Check(
        "Every attribute tells something of its own", not said,
        f"left out: {listed(said)}" if said else f"{count(len(labels))} do",
    )  # fmt: skip
    kept = [i for i in range(matrix.shape[1]) if i - len(start) not in repeats]
    terms = terms.without([laid.names[i + 1] for i in repeats])
    return terms, matrix[:, kept], (used,) if labels else ()


def _given_by(columns: np.ndarray, i: int, repeats: list[int], labels: list[str]) -> str:
    size = np.linalg.norm(columns[:, i])
    earlier = [j for j in range(i) if j not in repeats]
    if size == 0 or not earlier:
        return "the same for all it is compared with"
    scale = np.linalg.norm(columns[:, earlier], axis=0)
    parts = np.linalg.lstsq(columns[:, earlier] / scale, columns[:, i] / size, rcond=None)[0]
    return (
        f"given by {listed([lower(labels[j]) for j, p in zip(earlier, parts, strict=True) if abs(p) > 1e-6])}"
    )


def instruments_of(source: Source, frame: pd.DataFrame, taken: list[str], instruments: str) -> pd.DataFrame:
    """Give the instruments asked for, a row for each of the frame's; refuse a missing one."""
    if instruments == NONE:
        return frame[[]]
    if instruments == DECLARED:
        found = frame[list(source.instruments)].astype(float)
        if found.isna().to_numpy().any():
            row, column = np.argwhere(found.isna().to_numpy())[0]
            named = f"instrument {found.columns[column]} of “{frame['name'].iloc[row]}”"
            raise ValueError(f"{source.name}: {named} is missing; fill it, or drop the row")
        return found
    numbers = [name for name in taken if pd.api.types.is_numeric_dtype(source.frame[name].dtype)]
    whole = replace(source, frame=source.frame.dropna(subset=numbers))
    return others(whole, numbers, instruments).loc[frame.index]


def useful(
    built: pd.DataFrame, exogenous: np.ndarray, levels: tuple[np.ndarray, ...]
) -> tuple[pd.DataFrame, tuple[Check, ...]]:
    """Leave out instruments that attributes or other instruments add up to: they move nothing new."""
    if not built.shape[1]:
        return built, ()
    stacked = np.column_stack([exogenous, built.to_numpy(float)])
    own = within(stacked, list(levels)) if levels else stacked
    own[:, (np.abs(own) <= 1e-10 * np.abs(stacked).max(axis=0)).all(axis=0)] = 0.0
    repeats = [i - exogenous.shape[1] for i in dependent(own) if i >= exogenous.shape[1]]
    if not repeats:
        return built, ()
    gone = [built.columns[i] for i in repeats]
    more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
    check = Check(
        "Every instrument tells something of its own", False,
        f"left out, given by attributes or others: {listed(list(map(str, gone[:NAMED])))}{more}",
    )  # fmt: skip
    return built.drop(columns=gone), (check,)


def term_label(source: Source, term: str) -> str:
    """Name a term in words: Size, or Class: Van."""
    if term == BASE:
        return "Constant"
    column, colon, level = term.partition(": ")
    spec = source.columns.get(column, Column(column))
    return f"{spec.label}: {level}" if colon else spec.label
