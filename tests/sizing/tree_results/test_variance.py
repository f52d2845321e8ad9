"""Shares of variance agree with closed forms, and always add up where they divide a whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from pmlib.sizing.drivers.shapley import shapley_shares
from pmlib.sizing.drivers.variance import variance_shares


class Uniform:
    def at(self, z):
        return np.pi * (2 * ndtr(z) - 1)


class Normal:
    def __init__(self, mean=0.0, sd=1.0):
        self.mean, self.sd = mean, sd

    def at(self, z):
        return self.mean + self.sd * z


class Lognormal(Normal):
    def __init__(self, low, high):
        middle = np.log(low * high) / 2
        super().__init__(middle, (np.log(high) - middle) / 1.6448536269514722)

    def at(self, z):
        return np.exp(super().at(z))


ISHIGAMI = {"a": Uniform(), "b": Uniform(), "c": Uniform()}
FUNNEL = {
    "people": Lognormal(8e6, 12e6),
    "reach": Lognormal(0.1, 0.3),
    "orders": Lognormal(2, 6),
    "basket": Lognormal(20, 45),
}


def ishigami(x):
    return np.sin(x["a"]) + 7 * np.sin(x["b"]) ** 2 + 0.1 * x["c"] ** 4 * np.sin(x["a"])


def product(x):
    return np.prod(list(x.values()), axis=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shares_of_ishigamis_function(seed):
    found = variance_shares(ishigami, ISHIGAMI, n=8192, seed=seed)
    assert found["first"].to_numpy() == pytest.approx([0.313905, 0.442411, 0], abs=0.01)
    assert found["total"].to_numpy() == pytest.approx([0.557589, 0.442411, 0.243684], abs=0.01)


def test_shares_of_a_product_of_lognormals():
    found = variance_shares(product, FUNNEL)
    assert found["first"].to_numpy() == pytest.approx([0.0439206, 0.3385245, 0.3385245, 0.1797576], abs=0.01)
    assert found["total"].to_numpy() == pytest.approx([0.0583349, 0.408331, 0.408331, 0.2281154], abs=0.01)


def test_shares_of_its_logarithm_add_up():
    found = variance_shares(lambda x: np.log(product(x)), FUNNEL)
    exact = [0.0508055, 0.372986, 0.372986, 0.203222]
    assert found["first"].to_numpy() == pytest.approx(exact, abs=1e-3)
    assert found["total"].to_numpy() == pytest.approx(exact, abs=1e-3)
    assert shapley_shares(lambda x: np.log(product(x)), FUNNEL).to_numpy() == pytest.approx(exact, abs=1e-3)


def test_a_fair_division_halves_what_two_inputs_do_together():
    # First shares plus half of the interaction of a and c, which is all there is.
    found = shapley_shares(ishigami, ISHIGAMI)
    assert found.to_numpy() == pytest.approx([0.313905 + 0.121842, 0.442411, 0.121842], abs=0.01)


@pytest.mark.parametrize("rho", [-0.8, 0.3, 0.9])
def test_a_fair_division_of_two_correlated_inputs(rho):
    # Owen & Prieur (2017), section 3: of x + 2y, each share is half of its first and half of its last gain.
    variance = 1 + 4 + 4 * rho
    first = np.array([(1 + 2 * rho) ** 2, (2 + rho) ** 2])
    last = (1 - rho**2) * np.array([1, 4])
    found = shapley_shares(
        lambda v: v["x"] + 2 * v["y"],
        {"x": Normal(), "y": Normal()},
        correlation=np.array([[1, rho], [rho, 1]]),
    )
    assert found.to_numpy() == pytest.approx((first + last) / 2 / variance, abs=5e-3)


def test_two_inputs_that_move_as_one_share_alike():
    found = shapley_shares(
        lambda v: v["x"] + v["y"], {"x": Normal(), "y": Normal()}, correlation=np.ones((2, 2))
    )
    assert found.to_numpy() == pytest.approx([0.5, 0.5], abs=1e-6)


def test_of_many_inputs_orders_are_sampled():
    sizes = np.arange(1.0, 13)
    laws = {f"x{i}": Normal(0, sd) for i, sd in enumerate(sizes)}
    found = shapley_shares(lambda v: sum(v.values()), laws)
    assert found.to_numpy() == pytest.approx(sizes**2 / (sizes**2).sum(), abs=0.01)


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.95, 0.95), st.lists(st.floats(0.1, 5), min_size=2, max_size=5))
def test_a_fair_division_adds_up_to_the_whole(rho, sizes):
    laws = {f"x{i}": Normal(0, sd) for i, sd in enumerate(sizes)}
    together = np.eye(len(sizes))
    together[0, 1] = together[1, 0] = rho
    found = shapley_shares(lambda v: np.exp(0.1 * sum(v.values())), laws, correlation=together, n=256)
    assert found.sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("shares", [variance_shares, shapley_shares])
def test_what_is_no_number_is_refused_with_its_first_draw(shares):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as told:
        shares(lambda v: np.log(v["x"]), {"x": Normal(3, 1), "y": Normal()}, n=8192)
    assert "the output is nan in draw " in str(told.value)
    assert " of 8,192, where x is -" in str(told.value)
    with pytest.raises(ValueError, match=r"the output is inf in draw 1 of 64, where x is "):
        shares(lambda v: v["x"] + np.inf, {"x": Normal()}, n=64)


@pytest.mark.parametrize("shares", [variance_shares, shapley_shares])
def test_what_does_not_vary_has_no_shares(shares):
    with pytest.raises(ValueError, match="the output is 3 in every draw; only what varies has shares"):
        shares(lambda v: 0 * v["x"] + 3, {"x": Normal()}, n=64)
    with pytest.raises(ValueError, match="the output is 3 in every draw"):
        shares(lambda v: 3.0, {"x": Normal()}, n=64)
