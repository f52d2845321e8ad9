"""What one column holds, as far as its header and its cells tell."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pmlib.data.propose import vocabulary
from pmlib.data.propose.framed import framed_forms, week_forms
from pmlib.data.propose.numbers import MOSTLY, Split, Style, is_missing, number_cells, split
from pmlib.data.propose.vocabulary import CURRENCIES, named, unit_of, unit_text
from pmlib.data.quarter import text_with_month
from pmlib.data.week import is_weekly, text_monday

OUTCOMES = [  # how a deal ends
    ("lost", "won"), ("loss", "win"), ("lose", "win"), ("closed lost", "closed won"),
    ("verloren", "gewonnen"), ("perdu", "gagné"), ("perdido", "ganado"), ("perso", "vinto"),
]  # fmt: skip
FLAGS = [
    ("no", "yes"), ("n", "y"), ("false", "true"), ("nein", "ja"), ("non", "oui"), ("no", "sí"), ("no", "si"),
    ("não", "sim"), ("nee", "ja"), ("nie", "tak"), ("0", "1"), ("f", "t"), ("off", "on"), ("without", "with"),
    ("0.0", "1.0"), *OUTCOMES,
]  # fmt: skip
LABELS = 12  # a text column of at most so many labels, which repeat, is a category
DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m-%d-%y")
FORMATS = (
    "%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", *DAY_FIRST, *MONTH_FIRST, "%d.%m.%y", "%Y-%m", "%Y/%m",
    "%m/%Y", "%m-%Y", "%m.%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%b %y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%z", "%YQ%q", "%Y-Q%q", "%Y Q%q", "%Y/Q%q", "Q%q %Y", "Q%q-%Y", "Q%q/%Y", "Q%q%Y",
    "%qQ%Y", "%qQ%y", "Q%q %y", "Q%q-%y", "T%q %Y", "%Y-T%q", "FY%Y", "FY%y", "FY %Y", "Q%q FY%Y", "Q%q FY%y",
    "FY%Y Q%q", "FY%y Q%q", "FY%YQ%q", "FY%yQ%q", "FY%Y-Q%q", "FY%y-Q%q",
)  # fmt: skip
COMPACT = ("%Y%m%d", "%Y%m")  # digits only: a date by its header alone
SAMPLE = 50  # cells that a format is tried on before all are read


@dataclass
class Guess:
    """A column and what it seems to hold.

    settings : as a declaration writes them. guess : those of them that need a look.
    values : the cells, missing ones as "".
    words : of a column of numbers, the cells that are none.
    """

    name: str
    settings: dict[str, Any]
    values: list[str] = field(repr=False)
    guess: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The declared type."""
        return str(self.settings["type"])

    @property
    def role(self) -> str:
        """The role given so far."""
        return str(self.settings.get("role", ""))

    @property
    def count(self) -> int:
        """How many different values there are."""
        return len({value for value in self.values if value})

    @property
    def has_blanks(self) -> bool:
        """Whether a cell is missing."""
        return "" in self.values

    @property
    def is_label(self) -> bool:
        """Whether it holds words or ids."""
        return self.type in ("text", "category")

    @property
    def yes(self) -> str:
        """The cell that means 1, of a flag."""
        return str(self.settings.get("values", ["0", "1"])[1])

    @property
    def gaps(self) -> float:
        """The share of cells that are missing."""
        return self.values.count("") / len(self.values)

    def set(self, setting: str, value: Any) -> None:
        """Declare something that is only a guess."""
        self.settings[setting] = value
        self.guess.append(setting)


def guess(name: str, cells: list[str], style: Style, label: str = "") -> Guess:
    """Guess what a column holds.

    Parameters
    ----------
    cells : as written, stripped. style : how the file writes numbers.
    label : what the file itself calls the column.
    """
    known = [cell for cell in cells if not is_missing(cell)]
    numbers = [] if _is_id(name, known) else number_cells(cells)
    made = (
        _flag(name, cells, known)
        or _date(name, cells, known)
        or (_number(name, cells, numbers, style) if numbers else _label(name, cells, known))
    )
    if made.type in ("number", "integer"):
        made.words = [cell for cell in dict.fromkeys(known) if not split(cell)]
    text, unit = unit_of(name) if made.type in ("number", "integer") else (name, "")
    if unit and not made.settings.get("unit"):
        made.set("unit", unit)
        if unit == "%" and max(style.value(part.digits) for part in numbers) > 1:
            made.set("scale", 0.01)
    words = label or re.sub(r"[\s_]+", " ", text).strip()
    if words and words != name:
        made.settings["label"] = words[0].upper() + words[1:]
    if made.has_blanks:
        made.settings["nullable"] = True
    return made


