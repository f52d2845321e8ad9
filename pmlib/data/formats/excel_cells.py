"""What a cell of a workbook becomes under its column's declaration, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from pmlib.data.declaration import Table
from pmlib.data.formats.worksheet import Cell
from pmlib.data.roles import LABELS, MEASURES
from pmlib.data.rule import Rule
from pmlib.data.words import SOURCES, shown

IN_EXCEL = "open the file in Excel and save it"
WRONG = {  # what is found beside the value itself, and the remedy
    "error": ("an error of Excel's", "correct the formula, or clear the cell where a blank is allowed"),
    "empty formula": ("a formula that was never worked out", IN_EXCEL),
    "zeros": ("the result of a formula that nobody worked out, as all of the column", IN_EXCEL),
    "date": ("formatted as a date", f'correct the cell\'s format, or declare type = "date" in {SOURCES}'),
    "time": ("formatted as a time, or as a day that no calendar has", "correct the cell or its format"),
    "moment": (
        "of which the column's format would lose a part",
        f'correct the cell, or set format = "%Y-%m-%d %H:%M:%S" in {SOURCES}',
    ),
    "year": ("a year typed where the other cells are dates", "enter the whole date"),
    "no date": ("not a date, among cells that are", "enter it as a date, as the others are"),
    "percent": ("a fraction shown in percent", f'remove "%" from strip, and its scale, in {SOURCES}'),
    "long": (
        "a number of over 15 digits, of which Excel keeps 15",
        "format the column as text and enter it again",
    ),
    "merged": ("merged cells, of which only the first holds a value", "unmerge them and fill each of them"),
    "beside": ("right of the last column, under no header", "move it under its header, or out of the table"),
    "far": ("far away from the table", "clear that cell"),
}


@dataclass(frozen=True)
class Problem:
    """Something wrong with one cell; `what` is a key of WRONG."""

    row: int
    column: str
    found: object
    what: str

    def __str__(self) -> str:
        column = f", column {shown(self.column)}" if self.column else ""
        found = f"{shown(self.found)}, " if self.found else ""
        return f"row {self.row}{column}: found {found}{WRONG[self.what][0]}"


@dataclass
class Column:
    """A column under the header, and what was seen of it.

    uncalculated : whether a program wrote the workbook and asks Excel to work out its formulas.
    wrong : wrong cells.
    no_dates : cells that are wrong if others are dates; a year typed into a date cell is a day of 1905.
    zeros : formulas whose result is 0, which is wrong if nobody worked them out: then it is 0 for all.
    """

    name: str
    rule: Rule | None
    table: Table
    uncalculated: bool
    wrong: list[Problem] = field(default_factory=list)
    no_dates: list[Problem] = field(default_factory=list)
    zeros: list[Problem] = field(default_factory=list)
    has_dates: bool = False
    has_results: bool = False

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the column."""
        doubts = (self.no_dates if self.has_dates else []) + ([] if self.has_results else self.zeros)
        return self.wrong + doubts

    @property
    def easy(self) -> tuple[str, ...]:
        """The kinds of cells that are text as they stand, unless from a formula."""
        if self.rule is None:
            return ("text", "number", "percent", "truth", "time", "error", "empty formula")
        if self.rule.type == "date":
            return ()
        plain = self.rule.type == "year" or (self.rule.type in MEASURES and self.table.format.decimal == ".")
        return ("text", "number") if plain else ("text",)

    def text(self, row: int, cell: Cell) -> str:
        """Write a cell as text, and note what is wrong with it."""
        _, kind, value, formula = cell
        rule = self.rule
        if isinstance(value, datetime):
            return self._moment(row, value)
        if rule is None:
            return value
        if formula and self.uncalculated and kind in ("number", "percent"):
            self.has_results |= float(value) != 0
            self.zeros.append(Problem(row, self.name, value, "zeros"))
        if kind in ("error", "empty formula", "time") or (kind == "percent" and "%" in rule.strip):
            self.wrong.append(Problem(row, self.name, value, kind))
        elif rule.type == "date":
            if value.strip() not in ("", *self.table.na):
                self.no_dates.append(Problem(row, self.name, value, "no date"))
        elif kind == "truth":
            return value if rule.type != "flag" or rule.values else str(int(value == "TRUE"))
        elif kind != "text" and rule.type in LABELS and abs(float(value)) >= 1e15:
            self.wrong.append(Problem(row, self.name, value, "long"))
        elif kind != "text" and rule.type in MEASURES:
            return value.replace(".", self.table.format.decimal)
        return value

    def _moment(self, row: int, moment: datetime) -> str:
        usual = moment.isoformat(" ").removesuffix(" 00:00:00")
        if self.rule is None:
            return usual
        if self.rule.type != "date":
            self.wrong.append(Problem(row, self.name, usual, "date"))
            return usual
        serial = (moment - (datetime(1904, 1, 1) if moment.year == 1909 else datetime(1899, 12, 30))).days
        if moment.year in (1905, 1909) and 1950 < serial < 2100:
            self.no_dates.append(Problem(row, self.name, f"{serial}, shown as {usual}", "year"))
        else:
            self.has_dates = True
        text = _written(moment, self.rule.format)
        if text is None:
            self.wrong.append(Problem(row, self.name, usual, "moment"))
        return text or usual


@lru_cache(1 << 16)
def _written(moment: datetime, form: str) -> str | None:
    """Write a moment in a format; None if it cannot be read back from there."""
    text = moment.strftime(form)
    try:
        return text if datetime.strptime(text, form) == moment else None
    except ValueError:
        return None
