"""The NBD-Dirichlet: what R's NBDdirichlet prints, laws, recovery by simulation, and what it refuses."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from switching_panels import buyers

from pmlib import data
from pmlib.competitive import dirichlet, dirichlet_norm, purchase_duplication
from pmlib.competitive.switching.dirichlet import Dirichlet, nbd
from pmlib.competitive.switching.duplication import law

# Toothpaste, UK, first quarter of 1973: Goodhardt, Ehrenberg and Chatfield (1984), section 3; results as the
# guide of R's NBDdirichlet 1.4 prints them (reference V15).
SHARES = [0.25, 0.19, 0.1, 0.1, 0.09, 0.08, 0.03, 0.02]
BOUGHT = [0.2, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02]


@pytest.fixture(scope="module")
def toothpaste():
    return dirichlet(0.56, 2.6, SHARES, BOUGHT)


def printed(values, digits=2):
    return [round(float(value), digits) for value in values]


def test_toothpaste_has_the_published_parameters(toothpaste):
    assert (round(toothpaste.M, 3), round(toothpaste.K, 4), round(toothpaste.S, 3)) == (1.456, 0.7788, 1.295)


def test_without_the_outlier_rule_s_is_larger():
    assert pytest.approx(1.550, abs=5e-4) == dirichlet(0.56, 2.6, SHARES, BOUGHT, outliers="keep").S


def test_toothpaste_brands_are_bought_as_published(toothpaste):
    assert printed(toothpaste.penetration) == [0.20, 0.16, 0.09, 0.09, 0.08, 0.07, 0.03, 0.02]
    assert printed(toothpaste.purchases) == [1.82, 1.76, 1.68, 1.68, 1.67, 1.66, 1.62, 1.61]
    assert printed(toothpaste.category_rate) == [3.16, 3.22, 3.30, 3.30, 3.31, 3.32, 3.37, 3.38]


def test_toothpaste_purchases_are_spread_as_published(toothpaste):
    found = toothpaste.distribution(6)
    assert printed(found[0]) == [0.80, 0.12, 0.04, 0.02, 0.01, 0.0, 0.01]
    assert printed(found[1]) == [0.84, 0.10, 0.03, 0.01, 0.01, 0.0, 0.0]
    assert printed(found[7]) == [0.98, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_buyers_of_the_largest_also_buy_as_published(toothpaste):
    assert printed(toothpaste.duplication[0][1:]) == [0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02]


def test_those_who_buy_up_to_six_times_buy_as_published(toothpaste):
    here, often = toothpaste.among(1, 6)
    assert printed(here) == [0.34, 0.27, 0.15, 0.15, 0.13, 0.12, 0.05, 0.03]
    assert printed(often) == [1.61, 1.57, 1.51, 1.51, 1.50, 1.49, 1.46, 1.45]


def test_k_may_come_from_the_variance():
    # A gamma of shape K has variance M + M²/K.
    again = dirichlet(0.56, 2.6, SHARES, BOUGHT, variance=1.456 + 1.456**2 / 0.9)
    assert pytest.approx(0.9) == again.K


def test_names_come_with_the_shares():
    found = dirichlet(0.56, 2.6, pd.Series(SHARES[:2], ["Colgate", "Macleans"]), BOUGHT[:2])
    assert list(found.frame()["brand"]) == ["Colgate", "Macleans"]


markets = st.tuples(
    st.floats(0.2, 12), st.floats(0.1, 8), st.floats(0.2, 6),
    st.lists(st.floats(0.05, 1), min_size=2, max_size=6),
)  # fmt: skip


def market(drawn):
    """Make a model of its parameters."""
    mean, shape, mixed, weights = drawn
    shares = np.array(weights) / sum(weights)
    return Dirichlet(
        brands=tuple("abcdef"[: len(shares)]), shares=shares, category=nbd(mean, shape),
        M=mean, K=shape, S=mixed, S_brand=np.full(len(shares), mixed),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(markets)
def test_what_a_model_publishes_gives_the_model_back(drawn):
    model = market(drawn)
    bought = 1 - float(model.category[0])
    for rule in ("drop", "keep", "pool"):
        again = dirichlet(bought, model.M / bought, model.shares, model.penetration, outliers=rule)
        assert pytest.approx(model.S, rel=1e-5) == again.S and pytest.approx(model.K, rel=1e-5) == again.K


@settings(max_examples=40, deadline=None)
@given(markets)
def test_the_models_numbers_hang_together(drawn):
    model = market(drawn)
    found = model.distribution(8)
    assert found.sum(axis=1) == pytest.approx(np.ones(len(found)))
    assert found[:, 0] == pytest.approx(1 - model.penetration)
    assert model.penetration * model.purchases == pytest.approx(model.M * model.shares)
    assert (model.requirements <= 1 + 1e-9).all() and (model.loyals <= 1 + 1e-9).all()
    assert (model.penetration <= 1 - model.category[0] + 1e-9).all()
    assert ((model.repeat >= 0) & (model.repeat <= 1)).all()
    both = model.duplication * model.penetration[:, None]
    assert both == pytest.approx(both.T)
    assert (model.over(2).penetration >= model.penetration).all()


def test_a_larger_brand_is_bought_by_more_and_a_little_more_often(toothpaste):
    # Double jeopardy (McPhee 1963).
    assert (np.diff(toothpaste.penetration) <= 1e-12).all() and (np.diff(toothpaste.purchases) <= 1e-12).all()


def test_simulated_households_give_the_models_numbers():
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    held = buyers(np.random.default_rng(5), 60_000, 2.0, 0.8, 1.2, shares)
    model = dirichlet((held.sum(axis=1) > 0).mean(), held.sum() / (held.sum(axis=1) > 0).sum(), shares,
                      (held > 0).mean(axis=0))  # fmt: skip
    assert (
        pytest.approx(2.0, rel=0.03),
        pytest.approx(0.8, rel=0.04),
        pytest.approx(1.2, rel=0.06),
    ) == (model.M, model.K, model.S)
    has = held > 0
    only = has & (has.sum(axis=1, keepdims=True) == 1)
    assert model.loyals == pytest.approx(only.sum(axis=0) / has.sum(axis=0), rel=0.04)
    assert model.loyal_purchases == pytest.approx((held * only).sum(axis=0) / only.sum(axis=0), rel=0.06)
    assert model.requirements == pytest.approx(
        held.sum(axis=0) / (has * held.sum(axis=1, keepdims=True)).sum(axis=0), rel=0.03
    )
    shared = (has.T.astype(float) @ has) / has.sum(axis=0)[:, None]
    assert model.duplication == pytest.approx(shared, abs=0.015)


def test_a_next_period_repeats_as_simulated():
    rng = np.random.default_rng(6)
    shares = np.array([0.5, 0.3, 0.2])
    rates = rng.gamma(0.8, 2.0 / 0.8, 60_000)
    tastes = rng.dirichlet(1.2 * shares, 60_000)
    first, second = (rng.poisson(rates[:, None] * tastes) > 0 for _ in range(2))
    bought = 1 - (1 + 2.0 / 0.8) ** -0.8
    model = dirichlet(bought, 2.0 / bought, shares, first.mean(axis=0), outliers="pool")
    assert model.repeat == pytest.approx((first & second).sum(axis=0) / first.sum(axis=0), rel=0.02)


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ((56, 2.6, SHARES, BOUGHT), "penetration is 56; .* or 0.56 for 56%"),
        ((1.0, 2.6, SHARES, BOUGHT), "penetration is 1; write the fraction of households"),
        (
            (0.56, 1.4, SHARES, BOUGHT),
            "rate is 1.4: with 56.0% of households buying, .* more than 1.47 times",
        ),
        (
            (0.56, 2.6, [25, *SHARES[1:]], BOUGHT),
            'share of "brand 1" is 25, not between 0 and 1; write 0.25 for 25%',
        ),
        ((0.56, 2.6, [0.5, 0.4, *SHARES[2:]], BOUGHT), "shares add up to 1.32, beyond 1"),
        (
            (0.56, 2.6, SHARES, [0.6, *BOUGHT[1:]]),
            'penetration of "brand 1" is 0.6, above the category\'s 0.56',
        ),
        ((0.56, 2.6, SHARES, [0.0, *BOUGHT[1:]]), 'penetration of "brand 1" is 0, not between 0 and 1'),
        ((0.56, 2.6, [float("nan"), *SHARES[1:]], BOUGHT), 'share of "brand 1" is nan'),
        ((0.56, 2.6, SHARES, BOUGHT[1:]), "there are 8 brands, 8 shares and 7 brand penetrations"),
        (
            (0.56, 2.6, [0.25], [0.1]),
            "no S gives these penetrations: brand 1 .* between 0.140 and 0.258, not 0.100",
        ),
    ],
)
def test_impossible_figures_are_refused(figures, says):
    with pytest.raises(ValueError, match=says):
        dirichlet(*figures)


def test_an_impossible_variance_and_an_unknown_rule_are_refused():
    with pytest.raises(ValueError, match=r"variance of category purchases is 1, not above their mean 1.456"):
        dirichlet(0.56, 2.6, SHARES, BOUGHT, variance=1.0)
    with pytest.raises(ValueError, match='outliers is "some"; write "drop", "keep" or "pool"'):
        dirichlet(0.56, 2.6, SHARES, BOUGHT, outliers="some")


def panel(rng, households, *model):
    """Log what simulated households buy."""
    who, brand = np.nonzero(held := buyers(rng, households, *model))
    times = held[who, brand]
    frame = pd.DataFrame(
        {"chooser": np.repeat(who, times), "product": np.repeat(np.array(list("abcdefgh"))[brand], times)}
    )
    return data.source(frame.assign(occasion=frame.groupby("chooser").cumcount()), "panel")


def test_a_panel_gives_its_own_model_back():
    found = dirichlet_norm(
        panel(np.random.default_rng(1), 5000, 1.5, 0.8, 1.3, [0.4, 0.3, 0.2, 0.1]), focal="a", households=5000
    )
    model = found.model
    assert (pytest.approx(1.5, rel=0.06), pytest.approx(0.8, rel=0.08), pytest.approx(1.3, rel=0.1)) == (
        model.M,
        model.K,
        model.S,
    )
    assert found.title == "a is bought as its size makes normal"
    assert (found.frame["verdict"] == "normal").mean() > 0.8


def test_a_panel_of_known_figures_is_fitted_as_the_published_ones_are():
    source = panel(np.random.default_rng(2), 3000, 1.5, 0.8, 1.3, [0.4, 0.3, 0.2, 0.1])
    model = dirichlet_norm(source, focal="a", households=3000).model
    bought = 1 - model.category[0]
    seen = source.frame.groupby("product")["chooser"].nunique().loc[list(model.brands)] / 3000
    again = dirichlet(bought, model.M / bought, model.shares, seen.to_numpy(), outliers="pool")
    assert pytest.approx((model.M, model.K, model.S)) == (again.M, again.K, again.S)


def test_households_that_bought_nothing_must_be_counted_for_k(ketchup):
    found = dirichlet_norm(ketchup, focal="Hunt's 32 oz")
    assert np.isnan(found.model.K) and np.isnan(found.model.repeat).all()
    assert [check.label for check in found.checks if not check.passed] == [
        "Households that bought nothing are counted"
    ]
    with pytest.raises(ValueError, match="purchases are as observed"):
        found.model.over(2)
    with pytest.raises(ValueError, match=r"households is 200, but 300 are seen buying"):
        dirichlet_norm(ketchup, focal="Hunt's 32 oz", households=200)


def test_a_brand_that_few_buy_often_stands_out():
    rng = np.random.default_rng(3)
    source = panel(rng, 3000, 1.5, 0.8, 1.3, [0.4, 0.3, 0.2, 0.1])
    odd = source.frame.merge(pd.DataFrame({"product": ["d"], "often": [3]}), how="left").fillna({"often": 1})
    odd = odd.loc[odd.index.repeat(odd["often"].astype(int))]
    odd = odd.assign(occasion=odd.groupby("chooser").cumcount()).drop(columns=["often", "name"])
    found = dirichlet_norm(data.source(odd, "odd"), focal="d", households=3000)
    assert found.title == "d's buyers buy it more than is normal"
    own = found.frame.set_index(["brand", "measure"]).loc[("d", "purchases")]
    assert own["low"] > 0.1 and own["verdict"] == "above"


def test_the_duplication_law_holds_in_a_dirichlet_market():
    source = panel(np.random.default_rng(4), 6000, 1.0, 0.6, 1.0, [0.3, 0.25, 0.2, 0.15, 0.1])
    found = purchase_duplication(source, focal="a", households=6000)
    assert (found.frame["verdict"] == "as expected").all()
    assert found.frame["estimate"].to_numpy() == pytest.approx(found.frame["expected"].to_numpy(), abs=0.04)
    assert found.frame["norm"].to_numpy() == pytest.approx(found.frame["estimate"].to_numpy(), abs=0.05)


def test_independent_brands_have_a_coefficient_of_one():
    bought = np.array([0.5, 0.3, 0.2])
    shared = np.outer(bought, bought)
    np.fill_diagonal(shared, bought)
    coefficient, predicted = law(shared)
    assert coefficient == pytest.approx(1) and predicted[0, 1] == pytest.approx(0.15)


def test_two_brands_bought_by_the_same_people_are_a_partition():
    rng = np.random.default_rng(7)
    source = panel(rng, 2500, 1.5, 0.8, 1.3, [0.3, 0.3, 0.2, 0.2])
    d = source.frame[source.frame["product"] == "c"].assign(product="d")
    frame = pd.concat([source.frame[source.frame["product"] != "d"], d], ignore_index=True).drop(
        columns="name"
    )
    frame = frame.assign(occasion=frame.groupby("chooser").cumcount())
    found = purchase_duplication(data.source(frame, "twins"), focal="c", households=2500)
    pair = found.frame.set_index(["brand", "other"])
    assert pair.loc[("c", "d"), "verdict"] == "more" and pair.loc[("a", "c"), "verdict"] == "less"
    assert found.title == "c shares most buyers, for its size, with d"
    assert not found.checks[0].passed and "c and d (more)" in found.checks[0].saw


def test_the_ketchup_panel_shares_buyers_as_counted_by_hand(ketchup):
    found = purchase_duplication(ketchup, focal="Hunt's 32 oz", rivals=["Heinz 32 oz"])
    chosen = ketchup.frame[ketchup.frame["chosen"] == 1]
    sets = chosen.groupby("product")["chooser"].agg(set)
    for row in found.frame.itertuples():
        assert row.both == len(sets[row.brand] & sets[row.other])
        assert row.estimate == pytest.approx(row.both / len(sets[row.brand]))
        assert row.law == pytest.approx(found.coefficient * len(sets[row.other]) / 300)
    brands = found.brands.set_index("brand")
    own = chosen[chosen["chooser"].isin(sets["Hunt's 32 oz"])]
    assert brands.loc["Hunt's 32 oz", "penetration"] == pytest.approx(len(sets["Hunt's 32 oz"]) / 300)
    assert brands.loc["Hunt's 32 oz", "requirements"] == pytest.approx(
        (own["product"] == "Hunt's 32 oz").mean()
    )
    assert found.finding.startswith("Of Hunt's 32 oz's buyers, 79% (71% to 86%) also bought Heinz 32 oz")
    assert "svg" in found.html()


def test_few_buyers_are_said_to_be_too_few(yogurt):
    found = purchase_duplication(yogurt, focal="hiland")
    assert found.title == "Too few buyers of hiland to compare" and found.numbers == ()
    norm = dirichlet_norm(yogurt, focal="hiland")
    assert "26 buyers, too few" in norm.finding and norm.numbers == ()
    assert norm.frame.loc[norm.frame["brand"] == "hiland", "estimate"].isna().all()


@pytest.mark.slow
def test_the_norms_intervals_and_flags_err_as_often_as_they_say():
    rng = np.random.default_rng(8)
    normal, flagged = [], []
    for _ in range(20):
        source = panel(rng, 600, 1.5, 0.8, 1.3, [0.4, 0.3, 0.2, 0.1])
        rows = dirichlet_norm(source, focal="a", households=600).frame
        normal.append((rows.loc[rows["estimate"].notna(), "verdict"] == "normal").mean())
        pairs = purchase_duplication(source, focal="a", households=600).frame
        flagged.append(pairs["verdict"].isin(["more", "less"]).any())
    assert np.mean(normal) == pytest.approx(0.95, abs=0.03)
    assert np.mean(flagged) < 0.15
