"""Bad input, a row a case: refused or handled in one line that names the row, set, product or column."""

import inspect

import numpy as np
import pandas as pd
import pytest
import simulated_choices
import simulated_demand
from simulated_choices import choices

from pmlib import competitive, data
from pmlib.result import Absent

CHOICES = choices(1, choosers=60, each=4)
MARKETS = simulated_demand.markets(3, products=10, periods=5)
COUNTS = pd.DataFrame({"a": [3, 0, 4], "b": [1, 0, 2], "c": [5, 0, 9]}, index=["x", "empty", "z"])
TWICE = {"attributes": ["size", "twice"]}


def put(frame, row, column, value):
    """Change one cell."""
    return frame.assign(**{column: frame[column].where(frame.index != row, value)})


def market(frame, **roles):
    return simulated_demand.table(frame, **roles)


def plain(frame):
    return data.source(frame.drop(columns="cost"), "made_up", attributes=["size"])


def panel(frame, **roles):
    return simulated_choices.table(frame, **roles)


def share(frame):
    return competitive.market_shares(plain(frame), focal="F1")


def demand(frame, **roles):
    return competitive.market_demand(market(frame, **roles))


def logit(frame, **roles):
    return competitive.conditional_logit(panel(frame, **roles))


def brands(frame, products):
    """Give a frame a flag for every brand."""
    return frame.assign(**{f"is_{p}": (frame["product"] == p).astype(int) for p in products})


def dear(frame):
    """Shares of a period that add up to 1.02."""
    return frame.assign(share=frame["share"] / frame.groupby("period")["share"].transform("sum") * 1.02)


