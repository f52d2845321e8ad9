"""The four questions of van Westendorp: who answered them in order, and who did not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import shown
from pmlib.parameters import check_number
from pmlib.sizing.price.design import Design, design, prices
from pmlib.table import number

QUESTIONS = ("too_cheap", "cheap", "expensive", "too_expensive")
INTENTS = {"cheap": "intent_if_cheap", "expensive": "intent_if_expensive"}
CALIBRATION: Mapping[float, float] = {
    5: 0.7,
    4: 0.5,
    3: 0.3,
    2: 0.1,
    1: 0.0,
}  # chance that who says 5, "certainly", buys; usual values


@dataclass(frozen=True, eq=False)
class Answers:
    """Prices named by those who answered all questions in rising order, and how many did not.

    questions : the roles given, in order. prices : a row a respondent, a column a question, rising.
    everybody : the same of all who answered every question, in order or not, and `all_weights`.
    chances : of buying at each of the prices, or None; missing where a respondent stated no intent.
    asked, missing, disordered, tied : respondents in all; those with a question unanswered; those whose
        prices do not rise; those of them who only named one price twice.
    """

    questions: tuple[str, ...]
    prices: np.ndarray
    everybody: np.ndarray
    all_weights: np.ndarray
    chances: np.ndarray | None
    sample: Design
    unit: str
    asked: int
    missing: int
    disordered: int
    tied: int

    def pair(self, first: str, second: str) -> np.ndarray:
        """Take two questions' answers."""
        return self.prices[:, self.places(first, second)]

    def places(self, *questions: str) -> list[int]:
        """Tell the columns of questions."""
        return [self.questions.index(question) for question in questions]


def answers(
    survey: Source, calibration: Mapping[float, float], if_too_cheap: float, if_too_expensive: float
) -> Answers:
    """Read and check a survey of prices.

    Raises
    ------
    ValueError : a negative or infinite price; an intent that the calibration does not know; a respondent
        twice; columns in different units.
    """
    given = tuple(question for question in QUESTIONS if survey.has(question))
    frame = survey.frame
    unit = _unit(survey, given)
    _check_once(survey)
    table = np.column_stack([prices(survey, question) for question in given])
    complete = ~np.isnan(table).any(axis=1)
    steps = np.diff(table, axis=1)
    valid = complete & (steps > 0).all(axis=1)
    tied = complete & ~valid & (steps >= 0).all(axis=1)
    every = design(survey, frame.index[complete].to_numpy()) if complete.any() else None
    chances = None
    if survey.has(*INTENTS.values()):
        aside = {"too_cheap": if_too_cheap, "too_expensive": if_too_expensive}
        known = calibrated(calibration)
        columns = [
            intents(survey, INTENTS[question], known)
            if question in INTENTS
            else np.full(len(frame), _chance(aside[question], f"if_{question}"))
            for question in given
        ]
        chances = np.column_stack(columns)[valid]
    some = np.flatnonzero(valid)
    return Answers(
        questions=given,
        prices=table[valid],
        everybody=table[complete],
        all_weights=every.weights if every else np.zeros(0),
        chances=chances,
        sample=design(survey, frame.index[some].to_numpy()),
        unit=unit,
        asked=len(frame),
        missing=int((~complete).sum()),
        disordered=int((complete & ~valid).sum()),
        tied=int(tied.sum()),
    )


def _unit(survey: Source, given: tuple[str, ...]) -> str:
    units = {question: survey.columns[question].unit for question in given}
    if len(set(units.values())) > 1:
        said = ", ".join(f"{question} in {unit or 'no unit'}" for question, unit in units.items())
        raise ValueError(f"{survey.name}: prices are in different units ({said}); bring them to one")
    return next(iter(units.values()))


def _check_once(survey: Source) -> None:
    if survey.has("chooser"):
        again = np.flatnonzero(survey.frame["chooser"].duplicated() & survey.frame["chooser"].notna())
        if len(again):
            who = survey.frame["chooser"].iloc[again[0]]
            raise ValueError(
                f"{survey.name}, row {again[0]}: respondent {who} answers twice; keep one row each"
            )


def calibrated(calibration: Mapping[float, float]) -> dict[float, float]:
    """Check the chances of buying by intent; the keys of a parameter file are words.

    Raises
    ------
    ValueError : an answer that is no number, or a chance outside 0 to 1.
    """
    if not isinstance(calibration, Mapping):
        raise TypeError(f"calibration is {shown(calibration)}; give the chance of buying by answer")
    try:
        known = {float(answer): float(chance) for answer, chance in calibration.items()}
    except (TypeError, ValueError):
        raise ValueError(
            f"calibration is {dict(calibration)}; give the chance of buying by answer, as {dict(CALIBRATION)}"
        ) from None
    for answer, chance in known.items():
        _chance(chance, f"calibration of {number(answer)}")
    return known


def _chance(value: float, name: str) -> float:
    check_number(name, value, "a chance of buying, 0 to 1")
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; a chance of buying lies between 0 and 1")
    return value


def intents(survey: Source, role: str, known: dict[float, float]) -> np.ndarray:
    """Turn a column of intents into chances of buying; missing where nothing was stated.

    Raises
    ------
    ValueError : an intent that the calibration does not know, or no number.
    """
    if not pd.api.types.is_numeric_dtype(survey.frame[role].dtype):
        raise ValueError(f"{survey.name}: {role} holds words; give the numbers of the scale")
    said = survey.frame[role].to_numpy(float, na_value=np.nan)
    odd = np.flatnonzero(~np.isnan(said) & ~np.isin(said, list(known)))
    if len(odd):
        scale = ", ".join(number(answer) for answer in known)
        found = number(said[odd[0]]) if np.isfinite(said[odd[0]]) else "infinite"
        raise ValueError(
            f"{survey.name}, row {odd[0]}: {role} is {found}; "
            f"the calibration knows {scale}: give it that answer too"
        )
    chances = np.full(len(said), np.nan)
    for answer, chance in known.items():
        chances[said == answer] = chance
    return chances
