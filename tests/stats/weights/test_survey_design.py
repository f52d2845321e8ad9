"""How a sample was drawn: stages, finite populations, lonely clusters, and what is refused."""

import numpy as np
import pytest

from pmlib.stats import weights as w


def test_two_stages_add_up_as_in_the_textbook():
    # Särndal, Swensson & Wretman (1992), result 4.3.1: 4 of 10 places, then 3 of 6 people in each.
    random = np.random.default_rng(1)
    y = random.normal(10, 3, 12)
    place = np.repeat(np.arange(4), 3)
    found = w.design(None, clusters=[place, np.arange(12)], sizes=[np.full(12, 10.0), np.full(12, 6.0)])
    assert found.weights == pytest.approx(np.full(12, 10 / 4 * 6 / 3))
    totals = 6 * y.reshape(4, 3).mean(axis=1)
    between = 10**2 * (1 - 4 / 10) * totals.var(ddof=1) / 4
    within = 10 / 4 * (6**2 * (1 - 3 / 6) * y.reshape(4, 3).var(axis=1, ddof=1) / 3).sum()
    sample = w.drawn(found)
    assert w.estimate(sample, w.total(sample, y)).error ** 2 == pytest.approx(between + within)


def test_without_sizes_the_first_stage_says_it_all():
    place, y = np.repeat(np.arange(4), 3), np.random.default_rng(2).normal(size=12)
    one = w.drawn(w.design(np.ones(12), clusters=place))
    two = w.drawn(w.design(np.ones(12), clusters=[place, np.arange(12)]))
    assert w.estimate(one, w.mean(one, y)).error == w.estimate(two, w.mean(two, y)).error


def test_who_asks_everybody_makes_no_sampling_error():
    y = np.arange(8.0)
    sample = w.drawn(w.design(np.ones(8), sizes=np.full(8, 8.0)))
    assert w.estimate(sample, w.mean(sample, y)).error == 0


def test_clusters_count_within_their_stratum():
    strata = np.repeat(["north", "south"], 6)
    found = w.design(np.ones(12), strata=strata, clusters=np.tile(np.repeat([1, 2, 3], 2), 2))
    assert found.degrees() == 4
    assert found.degrees(strata == "north") == 2


def test_a_lonely_cluster_is_named_and_errs_on_the_safe_side():
    strata = np.array(["a"] * 4 + ["b"] * 4 + ["c"])
    y = np.arange(9.0)
    lonely = w.drawn(w.design(np.ones(9), strata=strata))
    merged = w.drawn(w.design(np.ones(9), strata=np.where(strata == "c", "b", strata)))
    assert lonely.design.lonely == ("c",)
    assert not merged.design.lonely
    assert w.estimate(lonely, w.mean(lonely, y)).error >= w.estimate(merged, w.mean(merged, y)).error
    certain = w.design(np.ones(9), strata=strata, sizes=np.where(strata == "c", 1.0, 40.0))
    assert not certain.lonely  # all of it was asked


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"weights": [1, -2, 3]}, "row 1: weight -2; a weight is above 0: correct or drop it"),
        ({"weights": [1, 0, 0]}, "row 1: weight 0 (and 1 more); a weight is above 0: correct or drop it"),
        ({"weights": [1, 1, np.nan]}, "row 2: weight nan; a weight is above 0: correct or drop it"),
        ({"weights": np.ones(3), "strata": ["a", None, "b"]}, "row 1: stratum is missing; fill it in"),
        (
            {"weights": np.ones(3), "strata": ["a", "b", "c"]},
            "each of 3 strata has one cluster, so nothing shows the error; merge strata, or leave them out",
        ),
        (
            {"weights": np.ones(3), "clusters": [7, 7, 7]},
            "there is only one cluster, so nothing shows the error; merge strata, or leave them out",
        ),
        (
            {"weights": np.ones(3), "strata": ["a", "a", "a"], "sizes": [2, 2, 2]},
            "the population has 2 sampling units, the sample 3; give the population's number of units",
        ),
        (
            {"weights": np.ones(3), "strata": ["a", "a", "b"], "sizes": [5, 6, 9]},
            "row 0: stratum 'a' has 5 sampling units here and 6 elsewhere; give one size a stratum",
        ),
    ],
)  # fmt: skip
def test_what_no_sample_can_be_is_refused(given, line):
    weights = given.pop("weights")
    with pytest.raises(ValueError) as error:
        w.design(weights, **given)
    assert str(error.value) == line