REFUSED = {
    "shares past 1": (lambda: share(dear(MARKETS)), "made_up: shares of 2000 add up to 1.02, beyond 1 "),
    "shares past 1, in demand": (lambda: demand(dear(MARKETS)), "shares of 2000 add up to 1.02, beyond 1 "),
    "shares in percent": (
        lambda: demand(MARKETS.assign(share=MARKETS["share"] * 100)),
        'shares of 2001 add up to 13.5, beyond 1 (largest: "P01" in 2001); write fractions of the whole, '
        "0.375 for 37.5%",
    ),
    "negative price": (lambda: demand(put(MARKETS, 12, "price", -3.0)), 'price of "P02" in 2001 is -3; '),
    "negative price, ladder": (
        lambda: competitive.price_ladder(plain(put(MARKETS, 12, "price", -3.0)), focal="F1"),
        'price of "P02" in 2001 is -3; prices are above 0',
    ),
    "negative price, choices": (
        lambda: logit(put(CHOICES, 7, "price", -3.0)),
        "made_up, row 7 (D in occasion 1 of chooser 0) has price -3; a price is 0 or more",
    ),
    "missing price, choices": (
        lambda: logit(put(CHOICES, 7, "price", np.nan)),
        "made_up, row 7 (D in occasion 1 of chooser 0) has no price; fill it, or leave the choice set out",
    ),
    "duplicate product": (
        lambda: market(pd.concat([MARKETS, MARKETS.iloc[[12]]])),
        "made_up, row 50: a second row of 2001-01-01, F2, P02; add them up, or keep one",
    ),
    "duplicate alternative": (
        lambda: panel(pd.concat([CHOICES, CHOICES.iloc[[7]]])),
        "made_up, row 960: a second row of 0, 1, D; keep one",
    ),
    "nothing chosen": (
        lambda: logit(CHOICES.assign(chosen=CHOICES["chosen"].where(CHOICES.index > 3, 0))),
        "made_up: nothing was chosen in occasion 0 of chooser 0; a choice set has one row with chosen = 1",
    ),
    "several chosen": (
        lambda: logit(CHOICES.assign(chosen=CHOICES["chosen"].where(CHOICES.index > 7, 1))),
        "several were chosen in occasion 0 of chooser 0 and occasion 1 of chooser 0; ",
    ),
    "chosen and not available": (
        lambda: logit(CHOICES.assign(available=(CHOICES.index != 3).astype(int), chosen=CHOICES["chosen"])),
        "made_up, row 3 (D in occasion 0 of chooser 0) was chosen and is not available; ",
    ),
    "foretold choices": (
        lambda: logit(CHOICES.assign(quality=1.0 * CHOICES["chosen"])),
        "made_up: quality foretells every choice it bears on (240 choices), so the estimate has no end; ",
    ),
    "12 purchases": (lambda: logit(CHOICES.head(48)), "made_up: B was never chosen, so its constant has no "),
    "3 purchases": (lambda: logit(CHOICES.head(12)), "B and C were never chosen, so their constants "),
    "an attribute called as a column of the model's": (
        lambda: demand(MARKETS.assign(rest=1 / MARKETS["size"]), attributes=["size", "rest"]),
        "made_up: an attribute is called 'rest', as is a column of the model's own; rename it",
    ),
    "negative count": (
        lambda: competitive.association_map(put(COUNTS, "x", "a", -1)),
        'count in row "x", column "a" is -1; write a number from 0 up (0 for none)',
    ),
    "missing count": (
        lambda: competitive.association_map(put(COUNTS, "x", "a", np.nan)),
        'count in row "x", column "a" is missing; ',
    ),
    "no draws": (
        lambda: competitive.mixed_logit(panel(CHOICES), draws=0),
        "draws is 0 and starts is 3; give 2 draws and 1 start or more",
    ),
    "unknown delisting": (
        lambda: competitive.what_if(logit(CHOICES), "delist Z", focal="A"),
        "scenario “delist Z”: “Z” is no product; it has 'A', 'B', 'C', 'D'",
    ),
    "price cut below nothing": (
        lambda: competitive.what_if(logit(CHOICES), "A: price -110%", focal="A"),
        "price of A would be −0.3; a price is 0 or more",
    ),
    "a table for a model": (
        lambda: competitive.what_if(panel(CHOICES), "A: price -10%", focal="A"),
        "made_up is a table; give a fitted model of it, as conditional_logit gives",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_a_line_that_names_what_is_wrong(case):
    ask, line = REFUSED[case]
    with pytest.raises(ValueError) as refused:
        ask()
    assert line in str(refused.value) and "\n" not in str(refused.value)


HANDLED = {
    "zero share": (
        lambda: demand(put(MARKETS, 12, "share", 0.0)),
        "1 of 50 rows left out (none sold: they count in shares only), the first is “P02” in 2001",
    ),
    "missing price": (
        lambda: demand(put(MARKETS, 12, "price", np.nan)),
        '1 of 50 rows left out, the first is "P02" in 2001',
    ),
    "missing price, premium": (
        lambda: competitive.price_premium(plain(put(MARKETS, 12, "price", np.nan)), focal="F1"),
        '1 of 50 rows left out, the first is "P02" in 2001',
    ),
    "no instruments": (lambda: demand(MARKETS, instruments=[]), "none: the price effect is descriptive"),
    "one market": (
        lambda: demand(MARKETS.query("period == 2000")),
        "one: nothing shows how sales moved when prices did",
    ),
    "collinear attribute, market": (
        lambda: demand(MARKETS.assign(twice=MARKETS["size"] * 2 + 1), **TWICE),
        "left out: twice (given by size)",
    ),
    "collinear instrument": (
        lambda: demand(MARKETS.assign(c2=MARKETS["cost"] * 2), instruments=["cost", "c2", "freight"]),
        "left out, given by attributes or others: c2",
    ),
    "collinear attribute, choices": (
        lambda: logit(CHOICES.assign(twice=CHOICES["quality"] * 2 + 1), attributes=["quality", "twice"]),
        "twice left out: the same for all alternatives of a set, or a sum of others",
    ),
    "all brand dummies, market": (
        lambda: demand(brands(MARKETS, ["P00", "P01"]).assign(
            others=lambda f: 1 - f["is_P00"] - f["is_P01"]), attributes=["is_P00", "is_P01", "others"]),
        "left out: others (given by is P00 and is P01)",
    ),
    "all brand dummies, choices": (
        lambda: logit(brands(CHOICES, "ABCD"), attributes=[f"is_{p}" for p in "ABCD"]),
        "is_D, product: A, product: B and product: C left out",
    ),
    "zero row of counts": (lambda: competitive.association_map(COUNTS), 'left out: row "empty"'),
    "a nest beyond 1": (
        lambda: competitive.nested_logit(panel(CHOICES), nests={"x": ["A", "B"], "y": ["C", "D"]}), "1.27"
    ),
    "too few draws, mixed": (
        lambda: competitive.mixed_logit(panel(CHOICES), draws=5), "standard errors at most, at 5 draws"
    ),
    "too few draws, what-if": (
        lambda: competitive.what_if(logit(CHOICES), "A: price -10%", focal="A", draws=4),
        "4, where 40 or more are needed",
    ),
    "too few draws, worth": (
        lambda: competitive.willingness_to_pay(logit(CHOICES), draws=5), "5, where 40 or more are needed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HANDLED)
def test_it_is_handled_and_a_failed_check_says_so(case):
    ask, line = HANDLED[case]
    failed = [check.saw for check in ask().checks if not check.passed]
    assert any(line in saw for saw in failed), failed
    assert all("\n" not in saw for saw in failed)


def test_rows_may_stand_in_any_order():
    for fit, frame in ((logit, CHOICES), (demand, MARKETS)):
        there = fit(frame.sample(frac=1, random_state=1))
        pd.testing.assert_frame_equal(fit(frame).frame, there.frame, rtol=1e-9)


def test_a_delisted_alternative_needs_no_row():
    gone = (CHOICES["product"] == "C") & (CHOICES["chosen"] == 0) & (CHOICES.index < 100)
    here, there = logit(CHOICES[~gone]), logit(CHOICES.assign(available=(~gone).astype(int)))
    pd.testing.assert_frame_equal(here.frame, there.frame)
    assert here.loglik > logit(CHOICES).loglik


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_a_badly_scaled_price_changes_nothing_but_its_unit(scale):
    here, there = logit(CHOICES), logit(CHOICES.assign(price=CHOICES["price"] * scale))
    assert there.loglik == pytest.approx(here.loglik)
    assert there.frame["z"].to_numpy() == pytest.approx(here.frame["z"].to_numpy(), rel=1e-5)
    gone, wide = demand(MARKETS), demand(MARKETS.assign(price=MARKETS["price"] * scale))
    assert wide.finding == gone.finding


@pytest.mark.parametrize("kind", ["int64", "Int64", "int32"])
def test_a_price_in_whole_numbers_can_be_cut_by_a_tenth(kind):
    cents = CHOICES.assign(price=(CHOICES["price"] * 100).round().astype(kind))
    told = competitive.what_if(logit(cents), "A: price -10%", focal="A", draws=40)
    exact = competitive.what_if(logit(cents.astype({"price": float})), "A: price -10%", focal="A", draws=40)
    pd.testing.assert_frame_equal(told.frame, exact.frame)
    assert (told.own["estimate"] > 0).all()


SINGLE = ["market_shares", "share_trend", "merger_screen", "price_index", "price_ladder", "price_premium"]


@pytest.mark.parametrize("name", SINGLE)
def test_one_firm_has_no_rivals_to_be_set_against(name):
    told = getattr(competitive, name)(plain(MARKETS.assign(firm="Only")), focal="Only")
    assert told.reason == "The data (made_up) have only 1 firm."


@pytest.mark.parametrize("rows", [0, 4, 12, 48])
def test_tiny_panels_get_a_reason_or_an_honest_range(rows):
    few = panel(CHOICES.head(rows))
    shares = competitive.choice_shares(few)
    if rows:
        assert (shares.frame["high"] - shares.frame["low"] > 0.5).all()
    steady = competitive.steady_shares(few, focal="A") if rows != 4 else Absent(title="", reason="one brand")
    assert isinstance(steady, Absent) and steady.reason
    assert isinstance(competitive.dirichlet_norm(few, focal="A"), Absent)


CAUSES = [
    " loses ",
    " will ",
    " gains if",
    "cuts its price",
    "raises its price",
    "would sell",
    "puts buyers off",
]


def test_without_instruments_no_sentence_says_what_a_price_does():
    fitted = demand(MARKETS, instruments=[])
    told = [
        fitted,
        competitive.demand_ladder(market(MARKETS, instruments=[])),
        competitive.price_elasticities(fitted),
        competitive.diversion(fitted),
        competitive.willingness_to_pay(fitted),
        competitive.what_if(fitted, "P01: price -10%", focal="P01", draws=40),
        competitive.demand_curve(fitted, "P01", draws=40),
        competitive.best_price(fitted, "P01", draws=40),
    ]
    for result in told:
        words = [result.title, result.headline, result.advice, result.subtitle]
        words += (
            [result.finding] if not result.finding.startswith("As if prices had moved for no other") else []
        )
        words += [f"{check.label}: {check.saw}" for check in result.checks]
        said = [line for line in words for cause in CAUSES if cause in line]
        assert not said, (type(result).__name__, said)
    assert not any(result.numbers for result in told[5:])


ASKED = {
    "focal": "A", "who": "A", "scenarios": "A: price -10%", "scenario": "A: price -10%", "nests": "firm",
    "products": [{"brand": "A"}], "after": None, "worth": None,
}  # fmt: skip
ABSENT = Absent(title="Choices", reason="No table of anything was given.")


@pytest.mark.parametrize("given", [None, data.read(None), ABSENT], ids=["nothing", "no source", "absent"])
@pytest.mark.parametrize("name", [name for name in competitive.__all__ if name != "dirichlet"])
def test_what_was_not_given_is_said(name, given):
    ask = getattr(competitive, name)
    _, *others = inspect.signature(ask).parameters.values()
    rest = {one.name: ASKED[one.name] for one in others if one.default is one.empty}
    told = ask({"one": given, "other": given} if name == "sensitivity" else given, **rest)
    if name in ("blp_instruments", "facts_market"):  # these make tables, and here one that is none
        assert not told.given
        return
    assert isinstance(told, Absent) and told.reason.endswith(" given.") and "No " in told.reason, told.reason
