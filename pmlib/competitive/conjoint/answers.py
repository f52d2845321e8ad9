"""How a survey was answered: with thought, or by rote."""

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT
from pmlib.competitive.choice.table import Choices
from pmlib.competitive.words import count
from pmlib.result import Check
from pmlib.table import number

ALWAYS = 0.05  # share of respondents who may answer by rote
NONE = 0.5  # share of tasks in which nothing may be chosen
TASKS = 6  # of a respondent, below which his tastes are hardly told


def of_answers(laid: Choices, none_rate: float) -> list[Check]:
    """Check that tasks were answered with some thought.

    none_rate : share of tasks in which none was chosen; missing where that could not be.
    """
    checks, people = list[Check](), int(laid.choosers.max()) + 1
    if not np.isnan(none_rate):
        saw = f"{number(none_rate, '%', 0)} of tasks"
        checks.append(Check("None of these was not the usual answer", none_rate <= NONE, saw))
    if not laid.repeated:
        return checks
    each = np.bincount(laid.choosers)
    short = int((each < TASKS).sum())
    saw = f"{count(short)} did fewer" if short else f"{count(each.min())} to {count(each.max())}"
    checks.append(Check(f"Every respondent answered {TASKS} tasks or more", short == 0, saw))
    place = np.flatnonzero(laid.chosen) - laid.sets.starts
    if len(np.unique(place)) == 1:
        return [
            *checks,
            Check(
                "The order of offers hides the answer", False, "the file lists what was chosen at one place"
            ),
        ]
    none = (
        laid.frame[CONSTANT].to_numpy()[laid.chosen] == laid.none
        if laid.none is not None
        else np.zeros(len(place), bool)
    )
    checks.append(_always(laid.choosers, place, ~none, "the same place", people))
    if laid.label and laid.label != "product":
        brand = pd.factorize(laid.frame[CONSTANT].to_numpy()[laid.chosen])[0]
        checks.append(_always(laid.choosers, brand, ~none, "the same brand", people))
    if laid.none is not None:
        checks.append(_always(laid.choosers, none.astype(int), none, "none", people))
    return checks


def _always(choosers: np.ndarray, answer: np.ndarray, counted: np.ndarray, what: str, people: int) -> Check:
    # Respondents of three answers or more who only ever gave one, of those that count.
    frame = pd.DataFrame({"who": choosers, "answer": answer, "counted": counted}).groupby("who")
    rote = (frame["answer"].nunique() == 1) & frame["counted"].all() & (frame.size() >= 3)
    saw = f"{count(int(rote.sum()))} of {count(people)} respondents"
    return Check(f"Few respondents always took {what}", bool(rote.sum() <= ALWAYS * people), saw)
