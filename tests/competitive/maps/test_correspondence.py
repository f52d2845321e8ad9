"""Correspondence analysis gives the numbers of R, and of a full singular value decomposition."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from pmlib.competitive.maps.axes import TooFew
from pmlib.competitive.maps.correspondence import correspondence, standardised

approx = pytest.approx
REFERENCE = Path(__file__).parents[2] / "reference"
CHILDREN = pd.read_csv(REFERENCE / "children_ct.csv", index_col=0)
SMOKE = pd.read_csv(REFERENCE / "smoke_ct.csv", index_col=0)
EXTRA_ROWS, EXTRA_COLUMNS = list(CHILDREN.index[14:]), list(CHILDREN.columns[5:])


@pytest.fixture(scope="module")
def children():
    return correspondence(CHILDREN, extra_rows=EXTRA_ROWS, extra_columns=EXTRA_COLUMNS)


def table(values, **labels):
    values = np.asarray(values)
    rows, columns = [f"r{i}" for i in range(len(values))], [f"c{i}" for i in range(values.shape[1])]
    return pd.DataFrame(values, **{"index": rows, "columns": columns, **labels})


def drawn(seed, rows=7, columns=5, mean=20):
    return table(np.random.default_rng(seed).poisson(mean, (rows, columns)) + 1)


tables = st.builds(drawn, st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9))


def test_children_have_the_inertias_of_factominer(children):
    assert children.eigenvalues == approx([0.0354015389, 0.0131147352, 0.0073011140, 0.0062439134], abs=1e-10)
    assert 100 * children.explained[:2] == approx([57.0429, 21.1319], abs=1e-4)
    money = children.rows.principal.loc["money", [1, 2]].abs().tolist()
    assert money == approx([0.115267, 0.020046], abs=1e-6)


def test_supplementary_points_stand_where_prince_puts_them(children):
    # prince 0.23.0, CA(n_components=4).row_coordinates and .column_coordinates; its signs happen to be ours.
    places = pd.concat([children.extra_rows.principal, children.extra_columns.principal])
    assert places.loc["comfort"].tolist() == approx([-0.209670, 0.703168, -0.071112, 0.307135], abs=1e-6)
    assert places.loc["to_live"].tolist() == approx([-0.308307, 0.502019, -0.520934, 0.255736], abs=1e-6)
    assert places.loc["thirty"].tolist() == approx([-0.105413, -0.059696, 0.103226, 0.069780], abs=1e-6)
    assert places.loc["more_fifty"].tolist() == approx([0.177068, -0.048138, -0.100773, -0.085175], abs=1e-6)
    assert children.extra_rows.mass.isna().all() and children.extra_columns.contributions.isna().all(
        axis=None
    )


def test_smoke_has_the_numbers_of_ca():
    # R's ca 0.71.1, summary(ca(smoke)): mass, quality, inertia; principal coordinate, cor and ctr, per mille.
    found = correspondence(SMOKE)
    assert found.eigenvalues == approx([0.07475910589, 0.01001718051, 0.00041357408], abs=1e-10)
    assert found.rows.principal.loc["SM", [1, 2]].abs().tolist() == approx([0.065768, 0.193737], abs=1e-6)
    per_mille = {
        "mass": (found.rows.mass, [57, 93, 264, 456, 130]),
        "inertia": (found.rows.inertia, [31, 139, 450, 308, 71]),
        "cor 1": (found.rows.quality[1], [92, 526, 999, 942, 865]),
        "cor 2": (found.rows.quality[2], [800, 465, 1, 58, 133]),
        "ctr 1": (found.rows.contributions[1], [3, 84, 512, 331, 70]),
        "ctr 2": (found.rows.contributions[2], [214, 551, 3, 152, 81]),
    }
    for name, (values, expected) in per_mille.items():
        assert 1000 * values.to_numpy() == approx(expected, abs=0.51), name


def test_the_test_of_independence_is_pearsons():
    found, expected = correspondence(SMOKE), chi2_contingency(SMOKE, correction=False)
    assert (found.chi2, found.freedom) == (approx(expected.statistic), expected.dof)
    assert found.p_value == approx(expected.pvalue)


@pytest.mark.parametrize(("rows", "columns"), [(300, 40), (40, 300), (60, 60)])
def test_inertias_are_those_of_a_full_decomposition(rows, columns):
    counts = drawn(3, rows, columns, mean=2)
    sigma = np.linalg.svd(standardised(counts.to_numpy(float)), compute_uv=False)
    found = correspondence(counts)
    assert np.abs(found.eigenvalues - sigma[: min(rows, columns) - 1] ** 2).max() < 1e-12
    assert found.rows.principal.shape == (rows, 5)


@given(tables)
@settings(max_examples=50, deadline=None)
def test_what_always_holds(counts):
    found = correspondence(counts, axes=9)
    axes = found.eigenvalues > 1e-9
    assert found.eigenvalues.sum() == approx(found.inertia)
    assert found.explained.sum() == approx(1)
    for points in (found.rows, found.columns):
        assert points.mass.sum() == approx(1) and points.inertia.sum() == approx(1)
        assert points.contributions.sum().to_numpy()[axes] == approx(1)
        assert points.quality.sum(axis=1, min_count=1).dropna().to_numpy() == approx(1)  # not at the middle
        along = (points.principal**2).mul(points.mass, axis=0).sum().to_numpy()
        assert along == approx(found.eigenvalues[: len(along)], abs=1e-12)
        assert points.principal.mul(points.mass, axis=0).sum().to_numpy() == approx(0, abs=1e-9)


@given(tables, st.floats(0.01, 100), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_neither_scale_nor_order_nor_side_matters(counts, scale, chance):
    found = correspondence(counts)
    order = list(counts.index)
    chance.shuffle(order)
    shuffled = correspondence(counts.loc[order] * scale)
    assert shuffled.eigenvalues == approx(found.eigenvalues, abs=1e-10)
    assert correspondence(counts.T).eigenvalues == approx(found.eigenvalues, abs=1e-10)


def test_rows_with_one_profile_may_be_added_up():
    counts = drawn(5)
    a, b = (table([counts.iloc[0] * part], index=[name]) for part, name in ((0.3, "a"), (0.7, "b")))
    split = pd.concat([counts.iloc[1:], a, b])
    whole, parted = correspondence(counts), correspondence(split)
    assert parted.eigenvalues[: len(whole.eigenvalues)] == approx(whole.eigenvalues, abs=1e-12)
    assert parted.rows.principal.loc["a"].to_numpy() == approx(
        parted.rows.principal.loc["b"].to_numpy(), abs=1e-9
    )


def test_a_supplementary_copy_stands_on_its_original_whatever_its_scale():
    counts = drawn(6)
    more = pd.concat([counts, table([counts.iloc[2] * 10], index=["copy"])]).assign(
        twin=lambda f: f["c1"] * 3
    )
    found = correspondence(more, extra_rows=["copy"], extra_columns=["twin"])
    copy, twin = found.extra_rows.principal.loc["copy"], found.extra_columns.principal.loc["twin"]
    assert copy.tolist() == approx(found.rows.principal.loc["r2"].tolist(), abs=1e-9)
    assert twin.tolist() == approx(found.columns.principal.loc["c1"].tolist(), abs=1e-9)
    assert found.extra_rows.quality.sum(axis=1).to_numpy() == approx(1)
    assert found.eigenvalues == approx(correspondence(counts).eigenvalues)


def test_the_row_that_contributes_most_lies_on_the_positive_side():
    for seed in range(10):
        rows = correspondence(drawn(seed)).rows
        most = rows.contributions.idxmax()
        assert all(rows.principal.loc[row, axis] > 0 for axis, row in most.items())


def test_empty_rows_and_columns_are_dropped_and_named():
    counts = SMOKE.assign(pipe=0)
    counts.loc["VP"] = 0
    found = correspondence(counts)
    assert found.dropped == ('row "VP"', 'column "pipe"')
    assert found.eigenvalues == approx(correspondence(SMOKE).eigenvalues)


def test_an_empty_supplementary_row_is_dropped_too():
    counts = SMOKE.copy()
    counts.loc["VP"] = 0
    assert correspondence(counts, extra_rows=["VP"]).dropped == ('row "VP"',)


def test_where_all_rows_are_alike_nothing_is_explained():
    found = correspondence(table(np.outer([1, 2, 3], [4, 5, 6])))
    assert np.isnan(found.explained).all() and found.rows.principal.to_numpy() == approx(0, abs=1e-7)
    assert found.p_value == approx(1)


def test_shares_are_mapped_without_a_test():
    found = correspondence(SMOKE / SMOKE.to_numpy().sum())
    assert not found.whole and np.isnan(found.chi2)
    assert found.eigenvalues == approx(correspondence(SMOKE).eigenvalues)


def with_cell(value):
    counts = SMOKE.astype(object)
    counts.loc["SE", "light"] = value
    return counts


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (-3, "-3"),
        (None, "missing"),
        (float("nan"), "missing"),
        (float("inf"), "infinite"),
        ("many", "'many', no number"),
    ],
)
def test_a_wrong_count_is_refused_by_row_and_column(value, found):
    with pytest.raises(ValueError) as error:
        correspondence(with_cell(value))
    assert str(error.value) == (
        f'count in row "SE", column "light" is {found}; write a number from 0 up (0 for none)'
    )


@pytest.mark.parametrize(
    ("counts", "options", "says"),
    [
        (SMOKE.iloc[:1], {}, "the counts have 1 row and 4 columns with anything in them; a map needs two"),
        (SMOKE[["none"]], {}, "the counts have 5 rows and 1 column with anything in them; a map needs two"),
        (SMOKE * 0, {}, "the counts have 0 rows and 0 columns with anything in them; a map needs two"),
        (pd.concat([SMOKE, SMOKE.head(1)]), {}, 'counts have two rows "SM"; add them up, or keep one'),
        (SMOKE, {"extra_rows": ["JMM"]}, "extra row \"JMM\" is not in the counts; did you mean 'JM'?"),
        (SMOKE, {"extra_columns": "none"}, 'extra_columns is the text "none"; write a list of names'),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_mapped_is_refused_in_one_line(counts, options, says):
    with pytest.raises(ValueError) as error:
        correspondence(counts, **options)
    assert str(error.value).startswith(says) and "\n" not in str(error.value)
    assert isinstance(error.value, TooFew) == says.startswith("the counts have")


def test_the_callers_table_is_left_alone():
    counts = with_cell(1)
    before = counts.copy()
    correspondence(counts)
    pd.testing.assert_frame_equal(counts, before)
