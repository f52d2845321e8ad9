"""The pages that list reports: the portal, the list of each matrix, and beside each all kept editions."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from pmlib.reports.entry import Entry
from pmlib.reports.key import tables
from pmlib.reports.matrix import rows
from pmlib.reports.plan import PUBLISHED, catalog
from pmlib.reports.portal.card import LISTED, NEVER, Card, card
from pmlib.reports.portal.memory import Memory
from pmlib.reports.templates import template, template_folders
from pmlib.visible import visible

SHOWN = 12  # jobs of a matrix that the portal shows unasked; the others are found by search, or unfolded
INDEX, ARCHIVE = "index.html", "editions.html"  # a report's name and a job's have no dot


@dataclass(frozen=True)
class Matrix:
    """A matrix as the portal shows it: one title for all its jobs."""

    id: str
    title: str
    meta: list[tuple[str, str]]
    jobs: list[Card]

    @property
    def first(self) -> list[Card]:
        """The jobs that are shown unasked."""
        return self.jobs[:SHOWN]

    @property
    def rest(self) -> list[Card]:
        """The jobs that are folded."""
        return self.jobs[SHOWN:]


@dataclass(frozen=True)
class Item:
    """A line of the catalog: a report or a matrix, and the group that it stands in."""

    topic: str
    audience: str
    cards: list[Card]
    matrix: Matrix | None = None


def pages(root: Path) -> dict[Path, bytes]:
    """Write every list as it should be now, by path."""
    memory, declared = Memory(root), tables(root)
    folder, found, items = root / PUBLISHED, dict[Path, bytes](), list[Item]()
    write = _Writer(root)
    for name, entry in catalog(root).items():
        listed = rows(name, entry)
        known = [(row, memory.facts(row.home(root))) for row in listed]
        cards = [card(row, facts, root, declared, row.name) for row, facts in known]
        matrix = None
        if entry.product or entry.zip:
            title = _matrix_title(name, entry)
            own = [card(row, facts, root, declared, row.slug) for row, facts in known]
            found |= write.lists(folder / name, title, [Item("", "", [one]) for one in own], "../index.html")
            matrix = Matrix(name, title, _matrix_meta(entry, cards), cards)
        items.append(Item(entry.topic or _words(entry.notebook), entry.audience, cards, matrix))
    memory.save()
    return write.lists(folder, "Reports", items) | found


class _Writer:
    """The templates of a root, compiled once, and the policy that allows their script and style only."""

    def __init__(self, root: Path) -> None:
        folders = [one / kind for one in template_folders(root) for kind in ("portal", "report")]
        made = Environment(
            loader=FileSystemLoader(folders), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        made.filters["count"] = _count
        self.templates = {name: made.get_template(f"{name}.j2") for name in (INDEX, ARCHIVE)}
        self.script = _text("portal/portal.js", root)
        self.style = _text("report/report.css", root) + _text("portal/portal.css", root)

    def lists(self, folder: Path, title: str, items: list[Item], back: str = "") -> dict[Path, bytes]:
        """Write a list of reports, and of all their editions."""
        cards = [one for item in items for one in item.cards]
        page = {"title": title, "back": back, "total": len(cards), "said": _counted(cards), "listed": LISTED}
        return {
            folder / INDEX: self._page(INDEX, self.script, page | {"groups": _grouped(items)}),
            folder / ARCHIVE: self._page(ARCHIVE, "", page | {"cards": [one for one in cards if one.more]}),
        }

    def _page(self, name: str, script: str, page: dict[str, Any]) -> bytes:
        runs = _hash(script) if script else "'none'"
        policy = (
            f"default-src 'none'; script-src {runs}; style-src {_hash(self.style)}; "
            "base-uri 'none'; form-action 'none'"
        )
        page |= {"policy": Markup(policy), "style": Markup(self.style), "script": Markup(script)}
        return visible(self.templates[name].render(page=page)).encode()


def _grouped(items: Iterable[Item]) -> Mapping[str, list[Item]]:
    groups = dict[str, list[Item]]()
    for item in items:
        groups.setdefault(item.topic, []).append(item)
    return groups


def _counted(cards: list[Card]) -> str:
    counts = Counter(one.said for one in cards)
    return ", ".join(f"{_count(counts[how])} {how}" for how in ("published", "failed", NEVER) if counts[how])


def _count(number: int) -> str:
    return f"{number:,}"


def _matrix_meta(entry: Entry, cards: list[Card]) -> list[tuple[str, str]]:
    newest = max((words for one in cards for label, words in one.meta if label == "Data up to"), default="")
    said = {"For": entry.audience, "Data up to": newest, "Status": _counted(cards)}
    return [(label, words) for label, words in said.items() if words]


def _matrix_title(name: str, entry: Entry) -> str:
    # A title with the values of a job in it is no title for all of them.
    return _words(name) if "{" in entry.title or not entry.title else entry.title


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _text(name: str, root: Path) -> str:
    return visible(template(name, root).read_text("utf-8"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