def _is_id(name: str, known: list[str]) -> bool:
    digits = [cell for cell in known if cell.isdecimal()]
    if any((cell[0] == "0" and len(cell) > 1) or len(cell) > 15 for cell in digits):
        return True
    return bool(digits) and len(digits) == len(known) and named(name, vocabulary.IDS) == 2


def _flag(name: str, cells: list[str], known: list[str]) -> Guess | None:
    usual = {cell.casefold(): cell for cell, _ in reversed(Counter(known).most_common())}
    for pair in FLAGS:
        if set(usual) == set(pair):
            made = Guess(name, {"type": "flag"}, _blanked(cells))
            if pair != ("0", "1"):
                made.set("values", [usual[one] for one in pair])
            return made
    return None


def _date(name: str, cells: list[str], known: list[str]) -> Guess | None:
    is_period = bool(named(name, vocabulary.ROLES["period"]))
    if is_period and known and sum(map(vocabulary.is_year, known)) >= MOSTLY * len(known):
        return Guess(name, {"type": "year"}, _blanked(cells))
    form, fits = _form(known, is_period)
    if not form:
        return None
    made = Guess(name, {"type": "date"}, _blanked(cells))
    if form == "%Y-%m-%d":
        return made
    if fits > 1 or form not in (*FORMATS, *COMPACT):
        made.set("format", form)
    else:
        made.settings["format"] = form
    if "%z" in form:
        made.set("zone", "UTC")
    return made


def date_form(labels: list[str], *, is_period: bool) -> str:
    """Find the format that nearly all of some labels are dates in; "" for none."""
    return _form(labels, is_period)[0]


def _form(known: list[str], is_period: bool) -> tuple[str, int]:
    """Find the likely format of dates, and how many read as much."""
    counts = Counter(known)
    few = Counter(dict(counts.most_common(SAMPLE)))
    plain = (*FORMATS, *(COMPACT if is_period else ()))
    for tried in (plain, week_forms(known), framed_forms(known, is_period)):
        forms = [form for form in tried if _read(few, form)]
        read = {form: days for form in forms if (days := _read(counts, form))}
        if read:
            break
    else:
        return "", 0
    most = max(map(len, read.values()))
    fits = [form for form in read if len(read[form]) == most]
    # Of the readings of 01/02/2020: periods start on few days of the month, and the plainer form goes before.
    return min(fits, key=lambda form: (len({day.day for day in read[form]}), forms.index(form))), len(fits)


def _read(cells: Counter[str], form: str) -> list[date]:
    """Read the different dates of our time; nothing unless nearly all cells are such dates."""
    days, read = [], 0
    for cell, count in cells.items():
        try:
            weekly = is_weekly(form)
            day = (
                text_monday(cell, form) if weekly else datetime.strptime(*text_with_month(cell, form)).date()
            )
        except ValueError:
            continue
        if 1900 <= day.year <= 2100:
            days.append(day)
            read += count
    return days if read >= MOSTLY * cells.total() else []


def _number(name: str, cells: list[str], numbers: list[Split], style: Style) -> Guess:
    whole = all(part.digits.replace(style.thousands or "\0", "").isdecimal() for part in numbers)
    made = Guess(name, {"type": "integer" if whole else "number"}, _blanked(cells))
    around = list(dict.fromkeys(text for part in numbers for text in part.around))
    if around:
        made.set("strip", around)
        units = {unit for text in around if (unit := unit_text(text, strict=True))}
        if len(units) == 1:
            made.set("unit", units.pop())
    if made.settings.get("unit") == "%":
        made.settings["type"] = "number"
        made.set("scale", 0.01)
    if any(part.enclosed for part in numbers):
        made.set("parentheses", True)
    return made


def _label(name: str, cells: list[str], known: list[str]) -> Guess:
    counts = Counter(known)
    few = 2 <= len(counts) <= LABELS and len(known) >= 3 * len(counts)
    return Guess(name, {"type": "category" if few else "text"}, list(cells))


def _blanked(cells: list[str]) -> list[str]:
    return ["" if is_missing(cell) else cell for cell in cells]


def is_rate(made: Guess) -> bool:
    """Tell whether a column is in percent."""
    return made.settings.get("unit") == "%"


def is_money(made: Guess) -> bool:
    """Tell whether a column is in some currency."""
    return str(made.settings.get("unit", "")).startswith(tuple(CURRENCIES.values()))
