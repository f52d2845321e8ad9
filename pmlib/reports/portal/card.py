"""One report as a list of reports shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from pmlib.reports import late
from pmlib.reports.editions import failure
from pmlib.reports.entry import Entry
from pmlib.reports.matrix import Row
from pmlib.reports.portal.facts import Facts
from pmlib.reports.schedule import times

LISTED = 3  # editions that a card links to; all of them stand on a page of their own
FORMATS = {".xlsx": "Workbook", ".pptx": "Slides", ".pdf": "PDF"}
NEVER = "not yet run"


@dataclass(frozen=True)
class Card:
    """What is told of one report.

    id : its name within the list.
    page : path of its page from the list; empty where there is none.
    states : each a kind for the eye and the filter ("failed"), words and a link.
    until : the last day on which its data are new enough by the reader's clock.
    due : the moment, as ISO has it, by which its schedule asks for a run that was not yet.
    meta : label and words of who answers for it, for whom, how old.
    """

    id: str
    title: str
    page: str
    states: list[tuple[str, str, str]]
    until: str
    due: str
    meta: list[tuple[str, str]]
    formats: list[tuple[str, str]]
    folder: str
    facts: Facts | None

    @property
    def kinds(self) -> str:
        """How it stands, as the filter knows it."""
        plain = {True: "published", False: "never"}[self.facts is not None]
        kinds = [kind for kind, *_ in self.states]
        return " ".join(kinds if "failed" in kinds else dict.fromkeys([plain, *kinds]))

    @property
    def said(self) -> str:
        """How it stands in words, for the counts of many."""
        return "failed" if "failed" in self.kinds else "published" if self.facts else NEVER

    @property
    def listed(self) -> list[list[str]]:
        """The editions that it links to."""
        return self.facts.editions[:LISTED] if self.facts else []

    @property
    def more(self) -> int:
        """How many editions are kept beyond these."""
        return len(self.facts.editions) - len(self.listed) if self.facts else 0


def card(row: Row, facts: Facts | None, root: Path, tables: Mapping[str, Any], name: str) -> Card:
    """Say how a report stands.

    facts : what its editions say; None where it has none.
    tables : data/sources.toml.
    name : of its folder, as a path from the list.
    """
    home = row.home(root)
    failed = failure(home)
    title = facts.title if facts else str((failed or {}).get("title") or "")
    until, by_clock = _until(row.entry, facts, tables)
    return Card(
        id=PurePosixPath(name).name,
        title=title or row.slug or _planned(row.entry) or row.report,
        page=f"{name}/index.html" if facts else "",
        states=list(_states(row.entry, facts, failed, name, "" if by_clock else until)),
        until=until if by_clock else "",
        due=due.isoformat() if (due := _due(row.entry, facts)) else "",
        meta=_meta(row.entry, facts),
        formats=_formats(facts, home, name),
        folder=name,
        facts=facts,
    )


def _planned(entry: Entry) -> str:
    """Give the title that a report will have, as far as the catalog tells without its notebook."""
    return "" if "{" in entry.title else entry.title or str(entry.parameters.get("title") or "")


def _states(
    entry: Entry, facts: Facts | None, failed: Mapping[str, Any] | None, name: str, until: str
) -> Iterable[tuple[str, str, str]]:
    if failed is not None:
        since = str(failed.get("since") or failed["when"])[:10]
        yield "failed", f"failed since {since}" if since else "failed", f"{name}/failed.html"
    elif facts is None:
        yield "never", NEVER, ""
    if facts and facts.unchecked:
        yield "unchecked", "unchecked draft", ""
    if entry.as_of and until and entry.as_of.isoformat() > until:
        yield "late", f"late: its data were good until {until}", ""
    for line in facts.alerts if facts else []:
        yield "alert", f"alert: {line}", ""


def _until(entry: Entry, facts: Facts | None, tables: Mapping[str, Any]) -> tuple[str, bool]:
    """Give the last day on which its data are new enough, and whether the reader's clock decides that."""
    if facts is None:
        return "", False
    inputs = [{"name": name, "newest": newest} for name, newest in facts.inputs]
    try:
        day = late.good_until(entry, inputs, tables)
    except ValueError:  # an age that cannot be read is refused where the report is run
        return "", False
    return day.isoformat() if day else "", entry.as_of is None


def _meta(entry: Entry, facts: Facts | None) -> list[tuple[str, str]]:
    said = {
        "Owner": facts.owner if facts else str(entry.parameters.get("owner") or ""),
        "For": entry.audience,
        "Data up to": max((newest for _, newest in facts.inputs), default="") if facts else "",
        **_next(entry, facts),
    }
    return [(label, words) for label, words in said.items() if words]


def _next(entry: Entry, facts: Facts | None) -> dict[str, str]:
    """Say when there will be more: by its schedule, or else by what its notebook says."""
    if not entry.schedule:
        said = facts.next_edition if facts else str(entry.parameters.get("next_edition") or "")
        return {"Next edition": said}
    if due := _due(entry, facts):
        return {"Next due": f"{due.astimezone(ZoneInfo(entry.zone)):%Y-%m-%d %H:%M} {entry.zone}"}
    return {"Schedule": f"{entry.schedule} {entry.zone}"}


def _due(entry: Entry, facts: Facts | None) -> datetime | None:
    """Give the first time of its schedule at which not all is done; None where that is not known."""
    if not entry.schedule or not facts or not facts.settled:
        return None
    return times.around(entry, datetime.fromisoformat(facts.settled))[1]


def _formats(facts: Facts | None, home: Path, name: str) -> list[tuple[str, str]]:
    """List what stands beside the page for readers."""
    return [
        (FORMATS[suffix], f"{name}/{file}")
        for file in (facts.files if facts else [])
        if (suffix := PurePosixPath(file).suffix) in FORMATS and (home / file).is_file()
    ]
