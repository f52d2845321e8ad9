"""Demand with differing tastes: recovery, PyBLP's own numbers, and what is refused or said without it."""

import builtins
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from pmlib.competitive import random_coefficients
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.inversion import mean_utility
from pmlib.competitive.demand.shares import Layout, shares
from pmlib.data import source
from pmlib.result import Absent

approx = pytest.approx
PRICE, SIZE, SPREAD = -1.2, 1.0, 1.0


def markets(seed, *, periods=20, products=20):
    """Products whose size is worth something else to every buyer."""
    draw = np.random.default_rng(seed)
    shape = (periods, products)
    size, cost = draw.uniform(0, 2, shape), draw.uniform(0, 2, shape)
    quality = draw.normal(0, 0.3, shape)
    price = 2 + cost + 0.5 * size + 0.4 * quality
    taste = SIZE + SPREAD * draw.normal(size=(4000, 1, 1))
    risen = np.exp(-0.5 + taste * size + PRICE * price + quality)
    share = (risen / (1 + risen.sum(axis=2, keepdims=True))).mean(axis=0)
    apart = size[:, :, None] - size[:, None, :]
    return pd.DataFrame(
        {
            "product": np.tile([f"P{i:02d}" for i in range(products)], periods),
            "firm": np.tile([f"F{i % 5}" for i in range(products)], periods),
            "period": np.repeat(np.arange(2000, 2000 + periods), products),
            "share": share.ravel(),
            "price": price.ravel(),
            "size": size.ravel(),
            "cost": cost.ravel(),
            "alone": (apart**2).sum(axis=2).ravel(),
            "alone2": (apart**2).sum(axis=2).ravel() ** 2,
        }
    )


def table(frame):
    return source(frame, "made_up", attributes=["size"], instruments=["cost", "alone", "alone2"])


@pytest.fixture(scope="module")
def fitted():
    """One fit, for all that is asked of it."""
    pytest.importorskip("pyblp")
    return random_coefficients(table(markets(2)), random=["size"], draws=100)


@pytest.mark.slow
def test_tastes_are_recovered(fitted):
    rows = fitted.frame.set_index("term")
    truth = pd.Series({"price": PRICE, "size": SIZE, "spread: size": SPREAD})
    assert ((rows["estimate"] - truth).dropna().abs() < 3 * rows["se"][truth.index]).all()
    assert fitted.converged and all(check.passed for check in fitted.checks)
    assert fitted.title == "Buyers differ in their taste for size"
    assert "where buyers' tastes for size differ." in fitted.finding


@pytest.mark.slow
def test_the_demand_is_pyblps(fitted):
    import pyblp

    rows, demand = fitted.observed.rows, fitted.everywhere
    assert demand.probabilities == approx(rows["share"].to_numpy(), rel=1e-10)
    sets = len(fitted.observed.sets)
    table_ = pd.DataFrame(
        {
            "market_ids": rows["set"], "firm_ids": rows["firm"], "shares": rows["share"],
            "prices": rows["price"], "size": rows["size"],
            **{f"demand_instruments{i}": rows[name] for i, name in enumerate(("cost", "alone", "alone2"))},
        }
    )  # fmt: skip
    draws = fitted.draws
    buyers = pd.DataFrame(
        {
            "market_ids": np.repeat(np.arange(sets), draws), "weights": 1 / draws,
            "nodes0": np.tile(demand.draws[:, 0], sets),
        }
    )  # fmt: skip
    problem = pyblp.Problem(
        (pyblp.Formulation("1 + size + prices"), pyblp.Formulation("0 + size")), table_, agent_data=buyers
    )
    beta = dict(zip(demand.names, demand.params, strict=True))
    there = problem.solve(
        sigma=beta["spread: size"], beta=[None, None, beta["price"]], method="1s",
        optimization=pyblp.Optimization("return"),
    )  # fmt: skip
    matrix = there.compute_elasticities()
    theirs = there.extract_diagonals(matrix).ravel()
    assert fitted.own == approx(theirs, rel=1e-8)
    outside = there.extract_diagonals(there.compute_diversion_ratios()).ravel()[-20:]
    now = fitted.demand
    moved = now.summed()
    assert moved.sum(axis=0) / np.diag(moved) == approx(outside, rel=1e-8)


@pytest.mark.slow
def test_alike_products_compete_more_than_in_a_plain_logit(fitted):
    demand = fitted.demand
    moved = demand.summed()
    size = demand.offers.set_index("product")["size"][demand.products].to_numpy()
    largest, second = np.argsort(size)[-1], np.argsort(size)[-2]
    gained = -moved[:, largest] / moved[largest, largest] / demand.volume
    smallest = np.argsort(size)[0]
    assert gained[second] > 1.2 * gained[smallest]  # a plain logit's gains go by share alone


@pytest.mark.slow
def test_more_draws_and_other_numbers_are_asked_of_the_newest_period(fitted):
    assert fitted.draws == 200
    assert fitted.demand.offers["period"].nunique() == 1
    assert fitted.numbers[0].low < fitted.own[-20:].mean() < fitted.numbers[0].high
    assert "<svg" in fitted.html()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"random": "size"}, 'random is the text "size"; write a list of terms'),
        (
            {"random": ["weight"]},
            "random \"weight\" is no term of made_up; it has ['price', '(constant)', 'size']",
        ),
        ({"random": []}, "random names no term"),
        ({"random": ["price", "size", "(constant)"]}, "3 instruments, and price and 3 spreads need 4"),
    ],
)
def test_says_what_is_wrong(options, line):
    with pytest.raises(ValueError) as error:
        random_coefficients(table(markets(1, periods=3)), **options)
    assert line in str(error.value)


def test_without_the_package_one_line_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "pyblp":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r'need PyBLP; install it: pip install "pmlib\[blp\]"'):
        random_coefficients(table(markets(1, periods=3)), random=["size"])


def test_what_has_no_market_says_so():
    assert isinstance(random_coefficients(None), Absent)


def test_pyblp_is_not_imported_by_other_analyses():
    code = "import sys, pmlib.competitive; sys.exit('pyblp' in sys.modules or 'sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_utilities_that_give_the_shares_are_found_in_ragged_markets():
    draw = np.random.default_rng(3)
    sets = Sets(np.array([0, 4, 5]), 12)
    layout = Layout(sets, outside=True)
    apart = 3 * draw.normal(size=(12, 50))
    weights = np.full(50, 1 / 50)
    truth = draw.normal(-2, 2, 12)
    held = layout.rows(shares(truth[:, None] + apart, layout).joint @ weights)
    assert mean_utility(held, layout, apart, weights) == approx(truth, abs=1e-9)
