"""Switching and the steady state: reference values, laws, and agreement of the intervals with a bootstrap."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from switching_coverage import worlds
from switching_panels import World, log

from pmlib import data
from pmlib.competitive import brand_switching, steady_shares
from pmlib.competitive.switching.cluster import ratio, share_interval
from pmlib.competitive.switching.loyalty import order
from pmlib.competitive.switching.purchases import Purchases, purchases
from pmlib.competitive.switching.transitions import transitions
from pmlib.result import Absent

# Bought before (rows), bought next (columns): reference V16 of the project, counted by another program.
KETCHUP = pd.DataFrame(
    [[380, 250, 65, 59], [272, 900, 64, 84], [58, 40, 40, 14], [73, 85, 9, 105]],
    ["Heinz 28 oz", "Heinz 32 oz", "Heinz 41 oz", "Hunt's 32 oz"],
    ["Heinz 28 oz", "Heinz 32 oz", "Heinz 41 oz", "Hunt's 32 oz"],
)
YOGURT = pd.DataFrame(
    [[822, 16, 19, 71], [17, 30, 6, 14], [18, 5, 473, 44], [65, 17, 41, 654]],
    ["dannon", "hiland", "weight", "yoplait"],
    ["dannon", "hiland", "weight", "yoplait"],
)


def sequences(*texts):
    """Write a log from one word a household, a letter a purchase."""
    rows = [(who, when, brand) for who, text in enumerate(texts) for when, brand in enumerate(text)]
    return data.source(pd.DataFrame(rows, columns=["chooser", "occasion", "product"]), "panel")


panels = st.lists(st.text("abcd", min_size=1, max_size=9), min_size=2, max_size=12).filter(
    lambda texts: len(set("".join(texts))) > 1 and any(len(t) > 1 for t in texts)
)


def moves_of(texts):
    return transitions(purchases("", sequences(*texts), "product"))


def test_the_ketchup_panel_switches_as_counted_elsewhere(ketchup):
    found = brand_switching(ketchup, focal="Hunt's 32 oz")
    assert (found.counts.loc[KETCHUP.index, KETCHUP.columns] == KETCHUP).all(axis=None)
    assert found.rates.loc["Hunt's 32 oz", "Heinz 28 oz"] == pytest.approx(73 / 272)


def test_the_ketchup_panel_settles_where_another_program_has_it(ketchup):
    found = steady_shares(ketchup, focal="Hunt's 32 oz").frame.set_index("brand")["steady"]
    expected = {
        "Heinz 28 oz": 0.321517,
        "Heinz 32 oz": 0.499336,
        "Heinz 41 oz": 0.075143,
        "Hunt's 32 oz": 0.104004,
    }
    assert found.to_dict() == pytest.approx(expected, abs=5e-7)


def test_the_yogurt_panel_switches_and_settles_as_found_elsewhere(yogurt):
    found = brand_switching(yogurt, focal="weight")
    assert (found.counts.loc[YOGURT.index, YOGURT.columns] == YOGURT).all(axis=None)
    expected = {"dannon": 0.389005, "hiland": 0.029833, "weight": 0.233556, "yoplait": 0.347606}
    assert found.brands.set_index("brand")["steady"].to_dict() == pytest.approx(expected, abs=5e-7)


def test_firms_may_be_what_is_switched(ketchup):
    found = brand_switching(ketchup, by="firm", focal="Hunt's")
    own = KETCHUP.loc["Hunt's 32 oz"]
    assert found.counts.loc["Hunt's"].to_dict() == {"Heinz": own.sum() - own.iloc[-1], "Hunt's": own.iloc[-1]}


@settings(max_examples=60, deadline=None)
@given(panels)
def test_rows_sum_to_one_and_flows_cancel(texts):
    found = moves_of(texts)
    seen = found.counts.sum(axis=1) > 0
    assert found.rates.estimate[seen].sum(axis=1) == pytest.approx(np.ones(seen.sum()))
    assert found.flows.estimate == pytest.approx(-found.flows.estimate.T)
    assert found.gain.estimate.sum() == pytest.approx(0, abs=1e-12)
    for one in (found.rates, found.share):
        known = ~np.isnan(one.low)
        assert (one.low[known] <= one.estimate[known] + 1e-12).all()
        assert (one.high[known] >= one.estimate[known] - 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(panels)
def test_the_steady_state_stays_where_it_is_or_is_not_given(texts):
    found = moves_of(texts)
    if found.trapped.any():
        assert np.isnan(found.steady.estimate).all()
    else:
        assert found.steady.estimate @ found.rates.estimate == pytest.approx(found.steady.estimate)
        assert found.steady.estimate.sum() == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(panels)
def test_every_household_twice_changes_no_rate_and_no_steady_state(texts):
    once, twice = moves_of(texts), moves_of(texts * 2)
    assert (twice.counts == 2 * once.counts).all()
    assert twice.steady.estimate == pytest.approx(once.steady.estimate, nan_ok=True)


@given(panels)
@settings(max_examples=30, deadline=None)
def test_a_brands_gain_is_who_ends_with_it_less_who_began(texts):
    several = [text for text in texts if len(text) > 1]
    found = moves_of(texts)
    names = purchases("", sequences(*texts), "product").brands
    ends = [sum(t[-1] == b for t in several) - sum(t[0] == b for t in several) for b in names]
    assert found.gain.estimate * found.counts.sum() == pytest.approx(np.array(ends))


def test_the_pull_of_a_household_is_the_rate_less_the_rate_without_it():
    part, whole = np.array([[1.0, 0], [2, 3], [0, 4]]), np.array([2.0, 5, 6])
    found = ratio(part, whole)
    without = [np.delete(part, h, 0).sum(axis=0) / np.delete(whole, h).sum() for h in range(3)]
    assert found.pull == pytest.approx(found.estimate - np.array(without))


def test_with_one_event_a_household_the_interval_is_wilsons():
    # 20 of 80 at z = 1.96: 0.168 to 0.355 (Wilson 1927); t of 79 degrees and n - 1 widen it a little.
    events = np.repeat([1.0, 0], [20, 60])[:, None]
    found = ratio(events, np.ones(80))
    low, high = share_interval(found.estimate, found.error, np.array(80), np.array(found.freedom), 0.95)
    assert (low[0], high[0]) == pytest.approx((0.168, 0.355), abs=0.004)


def test_errors_agree_with_a_bootstrap_of_households(ketchup):
    bought = purchases("", ketchup, "product")
    found, rng = transitions(bought), np.random.default_rng(1)
    starts = np.searchsorted(bought.chooser, np.arange(bought.choosers + 1))
    draws = {"rates": [], "steady": [], "drift": [], "gain": []}
    for _ in range(200):
        drawn = rng.integers(0, bought.choosers, bought.choosers)
        rows = np.concatenate([np.arange(starts[h], starts[h + 1]) for h in drawn])
        who = np.repeat(np.arange(bought.choosers), starts[drawn + 1] - starts[drawn])
        again = transitions(
            Purchases(chooser=who, brand=bought.brand[rows], brands=bought.brands, choosers=bought.choosers)
        )
        for kind, seen in draws.items():
            seen.append(getattr(again, kind).estimate)
    for kind, seen in draws.items():
        one = getattr(found, kind)
        width = np.diff(np.quantile(seen, [0.025, 0.975], axis=0), axis=0)[0]
        assert (one.high - one.low) / width == pytest.approx(np.ones(width.shape), abs=0.35)
        assert np.median((one.high - one.low) / width) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (("ab", "ba", "abc"), "c (followed by no other)"),
        (("cab", "aba", "bab"), "c (bought after no other)"),
        (("aa", "bb", "aaa"), "bought after no other"),
    ],
)
def test_a_brand_that_traps_buyers_leaves_no_steady_state(texts, named):
    source = sequences(*texts)
    found = steady_shares(source, focal="a")
    assert isinstance(found, Absent) and named in found.reason
    assert brand_switching(source, focal="a").brands["steady"].isna().all()


def test_rates_of_few_purchases_are_shown_as_too_few(ketchup):
    frame = ketchup.frame
    few = data.source(frame[frame["chooser"] <= 40], "few")
    found = brand_switching(few, focal="Hunt's 32 oz")
    base = found.frame.groupby("before")["base"].first()
    assert (base < 30).any() and (base >= 30).any()
    small = found.frame["base"] < 30
    assert found.frame.loc[small, ["estimate", "low", "high"]].isna().all(axis=None)
    assert found.frame.loc[~small, "estimate"].notna().all()
    failing = [check for check in found.checks if not check.passed]
    assert "Every brand was bought 30 times" in failing[0].label
    assert "too few" in found.html() and "too few" in found.finding


def test_the_finding_says_where_those_who_left_went(ketchup):
    found = brand_switching(ketchup, focal="Hunt's 32 oz", rivals=["Heinz 28 oz"])
    assert found.finding == (
        "Of those who left Hunt's 32 oz, 51% (42% to 60%) went to Heinz 32 oz and 44% (36% to 52%) went to "
        "Heinz 28 oz; 39% (30% to 48%) of purchases after Hunt's 32 oz were Hunt's 32 oz again."
    )
    assert found.title == "Hunt's 32 oz loses most to Heinz 32 oz or Heinz 28 oz"


def test_the_first_rows_are_the_focal_brands(ketchup):
    found = brand_switching(ketchup, focal="Heinz 41 oz", rivals=["Hunt's 32 oz"])
    assert list(found.frame["before"].unique()[:2]) == ["Heinz 41 oz", "Hunt's 32 oz"]
    assert "svg" in found.html()


def test_an_unknown_brand_is_refused_with_the_likely_one(ketchup):
    with pytest.raises(ValueError, match='focal "hunts 32 oz" is no product bought in ketchup; did you mean'):
        brand_switching(ketchup, focal="hunts 32 oz")
    with pytest.raises(ValueError, match='rivals is the text "Heinz"; write a list of names'):
        brand_switching(ketchup, by="firm", focal="Hunt's", rivals="Heinz")


def test_nobody_who_bought_twice_leaves_nothing_to_count():
    assert "bought twice" in brand_switching(sequences("a", "b"), focal="a").reason


def test_names_are_inert(ketchup):
    frame = ketchup.frame.assign(product=ketchup.frame["product"].str.replace("Hunt's", "<script>"))
    page = brand_switching(data.source(frame, "hostile"), focal="<script> 32 oz").html()
    assert "<script>" not in page


def test_zero_order_households_are_found_to_be_so():
    world = worlds()["ketchup"]
    rng = np.random.default_rng(2)
    alike = World(np.ones(1), world.starts[:1], np.tile(world.starts[0], (1, 4, 1)), world.lengths, 200)
    unlike = World(
        np.ones(2) / 2,
        world.starts[:2],
        np.array([np.tile(s, (4, 1)) for s in world.starts[:2]]),
        world.lengths,
        200,
    )
    tests = {"alike": [], "unlike": [], "loyal": []}
    for name, one in {"alike": alike, "unlike": unlike, "loyal": world}.items():
        for _ in range(60):
            bought = one.panel(rng)
            tests[name].append(order(bought, transitions(bought).counts))
    rejected = {
        name: (np.mean([t.p < 0.05 for t in of]), np.mean([t.p_within < 0.05 for t in of]))
        for name, of in tests.items()
    }
    assert rejected["alike"] == pytest.approx((0.05, 0.05), abs=0.1)  # at its level
    assert rejected["unlike"][0] > 0.9 and rejected["unlike"][1] == pytest.approx(
        0.05, abs=0.1
    )  # likings, not order
    assert min(rejected["loyal"]) > 0.9


def test_runs_are_expected_as_all_orders_have_them():
    # a a b c in its 12 orders: the two a stand together in 6.
    bought = purchases("", sequences("aabc"), "product")
    found = order(bought, transitions(bought).counts)
    assert found.runs == pytest.approx((1 - 0.5) / 0.5)


def test_the_same_panel_gives_the_same_bytes(ketchup):
    first, second = (brand_switching(ketchup, focal="Hunt's 32 oz").html() for _ in range(2))
    assert first == second


def test_a_matrix_that_foretells_two_steps_passes_and_likings_fail(ketchup):
    chain = worlds()["small"]
    one = World(np.ones(1), chain.starts[:1], chain.chains[:1], chain.lengths, 400)
    panel = log(one.panel(np.random.default_rng(4)))
    assert steady_shares(panel, focal="a").checks[0].passed
    assert not steady_shares(ketchup, focal="Hunt's 32 oz").checks[0].passed


def test_purchases_sorted_by_brand_are_doubted():
    # As the tuna panel of Ecdat is shipped: purchases of one brand stand before those of the next.
    households = [["A"] * 3 + ["B"] * 2 + ["C"] * 2] * 20
    rows = [(who, when, brand) for who, bought in enumerate(households) for when, brand in enumerate(bought)]
    frame = pd.DataFrame(rows, columns=["chooser", "occasion", "product"])
    check = next(
        c for c in brand_switching(data.source(frame, "tuna"), focal="A").checks if "both ways" in c.label
    )
    assert not check.passed and check.saw.startswith("none of 40 switches has one the other way")
