"""JSON: numbers as written, one row an object, nothing lost on the way."""

import gzip
import json
from pathlib import Path

import pytest

from pmlib import data
from pmlib.data.words import RENAMED

COLUMNS = """[sales.columns]
model = { type = "text", role = "product" }
amount = { type = "number", nullable = true }
"""
ROWS = [{"model": "A", "amount": 1.5}, {"model": "B", "amount": 2}]


class Gate:
    """A root of its own, with one JSON file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()

    def read(self, content, settings="", columns=COLUMNS, path="data/sales.json") -> data.Source:
        head = f'[sales]\ntitle = "Sales"\npath = "{path}"\norigin = "Us"\nlicence = "ours"\n'
        (self.folder / "data/sources.toml").write_text(f"{head}{settings}\n{columns}", encoding="utf-8")
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        (self.folder / path).write_bytes(content)
        return data.read("sales")

    def refusal(self, content, settings="", columns=COLUMNS, path="data/sales.json") -> str:
        with pytest.raises(data.DataError) as refused:
            self.read(content, settings, columns, path)
        line = str(refused.value)
        assert "\n" not in line and line.startswith(path)
        return line.removeprefix(path)


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    return Gate(tmp_path)


LINES = "\n".join(map(json.dumps, ROWS)) + "\n"


@pytest.mark.parametrize(
    ("content", "settings", "path"),
    [
        (ROWS, "", "data/sales.json"),
        (json.dumps(ROWS, indent=4) + "\n\n", "", "data/sales.json"),
        ({"data": {"items": ROWS}, "total": 2}, 'format = { records = "data.items" }', "data/sales.json"),
        (b"\xef\xbb\xbf" + json.dumps(ROWS).encode(), "", "data/sales.json"),
        (gzip.compress(json.dumps(ROWS).encode(), mtime=0), "", "data/sales.json.gz"),
        (LINES, "", "data/sales.ndjson"),
        (LINES.replace("\n", "\r\n\r\n"), "", "data/sales.jsonl"),
        (b"\xef\xbb\xbf" + LINES.strip().encode(), "", "data/sales.jsonl"),
        (gzip.compress(LINES.encode(), mtime=0), "", "data/sales.ndjson.gz"),
        (LINES, "", "data/sales.json"),
    ],
)
def test_rows_are_read_in_any_usual_form(gate, content, settings, path):
    frame = gate.read(content, settings, path=path).frame
    assert frame["product"].tolist() == ["A", "B"]
    assert frame["amount"].tolist() == [1.5, 2]


def test_ids_keep_every_digit_and_zero(gate):
    columns = '[sales.columns]\nid = { type = "text" }'
    frame = gate.read(
        '[{"id": 12345678901234567890123}, {"id": 1.10}, {"id": "007"}, {"id": "NaN"}]', "", columns
    )
    assert frame.frame["id"].tolist() == ["12345678901234567890123", "1.10", "007", "NaN"]


@pytest.mark.parametrize(("kind", "means"), [("", [1, 0]), (', values = ["true", "false"]', [0, 1])])
def test_truths_are_a_flag(gate, kind, means):
    columns = f'[sales.columns]\nnew = {{ type = "flag"{kind} }}'
    assert gate.read([{"new": True}, {"new": False}], "", columns).frame["new"].tolist() == means


def test_space_around_a_key_is_taken_off_and_said(gate):
    columns = '[sales.columns]\na = { type = "integer" }'
    assert gate.read([{" a\u00a0": 1}], columns=columns).said == (RENAMED,)
    assert gate.read([{"a": 1}], columns=columns).said == ()


def test_a_key_that_is_not_there_is_blank(gate):
    rows = [
        {"model": "A", "amount": 1},
        {"model": "B", "other": [1, {"a": 2}]},
        {"model": "C", "amount": None},
    ]
    assert gate.read(rows).frame["amount"].isna().tolist() == [False, True, True]
    assert ", row 2, column 'model': found '', a missing value" in gate.refusal([ROWS[0], {"amount": 3}])
    assert "column 'amount' is missing; it has 'model'" in gate.refusal([{"model": "A"}]).replace(
        "the header", "it"
    )


def test_a_key_that_comes_late_is_a_column(gate):
    rows = [{"model": f"M{number}"} for number in range(50_000)] + [{"model": "last", "amount": 7}]
    frame = gate.read("\n".join(map(json.dumps, rows)), path="data/sales.ndjson").frame
    assert frame["amount"].tolist()[-1] == 7 and frame["amount"].isna().sum() == 50_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", ": the file is empty; put a list of rows in it"),
        ("[]", " holds no row; export the table again"),
        ("<!DOCTYPE html>", " is a web page"),
        ("version https://git-lfs", ": not JSON, expecting value at 'version https://git-'; correct it"),
        (
            json.dumps(ROWS)[:-9],
            ", row 2: not JSON, it ends before it is complete; correct it, or the file may",
        ),
        (json.dumps(ROWS)[:-1], ": not JSON, the list does not end after row 2; the file may be cut off"),
        (json.dumps(ROWS) + "x", ": not JSON, found 'x' after the list; remove it"),
        (
            '[{"model": "A", "amount": 1, "amount": 2}]',
            ", row 1: key 'amount' stands twice in one object; keep",
        ),
        ('[{"model": "A", "amount": NaN}]', ", row 1, column 'amount': found 'NaN', not a finite number"),
        (
            '[{"model": "A", "amount": -Infinity}]',
            ", row 1, column 'amount': found '-Infinity', not a finite number",
        ),
        (
            '[{"model": ["A"], "amount": 1}]',
            ", row 1, column 'model': found a list, not one value; export its",
        ),
        (
            '[{"model": "A", "amount": {"usd": 1}}]',
            ", row 1, column 'amount': found an object, not one value",
        ),
        ('[{"model": "A", "amount": true}]', ", row 1, column 'amount': found 'true', not a number"),
        ('[{"model": "A\\ud800"}]', ", row 1, column 'model': found 'A\\ud800', half a character; export it"),
        ('[{"model": "A\\u0000"}]', ": found a NUL character, which no text holds; export the file again"),
        ('["A"]', ', row 1: found \'A\', not an object; write each row as in {"name": "x", "price": 1}'),
        ('{"model": "A"}', " holds no list of objects; export a list with one object a row"),
        (
            {"page": {"rows": ROWS}, "more": []},
            " is an object, not a list of rows, which it has at 'page.rows'; say so in records, as in "
            'format = { records = "page.rows" } in data/sources.toml',
        ),
        ('[{"a": ' * 100_000, ": objects are nested too deep"),
        ('[{"model": "A", "amount": 1, " amount": 2}]', ": key 'amount' is written in two ways; rename one"),
        (json.dumps(ROWS).encode("utf-16"), " is written in UTF-16; save it as UTF-8"),
        (b'[{"model": "\xe9"}]', ": found b'\\xe9', not UTF-8; save the file as UTF-8"),
    ],
)
def test_a_damaged_file_is_refused(gate, content, says):
    assert says in gate.refusal(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (LINES + '{"model": "C', ", row 3: not JSON, "),
        (
            LINES + '{"model": "C", "amount": 1} {"model": "D"}',
            ', row 3: not JSON, found \'{"model": ',
        ),
        (LINES + "\n[1]", ", row 4: found ['1'], not an object"),
        (LINES + '{"model": "C", "model": "D"}', ", row 3: key 'model' stands twice in one object; keep one"),
        (LINES.encode() + b'{"model": "\xff"}', ", row 3: found b'\\xff', not UTF-8; save the file as UTF-8"),
        (LINES.encode() + b"\0\0\0\0", ", row 3: found a NUL character"),
        (LINES + "\n" + '{"model": "C", "amount": "x"}', ", row 4, column 'amount': found 'x', not a number"),
        (b" " * (17 << 20), ": a line is over 16 MB long; write each row on its own line"),
        (b"", " holds no row; export the table again"),
    ],
)
def test_a_damaged_line_is_refused(gate, content, says):
    assert says in gate.refusal(content, path="data/sales.ndjson")


def test_a_path_to_the_rows_that_leads_nowhere_is_refused(gate):
    line = gate.refusal({"data": {"items": ROWS}}, 'format = { records = "data.itms" }')
    assert (
        "records = \"data.itms\" leads nowhere at 'itms'; did you mean 'items'? It has 'items'; correct"
        in line
    )
    assert "at 'items'; there is no object" in gate.refusal(ROWS, 'format = { records = "items" }')
