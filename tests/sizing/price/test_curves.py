"""Curves are named beside themselves, wide and narrow, and marked places stand at the foot."""

import re

import numpy as np
import pandas as pd
import pytest

from pmlib import chart
from pmlib.table import Column

PRICE, SHARE = Column("Price", "₹k"), Column("Share", "%")
GRID = np.linspace(1, 9, 50)
FRAME = pd.concat(
    [
        pd.DataFrame({"price": GRID, "share": 1 / (1 + np.exp(k * (GRID - 5))), "curve": name})
        for name, k in (("Falls & <falls>", 2), ("Rises", -1))
    ]
)
PLACES = pd.DataFrame(
    {"label": ["Low <b>", "High"], "estimate": [3.0, 7.0], "low": [2.5, 7], "high": [3.5, 7]}
)


def drawn(**options):
    def plot():
        return chart.curves(
            FRAME, "price", "share", "curve", columns={"price": PRICE, "share": SHARE}, **options
        )

    return chart.svg(plot, alt="a", name="n")


@pytest.mark.parametrize("options", [{}, {"places": PLACES, "shade": (3, 7), "highlight": ["High"]}])
def test_every_curve_and_place_is_named_once_in_each_width_and_inert(options):
    both = drawn(**options)
    assert both.count("<svg") == 2 and "<falls>" not in both and "<b>" not in both
    words = ["Rises", *(["High 7"] if options else [])]
    assert all(len(re.findall(word, both)) == 2 for word in words)
    assert drawn(**options) == both


def test_one_curve_with_its_band_needs_no_name():
    frame = FRAME[FRAME["curve"] == "Rises"].assign(
        low=lambda f: f["share"] - 0.1, high=lambda f: f["share"] + 0.1
    )

    def plot():
        return chart.curves(
            frame, "price", "share", "curve", columns={"price": PRICE, "share": SHARE}, band=True
        )

    assert "Rises" not in chart.svg(plot, alt="a", name="n")


def test_names_keep_off_other_curves():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4))
    ax = chart.curves(
        FRAME, "price", "share", "curve", columns={"price": PRICE, "share": SHARE}, ax=figure.add_subplot()
    )
    places = {text.get_text(): text.get_position() for text in ax.texts if text.get_weight() == "bold"}
    for name, (x, y) in places.items():
        k = -1 if name == "Rises" else 2
        gaps = {sign: abs(100 / (1 + np.exp(sign * (x - 5))) - y) for sign in (2, -1)}
        assert gaps[k] == min(gaps.values())
