"""SPSS: labels, missing answers, dates."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pmlib import data

pyreadstat = pytest.importorskip("pyreadstat")

COLUMNS = """[survey.columns]
person = { type = "text" }
satisfied = { type = "category", values = ["Low", "High"], nullable = true }
score = { type = "number", nullable = true }
day = { type = "date" }
"""
ROWS = {
    "person": ["ä", "b", "c"],
    "satisfied": [1.0, 2.0, 99.0],
    "score": [5.0, 98.0, None],
    "day": [date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 4)],
}
LABELS = {"satisfied": {1: "Low", 2: "High", 99: "Refused"}, "score": {1: "worst", 5: "best"}}
MISSING = {"satisfied": [{"lo": 99, "hi": 99}], "score": [{"lo": 97, "hi": 99}]}


class Gate:
    """A root of its own, with one survey."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()

    def read(self, rows=ROWS, columns=COLUMNS, labels=LABELS, cut=None, settings="", **how) -> data.Source:
        head = '[survey]\ntitle = "S"\npath = "data/survey.sav"\norigin = "Us"\nlicence = "ours"\n'
        (self.folder / "data/sources.toml").write_text(f"{head}{settings}\n{columns}", encoding="utf-8")
        file = self.folder / "data/survey.sav"
        how = {"missing_ranges": MISSING, **how}
        pyreadstat.write_sav(pd.DataFrame(rows), str(file), variable_value_labels=labels, **how)
        file.write_bytes(file.read_bytes()[:cut])
        return data.read("survey")

    def refusal(self, *args, **kwargs) -> str:
        with pytest.raises(data.DataError) as refused:
            self.read(*args, **kwargs)
        line = str(refused.value)
        assert "\n" not in line and line.startswith("data/survey.sav")
        return line.removeprefix("data/survey.sav")


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    return Gate(tmp_path)


def test_answers_are_labels_numbers_and_dates_as_declared(gate):
    source = gate.read()
    frame = source.frame
    assert frame["person"].tolist() == ["ä", "b", "c"]
    assert frame["satisfied"].tolist()[:2] == ["Low", "High"] and frame["satisfied"].isna().tolist()[2]
    assert frame["score"].tolist()[0] == 5 and frame["score"].isna().tolist() == [False, True, True]
    assert frame["day"].dt.day.tolist() == [2, 3, 4]


@pytest.mark.parametrize("compressed", [False, True])
def test_what_the_file_calls_missing_must_be_allowed_to_be(gate, compressed):
    columns = COLUMNS.replace(", nullable = true", "")
    assert ", row 3, column 'satisfied': found '', a missing value" in gate.refusal(
        columns=columns, row_compress=compressed
    )


def test_a_code_without_a_label_is_no_label_of_another(gate):
    rows = ROWS | {"satisfied": [1.0, 2.0, 3.0]}
    assert ", row 3, column 'satisfied': found '3', not one of 'Low', 'High'" in gate.refusal(rows)


def test_two_codes_may_not_share_a_label(gate):
    labels = {"satisfied": {1: "Low", 2: "Low"}}
    line = gate.refusal(labels=labels, columns=COLUMNS.replace(', values = ["Low", "High"]', ""))
    assert ", column 'satisfied': found 'Low' as the label of '1' and '2'; give each its own" in line


def test_an_id_kept_as_a_number_has_lost_digits(gate):
    rows = ROWS | {"person": [1.0, 2.0, 12345678901234567.0]}
    line = gate.refusal(rows)
    assert (
        "column 'person': found '12345678901234568', a number of over 15 digits, of which SPSS keeps 15"
        in line
    )


def test_a_damaged_file_is_refused(gate):
    for cut in (0, 3, 150, 400, -20):
        assert " is a damaged SPSS file, or none (" in gate.refusal(cut=cut)


def test_a_missing_package_is_named(gate, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    gate.folder.joinpath("data/survey.sav").touch()
    monkeypatch.setattr(pyreadstat, "write_sav", lambda *_, **__: None)
    assert ' needs pyreadstat; install it: pip install "pmlib[spss]"' in gate.refusal()
