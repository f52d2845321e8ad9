"""What peers swallow is refused in one line, or handled and said: every kind of bad input, one row each."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, sizing
from pmlib.result import Absent

BASE = """
revenue [EUR2025/year]   = buyers * basket
buyers  [person/year]    = 10 M .. 12 M
basket  [EUR2025/person] = 10 .. 20
"""
MARKET = sizing.tree(BASE)
PEOPLE = pd.DataFrame({"sex": ["f", "m"] * 30, "works": ["no", "yes"] * 30, "car": [0, 0, 1] * 20})


def incidence(margins, frame=PEOPLE, **options):
    rows = pd.DataFrame(margins, columns=["margin", "margin_level", "margin_total"])
    options = {"population": data.source(rows, "census")} | options
    return sizing.incidence(data.source(frame, "people"), "car", **options)


def sales(values, first=1990, **options):
    frame = pd.DataFrame({"year": range(first, first + len(values)), "units": values})
    return sizing.adoption(data.source(frame, "tv", period="year"), **options)


def asked(frame, **options):
    return sizing.price_sensitivity(data.source(frame, "psm"), draws=60, **options)


def prices(count=60, **changed):
    base = 10 * np.exp(0.3 * np.random.default_rng(1).normal(size=count))
    times = {"too_cheap": 0.5, "cheap": 0.8, "expensive": 1.2, "too_expensive": 1.5}
    return pd.DataFrame({name: base * by for name, by in times.items()}).assign(**changed)


def panel(**changed):
    frame = pd.DataFrame({"market": [f"m{i}" for i in range(9)], "income_a_head": np.arange(5.0, 14)})
    return data.source(frame.assign(penetration=frame["income_a_head"] / 20).assign(**changed), "panel")


SEX = [("sex", "f", 510), ("sex", "m", 490)]
REFUSED = {
    "a negative size": (
        lambda: sizing.tree("x [car] = -3 .. 5"),
        "node x, line 1: -3 is negative, which no size is; write `normal` after it where it may be below 0, "
        "or the unit [%/year] where it is growth",
    ),
    "a share above 1": (
        lambda: sizing.tree("x = 140%"),
        "node x, line 1: 140% is above 100%, which no share can be; for growth write the unit [%/year], "
        "for a ratio [1]",
    ),
    "a normal law of a share": (
        lambda: sizing.tree("x = 5% .. 40% normal"),
        "node x, line 1: a normal law can leave 0–100%, which a share cannot; leave the law out "
        "(logit-normal), or write uniform, triangular or beta",
    ),
    "swapped ends": (
        lambda: sizing.tree("x [car] = 5 .. 2"),
        "node x, line 1: 5 .. 2: the ends are swapped; write 2 .. 5",
    ),
    "a missing scale": (
        lambda: sizing.tree("x [car] = y\ny [thousand car] = 3"),
        "node x, line 1: declared car, the formula gives thousand car: a factor of 1,000 is missing; "
        "write `... in car` to convert",
    ),
    "no price year": (
        lambda: sizing.tree("x = 10 $"),
        "node x, line 1: $ has no price year; write $2025 for money of 2025",
    ),
    "two currencies": (
        lambda: sizing.tree("x [EUR2025] = a + b\na [EUR2025] = 1\nb [USD2025] = 2"),
        "node x, line 1: a + b takes equal units, found EUR2025 and USD2025; write (b in EUR2025) to "
        "convert money",
    ),
    "margins that do not sum": (
        lambda: incidence([*SEX, ("works", "no", 500), ("works", "yes", 600)]),
        "margin sex adds up to 1,000 and margin works to 1,100; correct one, or give rescale=True to scale "
        "works to the first",
    ),
    "a level without respondents": (
        lambda: incidence([*SEX, ("sex", "other", 10)]),
        'margin sex, level "other": 0 respondents stand for 10; combine it with "f" (30 respondents) in '
        "both tables",
    ),
    "a negative target": (
        lambda: incidence([("sex", "f", -5), ("sex", "m", 490)]),
        'margin sex, level "f": its total is -5; a total is above 0: correct it, or leave the level and its '
        "respondents out",
    ),
    "a target beyond numbers": (
        lambda: incidence([("sex", "f", 1e308), ("sex", "m", 1e308)]),
        "census, row 0: margin_total is 1e+308; correct it",
    ),
    "confounded margins": (
        lambda: incidence([*SEX, ("works", "no", 400), ("works", "yes", 600)]),
        'the margins cannot be met together: sex "f" (510 people) is found only with works "no" (400); '
        "correct a total, or merge levels",
    ),
    "nothing adopted": (
        lambda: sales([0.0] * 6),
        "tv: units is 0 in every period; nothing was adopted yet, so nothing can be foreseen",
    ),
    "nothing adopted by then": (
        lambda: sales([0, 0, 0, 0, 5, 9, 14], until=1993),
        "tv is 0 in every period up to 1993; take a later until",
    ),
    "years before the launch": (
        lambda: sales([0.0] * 5 + [1, 3, 8, 15, 22]),
        "tv is 0 in its first 4 periods; leave out those before its launch",
    ),
    "a year missing": (
        lambda: sales([1.0, 2.0, np.nan, 5.0, 7.0]),
        "tv: units of 1992 is missing; fill it in, or start after it",
    ),
    "an infinite year": (
        lambda: sales([1.0, 2.0, np.inf, 5.0, 7.0]),
        "tv: units of 1992 is infinite (inf); correct it",
    ),
    "a negative year": (
        lambda: sales([1.0, 2.0, -4.0, 5.0, 7.0]),
        "tv: units of 1992 is negative (-4); correct it",
    ),
    "two points": (
        lambda: sales([1.0, 2.0]),
        "tv has 2 points up to 1991; 3 are needed: give analogues, or wait for more",
    ),
    "no number from a formula": (
        lambda: sizing.size(sizing.tree("x [car] = sqrt(a) * b\na [1] = -2 .. 5 normal\nb [car] = 3")),
        None,
    ),
    "ends too far apart": (
        lambda: sizing.tree("x [car] = 1e-90 .. 1e90"),
        "node x, line 1: 1e-90 .. 1e90 has draws beyond 1e+100; write nearer ends, or a scale in the unit",
    ),
    "a negative price": (
        lambda: asked(prices(cheap=[-2.0, *[8.0] * 59])),
        "psm, row 0: cheap is −2, which is no price; correct it, or leave it missing",
    ),
    "income in words": (
        lambda: sizing.income_curve(panel(income_a_head=["12"] * 9), market="m3"),
        "panel: income_a_head holds str, not numbers; convert it first",
    ),
    "an infinite income": (
        lambda: sizing.income_curve(panel(income_a_head=[np.inf, *[9.0] * 8]), market="m3"),
        "panel: income_a_head of m0 is inf; it must be an amount above 0",
    ),
    "a level in percent": (
        lambda: sizing.size(MARKET, level=95),
        "level is 95; write a fraction between 0 and 1, such as 0.95",
    ),
    "a level of 1": (
        lambda: sizing.tornado(MARKET, level=1),
        "level is 1; write a fraction between 0 and 1, such as 0.8",
    ),
    "a level in quotes": (
        lambda: sizing.ledger(MARKET, level="0.8"),
        "level is '0.8'; write a number, such as 0.8",
    ),
    "no draws": (
        lambda: sizing.size(MARKET, draws=0),
        "draws is 0; give a whole number, 2 to 10,000,000; best 1,024 or more",
    ),
    "more draws than a computer holds": (
        lambda: sizing.size(MARKET, draws=10**9),
        "draws is 1,000,000,000; give a whole number, 2 to 10,000,000; best 1,024 or more",
    ),
    "half a draw": (
        lambda: sizing.price_sensitivity(data.source(prices(), "psm"), draws=2.5),
        "draws is 2.5; give a whole number, 40 to 10,000,000; an interval of 0.95 needs 40, better 2,000",
    ),
    "a negative seed": (
        lambda: sizing.size(MARKET, seed=-1),
        "seed is -1; give a whole number of 0 or more",
    ),
    "a seed in quotes": (
        lambda: sales([1, 2, 4, 7, 9], seed="1"),
        "seed is '1'; give a whole number of 0 or more",
    ),
    "no years": (lambda: sales([1, 2, 4, 7, 9], years=0), "years is 0; give a whole number, 1 to 30"),
    "a year to come": (
        lambda: sales([1, 2, 4, 7, 9], until=2999),
        "until is 2999; tv is known from 1990 to 1994: take a year in it",
    ),
    "a year in quotes": (
        lambda: sales([1, 2, 4, 7, 9], until="1993"),
        "until is '1993'; give a year as a whole number, or None for all of them",
    ),
    "a kind that is none": (
        lambda: sales([1, 2, 4, 7, 9], kind="stocks"),
        "kind is 'stocks'; did you mean 'stock'? It may be 'sales', 'stock', 'share'",
    ),
    "a curve that is none": (
        lambda: sales([1, 2, 4, 7, 9], curve="gomperz"),
        "curve is 'gomperz'; did you mean 'gompertz'? It may be 'auto', 'bass', 'gompertz', "
        "'shifted_gompertz', 'logistic'",
    ),
    "a method that is none": (
        lambda: sizing.size(MARKET, method="sobel"),
        "method is 'sobel'; did you mean 'sobol'? It may be 'sobol', 'random'",
    ),
    "no in quotes, which would count as yes": (
        lambda: incidence(SEX, rescale="no"),
        "rescale is 'no'; write True or False",
    ),
    "a focus that is no name": (
        lambda: sizing.tornado(MARKET, focus=["revenue"]),
        "focus is ['revenue']; write the name of a node",
    ),
    "a table where a name is due": (
        lambda: sizing.funnel(MARKET, levels=pd.DataFrame({"a": [1]})),
        None,
    ),
    "a frame where a table is due": (
        lambda: sizing.adoption(PEOPLE),
        "a Source is needed, found a DataFrame; make one: pmlib.data.source(frame, price=...)",
    ),
    "an answer beyond numbers": (
        lambda: sizing.incidence(data.source(PEOPLE.assign(car=1e300), "people"), "car"),
        "question car, row 0: the answer is 1e+300; give it in a larger unit",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_one_line(what):
    call, line = REFUSED[what]
    with pytest.raises((ValueError, TypeError)) as refused:
        call()
    said = str(refused.value)
    assert "\n" not in said
    assert said == (line or said)
    assert len(said) > 20


def test_correlations_that_cannot_be_are_moved_to_the_nearest_and_said():
    tied = "".join(f"{a} ~ {b}: {r}\n" for a, b, r in (("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)))
    market = sizing.tree("x [car] = a + b + c\n" + "".join(f"{n} [car] = 1 .. 2\n" for n in "abc") + tied)
    assert np.linalg.eigvalsh(market.correlation).min() > -1e-9
    assert "correlation" in " ".join(market.notices)


def test_three_points_are_said_to_be_driven_by_the_prior():
    found = sales([10.0, 16.0, 25.0])
    assert found.prior_driven
    assert any(not check.passed for check in found.checks)


def test_an_exponential_has_no_ceiling_and_says_so():
    found = sales(list(10 * 1.4 ** np.arange(9)))
    assert not found.identified
    assert any(not check.passed for check in found.checks)


def test_answers_out_of_order_are_counted_and_too_few_are_refused():
    mixed = prices()
    mixed.loc[:25, "cheap"] = 1e3
    found = asked(mixed)
    assert (found.asked, found.intransitive) == (60, 26)
    mixed.loc[:40, "cheap"] = 1e3
    assert isinstance(asked(mixed), Absent)
    assert asked(mixed).reason.startswith("Only 19 of 60 respondents name prices that rise")


def test_a_respondent_without_a_level_is_no_level_of_its_own():
    lost = PEOPLE.assign(sex=[None, *PEOPLE["sex"][1:]])
    with pytest.raises(ValueError, match="margin sex") as refused:
        incidence(SEX, frame=lost)
    assert "own level" in str(refused.value)


def test_a_generation_with_a_missing_year_is_refused_rather_than_taken_for_none_sold():
    years = np.arange(8)
    frame = pd.DataFrame(
        {"product": ["a"] * 8 + ["b"] * 8, "year": [*range(1990, 1998)] * 2, "units": [*(9.0 + years)] * 2}
    )
    frame.loc[4, "units"] = np.nan
    with pytest.raises(ValueError, match=r"g, a: units of 1994 is missing; fill it in, or start after it"):
        sizing.generations(data.source(frame, "g", period="year"))
