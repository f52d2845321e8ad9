"""What holds of any weights: margins met, bounds kept, sums kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pmlib.stats import weights as w


def made(seed, rows=400, shape=(2, 3, 5), spread=0.5):
    """A sample and margins that some weights meet."""
    random = np.random.default_rng(seed)
    codes = [random.permutation(np.arange(rows) % size) for size in shape]
    truth = np.exp(random.normal(size=rows) * spread) * 20
    margins = [
        w.Margin(f"m{i}", tuple(map(str, range(size))), code, np.bincount(code, truth))
        for i, (size, code) in enumerate(zip(shape, codes, strict=True))
    ]
    return w.drawn(w.design(np.exp(random.normal(size=rows) * 0.4))), margins


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([(2,), (2, 3), (3, 4, 6), (2, 2, 2, 2)]))
def test_raking_meets_every_margin_and_keeps_design_weights_within_a_cell(seed, shape):
    sample, margins = made(seed, shape=shape)
    raked = w.rake(sample, margins)
    assert w.worst_gap(raked.weights, margins) < 1e-9
    cells = np.array([margin.codes for margin in margins]).T
    factor = raked.weights / sample.weights
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    spread = np.array([np.ptp(factor[cell == number]) for number in range(cell.max() + 1)])
    assert (spread <= 1e-9 * factor.max()).all()


def test_known_totals_have_no_error_after_weighting():
    sample, margins = made(1)
    one = (margins[1].codes == 2).astype(float)
    for weighted in (
        w.rake(sample, margins),
        w.calibrate(sample, margins),
        w.post_stratify(sample, margins[1]),
    ):
        found = w.estimate(weighted, w.total(weighted, one))
        assert found.value == pytest.approx(margins[1].totals[2])
        assert found.error < 1e-5 * found.value
    before = w.estimate(sample, w.total(sample, one))
    assert before.error > 0.05 * before.value


def test_bounded_calibration_keeps_its_bounds_and_the_margins():
    sample, margins = made(2)
    free = w.calibrate(sample, margins, distance="raking")
    cap = 0.8 * free.weights.max()
    for distance in ("linear", "raking"):
        held = w.calibrate(sample, margins, distance=distance, weights=(1.0, cap))
        assert held.weights.max() <= cap * (1 + 1e-12)
        assert held.weights.min() >= 1.0 - 1e-12
        assert w.worst_gap(held.weights, margins) < 1e-8
    factors = w.calibrate(sample, margins, low=12, high=40).weights / sample.weights
    assert factors.min() >= 12 - 1e-9 and factors.max() <= 40 + 1e-9


def test_slow_raking_is_finished_by_newton():
    # Nearly all of each level sits in one level of the other: sweeps alone need thousands of rounds.
    first = np.repeat([0, 0, 1, 1], [500, 1, 1, 500])
    second = np.repeat([0, 1, 0, 1], [500, 1, 1, 500])
    margins = [
        w.Margin("a", ("x", "y"), first, np.array([6000.0, 4000.0])),
        w.Margin("b", ("x", "y"), second, np.array([4000.0, 6000.0])),
    ]
    weights = w.raked_weights(np.ones(len(first)), margins)
    assert w.worst_gap(weights, margins) < 1e-9
    assert (weights > 0).all()


def test_many_levels_are_raked_without_a_table_of_all_combinations():
    sample, margins = made(3, rows=3000, shape=(200, 200, 200))
    assert w.worst_gap(w.raked_weights(sample.weights, margins), margins) < 1e-9


def test_trimming_keeps_the_sum_and_the_order():
    weights = np.random.default_rng(4).lognormal(sigma=1.2, size=500)
    held = w.trim(weights, high=3 * weights.mean())
    assert held.max() <= 3 * weights.mean() * (1 + 1e-12)
    assert held.sum() == pytest.approx(weights.sum())
    assert (np.diff(held[np.argsort(weights)]) >= -1e-12).all()
    assert w.kish_size(held) > w.kish_size(weights)
    with pytest.raises(ValueError, match=r"2 weights between 0 and 1 cannot add up to 6; their mean is 3"):
        w.trim(np.array([1.0, 5.0]), high=1)


def test_kish_counts_unequal_weights():
    assert w.kish_effect(np.array([1.0, 1.0, 1.0, 3.0])) == pytest.approx(4 * 12 / 36)
    assert w.kish_size(np.full(7, 2.5)) == pytest.approx(7)


def test_the_difference_of_two_domains_knows_that_they_share_clusters():
    random = np.random.default_rng(5)
    place = np.repeat(np.arange(30), 20)
    y = 3 * random.normal(size=30)[place] + random.normal(size=600)
    sample = w.drawn(w.design(np.ones(600), clusters=place))
    first = np.arange(600) % 2 == 0
    one, other = w.mean(sample, y, first), w.mean(sample, y, ~first)
    apart = w.estimate(sample, one - other).error
    assert apart < 0.2 * w.estimate(sample, one).error


def test_intervals_of_proportions_stay_between_0_and_1():
    sample = w.drawn(w.design(np.ones(40)))
    for hits in (0, 1, 39, 40):
        found = w.estimate(sample, w.mean(sample, (np.arange(40) < hits).astype(float)))
        for kind in ("logit", "beta"):
            low, high = w.proportion_interval(found, 0.95, kind)
            assert 0 <= low <= found.value <= high <= 1
            assert low < high
    # Clopper and Pearson (1934): none of 40 leaves 0 to 8.81%.
    none = w.estimate(sample, w.mean(sample, np.zeros(40)))
    assert w.proportion_interval(none, 0.95)[1] == pytest.approx(1 - 0.025 ** (1 / 40))


def test_woodruff_reads_the_interval_of_a_median_off_the_distribution():
    y = np.arange(1, 101, dtype=float)
    sample = w.drawn(w.design(np.ones(100)))
    found = w.quantile(sample, y, 0.5)
    half = w.t_quantile(0.95, 99) * 0.5 / np.sqrt(99)
    assert (found.value, found.low, found.high) == (
        50,
        np.ceil(100 * (0.5 - half)),
        np.ceil(100 * (0.5 + half)),
    )
    heavy = w.drawn(w.design(np.where(y > 90, 20.0, 1.0)))
    assert w.quantile(heavy, y, 0.5).value == 93  # 90 and 3 times 20 pass half of 290


def possible(margins, rows, low=0.0, high=None):
    """The largest least weight that a linear programme finds, or None where there are no such weights."""
    known = np.hstack([margin.codes[:, None] == np.arange(len(margin.levels)) for margin in margins])
    target = np.concatenate([margin.totals for margin in margins])
    found = linprog(
        np.append(np.zeros(rows), -1.0),
        A_eq=np.column_stack([(known / target).T, np.zeros(len(target))]),
        b_eq=np.ones(len(target)),
        A_ub=np.column_stack([-np.eye(rows), np.ones(rows)]),
        b_ub=np.zeros(rows),
        bounds=[(low, high)] * rows + [(0, None)],
    )
    return -found.fun if found.status == 0 else None


@pytest.mark.parametrize("seed", range(25))
def test_raking_finds_weights_wherever_there_are_some(seed):
    random = np.random.default_rng(seed)
    occupied = random.choice(24, size=9, replace=False)
    codes = np.unravel_index(np.repeat(occupied, random.integers(1, 5, size=9)), (2, 3, 4))
    truth = np.exp(random.normal(size=len(codes[0])))
    margins = []
    for place, code in enumerate(codes):
        code = np.unique(code, return_inverse=True)[1]
        totals = np.bincount(code, truth)
        if seed % 2:  # margins that need not go together
            totals = random.dirichlet(np.full(len(totals), 8)) * truth.sum()
        margins.append(w.Margin(f"m{place}", tuple(map(str, range(len(totals)))), code, totals))
    least = possible(margins, len(codes[0]))
    sample = w.drawn(w.design(np.ones(len(codes[0]))))
    if least is not None and least > 1e-7:
        assert w.worst_gap(w.rake(sample, margins).weights, margins) < 1e-9
    else:
        with pytest.raises(ValueError, match="the margins cannot be met together"):
            w.rake(sample, margins)


@pytest.mark.parametrize("seed", range(25))
def test_bounded_weights_are_found_wherever_there_are_some(seed):
    sample, margins = made(seed, rows=60, spread=0.9)
    mean = margins[0].totals.sum() / 60
    low, high = 0.4 * mean, (1.15 + 0.1 * (seed % 8)) * mean
    there_are = possible(margins, 60, low, high) is not None
    for distance in ("linear", "raking"):
        if there_are:
            found = w.calibrate(sample, margins, distance=distance, weights=(low, high)).weights
            assert low - 1e-9 <= found.min() and found.max() <= high + 1e-9
        else:
            with pytest.raises(ValueError, match="the margins cannot be met together"):
                w.calibrate(sample, margins, distance=distance, weights=(low, high))


def test_a_share_of_none_counts_clusters_as_no_scatter_shows():
    sample = w.drawn(w.design(np.ones(60), clusters=np.repeat(np.arange(12), 5)))
    none = w.estimate(sample, w.mean(sample, np.zeros(60)))
    assert w.proportion_interval(none, 0.95)[1] == pytest.approx(1 - 0.025 ** (1 / 12))
