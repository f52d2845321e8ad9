"""What a survey cannot be weighted to is refused in one line, as the analyst reads it."""

import re

import numpy as np
import pandas as pd
import pytest

from pmlib import data
from pmlib.sizing.survey import incidence, weighting

SEX = [("sex", "f", 510), ("sex", "m", 490)]
AGE = [("age", "18-34", 300), ("age", "35-64", 450), ("age", "65+", 250)]


def people():
    place = np.arange(60)
    return pd.DataFrame(
        {
            "sex": np.where(place % 2, "f", "m"),
            "age": np.select([place % 5 < 2, place % 5 < 4], ["18-34", "35-64"], "65+"),
            "works": np.where(place % 5 == 4, "no", "yes"),
            "car": place % 3 % 2,
            "income": place * 100.0,
            "w": 1.0,
            "region": np.where(place < 30, "north", "south"),
        }
    )


def survey(frame=None, **roles):
    return data.source(people() if frame is None else frame, "people", **roles)


def refusal(population, question="car", frame=None, roles=None, **given):
    rows = pd.DataFrame(population, columns=["margin", "margin_level", "margin_total"])
    with pytest.raises(ValueError) as error:
        incidence(survey(frame, **(roles or {})), question, population=data.source(rows, "census"), **given)
    return str(error.value)


