"""Parquet: columns keep their types, and are checked all the same."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pmlib import data
from pmlib.data.words import RENAMED

COLUMNS = """[sales.columns]
model = { type = "text", role = "product" }
amount = { type = "number", nullable = true }
"""
GOOD = {"model": ["A", "B"], "amount": [1.5, None]}


class Gate:
    """A root of its own, with one Parquet file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()

    def read(self, table, columns=COLUMNS, path="data/sales.parquet") -> data.Source:
        head = f'[sales]\ntitle = "Sales"\npath = "{path}"\norigin = "Us"\nlicence = "ours"\n'
        (self.folder / "data/sources.toml").write_text(f"{head}{columns}", encoding="utf-8")
        if isinstance(table, bytes):
            (self.folder / path).write_bytes(table)
        else:
            pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), self.folder / path)
        return data.read("sales")

    def refusal(self, table, columns=COLUMNS) -> str:
        with pytest.raises(data.DataError) as refused:
            self.read(table, columns)
        line = str(refused.value)
        assert "\n" not in line and line.startswith("data/sales.parquet")
        return line.removeprefix("data/sales.parquet")

    def content(self, table=GOOD) -> bytes:
        pq.write_table(pa.table(table), self.folder / "x.parquet")
        return (self.folder / "x.parquet").read_bytes()


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    return Gate(tmp_path)


def test_a_good_file_is_read(gate):
    frame = gate.read(GOOD).frame
    assert frame["product"].tolist() == ["A", "B"]
    assert frame["amount"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("values", "rule", "means"),
    [
        (pa.array(["u", "w"]).dictionary_encode(), 'type = "category"', ["u", "w"]),
        (pa.array([True, False]), 'type = "flag"', [1, 0]),
        (pa.array([Decimal("1.10"), Decimal("2.25")]), 'type = "number"', [1.1, 2.25]),
        (pa.array([7, 8], pa.uint8()), 'type = "integer"', [7, 8]),
        (pa.array([7, 12345678901234567]), 'type = "text"', ["7", "12345678901234567"]),
        (pa.array([date(2020, 1, 2)] * 2), 'type = "date"', [datetime(2020, 1, 2)] * 2),
        (
            pa.array([datetime(2020, 1, 2)] * 2, pa.timestamp("ns")),
            'type = "date"',
            [datetime(2020, 1, 2)] * 2,
        ),
        (pa.array(["2", "3.5"]), 'type = "number"', [2, 3.5]),
    ],
)
def test_types_are_taken_as_they_are(gate, values, rule, means):
    assert (
        gate.read(pa.table({"x": values}), f"[sales.columns]\nx = {{ {rule} }}").frame["x"].tolist() == means
    )


def test_names_that_differ_in_case_alone_are_two_columns(gate):
    table = pa.table([["A"], [5], [1.5]], ["model", "Amount", "amount"])
    assert gate.read(table).frame["amount"].tolist() == [1.5]


def test_names_with_signs_and_space_are_found(gate):
    table = pa.table([["A"], [5], [[1]]], [' mo"d.e[l]', "Amo\u0308unt", "list"])
    columns = '[sales.columns]\n\'mo"d.e[l]\' = { type = "text" }\n"Amöunt" = { type = "integer" }'
    assert gate.read(table, columns).frame["Amöunt"].tolist() == [5]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            {"model": ["A"], "amount": [float("inf")]},
            ", row 1, column 'amount': found inf, not a finite number",
        ),
        ({"model": ["A", None], "amount": [1, 2]}, ", row 2, column 'model': found '', a missing value"),
        ({"model": ["A"], "Amount": [1]}, "column 'amount' is missing; did you mean 'Amount'?"),
        (
            {"model": [["A"]], "amount": [1]},
            ", column 'model': it holds 'list<element: string>' in each cell",
        ),
        ({"model": [b"A"], "amount": [1]}, ", column 'model': it holds BLOB"),
        ({"model": [1.5], "amount": [1]}, ", column 'model': it holds DOUBLE"),
        (pa.table([["A"], [1], [2]], ["model", "amount", " amount"]), ": column 'amount' stands there twice"),
        ({"list": [[1]]}, " has no column of single values"),
        (b"", " is not Parquet, it is empty; name it by what it is"),
        (b"model,amount\nA,1\n", " is not Parquet, it starts with b'mode'; name it by what it is"),
        (b"PAR1" + bytes(40) + b"PARE", " is encrypted; save it without a key"),
        (b"PAR1" + bytes(40) + b"PAR1", " is a damaged Parquet file; fetch or save it again"),
    ],
)
def test_what_is_wrong_is_said(gate, table, says):
    assert says in gate.refusal(table)


def test_a_file_cut_off_anywhere_is_refused(gate):
    content = gate.content()
    for length in range(4, len(content), 37):
        assert " is a Parquet file that was cut off" in gate.refusal(content[:length])


def test_damage_inside_is_refused_or_without_consequence(gate):
    content = gate.content({"model": [f"M{number}" for number in range(300)], "amount": [1.5] * 300})
    refusals = []
    for place in range(4, len(content) - 8, 61):
        hurt = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        with suppress(data.DataError):
            gate.read(hurt)
            continue
        refusals.append(gate.refusal(hurt))
    assert len(refusals) > 3


def test_space_around_a_name_is_taken_off_and_said(gate):
    assert gate.read({" model": ["A", "B"], "amount": [1.5, None]}).said == (RENAMED,)
    assert gate.read(GOOD).said == ()
