"""Dates with words around them, and weeks: W/E 01/04/25, Week 12 2025, KW 12/2025, 2025-W12."""

import re
from itertools import takewhile

WEEK = r"(?:w|wk|week|kw|woche|s|sem|semaine|semana|settimana|v|vecka|uke|tydz)"
WEEK_FIRST = re.compile(rf"(?i)((?:.*\W)?{WEEK}[\W_]{{0,2}})(\d{{1,2}})([\W_]+)(\d{{4}}|\d\d)")
YEAR_FIRST = re.compile(rf"(?i)(\D*)(\d{{4}})([\W_]*{WEEK}[\W_]{{0,2}})(\d{{1,2}})")
# What stands before a date where it is one, and not part of a name.
WORDS = re.compile(
    r"(?i)\b(w/e|we|w/c|wc|wk|week|month|quarter|year|period|end(s|ed|ing)?|to|as of|bis|stand)\b"
)
PLAIN = (
    "%m/%d/%y", "%m/%d/%Y", "%d/%m/%y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%m-%d-%Y",
    "%d-%m-%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y",
    "%b %d %y", "%d %b %y", "%m/%Y", "%m.%Y", "%Y-%m", "%b %Y", "%B %Y", "%b-%y", "%b %y", "%Y",
)  # fmt: skip


def week_forms(cells: list[str]) -> list[str]:
    """List the formats of weeks that cells may be in."""
    forms = list[str]()
    if found := WEEK_FIRST.fullmatch(cells[0] if cells else ""):
        forms.append(f"{_plain(found[1])}%V{_plain(found[3])}{'%Y' if len(found[4]) == 4 else '%y'}")
    if found := YEAR_FIRST.fullmatch(cells[0] if cells else ""):
        forms.append(f"{_plain(found[1])}%Y{_plain(found[3])}%V")
    return forms


def framed_forms(cells: list[str], is_period: bool) -> list[str]:
    """List the formats that cells may be in which have a text of their own around the date.

    Parameters
    ----------
    is_period : whether the header names a time; else only words such as "week ending" make it one.
    """
    forms = list[str]()
    if not cells:
        return forms
    shared = _shared(min(cells), max(cells))
    mirrored = [cell[::-1] for cell in cells]
    starts = [
        found.start() for found in re.finditer(r"\d+|[^\W\d]+", shared)
    ]  # the date may share its first part
    after = re.sub(r".*\d", "", _shared(min(mirrored), max(mirrored))[::-1], flags=re.DOTALL)
    for before in (shared[:end] for end in (len(shared.rstrip("0123456789")), *starts[::-1])):
        if WORDS.search(before) or (is_period and re.search(r"[^\W\d]", before + after)):
            forms += [
                _plain(before) + form + _plain(rest) for form in PLAIN for rest in dict.fromkeys((after, ""))
            ]
    return list(dict.fromkeys(forms))


def _shared(one: str, other: str) -> str:
    """What two texts begin with; of the first and the last in the alphabet, what all between them do."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in same)


def _plain(text: str) -> str:
    return text.replace("%", "%%")