WORKS = [("works", "no", 300), ("works", "yes", 700)]
CASES = {
    "margins that do not add up": (
        {"population": [*SEX, ("age", "18-34", 300), ("age", "35-64", 450), ("age", "65+", 350)]},
        "margin sex adds up to 1,000 and margin age to 1,100; correct one, or give rescale=True to scale "
        "age to "
        "the first",
    ),
    "shares that do not add up": (
        {"population": [("sex", "f", 0.5), ("sex", "m", 0.4)]},
        "margin sex adds up to 0.9, not to 1; correct a share, or give rescale=True to scale it",
    ),
    "a target without respondents, of numbers": (
        {"population": [*AGE[:2], ("age", "65-74", 150), ("age", "75+", 100)],
         "frame": people().replace({"age": {"65+": "65-74"}})},
        'margin age, level "75+": 0 respondents stand for 100; combine it with "65-74" (12 respondents) '
        'in both '
        "tables",
    ),
    "a target without respondents, of words": (
        {"population": [*SEX, ("sex", "other", 10)]},
        'margin sex, level "other": 0 respondents stand for 10; combine it with "f" (30 respondents) in '
        'both tables',
    ),
    "a level without target": (
        {"population": AGE[:2]},
        "margin age: 12 respondents are \"65+\", which has no total; the population has '18-34', '35-64': "
        "add its "
        "total, or combine levels",
    ),
    "another case": (
        {"population": [("sex", "F ", 510), ("sex", "m", 490)]},
        'margin sex, level "F " has no respondent; did you mean "f" (30 respondents)? Write both alike',
    ),
    "a negative target": (
        {"population": [("sex", "f", -5), ("sex", "m", 490)]},
        'margin sex, level "f": its total is -5; a total is above 0: correct it, or leave the level and its '
        "respondents out",
    ),
    "a target of 0": (
        {"population": [("sex", "f", 0), ("sex", "m", 490)]},
        'margin sex, level "f": its total is 0; a total is above 0: correct it, or leave the level and its '
        "respondents out",
    ),
    "a missing target": (
        {"population": [("sex", "f", np.nan), ("sex", "m", 490)]},
        'margin sex, level "f": its total is missing; a total is above 0: correct it, or leave the level '
        'and its '
        "respondents out",
    ),
    "a level twice": (
        {"population": [*SEX, ("sex", "f", 12)]},
        'margin sex, level "f" is there more than once (510 and 12); keep one',
    ),
    "a level without name": (
        {"population": [*SEX, ("sex", None, 12)]},
        "margin sex: row 2 of the population has no level; name it",
    ),
    "a margin without name": (
        {"population": [*SEX, (None, "f", 12)]},
        "census, row 2: the margin is missing; name a column of people",
    ),
    "confounded margins": (
        {"population": [*AGE, *WORKS]},
        'the margins cannot be met together: works "no" (300 people) is found only with age "65+" (250); '
        'correct a '
        "total, or merge levels",
    ),
    "a population in thousands": (
        {"population": [("sex", "f", 5.1), ("sex", "m", 4.9)]},
        "margin sex: a population of 10 is smaller than the sample of 60; give people, not thousands, or "
        "shares that add up to 1 or to 100%",
    ),
    "a level smaller than its respondents": (
        {"population": [("sex", "f", 20), ("sex", "m", 980)]},
        'margin sex, level "f": 20 people, yet 30 respondents; correct the total',
    ),
    "no such column": (
        {"population": [("gender", "f", 510), ("gender", "m", 490)]},
        "margin gender: people has no column 'gender'; it has 'sex', 'age', 'works', 'car', 'income', 'w' "
        "(and 1 "
        "more)",
    ),
    "post-strata of two margins": (
        {"population": [*SEX, *AGE], "method": "post-stratify"},
        'post-stratifying needs the margins crossed, as one: "sex & age"; found 2; give that, or '
        'method="rake"',
    ),
    "another method": (
        {"population": SEX, "method": "raking"},
        "method is 'raking'; did you mean 'rake'? It may be 'rake', 'post-stratify', 'calibrate'",
    ),
    "another remedy": (
        {"population": SEX, "missing": "drop"},
        "missing is 'drop'; it may be \"own level\", or None to refuse missing levels",
    ),
    "weights below 0 from calibration": (
        {"population": [*SEX, ("income", None, 9_000_000)], "method": "calibrate"},
        "calibrating makes the weights of",
    ),
    "a number's total beyond reach": (
        {"population": [*SEX, ("income", None, 90_000_000)]},
        "the margins cannot be met together: at best",
    ),
    "a negative weight": (
        {"population": SEX, "frame": people().assign(w=[-1.0, *[1.0] * 59]), "roles": {"design_weight": "w"}},
        "people: row 0: weight -1; a weight is above 0: correct or drop it",
    ),
    "one cluster a stratum": (
        {"population": SEX, "roles": {"stratum": "region", "cluster": "w"}},
        "people: each of 2 strata has one cluster, so nothing shows the error; merge strata, or leave "
        "them out",
    ),
    "a question of many answers": (
        {"population": SEX, "question": "age"},
        'question age: say which answer counts, as yes=…; the answers are "18-34", "35-64", "65+"',
    ),
    "an answer that nobody gave": (
        {"population": SEX, "question": "works", "yes": "YES"},
        'question works: nobody answered "YES"; did you mean "yes"?',
    ),
    "a level that is none": ({"population": SEX, "level": 95}, "level is 95; write a fraction between "
    "0 and 1, such as 0.95"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_one_line(name):
    given, line = CASES[name]
    said = refusal(**given)
    assert said.startswith(line)
    assert "\n" not in said


def test_confounded_margins_without_a_clash_show_how_far_off_they_stay():
    # Any two levels go together, yet nobody has all three, so that 90% of each is too much.
    frame = pd.DataFrame(
        {"a": [0, 1, 1, 0] * 5, "b": [0, 1, 0, 1] * 5, "c": [0, 0, 1, 1] * 5, "car": [0] * 20}
    )
    known = [(name, level, total) for name in "abc" for level, total in ((0, 100), (1, 900))]
    said = refusal(known, frame=frame)
    assert re.match(r'the margins cannot be met together: at best [abc] "0" [\d.]+ of 100, ', said)
    assert said.endswith("; merge levels, or drop a margin")


def test_other_totals_are_scaled_when_asked_to():
    rows = pd.DataFrame(
        [*SEX, *((m, level, 2 * total) for m, level, total in AGE)],
        columns=["margin", "margin_level", "margin_total"],
    )
    found = weighting(survey(), data.source(rows, "census"), rescale=True)
    assert found.weights.sum() == pytest.approx(1000)
    assert "margin age was scaled from 2,000 to 1,000" in found.summary()


def test_a_trim_that_calibration_cannot_keep_is_said_so():
    said = refusal([("sex", "f", 900), ("sex", "m", 100)], method="calibrate", trim=1.5)
    assert said.startswith("trim=1.5 is too tight (untrimmed, the largest weight is 1.8 times the average): ")
