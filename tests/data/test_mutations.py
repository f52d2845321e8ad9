"""Random mutations of good files: the gate refuses, or what it reads still satisfies the declaration."""

import csv
import io
import random
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import workbooks
from grids import (
    PANEL_COLUMNS,
    PANEL_KEY,
    PHONES,
    PHONES_COLUMNS,
    PHONES_KEY,
    SALES_COLUMNS,
    SALES_KEY,
    Grid,
    declare,
    panel,
    quoted,
    read_values,
    role,
    sales,
    value,
    values,
    written,
)

from pmlib import data


@dataclass(frozen=True)
class Good:
    """A good file and what is declared of it."""

    grid: Grid
    columns: dict[str, str]
    key: list[str]

    @property
    def means(self) -> dict[str, list]:
        return values(self.grid, self.columns)


GOOD = {
    "sales": Good(sales(), SALES_COLUMNS, SALES_KEY),
    "phones": Good(PHONES, PHONES_COLUMNS, PHONES_KEY),
    "panel": Good(panel(8, 5, 5), PANEL_COLUMNS, PANEL_KEY),
}

# Mutations of bytes


def flip(content: bytes, dice: random.Random) -> bytes:
    """Change one bit."""
    at = dice.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :]


def replace(content: bytes, dice: random.Random) -> bytes:
    """Put another byte in the place of one, often one that means something in a CSV."""
    at = dice.randrange(len(content))
    return content[:at] + bytes([odd(dice)]) + content[at + 1 :]


def insert(content: bytes, dice: random.Random) -> bytes:
    """Put one to three bytes in between."""
    at = dice.randrange(len(content) + 1)
    return content[:at] + bytes(odd(dice) for _ in range(dice.randint(1, 3))) + content[at:]


def delete(content: bytes, dice: random.Random) -> bytes:
    """Take one to forty bytes out."""
    at = dice.randrange(len(content))
    return content[:at] + content[at + dice.choice([1, 1, 1, 2, 5, 40]) :]


def cut(content: bytes, dice: random.Random) -> bytes:
    """Lose the end."""
    return content[: dice.randrange(len(content))]


def exchange(content: bytes, dice: random.Random) -> bytes:
    """Swap two neighbouring bytes."""
    at = dice.randrange(len(content) - 1)
    return content[:at] + content[at + 1 : at + 2] + content[at : at + 1] + content[at + 2 :]


def repeat(content: bytes, dice: random.Random) -> bytes:
    """Write a block twice, as a transfer that was resumed in the wrong place does."""
    at, length = dice.randrange(len(content)), dice.choice([1, 10, 100, 1000])
    return content[: at + length] + content[at:]


def odd(dice: random.Random) -> int:
    return dice.choice([*b",;\"\n\r\t\0 .-0123456789eE%$'", 0xA0, 0xC3, 0xEF, 0xFF, dice.randrange(256)])


# Mutations of rows and cells


def of_rows(change: Callable[[Grid, random.Random], Grid]) -> Callable[[bytes, random.Random], bytes]:
    """Make a mutation of rows one of bytes."""

    def mutation(content: bytes, dice: random.Random) -> bytes:
        grid = list(csv.reader(io.StringIO(content.decode(), newline="")))
        return written(change(grid, dice))

    mutation.__name__ = change.__name__
    return mutation


@of_rows
def drop_rows(grid: Grid, dice: random.Random) -> Grid:
    at = dice.randrange(len(grid))
    return grid[:at] + grid[at + dice.choice([1, 1, 3, 10]) :]


@of_rows
def duplicate_row(grid: Grid, dice: random.Random) -> Grid:
    return [*grid, dice.choice(grid)]


@of_rows
def swap_rows(grid: Grid, dice: random.Random) -> Grid:
    one, other = dice.sample(range(len(grid)), 2)
    grid[one], grid[other] = grid[other], grid[one]
    return grid


@of_rows
def join_rows(grid: Grid, dice: random.Random) -> Grid:
    at = dice.randrange(len(grid) - 1)
    return [*grid[:at], grid[at] + grid[at + 1], *grid[at + 2 :]]


