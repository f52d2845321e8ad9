"""The mixed logit: its slopes and draws, recovery, another program's numbers, and each buyer's own tastes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from simulated_choices import choices, table
from simulated_tastes import differing

from pmlib.competitive import conditional_logit, individual_tastes, mixed_logit
from pmlib.competitive.choice.adapt import adapted
from pmlib.competitive.choice.draws import normal_draws
from pmlib.competitive.choice.panel import Panel
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.demand import Mixing
from pmlib.result import Absent

FEATURES = ["pixels", "zoom", "video", "swivel", "wifi"]
LAWS = {"price": "lognormal", "quality": "normal"}
MIXING = (Mixing(0, 3, "lognormal", -1), Mixing(2, 4))


def ragged(seed, draws=50, choosers=12, again=0):
    random = np.random.default_rng(seed)
    lengths = random.integers(2, 6, 40)
    sets = Sets.of(np.repeat(np.arange(40), lengths))
    chosen = np.zeros(sets.size, bool)
    chosen[sets.starts + random.integers(0, lengths)] = True
    choosers = pd.factorize(random.integers(0, choosers, 40))[0]
    tastes = normal_draws(int(choosers.max()) + 1, 2, draws, kind="sobol", seed=seed + again)
    return Panel.of(random.normal(size=(sets.size, 3)), chosen, sets, choosers, MIXING, tastes)


@pytest.fixture(scope="module")
def made_up():
    return differing(2)


@pytest.fixture(scope="module")
def fitted(made_up):
    return mixed_logit(table(made_up[0]), random=LAWS, constants=False, draws=200)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_scores_are_the_slopes_of_the_likelihood(seed, moved):
    params = np.array([-0.3, 0.4, 0.8, 0.5, 0.6])
    panel = adapted(ragged(seed), params) if moved else ragged(seed)
    _, scores = panel.likelihood(params)
    for i, step in enumerate(1e-6 * np.eye(5)):
        above, below = (panel.likelihood(params + s)[0] for s in (step, -step))
        assert scores[:, i].sum() == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-5)


def test_likelihood_is_that_of_the_formula_written_out():
    panel, params = ragged(3, draws=7), np.array([-0.3, 0.4, 0.8, 0.5, 0.6])
    total = 0.0
    for block in panel.blocks:
        for i, chooser in enumerate(block.choosers):
            chance = []
            for first, second in panel.draws[chooser].T:
                taste = np.array([-np.exp(-0.3 + 0.5 * first), 0.4, 0.8 + 0.6 * second])
                lead = block.ahead[i, :, :3] @ taste
                there = 1.0 - block.ahead[i, :, 3] if block.ahead.shape[2] > 3 else 1.0
                ahead = (np.exp(lead) * there).reshape(block.choices, -1)
                chance.append(np.prod(1 / (1 + ahead.sum(axis=1))))
            total += np.log(np.mean(chance))
    assert panel.likelihood(params)[0] == pytest.approx(total, rel=1e-12)


def test_adapted_draws_have_the_same_mean_and_less_noise():
    # One chooser of forty choices, of whom the population's spread says little.
    params = np.array([-1.0, 0.2, 0.0, 1.5, 6.0])
    truth = ragged(5, draws=2**15, choosers=1).likelihood(params)[0]
    panels = [ragged(5, draws=64, choosers=1, again=again) for again in range(20)]
    plain = [panel.likelihood(params)[0] - truth for panel in panels]
    near = [adapted(panel, params).likelihood(params)[0] - truth for panel in panels]
    assert np.std(near) < 0.1 * np.std(plain) and abs(np.mean(near)) < 0.05
    weigh = adapted(ragged(5, draws=4096), np.array([-0.3, 0.4, 0.8, 0.5, 0.6])).weigh
    assert np.exp(weigh).mean(axis=1) == pytest.approx(1.0, abs=0.05)
    assert weigh.max() < np.log(5.1)  # a draw stands for five at most


def test_halton_draws_are_those_of_the_books():
    # 100 is 1100100 in base 2, mirrored 0.0010011; 10201 in base 3, mirrored 0.10201.
    first = ndtr(normal_draws(1, 2, 1, kind="halton", seed=0))[0, :, 0]
    assert first == pytest.approx([0.1484375, 1 / 3 + 2 / 27 + 1 / 243])


def test_sobol_draws_are_normal_and_each_choosers_own():
    found = normal_draws(50, 3, 256, kind="sobol", seed=4)
    assert np.abs(found.mean(axis=2)).max() < 0.03 and np.abs(found.std(axis=2) - 1).max() < 0.03
    assert np.abs(np.corrcoef(found[:, 0, 0], found[:, 1, 0])[0, 1]) < 0.4
    assert len(np.unique(found[:, 0, 0])) == 50
    assert np.array_equal(found, normal_draws(50, 3, 256, kind="sobol", seed=4))


def test_recovers_how_tastes_differ(fitted):
    truth = [-0.2, 0.7, 0.6, 0.8]
    off = (fitted.frame["estimate"] - truth) / fitted.frame["se"]
    assert off.abs().max() < 3
    assert fitted.stable and fitted.loglik > fitted.loglik_logit + 50
    price = fitted.tastes.set_index("term").loc["price"]
    assert price["low"] < -np.exp(-0.2 + 0.18) < price["high"] < 0 and price["negative"] == 1
    assert all(check.passed for check in fitted.checks)


def test_no_spread_leaves_the_logit(made_up):
    frame = made_up[0]
    result = mixed_logit(
        table(frame), random=["quality"], constants=False, draws=20, kind="sobol", check=False
    )
    params = np.append(conditional_logit(table(frame), constants=False).demand.params * result.scale, 0.0)
    assert result.panel.likelihood(params)[0] == pytest.approx(result.loglik_logit)


@pytest.mark.slow
def test_cameras_on_halton_draws_are_those_of_xlogit(cameras):
    # xlogit 0.2.7 on the same data and draws: price and features normal, brands the same for all.
    result = mixed_logit(
        cameras, random=["price", *FEATURES], kind="halton", draws=500, check=False, starts=1
    )
    told = [-2.494139, 0.969094, 1.158, 0.848991, 0.491516, 0.775801, 1.654875, 1.496709, 1.068134, 1.350297]
    told += [1.447519, 1.122045, 1.050549, 0.941608, 0.991959, 1.1065]
    assert result.loglik == pytest.approx(-5296.78863, abs=0.01)
    unit = result.frame["term"].str.endswith("price").map({True: 100, False: 1}).to_numpy()
    assert result.frame["estimate"].to_numpy() * unit == pytest.approx(told, abs=2e-3)  # there in $100


def test_choices_of_one_chooser_count_as_few(fitted):
    assert (fitted.frame["se"] > 0.8 * fitted.frame["classical_se"]).all()
    assert fitted.demand.freedom == 399


def test_order_of_rows_and_unit_of_price_do_not_matter(made_up, fitted):
    other = made_up[0].sample(frac=1, random_state=2).assign(price=lambda f: f["price"] * 100)
    here = mixed_logit(table(other), random=LAWS, constants=False, draws=200, check=False)
    assert here.loglik == pytest.approx(fitted.loglik, abs=1e-4)
    there = fitted.frame["estimate"] - [np.log(100), 0, 0, 0]
    assert here.frame["estimate"].to_numpy() == pytest.approx(there.to_numpy(), abs=1e-4)


def test_too_few_draws_are_said(made_up):
    result = mixed_logit(table(made_up[0]), random=LAWS, constants=False, draws=4, kind="halton", seed=3)
    assert not result.stable and result.change > 0.25
    assert "Not stable" in result.finding
    assert any(c.label.startswith("Twice the draws") and not c.passed for c in result.checks)


@pytest.mark.slow
def test_adapted_draws_make_the_cameras_stable_where_others_are_not(cameras):
    adapted_ = mixed_logit(cameras)
    assert adapted_.stable and all(check.passed for check in adapted_.checks)
    plain = mixed_logit(cameras, kind="sobol", starts=1)
    assert not plain.stable and plain.loglik < adapted_.loglik - 30  # what noise costs, of -5,151
    own = individual_tastes(adapted_)
    assert own.checks[0].passed and own.wide.shape == (332, 10)


def test_one_choice_each_is_said(made_up):
    once = made_up[0][made_up[0]["occasion"] == 0]
    result = mixed_logit(table(once), random={"quality": "normal"}, draws=50, check=False)
    assert not next(c for c in result.checks if c.label == "Buyers chose more than once").passed


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"random": {"taste": "normal"}}, 'random: "taste" is no term; there are ['),
        ({"random": {"price": "uniform"}}, "random: the law of \"price\" is 'uniform'; "),
        ({"random": "price"}, 'random is "price"; give a list of terms'),
        ({"random": []}, "random names no term; "),
        ({"kind": "dice"}, "kind is 'dice'; "),
        ({"draws": 1}, "draws is 1 and starts is 3; "),
        ({"errors": "robust"}, "errors is 'robust'; "),
        ({"level": 0}, "level is 0; "),
    ],
    ids=range(8),
)
def test_says_what_is_wrong_with_what_is_asked(options, line):
    with pytest.raises(ValueError) as error:
        mixed_logit(table(choices(8)), **options)
    assert line in str(error.value) and "\n" not in str(error.value)


def test_own_tastes_average_to_those_of_all(fitted):
    own = individual_tastes(fitted)
    quality = own.wide["quality"]
    assert quality.mean() == pytest.approx(fitted.frame["estimate"].iloc[1], abs=0.02)
    # What is known of buyers and what is not known make up how they differ.
    unknown = own.frame.loc[own.frame["term"] == "quality", "se"]
    spread = fitted.frame["estimate"].iloc[3]
    assert quality.var() + (unknown**2).mean() == pytest.approx(spread**2, rel=0.03)
    assert own.checks[0].passed and len(own.frame) == 800


def test_own_tastes_are_near_the_true_ones(made_up, fitted):
    own, truth = individual_tastes(fitted), made_up[1]
    assert np.corrcoef(own.wide["quality"], truth["quality"])[0, 1] > 0.6
    assert np.corrcoef(own.wide["price"], truth["price"])[0, 1] > 0.45  # which varies less
    rows = own.frame[own.frame["term"] == "quality"]
    inside = (rows["low"].to_numpy() < truth["quality"]) & (truth["quality"] < rows["high"].to_numpy())
    assert 0.9 < inside.mean() < 0.99


def test_own_tastes_foretell_choices_that_were_kept_back(made_up):
    frame = made_up[0]
    kept, later = frame[frame["occasion"] < 6], frame[frame["occasion"] >= 6]
    result = mixed_logit(table(kept), random=LAWS, constants=False, draws=100, check=False)
    own = individual_tastes(result)
    at = own.wide.index.get_indexer(later["chooser"])
    utility = np.einsum("nk,nkr->nr", later[["price", "quality"]].to_numpy(), own.draws[at])
    risen = np.exp(utility).reshape(-1, 4, 100)
    chance = (risen / risen.sum(axis=1, keepdims=True)).reshape(-1, 100)
    taken = (later["chosen"] == 1).to_numpy()
    mine = np.log((chance * own.weights[at]).sum(axis=1)[taken]).mean()
    weigh = np.exp(result.panel.weigh) / 100  # of the population, before anybody chose
    alike = np.log((chance * weigh[at]).sum(axis=1)[taken]).mean()
    assert mine > alike + 0.02


def test_the_same_seed_gives_the_same_numbers_and_no_table_none(made_up):
    frame = made_up[0].head(800)
    options = {"random": ["quality"], "draws": 32, "seed": 7, "check": False}
    there, here = (mixed_logit(table(frame), **options) for _ in range(2))
    assert here.frame.equals(there.frame)
    absent = mixed_logit(None)
    assert isinstance(absent, Absent) and isinstance(individual_tastes(absent), Absent)
