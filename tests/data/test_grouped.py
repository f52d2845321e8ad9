"""Tables that are filtered and added up where they stand are doubted as those that are read whole."""

import json

import pytest
from grids import MONTHS, SALES_COLUMNS, SALES_KEY, declare, put, sales, written

from pmlib import data

GOOD = sales()
JUMP = put(GOOD, 10, "revenue", "925000.00")
SUM = [f"{sum(float(row[place]) for row in GOOD[1:] if row[0] == MONTHS[-1]):.0f}" for place in (5, 6)]
TOTAL = [*GOOD, [MONTHS[-1], "Everyone", "each", "1", "NO", *SUM, "12", "no"]]
BY_SEGMENT = {"by": ["segment"], "take": {"revenue": "sum"}}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/sources.toml").write_text(declare(SALES_COLUMNS, SALES_KEY), "utf-8")
    return tmp_path


@pytest.mark.parametrize(("grid", "said"), [(JUMP, "row 10, column 'revenue'"), (TOTAL, "row 50")])
@pytest.mark.parametrize("asked", [BY_SEGMENT, {"where": {"segment": "Consumer"}}])
def test_a_doubt_about_the_rows_stops_every_way_to_read_them(home, grid, said, asked):
    (home / "data/sales.csv").write_bytes(written(grid))
    with pytest.raises(data.DataError, match=said) as first:
        data.read("sales", **asked)
    with pytest.raises(data.DataError) as whole:  # what was asked for did not let the bytes pass
        data.read("sales")
    assert str(first.value) == str(whole.value)


def test_groups_add_up_to_the_whole(home):
    (home / "data/sales.csv").write_bytes(written(GOOD))
    found = data.read("sales", **BY_SEGMENT).frame
    whole = data.read("sales").frame.groupby("firm")["revenue"].sum()
    assert found["firm"].tolist() == sorted(whole.index)
    assert found["revenue"].tolist() == pytest.approx(whole.sort_index().tolist())


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"month": "2024-13"}, "where asks for month '2024-13', and month is of type date"),
        ({"month": "soon"}, "where asks for month 'soon'"),
        ({"segment": 5}, "where asks for segment 5, and segment is of type text"),
        ({"units": ["1", "a"]}, "where asks for units 'a', and units is of type integer"),
        ({"units": (1,)}, "where asks for units in (1,); a range is a tuple of the first and the last"),
    ],
)
def test_what_no_cell_can_be_is_not_asked_for(home, where, said):
    (home / "data/sales.csv").write_bytes(written(GOOD))
    with pytest.raises(data.DataError) as refused:
        data.read("sales", where=where)
    assert str(refused.value).startswith(said)


def test_a_hostile_value_is_only_a_value(home):
    (home / "data/sales.csv").write_bytes(written(GOOD))
    assert data.read("sales", where={"segment": "x' or 1=1 --"}).frame.empty
    assert len(data.read("sales", where={"units": (None, None), "month": 2024}).frame) == 48


def test_the_damaged_file_of_a_query_is_named_whichever_it_is(home):
    broken = written(GOOD).replace(b"Consumer", b'"Consumer', 1)
    (home / "data/sales.csv").write_bytes(broken)
    (home / "data/names.csv").write_bytes(b"sku,name\n007,Bond\n")
    query = json.dumps("select s.* from s join n using (sku)")
    files = f'files = {{ s = "data/sales.csv", n = "data/names.csv" }}\nquery = {query}'
    text = declare(SALES_COLUMNS, SALES_KEY).replace('path = "data/sales.csv"', files)
    (home / "data/sources.toml").write_text(text, "utf-8")
    with pytest.raises(data.DataError, match=r"data/sales.csv, row .*: a quote opens here"):
        data.read("sales")
