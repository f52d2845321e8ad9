"""How numbers are written in a file: decimal sign, thousands, and what stands around them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pmlib.data.propose.vocabulary import CURRENCIES, PERCENT, WRITTEN

MOSTLY = 0.9  # of a column's cells are numbers, or it is no column of numbers
SPACES = "\u00a0\u202f "
MISSING = (
    "-", "--", "–", "—", "n/a", "n.a.", "na", "null", "none", "nan", "#n/a", "k.a.", "k. a.", ".", "..",
    "...", "?", "n.d.", "nd", "s/d", "(blank)", "not available", "tbd", "tba", "tbc",
    "on request", "auf anfrage",
)  # fmt: skip
ROUND = (",-", ",--", ",–", ",—", ".-", ".--", ".–", ".—")  # as in 499,-
TAXED = (
    "incl. vat", "inc. vat", "incl vat", "inc vat", "incl. tax", "incl tax", "inkl. mwst.", "inkl. mwst",
    "inkl. ust.", "ttc", "iva incl.", "iva inclusa", "iva incluido", "incl. btw", "inkl. moms",
)  # fmt: skip
AROUND = re.compile(r"(\(?)([^\d(+\-−.,]*)([+\-−]?)([^\d(+\-−.,]*)([\d.,'’ \u00a0\u202f]*\d)([^\d)]*)(\)?)")


@dataclass(frozen=True)
class Style:
    """A way to write numbers: the decimal sign, and what stands between thousands."""

    decimal: str
    thousands: str

    @property
    def settings(self) -> dict[str, str]:
        """The style as a declaration's format says it; nothing for the plain one."""
        said = {"decimal": self.decimal} if self.decimal != "." else {}
        return said | ({"thousands": self.thousands} if self.thousands else {})

    def fits(self, digits: str) -> bool:
        """Tell whether a number without sign or unit is written this way."""
        return bool(_pattern(self).fullmatch(digits))

    def value(self, digits: str) -> float:
        """Read a number without sign or unit; 0 for one that is written otherwise."""
        plain = digits.replace(self.thousands, "") if self.thousands else digits
        return float(plain.replace(self.decimal, ".")) if self.fits(digits) else 0.0


@cache
def _pattern(style: Style) -> re.Pattern[str]:
    mark, point = re.escape(style.thousands), re.escape(style.decimal)
    grouped = rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|" if mark else ""
    return re.compile(rf"(?:{grouped}\d+)(?:{point}\d*)?|{point}\d+")


STYLES = [Style(".", ""), Style(".", ","), Style(",", "."), Style(",", ""), *(
    Style(decimal, mark) for mark in (*SPACES, "'", "’") for decimal in ".,"
)]  # fmt: skip


@dataclass(frozen=True)
class Split:
    """A cell that may be a number: what stands around it, its digits, and how it may say that it is negative.

    enclosed : by parentheses. trailing : with a minus after it.
    """

    around: tuple[str, ...]
    digits: str
    enclosed: bool
    trailing: bool = False


def split(cell: str) -> Split | None:
    """Take a cell apart; None where it is no number, be it with a unit or a currency sign."""
    found = AROUND.fullmatch(cell)
    if not found or bool(found[1]) != bool(found[7]):
        return None
    before, after = (found[2] + found[4]).strip(), found[6].strip()
    trailing = not found[3] and after[-1:] == "-" and after not in ROUND
    if trailing:
        after = after[:-1].strip()
    if before and before.casefold() not in CURRENCIES:
        return None
    known = {*CURRENCIES, *PERCENT, *ROUND, *TAXED}
    if after and after.casefold() not in known and after not in WRITTEN.values():
        return None  # 3M is a firm, or three million
    return Split(tuple(filter(None, (before, after))), found[5].strip(), bool(found[1]), trailing)


def is_missing(cell: str) -> bool:
    """Tell whether a cell is blank, or a text that usually stands for nothing."""
    return not cell or cell.casefold() in MISSING


def number_cells(cells: list[str]) -> list[Split]:
    """Take a column's numbers apart; nothing when it is no column of numbers."""
    known = [cell for cell in cells if not is_missing(cell)]
    found = [part for part in map(split, known) if part]
    return found if known and len(found) >= MOSTLY * len(known) else []


def style(columns: list[list[Split]], separator: str) -> Style:
    """Choose the way that most numbers of a file are written, the plainest where several fit.

    Parameters
    ----------
    separator : of the file; where it is no comma, 1.234 is more likely a thousand than a bit over one.
    """
    digits = Counter(part.digits for column in columns for part in column)
    fit = {style: sum(n for text, n in digits.items() if style.fits(text)) for style in STYLES}
    best = [style for style in STYLES if fit[style] == max(fit.values())]
    best = [style for style in best if not style.thousands or _is_used(style, digits)]
    german = Style(",", ".")
    if separator != "," and best[0] == STYLES[0] and german in best and any("." in text for text in digits):
        return german
    return best[0]


def _is_used(style: Style, digits: Iterable[str]) -> bool:
    return any(style.thousands in text and style.fits(text) for text in digits)
