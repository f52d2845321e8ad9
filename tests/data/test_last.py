"""What the last good read is compared with: the same table, where it was."""

import pytest
from grids import MONTHS, SALES_COLUMNS, SALES_KEY, declare, sales, written

from pmlib import data

GOOD = written(sales())
HALF = written(sales(MONTHS[:6]))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    (tmp_path / "data").mkdir()
    return tmp_path


def read(home, path="data/sales.csv", *settings):
    text = declare(SALES_COLUMNS, SALES_KEY, *settings, path=path)
    (home / "data/sources.toml").write_text(text, "utf-8")
    return data.read("sales")


def test_another_place_is_another_table_and_this_is_said(home):
    (home / "data/sales.csv").write_bytes(GOOD)
    (home / "data/half.csv").write_bytes(HALF)
    read(home)
    moved = "not compared with the last good read, which was of path data/sales.csv"
    assert moved in read(home, "data/half.csv").said
    assert moved in read(home, "data/half.csv").said  # as long as nothing newer is compared
    (home / "data/half.csv").write_bytes(written(sales(MONTHS[:7])))
    assert moved not in read(home, "data/half.csv").said


def test_another_setting_is_the_same_table(home):
    (home / "data/sales.csv").write_bytes(GOOD)
    read(home)
    (home / "data/sales.csv").write_bytes(HALF)
    with pytest.raises(data.DataError, match="no rows of 2024-07-01"):
        read(home, "data/sales.csv", 'na = ["?"]')


def test_a_file_that_left_a_pattern_is_missed(home):
    lines = GOOD.splitlines(keepends=True)
    (home / "data/s_1.csv").write_bytes(HALF)
    (home / "data/s_2.csv").write_bytes(b"".join([lines[0], *lines[25:]]))
    assert len(read(home, "data/s_*.csv").frame) == 48
    (home / "data/s_2.csv").unlink()
    with pytest.raises(data.DataError, match="no rows of 2024-07-01"):
        read(home, "data/s_*.csv")
