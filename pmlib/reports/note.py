"""The analyst's note: signed, dated, resting on Numbers, and flagged when they have moved."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from pmlib.table import plain

SIGNED = re.compile(r"^(?P<author>[^\n,]+), (?P<date>\d{4}-\d{2}-\d{2})\s*$", re.M)
RESTS = re.compile(r"^Rests on: (?P<items>.+)$", re.M)
ITEM = re.compile(r"(?P<report>\w+)/(?P<name>\w+) = (?P<value>[^;\s]+)")


@dataclass(frozen=True)
class Note:
    """A markdown cell tagged `note`: a first line `Name, 2026-11-20`, the words, and a last line
    `Rests on: report/number = 37.5%; report/other = 2,161` with each Number as the page wrote it that day.
    """

    author: str
    date: str
    words: str
    rests: tuple[tuple[str, str, str], ...]

    @classmethod
    def parse(cls, source: str) -> "Note":
        """Read a note's cell.

        Raises
        ------
        ValueError : it is not signed and dated, or does not say which Numbers it rests on.
        """
        signed, rests = SIGNED.search(source), RESTS.search(source)
        if signed is None or source[: signed.start()].strip():
            raise ValueError("a note's first line is its author and date, such as: Ann Analyst, 2026-11-20")
        items = (
            tuple((str(m["report"]), str(m["name"]), str(m["value"])) for m in ITEM.finditer(rests["items"]))
            if rests
            else ()
        )
        if rests is None or len(items) != len(rests["items"].split(";")):
            raise ValueError(
                "a note's last line names its Numbers, such as: Rests on: us_cars/focal_share = 22.2%"
            )
        return cls(
            signed["author"].strip(), signed["date"], source[signed.end() : rests.start()].strip(), items
        )

    def html(self, report: str, results: list[dict[str, Any]], markdown: Callable[[str], Any]) -> list[str]:
        """Write the note; nothing in a report whose Numbers it does not rest on (a notebook has several)."""
        if report not in {name for name, _, _ in self.rests}:
            return []
        moved = [line for item in self.rests if (line := self._moved(item, report, results))]
        said = f"Its numbers have moved since: {escape('; '.join(moved))}."
        state = f'<p class="moved">{said}</p>' if moved else ""
        labels = {n["name"]: n["label"] for r in results for n in r["numbers"]}
        named = "; ".join(
            f"{labels.get(name, name)} = {value}" for where, name, value in self.rests if where == report
        )
        return [
            f'<aside class="note" aria-label="The analyst\'s note"><header>A note by {escape(self.author)}, '
            f"{escape(self.date)}: judgement, not measurement</header>{markdown(self.words)}{state}"
            f'<p class="rests">Rests on: {escape(named)}</p></aside>'
        ]

    @staticmethod
    def _moved(item: tuple[str, str, str], report: str, results: list[dict[str, Any]]) -> str:
        where, name, written = item
        if where != report:
            return ""
        numbers = {n["name"]: n for r in results for n in r["numbers"]}
        if name not in numbers:
            return f"{name} was {written} then and is not recorded now"
        now = numbers[name]
        figure = re.sub(r"[^\d.,−]", "", written.replace("-", "−"))
        current = plain(now["value"], now["unit"], len(figure.partition(".")[2]))
        if current == figure:
            return ""
        return f"{now['label']}: {written} then, {written.replace(figure, current)} now"
