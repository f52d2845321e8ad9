"""A survey's question as numbers: yes and no, or how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.sizing.survey.labels import LARGEST, label, labelled, twin
from pmlib.table import Column

YES = ("yes", "true", "y", "1")
NO = ("no", "false", "n", "0")
SHOWN = 8


@dataclass(frozen=True, eq=False)
class Question:
    """What was answered.

    measure : 1 for the answer that counts and 0 for others, or a number; `answered` says whose are known.
    share : whether the measure is 0 and 1. answer : that which counts, "" where the column itself says it.
    """

    name: str
    column: Column
    measure: np.ndarray
    answered: np.ndarray
    share: bool
    answer: str

    @property
    def words(self) -> str:
        """Name what is measured: has a car, awards “Yes”."""
        return f"{self.column.label} “{self.answer}”" if self.answer else self.column.label


def read_question(survey: Source, question: str, yes: Any) -> Question:
    """Read a column as a question.

    Raises
    ------
    ValueError : there is no such column, or it does not say which answer counts.
    """
    question = survey.called(question)
    if question not in survey.frame:
        raise ValueError(
            f"question: {survey.name} has no column {question!r}; {meant(question, survey.frame)}"
        )
    column = survey.columns.get(question, Column(question))
    values = survey.frame[question]
    if yes is None and _amount(values):
        return _number(question, column, values)
    codes, answers = labelled(survey, question, "question")
    wanted = _wanted(question, answers, yes)
    hits = np.isin(codes, [answers.index(answer) for answer in wanted]).astype(float)
    plain = yes is None and set(map(str.casefold, answers)) <= {"0", "1", "true", "false"}
    return Question(question, column, hits, codes >= 0, True, "" if plain else " or ".join(wanted))


def _amount(values: pd.Series) -> bool:
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    return numeric and not values.dropna().isin([0, 1]).all()


def _number(name: str, column: Column, values: pd.Series) -> Question:
    y = values.to_numpy(float, na_value=np.nan)
    if np.isinf(y).any():
        raise ValueError(f"question {name}, row {np.isinf(y).argmax()}: the answer is infinite; correct it")
    if (big := np.abs(y) > LARGEST).any():
        found = f"{y[big.argmax()]:.3g}"
        raise ValueError(
            f"question {name}, row {big.argmax()}: the answer is {found}; give it in a larger unit"
        )
    return Question(name, column, np.nan_to_num(y), ~np.isnan(y), False, "")


def _wanted(name: str, answers: tuple[str, ...], yes: Any) -> list[str]:
    if yes is None:
        known = {answer.casefold().strip(): answer for answer in answers}
        found = [answer for bare, answer in known.items() if bare in YES]
        if len(found) == 1 and len(answers) < 3 and all(bare in YES + NO for bare in known):
            return found
        if answers and all(bare in NO for bare in known):
            return []
        said = ", ".join(f'"{answer}"' for answer in answers[:SHOWN]) + (" …" if len(answers) > SHOWN else "")
        raise ValueError(f"question {name}: say which answer counts, as yes=…; the answers are {said}")
    given = [yes] if isinstance(yes, str) or not isinstance(yes, Sequence) else list(yes)
    for answer in map(label, given):
        if answer not in answers:
            near = twin(answer, answers)
            there = f'did you mean "{near}"?' if near else meant(answer, answers, "the answers are")
            raise ValueError(f'question {name}: nobody answered "{answer}"; {there}')
    return [label(answer) for answer in given]
