"""Typed files are checked by the counts and extremes of their columns: no wrong cell hides behind them."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pmlib import data
from pmlib.data.labels import Known

ROWS, GROUP = 300, 100  # rows in all, and of a row group
DECLARED = """[orders]
title = "Orders"
origin = "us"
licence = "ours"
path = "data/orders.parquet"
[orders.columns]
id = { type = "integer" }
day = { type = "date", role = "period" }
at = { type = "date", format = "%Y-%m-%dT%H:%M:%S%z", zone = "Europe/Berlin", nullable = true }
born = { type = "year", future = true }
firm = { type = "text", role = "firm" }
region = { type = "category", values = ["North", "South"] }
units = { type = "integer", role = "units", range = [0, 100] }
whole = { type = "integer" }
huge = { type = "integer" }
price = { type = "number", role = "price", range = [0, 1000] }
weight = { type = "number", nullable = true }
paid = { type = "number", range = [-10, 1000] }
"""
TYPES = {
    "id": pa.int64(),
    "day": pa.date32(),
    "at": pa.timestamp("us", "UTC"),
    "born": pa.int16(),
    "firm": pa.string(),
    "region": pa.string(),
    "units": pa.int32(),
    "whole": pa.float64(),
    "huge": pa.uint64(),
    "price": pa.float64(),
    "weight": pa.float32(),
    "paid": pa.decimal128(9, 2),
}


def orders() -> dict[str, list]:
    return {
        "id": list(range(ROWS)),
        "day": [date(2019, 1 + at % 12, 1) for at in range(ROWS)],
        "at": [datetime(2019, 1, 1 + at % 28, 12) for at in range(ROWS)],
        "born": [1950 + at % 50 for at in range(ROWS)],
        "firm": [["Ann", "Bob", "Cy"][at % 3] for at in range(ROWS)],
        "region": [["North", "South"][at % 2] for at in range(ROWS)],
        "units": [at % 20 for at in range(ROWS)],
        "whole": [float(at) for at in range(ROWS)],
        "huge": list(range(ROWS)),
        "price": [at % 90 + 0.25 for at in range(ROWS)],
        "weight": [None if at % 7 else at / 8 for at in range(ROWS)],
        "paid": [Decimal(at % 40) / 4 for at in range(ROWS)],
    }


@pytest.fixture(params=[True, False], ids=["with statistics", "without"])
def write(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/sources.toml").write_text(DECLARED, encoding="utf-8")

    def written(columns: dict[str, list]) -> None:
        table = pa.table({name: pa.array(cells, TYPES[name]) for name, cells in columns.items()})
        file = tmp_path / "data/orders.parquet"
        pq.write_table(table, file, row_group_size=GROUP, write_statistics=request.param)
        assert pq.ParquetFile(file).num_row_groups == ROWS // GROUP

    return written


def by_firm() -> data.Source:
    return data.read("orders", by=["firm"], take={"rows": "count"})


NO_NUMBER = (
    "not a finite number|a missing value"  # the first where DuckDB trusts statistics that leave it out
)
WRONG = [
    *((name, None, "a missing value") for name in TYPES if name not in ("at", "weight")),
    ("day", date(2190, 1, 1), "in the future"),
    ("at", datetime(2190, 1, 1), "in the future"),
    ("born", 999, "not a year"),
    ("born", 3000, "not a year"),
    ("firm", " Ann", "space around it"),
    ("firm", "", "a missing value"),
    ("region", "Nort", "not one of"),
    ("units", -1, "below 0"),
    ("units", 101, "above 100"),
    ("whole", 7.5, "not a whole number"),
    ("whole", float("nan"), NO_NUMBER),
    ("whole", float("inf"), "not a finite number"),
    ("whole", -1e30, "too large for a whole number"),
    ("huge", 2**63, "too large for a whole number"),
    ("price", -0.25, "below 0"),
    ("price", 1000.25, "above 1000"),
    ("price", float("nan"), NO_NUMBER),
    ("price", float("inf"), "not a finite number"),
    ("weight", float("-inf"), "not a finite number"),
    ("paid", Decimal("-10.01"), "below -10"),
    ("paid", Decimal("1000.01"), "above 1000"),
]


@pytest.mark.parametrize(("column", "cell", "said"), WRONG, ids=[f"{one[0]} {one[1]}" for one in WRONG])
def test_a_wrong_cell_alone_in_the_last_row_group_is_refused_as_in_the_whole_table(write, column, cell, said):
    columns = orders()
    columns[column][-1] = cell
    write(columns)
    with pytest.raises(data.DataError) as by_row:
        data.read("orders")
    with pytest.raises(data.DataError) as at_a_glance:
        by_firm()
    assert str(at_a_glance.value) == str(by_row.value)
    assert re.search(f"row {ROWS}, column '{column}': .*({said})", str(by_row.value))


def test_a_right_table_is_not_looked_at_row_by_row(write, monkeypatch):
    def by_row(_: Known) -> None:
        raise AssertionError("looked at each row")

    write(orders())
    monkeypatch.setattr(Known, "relation", by_row)
    assert by_firm().frame["rows"].sum() == ROWS


@pytest.mark.parametrize("column", ["at", "weight"])
def test_a_column_may_be_blank_where_it_is_nullable(write, column):
    write({**orders(), column: [None] * ROWS})
    assert by_firm().frame["rows"].sum() == ROWS
