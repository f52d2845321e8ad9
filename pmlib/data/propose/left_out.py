"""Rows that are none of a table's own: continued ones, totals, deals that are still open, and blank ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pmlib.data.declaration import FILLED
from pmlib.data.propose.column import OUTCOMES
from pmlib.data.propose.numbers import is_missing, number_cells
from pmlib.data.propose.toml import pairs
from pmlib.data.propose.vocabulary import ROLES, named
from pmlib.data.total_row import is_total, may_be_total

STAGES = 20  # labels of a column that says how far a deal is
NAMES = ("product", "firm")  # roles whose column best says which rows are whole

Columns = Mapping[str, list[str]]


@dataclass(frozen=True)
class LeftOut:
    """The rows to look at, the settings that leave out the others, and a line about each kind of these."""

    columns: dict[str, list[str]]
    settings: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def less(self, gone: list[bool], setting: str, value: dict[str, Any], what: str) -> "LeftOut":
        """Leave out some of the rows."""
        columns = {
            name: [cell for cell, out in zip(cells, gone, strict=True) if not out]
            for name, cells in self.columns.items()
        }
        settings = self.settings | {setting: self.settings.get(setting, {}) | value}
        line = f"{sum(gone):,} of {len(gone):,} rows {what}: left out by {pairs({setting: value})[0]}"
        return LeftOut(columns, settings, [*self.said, line])


def left_out(columns: Columns, blank: int) -> LeftOut:
    """Find the rows that are none of the table's own.

    Parameters
    ----------
    columns : the cells of each column. blank : how many blank rows stand among them, not in `columns`.
    """
    found = LeftOut(dict(columns))
    if not columns:
        return found
    found = _continued(found)
    found = _totals(found)
    found = _open_deals(found)
    whole = _best([name for name, cells in found.columns.items() if "" not in cells])
    if blank and whole and "keep" not in found.settings:
        what = f"{blank:,} rows are" if blank > 1 else "1 row is"
        line = f"{what} blank: left out by {pairs({'keep': {whole: FILLED}})[0]}"
        return LeftOut(found.columns, found.settings | {"keep": {whole: FILLED}}, [*found.said, line])
    return found


def _open_deals(found: LeftOut) -> LeftOut:
    """Leave out deals that are not decided, where a column says of the others that they were won or lost."""
    for name, cells in found.columns.items():
        written = {cell.casefold(): cell for cell in dict.fromkeys(cells)}
        ends = next((pair for pair in OUTCOMES if {*pair} <= set(written)), None)
        if ends and 2 < len(written) <= STAGES:
            decided = [written[end] for end in ends]
            gone = [cell not in decided for cell in cells]
            return found.less(gone, "keep", {name: decided}, "are deals that are not decided")
    return found


def _best(names: list[str]) -> str:
    """Choose the column that is most likely filled in every row, as what a row is known by."""
    return max(names, key=lambda name: max(named(name, ROLES[role]) for role in NAMES), default="")


def _continued(found: LeftOut) -> LeftOut:
    """Leave out rows that repeat an id and are blank where the first row of that id says what it is."""
    for name, cells in found.columns.items():
        starts = [i == 0 or cell != cells[i - 1] for i, cell in enumerate(cells)]
        rows, ids = len(cells), len(set(cells))
        if "" in cells or sum(starts) != ids or not 2 <= ids < rows or number_cells(cells):
            continue
        said = [
            other
            for other, texts in found.columns.items()
            if [bool(text) for text in texts] == starts and len(set(texts)) > 2 and not number_cells(texts)
        ]
        if said and any(named(other, ROLES[role]) for other in said for role in NAMES):
            best = _best(said)
            what = f"only continue the {name} above and have no {best}"
            return found.less([not start for start in starts], "keep", {best: FILLED}, what)
    return found


def _totals(found: LeftOut) -> LeftOut:
    """Leave out rows of totals: those that lack a firm or the like, or those with a label that says so."""
    labels = {
        name: cells
        for name, cells in found.columns.items()
        if not number_cells([cell for cell in cells if not is_missing(cell)])
    }
    for name, cells in labels.items():
        likely = [may_be_total(cell) for cell in cells]
        if not 0 < 2 * sum(likely) < len(cells):
            continue
        texts = ", ".join(dict.fromkeys(cell for cell, is_one in zip(cells, likely, strict=True) if is_one))
        lacking = [other for other, others in labels.items() if [not cell for cell in others] == likely]
        if lacking:
            best = _best(lacking)
            return found.less(
                likely, "keep", {best: FILLED}, f"look like totals ({texts}) and have no {best}"
            )
        strict = [is_total(cell) for cell in cells]
        if any(strict):
            gone = sorted({cell for cell, is_one in zip(cells, strict, strict=True) if is_one})
            return found.less(strict, "drop", {name: gone}, f"look like totals ({', '.join(gone)})")
    return found
