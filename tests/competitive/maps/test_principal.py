"""Principal components give statsmodels' numbers, and say what was left out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.multivariate.pca import PCA

from pmlib.competitive.maps.axes import TooFew
from pmlib.competitive.maps.principal import principal_components

approx = pytest.approx
NAMES = ["Horsepower", "MPG.city", "Passengers", "Turn.circle", "Rear.seat.room"]


def drawn(seed, rows=12, columns=4):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns)) + 10
    return pd.DataFrame(values, columns=list("abcdefgh")[:columns])


@pytest.fixture(scope="module")
def cars(cars_1993):
    return cars_1993.frame.set_index("product")


def test_eigenvalues_scores_and_loadings_are_those_of_statsmodels(cars):
    found, expected = principal_components(cars[NAMES]), PCA(cars[NAMES].dropna(), standardize=True)
    n = len(found.rows)
    assert found.eigenvalues == approx(expected.eigenvals.to_numpy() / n)
    assert found.eigenvalues.sum() == approx(5)
    scores = expected.factors.to_numpy() * np.sqrt(
        n * found.eigenvalues
    )  # it gives unit vectors, of any sign
    assert np.abs(found.rows.principal.to_numpy()) == approx(np.abs(scores), abs=1e-9)
    z = found.standardised
    correlations = np.array(
        [[np.corrcoef(z[a], found.rows.principal[k])[0, 1] for k in range(1, 6)] for a in z]
    )
    assert found.columns.principal.to_numpy() == approx(correlations, abs=1e-9)


def test_what_lacks_an_attribute_or_does_not_vary_is_left_out_and_named(cars):
    found = principal_components(cars[NAMES].assign(wheels=4.0))
    assert found.missing == ("Chevrolet Corvette", "Mazda RX-7")
    assert found.constant == ("wheels",)
    assert len(found.rows) == 91


@given(st.integers(0, 10_000), st.integers(3, 12), st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_what_always_holds(seed, rows, columns):
    found = principal_components(drawn(seed, rows, columns), axes=9)
    axes = found.eigenvalues > 1e-9
    assert found.explained.sum() == approx(1)
    for points in (found.rows, found.columns):
        assert points.inertia.sum() == approx(1)
        assert points.contributions.sum().to_numpy()[axes[: points.contributions.shape[1]]] == approx(1)
        assert points.quality.sum(axis=1).to_numpy() == approx(1)
    whole = found.rows.principal.to_numpy() @ found.columns.standard.to_numpy().T
    assert whole == approx(found.standardised.to_numpy(), abs=1e-8)


@given(st.integers(0, 1000), st.floats(0.01, 1000), st.floats(-100, 100))
@settings(max_examples=30, deadline=None)
def test_the_unit_of_an_attribute_does_not_matter(seed, times, plus):
    table = drawn(seed)
    found, other = (
        principal_components(table),
        principal_components(table.assign(b=table["b"] * times + plus)),
    )
    assert other.eigenvalues == approx(found.eigenvalues, rel=1e-6)
    assert np.abs(other.rows.principal.to_numpy()) == approx(
        np.abs(found.rows.principal.to_numpy()), abs=1e-5
    )


def test_supplementary_copies_stand_on_their_originals():
    table = drawn(2)
    more = pd.concat([table, table.iloc[[3]].set_axis(["copy"])]).assign(twin=lambda f: 5 - 2 * f["c"])
    found = principal_components(more, extra_rows=["copy"], extra_columns=["twin"])
    assert found.extra_rows.principal.loc["copy"].tolist() == approx(found.rows.principal.loc[3].tolist())
    assert found.extra_columns.principal.loc["twin"].tolist() == approx(
        (-found.columns.principal.loc["c"]).tolist()
    )
    assert found.eigenvalues == approx(principal_components(table).eigenvalues)


def test_a_supplementary_attribute_may_have_blanks_and_moves_nothing(cars):
    found = principal_components(cars[[*NAMES, "Luggage.room"]], extra_columns=["Luggage.room"])
    assert found.missing == ("Chevrolet Corvette", "Mazda RX-7")
    room = cars["Luggage.room"].dropna()
    expected = np.corrcoef(room, found.rows.principal.loc[room.index, 1])[0, 1]
    assert found.extra_columns.principal.loc["Luggage.room", 1] == approx(expected)


def test_the_attribute_that_contributes_most_grows_to_the_positive_side():
    for seed in range(10):
        loadings = principal_components(drawn(seed)).columns
        for axis, name in loadings.contributions.idxmax().items():
            assert loadings.principal.loc[name, axis] > 0


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        (
            drawn(1).head(2),
            {},
            "there are 2 complete rows and 4 attributes that vary; a map needs three rows",
        ),
        (
            drawn(1)[["a"]],
            {},
            "there are 12 complete rows and 1 attributes that vary; a map needs three rows",
        ),
        (drawn(1).assign(a="x"), {}, 'attribute "a" holds no numbers: \'x\' in row "0"; leave it out'),
        (
            drawn(1).assign(a=np.inf),
            {},
            'attribute "a" of row "0" is infinite; correct it, or leave it empty',
        ),
        (drawn(1), {"extra_columns": ["z"]}, 'extra column "z" is not in the table; it has'),
        (drawn(1).set_axis([*range(11), 3]), {}, 'two rows are called "3"; rename one'),
    ],
)
def test_a_table_that_cannot_be_mapped_is_refused_in_one_line(table, options, says):
    with pytest.raises(ValueError) as error:
        principal_components(table, **options)
    assert str(error.value).startswith(says) and "\n" not in str(error.value)
    assert isinstance(error.value, TooFew) == says.startswith("there are")
