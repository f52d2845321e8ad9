"""What the editions of one report say of it, as far as a list of reports tells it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pmlib.reports.editions import Edition, newest_data, unchecked
from pmlib.reports.portal.history import LONGEST, drawn, point
from pmlib.reports.seal import sha256

CHANGED = "Changed since last edition:"  # the line of an answer, see pmlib.result
SAME = ("label", "unit", "source")  # what two Numbers share that can be compared


@dataclass(frozen=True)
class Facts:
    """What the editions of one report say; plain JSON, so that it can be remembered.

    inputs : name and newest date of each input of the newest edition.
    tile : the first key number: written, words, range; empty where there is none.
    history : of that number, see history.drawn.
    changed : the newest edition whose numbers or headline are others than before: number, day, words.
    editions : number, folder, newest date of its data, day of the run; the newest first.
    """

    title: str
    headline: str
    owner: str
    next_edition: str
    unchecked: bool
    alerts: list[str]
    files: list[str]
    inputs: list[list[str]]
    tile: dict[str, str]
    history: dict[str, str]
    changed: dict[str, str]
    editions: list[list[str]]
    settled: str


def facts(editions: Sequence[Edition], settled: str = "") -> Facts:
    """Read what the editions of a report say, at least one, the oldest first.

    settled : the moment up to which all is done that its schedule asks for, where that is known.
    """
    record = editions[-1].record
    tile = next(iter(_tiles(record)), {})
    return Facts(
        title=str(record["title"]),
        headline=str(record.get("headline") or ""),
        owner=str(record["parameters"].get("owner") or ""),
        next_edition=str(record["parameters"].get("next_edition") or ""),
        unchecked=bool(unchecked(record["inputs"])),
        alerts=[str(line) for line in record.get("alerts") or []],
        files=sorted(path for path in editions[-1].public if "/" not in path),
        inputs=[[str(i.get("name", "")), str(i.get("newest") or "")] for i in record["inputs"]],
        tile={key: str(tile.get(key, "")) for key in ("written", "words", "range")} if tile else {},
        history=_history(tile.get("name"), editions[-LONGEST:]) if tile else {},
        changed=_changed(editions),
        editions=[
            [str(one.number), one.folder.name, newest_data(one.record), _day(one.record)]
            for one in reversed(editions)
        ],
        settled=settled,
    )


def _tiles(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record.get("answer", {}).get("tiles", []))


def _history(name: Any, editions: Sequence[Edition]) -> dict[str, str]:
    numbers = [_numbers(one).get(name) for one in editions]
    last = numbers[-1]
    points = [
        point(number, _written(one, number))
        if number and last and all(number.get(key) == last.get(key) for key in SAME)
        else None
        for one, number in zip(editions, numbers, strict=True)
    ]
    return drawn(points)


def _numbers(one: Edition) -> dict[str, dict[str, Any]]:
    """Give an edition's Numbers by name; none where the file is not what was published."""
    data = one.numbers
    if sha256(data) != one.files.get("numbers.json"):
        return {}
    return {number["name"]: number for number in json.loads(data).get("numbers", [])}


def _written(one: Edition, number: dict[str, Any]) -> str:
    """Say a Number as its edition did; one that was no tile there is written anew."""
    for tile in _tiles(one.record):
        if tile["name"] == number["name"]:
            return str(tile["written"])
    from pmlib.result import Number  # takes half a second, and is hardly ever needed

    return Number(**number).written


def _changed(editions: Sequence[Edition]) -> dict[str, str]:
    at = len(editions) - 1
    while at and _content(editions[at]) == _content(editions[at - 1]):
        at -= 1
    one = editions[at]
    if at == 0:
        words = "the first edition" if one.record["previous"] is None else "nothing since"
    else:
        words = dict(one.record.get("answer", {}).get("lines", [])).get(CHANGED, "")
    return {"number": str(one.number), "day": _day(one.record), "words": words}


def _content(one: Edition) -> tuple[Any, Any]:
    return one.files.get("numbers.json"), one.record.get("headline")


def _day(record: dict[str, Any]) -> str:
    return str(record.get("started") or "")[:10]
