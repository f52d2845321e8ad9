"""What differs between two editions, in words: what each was made of, and what each holds."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from pmlib.reports.editions import Edition
from pmlib.reports.seal import digests

LONGEST = 60  # characters of a value that are shown
DIGEST = re.compile(r"[0-9a-f]{12}|[0-9a-f]{64}")  # says that something differs, and nothing of what it is
# Kinds of parts, the first to be heard of first: what one is called, and what a run does to it.
KINDS = {
    "parameter": ("parameter {}", "set"),
    "title": ("the title", "set"),
    "as of": ("the as-of date", "set"),
    "alert": ("the alert {}", "set"),
    "input": ("{}", "read"),
    "source": ("the declaration of {}", "used"),
    "notebook": ("the notebook", "used"),
    "code": ("{}", "used"),
    "python": ("Python", "used"),
    "package": ("{}", "used"),
    "template": ("template {}", "used"),
    "format": ("the page as {}", "made"),
    "letters": ("a font for letters of its charts", "lacking"),
    "previous": ("the Numbers of the edition that it is compared with", "compared"),
}


def words(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Say what changed between two sets of the parts of a key: parameters first, then data, then code.

    Parameters
    ----------
    before, now : part to its digest, or to its value where that may be shown, as in run.json.
    """
    changed = [part for part in {**before, **now} if before.get(part) != now.get(part)]
    return [
        line
        for part in sorted(changed, key=lambda part: (_rank(_kind(part)), part))
        for line in _said(part, before.get(part), now.get(part))
    ]


def since(before: Edition, parts: Mapping[str, str]) -> list[str]:
    """Say what else changed since an edition, beside the Numbers: parameters first, then data, then code."""
    # Two editions in a row compare with different ones: that is no news.
    then, now = (
        {p: v for p, v in some.items() if p != "previous"} for some in (before.record["parts"], parts)
    )
    return words(then, now)


def difference(before: Edition, now: Edition) -> dict[str, list[str]]:
    """List all that differs between two editions under headings, what matters most first."""
    beyond, moved = _numbers(before, now)
    found = {
        "Numbers beyond their interval": beyond,
        "Other Numbers that moved": moved,
        "Parameters, data, code": since(before, now.record["parts"]),
        "Files": _files(before.files, now.files),
    }
    return {heading: lines for heading, lines in found.items() if lines}


def compare_files(edition: Edition, files: Mapping[str, bytes]) -> list[str]:
    """Say which files of a run differ from those that an edition held when it was published."""
    return _files(edition.files, digests(files))


def _files(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    said = {False: "differs", True: "is new"}
    return [
        f"{_printable(path)} {said[path not in before] if path in now else 'is gone'}"
        for path in sorted({**before, **now})
        if before.get(path) != now.get(path)
    ]


def _numbers(before: Edition, now: Edition) -> tuple[list[str], list[str]]:
    then, today = _by_name(before), _by_name(now)
    beyond, moved = list[str](), list[str]()
    for name in {**today, **then}:
        old, new = then.get(name), today.get(name)
        known = _printable({**then, **today}[name].label)
        if old is None:
            moved.append(f"{known}: new, {new}")
        elif new is None:
            moved.append(f"{known}: gone, was {old}")
        elif (old.label, old.unit, old.source) != (new.label, new.unit, new.source):
            moved.append(f"{known}: of something else than before, {old} then, {new} now")
        elif _is_beyond(old, new):
            beyond.append(f"{known}: {old} then, {new} now")
        elif str(old) != str(new):
            moved.append(f"{known}: {old} then, {new} now")
    return beyond, moved


def _by_name(edition: Edition) -> dict[str, Any]:
    from pmlib.result import Number  # loads pandas, which telling what a page is made of needs not

    return {item["name"]: Number(**item) for item in json.loads(edition.numbers)["numbers"]}


def _is_beyond(old: Any, new: Any) -> bool:
    known = None not in (old.value, new.low, new.high)
    return known and not new.low <= old.value <= new.high


def _kind(part: str) -> str:
    return next((kind for kind in KINDS if part == kind or part.startswith(f"{kind} ")), part)


def _rank(kind: str) -> int:
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS)


def _said(part: str, before: str | None, now: str | None) -> Iterator[str]:
    kind = _kind(part)
    called, verb = KINDS.get(kind, (part, "there"))
    name = called.format(_printable(part.removeprefix(kind).strip()))
    if before is None:
        yield f"{name} is {verb} now, and was not before"
    elif now is None:
        yield f"{name} is no longer {verb}"
    elif now == "missing":
        yield f"{name} is missing"
    elif kind == "notebook":
        yield from _cells(before.split(), now.split())
    elif DIGEST.fullmatch(before) or DIGEST.fullmatch(now) or before == "missing":
        yield f"{name} changed"
    else:
        yield f"{name} is {_value(now)}, was {_value(before)}"


def _value(value: str) -> str:
    text = _printable(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _cells(before: list[str], now: list[str]) -> Iterator[str]:
    """Say which cells of a notebook differ; text cells count too, as one sees them from top to bottom."""
    for what, b, b_end, n, n_end in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        both = min(b_end - b, n_end - n)
        if what == "replace":
            yield f"the notebook's {_range(n, n + both)} changed"
        if n_end > n + both and what != "equal":
            yield f"the notebook's {_range(n + both, n_end)} {_is(n + both, n_end)} new"
        if b_end > b + both and what != "equal":
            yield f"the notebook's former {_range(b + both, b_end)} {_is(b + both, b_end)} gone"


def _range(start: int, end: int) -> str:
    return f"cell {end}" if end == start + 1 else f"cells {start + 1} to {end}"


def _is(start: int, end: int) -> str:
    return "is" if end == start + 1 else "are"


def _printable(text: str) -> str:
    return text if text.isprintable() else repr(text)[1:-1]
