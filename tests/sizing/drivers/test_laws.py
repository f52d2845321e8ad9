"""A law holds the interval it was given, and stays where its values may be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pmlib import sizing

Z = np.linspace(-8, 8, 4001)


def law(text, unit=""):
    return sizing.tree(f"x {unit} = {text}").nodes["x"].law


@pytest.mark.parametrize(
    ("text", "unit", "kind", "ends", "median"),
    [
        ("4% .. 11%", "", "logit-normal", (0.04, 0.11), None),
        ("20% .. 30% .. 60%", "[%]", "logit-normal", (0.2, 0.6), 0.3),
        ("2 .. 6", "[order]", "lognormal", (2, 6), 12**0.5),
        ("2 .. 3 .. 6", "[order]", "lognormal", (2, 6), 3),
        ("-2% .. 5%", "[%/year]", "normal", (-0.02, 0.05), 0.015),
        ("-2% .. 1% .. 5%", "[%/year]", "normal", (-0.02, 0.05), 0.01),
        ("38 .. 55 normal", "[EUR2025]", "normal", (38, 55), 46.5),
        ("92% .. 96% beta", "", "beta", (0.92, 0.96), None),
        ("14.2 M +- 2%", "[person]", "lognormal", (13.916e6, 14.484e6), 14.2e6),
        ("14.2 M +- 0.3 M", "[person]", "lognormal", (13.9e6, 14.5e6), 14.2e6),
        ("40% +- 3 points", "", "logit-normal", (0.37, 0.43), 0.4),
    ],
)
def test_a_range_is_the_middle_90_percent(text, unit, kind, ends, median):
    found = law(text, unit)
    assert (found.kind, found.level, found.constant) == (kind, 0.9, False)
    assert found.ends() == pytest.approx(ends, rel=1e-6)
    if median:
        assert found.median == pytest.approx(median)
    assert found.at(np.zeros(3)) == pytest.approx(found.median)


@settings(max_examples=30)
@given(st.floats(0.001, 0.9), st.floats(0.01, 0.95), st.sampled_from((50, 80, 90, 95, 99)))
def test_shares_never_leave_0_to_1(low, part, level):
    high = low + (1 - low) * part * 0.99
    found = law(f"{low:.6%} .. {high:.6%} ({level}%)")
    assert found.ends(level / 100) == pytest.approx((low, high), rel=1e-3)
    values = found.at(Z)
    assert values.min() >= 0
    assert values.max() <= 1
    assert (np.diff(values) >= 0).all()


def test_bounds_are_where_uniform_and_triangular_end():
    assert law("2 .. 6 uniform", "[car]").at(np.array([-9.0, 0, 9])) == pytest.approx([2, 4, 6])
    even = law("2 .. 6 uniform (50%)", "[car]")
    assert even.ends(0.5) == pytest.approx((2, 6))
    scores = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    drawn = law("2 .. 3 .. 6 triangular", "[car]").at(scores)
    assert drawn == pytest.approx(stats.triang(0.25, 2, 4).ppf(stats.norm.cdf(scores)), rel=1e-9)


def test_beta_is_scipys():
    found = law("92% .. 96% beta")
    p = np.array([1e-6, 0.01, 0.3, 0.5, 0.9, 0.999999])
    assert found.at(stats.norm.ppf(p)) == pytest.approx(stats.beta(found.a, found.b).ppf(p), rel=1e-6)
    pert = law("2 .. 3 .. 6 beta", "[car]")
    assert (pert.a, pert.b) == (2, 4)
    assert pert.at(np.array([-9.0, 9.0])) == pytest.approx([2, 6], rel=1e-3)


def test_draws_are_left_as_they_were():
    for text in (
        "2 .. 6",
        "2 .. 3 .. 6",
        "2 .. 6 uniform",
        "2 .. 3 .. 6 triangular",
        "2 .. 3 .. 6 beta",
        "3",
    ):
        z = Z.copy()
        law(text).at(z)
        assert (z == Z).all()


def test_a_normal_law_that_reaches_below_0_is_told():
    assert sizing.tree("x [car] = 2 .. 40 normal").notices == (
        "x: its normal law is below 0 in 3.5% of draws",
    )
    assert sizing.tree("x [car] = -2 .. 40 normal").notices == (), "who writes it knows it"
