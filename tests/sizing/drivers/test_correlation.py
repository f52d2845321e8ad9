"""Correlations by pair become a matrix that is one, and what had to change is said."""

import numpy as np
import pytest

from pmlib import sizing
from pmlib.sizing.drivers.correlation import nearest


def test_the_nearest_matrix_is_highams():
    # Higham (2002), section 4: of a matrix whose correlations contradict each other.
    asked = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    found = nearest(asked)
    expected = np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]])
    assert found == pytest.approx(expected, abs=5e-5)
    np.linalg.cholesky(found)


def test_a_valid_matrix_stays():
    market = sizing.tree("a = 1 .. 2\nb = 1 .. 2\nc = 1 .. 2\nd = 3\nx = a * b * c * d\na ~ c: -0.4")
    assert market.uncertain == ("a", "b", "c")
    assert (market.correlation == np.array([[1, 0, -0.4], [0, 1, 0], [-0.4, 0, 1]])).all()
    assert market.notices == ()


def test_a_change_is_told():
    pairs = "a ~ b: 0.9\nb ~ c: 0.9\na ~ c: -0.9"
    market = sizing.tree(f"a = 1 .. 2\nb = 1 .. 2\nc = 1 .. 2\nx = a * b * c\n{pairs}")
    assert np.linalg.eigvalsh(market.correlation)[0] > 0
    (said,) = market.notices
    assert said.startswith(
        "the correlations contradict each other; the nearest that go together are used, and "
    )
    assert "changes most, from 0.90 to 0.5" in said or "changes most, from -0.90 to -0.5" in said


def test_a_correlation_with_what_stands_still_has_no_effect():
    market = sizing.tree("a = 1 .. 2\nb = 1 .. 2\nx = a * b\na ~ b: 0.5")
    assert market.given(b="2").notices == ("a ~ b has no effect: b does not vary",)
    assert market.given(b="2 * a").notices == ("a ~ b has no effect: b is a formula now",)


def test_a_leaf_that_nothing_uses_is_told():
    assert sizing.tree("x = a\na = 1 .. 2\nb = 1 .. 2").notices == ("b: no formula uses it",)
