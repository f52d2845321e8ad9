"""The reports that one entry of the catalog makes: itself, or one for each row of its matrix."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from pmlib.reports.entry import CATALOG, Entry, PlanError
from pmlib.reports.slug import slug
from pmlib.reports.typed import shown

PUBLISHED = Path("reports", "published")


@dataclass(frozen=True)
class Row:
    """One report: the entry's name, and of a matrix the values that set it apart and their name ("")."""

    report: str
    entry: Entry
    values: dict[str, Any]
    slug: str = ""

    @property
    def name(self) -> str:
        """What the command line calls it: report, or report/slug."""
        return f"{self.report}/{self.slug}" if self.slug else self.report

    def home(self, root: Path) -> Path:
        """The folder it is published in."""
        return root / PUBLISHED / self.name


def rows(report: str, entry: Entry) -> list[Row]:
    """List the reports of an entry: each row of the zip with each combination of the product.

    Raises
    ------
    PlanError : two of them would stand in one folder.
    """
    if not entry.product and not entry.zip:
        return [Row(report, entry, {})]
    where = f"{CATALOG.as_posix()}, [{report}]"
    try:
        made = [Row(report, entry, values, slug(values.values())) for values in _values(entry)]
    except ValueError as error:  # a number too long to write
        raise PlanError(f"{where}: {error}") from None
    counts = Counter(row.slug for row in made)
    twice = [row for row in made if counts[row.slug] > 1]
    if twice:
        said = ", ".join(f"{name} = {shown(value)}" for name, value in twice[0].values.items())
        raise PlanError(
            f"{where}: {counts[twice[0].slug]} reports would stand in {report}/{twice[0].slug}, "
            f"the folder for {said}; keep one of them"
        )
    return made


def _values(entry: Entry) -> Iterator[dict[str, Any]]:
    side_by_side = [dict(zip(entry.zip, row, strict=True)) for row in zip(*entry.zip.values(), strict=True)]
    for one in side_by_side or [{}]:
        for combination in product(*entry.product.values()):
            yield one | dict(zip(entry.product, combination, strict=True))
