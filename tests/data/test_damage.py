"""Damaged files are refused in one line that helps, or read rightly; clean files are read."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import clean
import damage
import damaged_shapes
import pytest
import workbooks
from bombs import BOMBS
from grids import SALES_COLUMNS, SALES_KEY, Case, declare, same

from pmlib import data

DAMAGED = [*damage.damaged(), *damaged_shapes.shapes(), *workbooks.damaged()]
CLEAN = [*clean.clean(), *workbooks.clean()]
SECONDS, MEGABYTES = 2.0, 300  # within which a bomb must be refused


def named(cases: list[Case]) -> list:
    return [
        pytest.param(case, id=f"{case.path.partition('.')[2]}: {case.name}".replace(" ", "_"))
        for case in cases
    ]


def gate(root: Path, case: Case) -> data.Source | str:
    """What the gate gives for a file: the table, or the line that refuses it."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "data" / "sources.toml").write_text(case.declared, encoding="utf-8")
    file = root / case.path
    if case.before is not None:
        file.write_bytes(case.before)
        data.read("sales")
    file.write_bytes(case.content)
    try:
        return data.read("sales")
    except data.DataError as refusal:
        return str(refusal)


def verdict(case: Case, answer: data.Source | str) -> str:
    """Judge an answer: refused, right, silently wrong or false alarm; or refused, but in poor words."""
    if isinstance(answer, str):
        if case.must_read:
            return "false alarm"
        return "refused" if not lacking(case, answer) else "poor words"
    if case.right is None or not same(case.right, answer.frame):
        return "silently wrong"
    return "right" if not case.said or answer.said else "not said"


def lacking(case: Case, line: str) -> list[str]:
    """What a refusal does not say: file, row, column, found value, remedy."""
    lacks = [] if case.path in line else [case.path]
    if "\n" in line or not line.strip() or len(line) > 600:
        lacks.append("one line")
    if case.row is not None and not any(
        str(case.row) in part.replace(",", " ").replace(":", " ").split()
        for part in [line.partition("row")[2]]
    ):
        lacks.append(f"row {case.row}")
    if case.column and repr(case.column) not in line:
        lacks.append(f"column {case.column!r}")
    lacks += [words for words in case.says if not any(word in line for word in words.split("|"))]
    return lacks if ";" in line else [*lacks, "a remedy after a semicolon"]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    return tmp_path


@pytest.mark.parametrize("case", named(DAMAGED))
def test_a_damaged_file_is_refused_or_read_rightly(root, case):
    answer = gate(root, case)
    assert verdict(case, answer) in ("refused", "right"), (answer, lacking(case, str(answer)))


@pytest.mark.parametrize("case", named(CLEAN))
def test_a_clean_file_is_read(root, case):
    answer = gate(root, case)
    assert verdict(case, answer) == "right", answer


def test_there_are_enough_of_them():
    assert len(DAMAGED) >= 66 and len(CLEAN) >= 50
    for cases in (DAMAGED, CLEAN):
        assert [
            name for name, times in Counter((case.path, case.name) for case in cases).items() if times > 1
        ] == []


READ = r"""
import re, sys, time
from pathlib import Path
from pmlib import data
import pandas, duckdb
start = time.process_time()  # other tests may share the machine
try:
    data.read("sales")
except data.DataError as refusal:
    # Not getrusage, whose peak a child has from the process that started it.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(time.process_time() - start, int(peak[1]) / 1024, refusal)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(root, name):
    path, content = BOMBS[name]
    (root / "data").mkdir()
    (root / "data" / "sources.toml").write_text(
        declare(SALES_COLUMNS, SALES_KEY, path=path), encoding="utf-8"
    )
    (root / path).write_bytes(content())
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout, done.stdout + done.stderr
    seconds, megabytes, line = done.stdout.split(" ", 2)
    assert float(seconds) < SECONDS and float(megabytes) < MEGABYTES, done.stdout
    assert path in line
