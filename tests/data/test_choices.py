"""Tables of choices and of deals: their roles, through the gate and around an analyst's own frame."""

from io import StringIO

import pandas as pd
import pytest

from pmlib import data

GOOD = """who,trip,brand,maker,usd,cost,display,wholesale,freight,picked
1,1,A,Acme,1.0,0.5,0,0.4,7,1
1,1,B,Bolt,1.5,0.7,1,0.6,8,0
1,2,A,Acme,1.1,0.5,0,0.4,7,0
1,2,B,Bolt,1.4,0.7,0,0.6,8,1
2,1,A,Acme,1.0,0.5,1,0.4,7,1
2,1,B,Bolt,1.5,0.7,0,0.6,8,0
"""
DECLARED = """
[trips]
title = "Trips"
path = "data/trips.csv"
origin = "us"
licence = "ours"

[trips.columns]
who = { type = "text", role = "chooser" }
trip = { type = "integer", role = "occasion" }
brand = { type = "text", role = "product" }
maker = { type = "text", role = "firm" }
usd = { type = "number", role = "price", unit = "$" }
cost = { type = "number", role = "cost", unit = "$" }
display = { type = "flag", role = "attribute" }
wholesale = { type = "number", role = "instrument" }
freight = { type = "integer", role = "instrument" }
picked = { type = "flag", role = "chosen" }
"""
ROLES = {
    "chooser": "who",
    "occasion": "trip",
    "product": "brand",
    "firm": "maker",
    "price": "usd",
    "chosen": "picked",
    "attributes": ["display"],
    "instruments": ["wholesale", "freight"],
}


@pytest.fixture
def trips(tmp_path, monkeypatch):
    """Read a text as the declared table of choices."""
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/sources.toml").write_text(DECLARED)

    def read(text=GOOD):
        (tmp_path / "data/trips.csv").write_text(text)
        return data.read("trips")

    return read


@pytest.fixture
def frame():
    return pd.read_csv(StringIO(GOOD))


def test_a_declared_table_of_choices_is_called_by_its_roles(trips, frame):
    source = trips()
    own = data.source(frame, "trips", **ROLES)
    for one in (source, own):
        assert one.attributes == ("display",)
        assert one.instruments == ("wholesale", "freight")
        assert one.has("chooser", "occasion", "product", "firm", "price", "cost", "chosen", "instrument")
        assert one.lacks("available", "won", "instrument") == ["available", "won"]
        assert one.frame["chosen"].tolist() == [1, 0, 0, 1, 1, 0]
        assert one.frame["occasion"].tolist() == [1, 1, 2, 2, 1, 1]
    assert source.about().frame.set_index("label")["role"]["freight"] == "instrument"


def test_a_product_stands_once_in_an_occasion_and_again_in_the_next(trips):
    with pytest.raises(data.DataError) as refused:
        trips(GOOD + "2,1,B,Bolt,1.5,0.7,0,0.6,8,0\n")
    assert str(refused.value) == (
        "data/trips.csv, rows 7 and 8: the same who and trip and brand and maker ('2', '1', 'B', 'Bolt'); "
        "keep one row, or correct key in data/sources.toml"
    )


def test_of_an_own_frame_too(frame):
    with pytest.raises(data.DataError) as refused:
        data.source(pd.concat([frame, frame.tail(1)]), "trips", **ROLES)
    assert str(refused.value) == "trips, row 6: a second row of 2, 1, Bolt, B; keep one"


def test_chosen_is_yes_or_no(trips):
    with pytest.raises(data.DataError) as refused:
        trips(GOOD.replace("1.4,0.7,0,0.6,8,1", "1.4,0.7,0,0.6,8,2"))
    assert str(refused.value) == (
        "data/trips.csv, row 5, column 'picked': found '2', not one of '0', '1'; "
        "correct it, or values in data/sources.toml"
    )


@pytest.mark.parametrize(("value", "found"), [(2, "2"), (float("nan"), "nan"), (0.5, "0.5")])
def test_of_an_own_frame_it_is_too(frame, value, found):
    frame["picked"] = frame["picked"].where(frame.index != 3, value)
    with pytest.raises(data.DataError) as refused:
        data.source(frame, "trips", **ROLES)
    assert str(refused.value) == f"trips, row 3: chosen is {found}; write 1 for yes and 0 for no"


def test_true_and_false_are_yes_and_no(frame):
    found = data.source(frame.assign(picked=frame["picked"] == 1), "trips", **ROLES).frame["chosen"]
    assert found.tolist() == [1, 0, 0, 1, 1, 0] and found.dtype == "int64"


def test_a_won_deal_is_a_flag():
    deals = pd.DataFrame({"rival": ["Bolt", "Bolt"], "outcome": ["Won", "Lost"], "why": ["price", "price"]})
    with pytest.raises(data.DataError, match="deals, row 0: won is 'Won'; write 1 for yes and 0 for no"):
        data.source(deals, "deals", firm="rival", won="outcome", reason="why")
    deals = deals.assign(outcome=deals["outcome"] == "Won")
    source = data.source(deals, "deals", firm="rival", won="outcome", reason="why")
    assert source.has("firm", "won", "reason") and source.frame["won"].tolist() == [1, 0]


def test_a_deal_may_be_undecided_and_a_product_sold_in_many():
    deals = pd.DataFrame({"product": ["Pro", "Pro"], "rival": ["Bolt", "Bolt"], "outcome": [1, None]})
    won = data.source(deals, "deals", firm="rival", won="outcome").frame["won"]
    assert won.isna().tolist() == [False, True] and won.dtype == "Int64"


def test_an_instrument_may_not_be_infinite(frame):
    frame["freight"] = frame["freight"].astype(float)
    frame.loc[2, "freight"] = float("inf")
    with pytest.raises(data.DataError) as refused:
        data.source(frame, "trips", **ROLES)
    assert str(refused.value) == "trips, row 2: freight is infinite; correct it, or leave it missing"


DEALS = """
[deals]
title = "Deals"
path = "data/deals.csv"
origin = "us"
licence = "ours"

[deals.columns]
id = { type = "text", role = "occasion" }
plan = { type = "text", role = "product" }
rival = { type = "text", role = "firm", nullable = true }
outcome = { type = "flag", role = "won", values = ["lost", "won"], nullable = true }
closed = { type = "date", role = "period" }
"""


def test_declared_deals_may_be_undecided_and_of_one_product(tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/sources.toml").write_text(DEALS)
    rows = "id,plan,rival,outcome,closed\n1,Pro,Bolt,won,2025-01-02\n1,Pro,Acme,won,2025-01-02\n"
    (tmp_path / "data/deals.csv").write_text(rows + "2,Pro,,,2025-01-02\n2,Pro,,,2025-01-02\n")
    won = data.read("deals").frame["won"]
    assert won.isna().tolist() == [False, False, True, True] and won[:2].tolist() == [1, 1]
