"""Market structure on anybody's table: any firms, any periods, with and without prices."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import (
    concentration,
    growth_share,
    market_monitor,
    market_shares,
    merger_screen,
    rank_volatility,
    share_bridge,
    share_trend,
)
from pmlib.data import source
from pmlib.result import Absent

FUNCTIONS = {
    "market_shares": market_shares,
    "share_trend": share_trend,
    "market_monitor": market_monitor,
    "share_bridge": share_bridge,
    "growth_share": growth_share,
    "rank_volatility": rank_volatility,
    "merger_screen": lambda table, focal, rivals: merger_screen(table, focal=focal),
    "concentration": lambda table, focal, rivals: concentration(table),
}
NAMES = ["Ox", "Société Générale & Fils", "株式会社", "a_b", "A B", "<b>x</b>", "100%", "Other (3 firms)"]


@st.composite
def tables(draw):
    """A table of a few products, its focal firm and rivals."""
    firms = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    dates = draw(st.sampled_from([["2001"], ["2001", "2002"], ["2001-01", "2001-04", "2001-07"], []]))
    rows = [(firm, date) for date in dates or [None] for firm in firms if draw(st.integers(0, 4))]
    rows = rows or [(firms[0], (dates or [None])[0])]
    frame = pd.DataFrame(rows, columns=["firm", "period"])
    frame["units"] = [draw(st.sampled_from([0, 1, 1, 2, 1000])) for _ in rows]
    frame.loc[~frame["period"].duplicated(), "units"] = 1  # something is sold in every period
    frame["period"] = pd.to_datetime(frame["period"])
    frame = frame if dates else frame.drop(columns="period")
    if draw(st.booleans()):
        frame["price"] = [draw(st.floats(0.01, 1e5)) for _ in rows]
    if draw(st.booleans()):
        frame["firm"] = frame["firm"].astype("category")
    present = list(frame["firm"].unique())
    return source(frame, "toys"), present[0], present[1:4]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_table_gets_a_result_or_a_reason(name):
    @settings(max_examples=10, deadline=None)
    @given(tables())
    def holds(drawn):
        table, focal, rivals = drawn
        before = table.frame.copy()
        result = FUNCTIONS[name](table, focal=focal, rivals=rivals)
        pd.testing.assert_frame_equal(table.frame, before)
        if isinstance(result, Absent):
            assert result.reason
            return
        said = [result.title, result.finding, result.headline, result.advice, result.subtitle]
        assert not re.search(r"\b(nan|inf)\b|(?<!\w)–|  | [,.;]|\(\)", "\n".join(said)), said
        assert all(np.isfinite(number.value) for number in result.numbers)
        assert len({number.name for number in result.numbers}) == len(result.numbers)
        assert all(isinstance(check.passed, bool) for check in result.checks)
        assert set(result.columns) <= set(result.frame)

    holds()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("focal", ["Ford", "General Motors", "AMC", "Hyundai"])
@pytest.mark.parametrize("window", [(1971, 1990), (1985, 1986)])
def test_sentences_are_short(us_cars, name, focal, window):
    rivals = [firm for firm in ("General Motors", "Honda", "Toyota", "Chrysler", "Ford") if firm != focal][:4]
    table = us_cars.window(*window)
    if focal not in set(table.frame["firm"]):
        return
    result = FUNCTIONS[name](table, focal=focal, rivals=rivals)
    longest = {"title": 10, "headline": 25, "finding": 30, "subtitle": 25, "advice": 25, "unknown": 15}
    for part, words in longest.items():
        assert len(getattr(result, part).split()) <= words, getattr(result, part)
