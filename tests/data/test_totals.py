"""Totals of large files: those of pandas, checked row by row all the same, in bounded memory."""

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pmlib import data

ROWS = 60_000  # more than the first rows, by whose labels the others are known
COLUMNS = """
id = { type = "integer" }
day = { type = "date", role = "period" }
firm = { type = "text", role = "firm" }
region = { type = "category", nullable = true }
units = { type = "integer", role = "units" }
revenue = { type = "number", role = "revenue", range = [0, 1e6] }
"""
TAKE = {"revenue": "sum", "units": "sum", "id": "count", "rows": "count"}


@pytest.fixture
def orders() -> pd.DataFrame:
    random, at = np.random.default_rng(7), np.arange(ROWS)
    return pd.DataFrame(
        {
            "id": at,
            "day": pd.Timestamp("2019-01-01") + pd.to_timedelta(random.integers(0, 900, ROWS), unit="D"),
            # Two of the firms are not among the first rows, as in a file sorted by firm.
            "firm": np.where(
                at < ROWS - 40, np.array(["Ann", "Bob", "Cy"])[at % 3], np.array(["Di", "Ed"])[at % 2]
            ),
            "region": np.array(["North", "South", None], dtype=object)[random.integers(0, 3, ROWS)],
            "units": random.integers(1, 20, ROWS),
            "revenue": random.integers(0, 10**8, ROWS) / 100,
        }
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture(params=["csv", "parquet"])
def write(request, home):
    """Write a table as a file of each kind, and declare it."""

    def written(table: pd.DataFrame, key: str = "id") -> None:
        file = home / f"data/orders.{request.param}"
        if request.param == "csv":
            table.to_csv(file, index=False)
        else:
            table.assign(day=table["day"].dt.date).to_parquet(file, row_group_size=20_000)
        head = f'[orders]\ntitle = "Orders"\norigin = "us"\nlicence = "ours"\npath = "data/{file.name}"\n'
        declared = f'{head}key = ["{key}"]\n[orders.columns]{COLUMNS}'
        (home / "data/sources.toml").write_text(declared, encoding="utf-8")

    return written


def by_firm(**asked) -> pd.DataFrame:
    return data.read("orders", by=["firm", "day:year"], take=TAKE, **asked).frame


def expected(orders: pd.DataFrame) -> pd.DataFrame:
    year = orders["day"].dt.to_period("Y").dt.to_timestamp()
    groups = orders.assign(day=year).groupby(["firm", "day"], as_index=False)
    return groups.agg(
        revenue=("revenue", "sum"), units=("units", "sum"), id=("id", "count"), rows=("id", "size")
    )


def the_same(found: pd.DataFrame, right: pd.DataFrame) -> None:
    found = found.rename(columns={"period": "day"})
    pd.testing.assert_frame_equal(found, right, check_dtype=False, rtol=1e-12)


def test_totals_are_those_of_pandas_at_the_first_reading_and_the_next(orders, write):
    write(orders)
    first, second = by_firm(), by_firm()
    the_same(first, expected(orders))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_totals_of_some_rows_are_those_of_pandas(orders, write):
    write(orders)
    kept = orders[orders["region"].isin(["North"])]
    for _ in ("first", "next"):
        the_same(by_firm(where={"region": ["North", "West"]}), expected(kept))


def test_totals_are_the_same_to_the_last_bit_in_any_order(orders, write):
    write(orders)
    before = by_firm()
    write(orders.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(by_firm(), before, check_exact=True)


@pytest.mark.parametrize("row", [17, ROWS - 5])
def test_a_label_that_is_not_in_nfc_is_added_to_its_own(orders, write, row):
    orders.loc[orders["firm"] == "Di", "firm"] = "Zoé"
    orders.loc[orders.index[row], "firm"] = "Zoe\u0301"
    write(orders)
    right = expected(orders.assign(firm=orders["firm"].str.normalize("NFC")))
    for _ in ("first", "next"):
        the_same(by_firm(), right)


@pytest.mark.parametrize("row", [17, ROWS - 5])
@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("id", 40_000, "the same id"),
        ("id", None, "a missing value"),
        ("firm", " Ann", "space around it"),
        ("firm", None, "a missing value"),
        ("revenue", 2e6, "above 1000000"),
        ("revenue", -0.5, "below 0"),
        ("revenue", np.nan, "column 'revenue'"),
        ("day", pd.Timestamp("2190-01-01"), "in the future"),
    ],
)
def test_one_wrong_cell_is_refused_wherever_it_stands(orders, write, row, column, cell, said):
    orders = orders.astype({column: object}) if column in ("firm", "id") else orders
    orders.loc[orders.index[row], column] = cell
    orders = orders.astype({"id": "Int64"})
    write(orders)
    with pytest.raises(data.DataError, match=said):
        by_firm()


@pytest.mark.parametrize("write", ["parquet"], indirect=True)
def test_a_number_that_is_none_is_seen_where_the_file_keeps_extremes_without_it(orders, write, home):
    write(orders)
    file = home / "data/orders.parquet"
    table = pq.read_table(file)
    revenue = orders["revenue"].to_numpy().copy()
    revenue[-5] = np.nan
    pq.write_table(
        table.set_column(table.schema.get_field_index("revenue"), "revenue", pa.array(revenue)), file
    )
    with pytest.raises(data.DataError, match="not a finite number"):
        by_firm()


@pytest.mark.parametrize("step", [1, 1000])
def test_keys_far_apart_and_out_of_order_are_compared_too(orders, write, step):
    orders = orders.sample(frac=1, random_state=3).assign(id=lambda t: t["id"] * step - 50_000)
    write(orders)
    assert by_firm()["rows"].sum() == ROWS
    orders.iloc[-1, 0] = orders.iloc[3, 0]
    write(orders)
    with pytest.raises(data.DataError, match="the same id"):
        by_firm()


PEAK = """
import re
from pathlib import Path
from pmlib import data
data.read("orders", by=["firm"], take={"revenue": "sum"})
print(re.search("VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("write", ["csv"], indirect=True)
def test_a_file_is_added_up_in_less_memory_than_it_is_large(orders, write, home):
    def peak() -> int:
        found = subprocess.run([sys.executable, "-c", PEAK], stdout=subprocess.PIPE, check=True)
        return 1024 * int(found.stdout)

    write(orders)
    of_a_small_file = peak()
    (home / "data/orders.csv").unlink()
    duckdb.from_arrow(pa.table(orders)).create_view("orders")
    rows = duckdb.sql(
        "select orders.* replace (id + 60000 * n as id, day::date as day) from range(100) as t(n), orders"
    )
    rows.write_csv(str(home / "data/orders.csv"))
    size = (home / "data/orders.csv").stat().st_size
    assert size > 200e6
    assert peak() - of_a_small_file < size