@of_rows
def split_row(grid: Grid, dice: random.Random) -> Grid:
    at, place = dice.randrange(len(grid)), dice.randrange(1, len(grid[0]))
    return [*grid[:at], grid[at][:place], grid[at][place:], *grid[at + 1 :]]


@of_rows
def shift_row(grid: Grid, dice: random.Random) -> Grid:
    row = grid[dice.randrange(len(grid))]
    row[:] = ["", *row[:-1]] if dice.random() < 0.5 else [*row[1:], ""]
    return grid


@of_rows
def swap_cells(grid: Grid, dice: random.Random) -> Grid:
    row, other = dice.choice(grid), dice.choice(grid)
    place, second = dice.randrange(len(row)), dice.randrange(len(row))
    row[place], other[second] = other[second], row[place]
    return grid


@of_rows
def swap_columns(grid: Grid, dice: random.Random) -> Grid:
    one, other = dice.sample(range(len(grid[0])), 2)
    for row in grid[dice.choice([0, 1, len(grid) // 2]) :]:
        row[one], row[other] = row[other], row[one]
    return grid


@of_rows
def blank_cell(grid: Grid, dice: random.Random) -> Grid:
    row = dice.choice(grid)
    row[dice.randrange(len(row))] = dice.choice(["", " ", "NA", "-", "null"])
    return grid


@of_rows
def dress_cell(grid: Grid, dice: random.Random) -> Grid:
    row = dice.choice(grid)
    place = dice.randrange(len(row))
    forms = [
        "{} ",
        " {}",
        "{}*",
        "${}",
        "{}%",
        "({})",
        "{}\u00a0",
        "{},5",
        "{}.0",
        "{}e3",
        "-{}",
        "{}\n",
        "'{}",
        "0{}",
    ]
    row[place] = dice.choice([*forms, "{}000", "\u200b{}"]).format(row[place])
    return grid


@of_rows
def recase_cell(grid: Grid, dice: random.Random) -> Grid:
    row = dice.choice(grid)
    place = dice.randrange(len(row))
    row[place] = dice.choice(
        [row[place].upper(), row[place].lower(), unicodedata.normalize("NFD", row[place])]
    )
    return grid


BYTES = [flip, replace, insert, delete, cut, exchange, repeat]
ROWS = [drop_rows, duplicate_row, swap_rows, join_rows, split_row, shift_row, swap_cells, swap_columns]
MUTATIONS = [*BYTES, *ROWS, blank_cell, dress_cell, recase_cell]


# The referee, who shares no code with the gate


def referee(content: bytes, good: Good) -> dict[str, list]:
    """Read a file as declared by the standard library alone, mending only what may be mended.

    Raises
    ------
    ValueError : it does not satisfy the declaration, or holds less than the good file did.
    """
    text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    if "\0" in text:
        raise ValueError("NUL")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    rows = [row for row in rows if any(cell.strip() for cell in row) or len(row) > 1]
    header, *rows = rows
    header = [name.strip() for name in header]
    rows = [row[: len(header)] if not "".join(row[len(header) :]).strip() else row for row in rows]
    need(rows and all(len(row) == len(header) for row in rows), "the shape of the table")
    need(all(header.count(name) == 1 for name in good.columns), "the names of columns")
    means = {}
    for name, rule in good.columns.items():
        cells = [row[header.index(name)] for row in rows]
        means[role(name, good.columns)] = [held(cell, rule) for cell in cells]
    key = list(zip(*(means[role(name, good.columns)] for name in good.key), strict=True))
    need(len(set(key)) == len(key), "the key")
    if content:
        for name in ("period", "firm", "product"):
            need(set(good.means.get(name, [])) <= set(means.get(name, [])), f"all of {name}")
        need(len(rows) >= len(good.grid) - 1, "as many rows as before")
    return means


def held(cell: str, rule: str):
    """The value of a cell, if the rule allows it."""
    kind = re.search(r'type = "(\w+)"', rule)[1]
    if not cell.strip():
        need("nullable" in rule, "a value")
        return None
    if kind in ("text", "category", "flag"):
        need(cell == cell.strip(), "no space")
        if "values" in rule:
            need(quoted(cell) in rule.partition("values = ")[2], "a declared label")
        return value(cell, rule, "%Y-%m-%d")
    cell = cell.strip()
    if kind == "date":
        need(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell), "a date")
        need(date.fromisoformat(cell) <= date.today(), "no date after today")
        return cell
    whole = r"[+-]?[0-9]{1,15}"
    need(
        re.fullmatch(
            whole if kind == "integer" else r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", cell
        ),
        kind,
    )
    limits = re.search(r"range = \[(\d+), (\d+)\]", rule)
    need(abs(float(cell)) < float("inf"), "a finite number")
    need(not limits or float(limits[1]) <= float(cell) <= float(limits[2]), "the range")
    return float(cell)


def need(true: object, what: str) -> None:
    """Refuse a table that is not as declared."""
    if not true:
        raise ValueError(what)


def judged(root: Path, content: bytes, good: Good) -> str:
    """Read a mutated file through the gate and let the referee judge the outcome."""
    (root / "data" / "sales.csv").write_bytes(content)
    try:
        frame = data.read("sales").frame
    except data.DataError as refusal:
        line = str(refusal)
        return "refused" if "\n" not in line and "data/sales.csv" in line else f"WRONG: poor words: {line}"
    found = {name: cells for name, cells in read_values(frame).items() if name in good.means}
    if found == good.means:
        return "equal to the good table"
    try:
        means = referee(content, good)
    except (ValueError, csv.Error) as broken:
        return f"WRONG: it lacks {broken}"
    return "changed within the declaration" if means == found else f"WRONG: read as {found}, is {means}"


def run(root: Path, name: str, seeds: range) -> tuple[Counter, list[str]]:
    """Count the outcomes of many mutations of one good file, each read after the good one."""
    good, folder = GOOD[name], root / name
    content = written(good.grid)
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "sales.csv").write_bytes(content)
    (folder / "data" / "sources.toml").write_text(declare(good.columns, good.key), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PMLIB_ROOT", str(folder))
        data.read("sales")
        shutil.copytree(folder, root / "kept")
        counts, wrong = Counter(), []
        for seed in seeds:
            dice = random.Random(f"{name} {seed}")
            mutation = MUTATIONS[seed % len(MUTATIONS)]
            mutated = mutation(content, dice)
            shutil.rmtree(folder)
            shutil.copytree(root / "kept", folder)
            outcome = judged(folder, mutated, good)
            counts[outcome.partition(":")[0]] += 1
            if outcome.startswith("WRONG"):
                wrong.append(f"{name} {seed} {mutation.__name__}: {outcome}")
        shutil.rmtree(root / "kept")
    return counts, wrong


@pytest.mark.parametrize("name", GOOD)
def test_no_mutation_passes_unseen(tmp_path, name):
    counts, wrong = run(tmp_path, name, range(70))
    print(name, dict(counts))
    assert wrong == []
    assert counts["refused"] > 40


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_no_mutation_of_many_more_passes_unseen(tmp_path, name):
    counts, wrong = run(tmp_path, name, range(70, 220))
    print(name, dict(counts))
    assert wrong == []


def test_no_mutation_of_a_workbook_passes_unseen(tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    good = GOOD["sales"]
    content = workbooks.book()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sources.toml").write_text(workbooks.DECLARED, encoding="utf-8")
    file = tmp_path / workbooks.AT
    for seed in range(40):
        dice = random.Random(seed)
        file.write_bytes(dice.choice(BYTES)(content, dice))
        try:
            found = read_values(data.read("sales").frame)
        except data.DataError as refusal:
            outcome = str(refusal)
        else:
            outcome = "read" if all(found[name] == cells for name, cells in good.means.items()) else "WRONG"
        assert outcome == "read" or (workbooks.AT in outcome and "\n" not in outcome), (seed, outcome)
