"""Score intervals of two shares, against published ones and at the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.stats.two_shares import difference_interval, ratio_interval, score_chance


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, table II, method 6 (Miettinen and Nurminen)
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((6, 7, 2, 7), 0.0342, 0.8534),
        ((5, 56, 0, 29), -0.0326, 0.1933),
        ((0, 10, 0, 20), -0.1658, 0.2844),
        ((0, 10, 0, 10), -0.2879, 0.2879),
        ((10, 10, 0, 20), 0.7156, 1.0000),
        ((10, 10, 0, 10), 0.6636, 1.0000),  # (1 - d) / (1 + d) = 1.96^2 / 19, by hand
    ],
)
def test_differences_have_the_published_intervals(counts, low, high):
    assert difference_interval(counts, 0.95) == pytest.approx((low, high), abs=5e-5)


def score_by_search(counts, gap):
    """Count standard errors from a gap; the likeliest shares that have it are looked for, not solved for."""
    x, n, y, m = counts
    seconds = np.linspace(max(0.0, -gap), min(1.0, 1 - gap), 400_001)[1:-1]
    firsts = seconds + gap
    chance = (
        x * np.log(firsts) + (n - x) * np.log1p(-firsts) + y * np.log(seconds) + (m - y) * np.log1p(-seconds)
    )
    first, second = (shares[chance.argmax()] for shares in (firsts, seconds))
    variance = (first * (1 - first) / n + second * (1 - second) / m) * (n + m) / (n + m - 1)
    return (x / n - y / m - gap) / variance**0.5


@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (6, 7, 2, 7), (5, 56, 1, 29), (60, 742, 41, 733)])
def test_ends_lie_where_the_score_of_the_likeliest_shares_is_at_its_limit(counts):
    low, high = difference_interval(counts, 0.95)
    assert [score_by_search(counts, end) for end in (low, high)] == pytest.approx(
        [1.959964, -1.959964], abs=1e-4
    )


def test_ratios_have_the_intervals_of_statsmodels():
    # statsmodels 0.15.0, confint_proportions_2indep(method="score", compare="ratio"), where it finds one.
    assert ratio_interval((7, 120, 3, 110), 0.95) == pytest.approx((0.6180838577, 7.4826720809))
    assert ratio_interval((56, 70, 48, 80), 0.95) == pytest.approx((1.0790471195, 1.6721453591))


sizes = st.tuples(st.integers(1, 60), st.integers(1, 60))
shares = sizes.flatmap(
    lambda of: st.tuples(st.integers(0, of[0]), st.just(of[0]), st.integers(0, of[1]), st.just(of[1]))
)


@settings(max_examples=60, deadline=None)
@given(shares)
def test_intervals_hold_their_estimate_turn_round_and_end_at_0_at_their_p(counts):
    x, n, y, m = counts
    low, high = difference_interval(counts, 0.95)
    assert -1 <= low <= x / n - y / m + 1e-9 and x / n - y / m - 1e-9 <= high <= 1
    turned = difference_interval((y, m, x, n), 0.95)
    assert turned == pytest.approx((-high, -low), abs=1e-8)
    p = score_chance(counts)
    if 1e-6 < p < 0.999:
        ends = difference_interval(counts, 1 - p)
        assert min(map(abs, ends)) < 1e-6
    if y and x:
        assert ratio_interval(counts, 0.95)[0] <= x / n / (y / m) + 1e-9
