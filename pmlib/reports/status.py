"""How each report stands: fresh, stale, failed, late, never run; and why, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pmlib.reports import key, late
from pmlib.reports.compare import words
from pmlib.reports.editions import Edition, failure, newest, newest_data
from pmlib.reports.plan import Job

NAMED = 3  # components that are named in the list


@dataclass(frozen=True)
class Standing:
    """How a report stands.

    state : "fresh", "stale", "failed", "late", "never run" or "cannot start".
    note : what there is to say of it in the list.
    reasons : all of it, line by line.
    """

    name: str
    state: str
    note: str
    reasons: list[str]
    edition: str = ""
    newest: str = ""


def standing(job: Job, root: Path) -> Standing:
    """Compare a report with what it was made of; nothing elsewhere is asked what it holds now."""
    edition = newest(job.home)
    state, note, reasons = _found(job, root, edition)
    if edition is None:
        return Standing(job.name, state, note, reasons)
    return Standing(job.name, state, note, reasons, edition.folder.name, newest_data(edition.record))


def refused(name: str, lines: list[str]) -> Standing:
    """Say how a report stands that cannot be planned."""
    return Standing(name, "cannot start", lines[0], lines)


def _found(job: Job, root: Path, edition: Edition | None) -> tuple[str, str, list[str]]:
    failed = failure(job.home)
    before, now = key.changed(job, root, edition, ask=False) if edition else ({}, {})
    reasons = [line.replace("the notebook's", _notebook(job)) for line in words(before, now)]
    if failed is not None:
        when = failed["when"][:10]
        return "failed", f"on {when}" if when else "", [*_failure(failed), *reasons]
    if edition is None:
        return "never run", "", ["it has no edition yet"]
    if reasons:
        return "stale", _components(before, now), reasons
    due = late.due(job, edition.record, key.tables(root))
    if due and late.today(job) > due:
        old = f"its data are of {newest_data(edition.record)}, good until {due.isoformat()}"
        return "late", f"since {due.isoformat()}", [old, *_unasked(root, edition)]
    return "fresh", "", ["it was made of what is there now", *_unasked(root, edition)]


def _failure(failed: Mapping[str, object]) -> list[str]:
    if not failed["when"]:
        return ["the last run failed"]
    said = f"{failed.get('error', '')}: {failed.get('message', '')}".strip(": ")
    where = f"cell {failed['cell']} of {failed['cells']}: " if failed.get("cell") else ""
    return [f"the run of {failed['when']} failed: {where}{said}"]


def _components(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Name the parts that changed: all of a kind, and each where they are few."""
    changed = sorted(part for part in {*before, *now} if before.get(part) != now.get(part))
    more = len(changed) - NAMED
    return ", ".join(changed[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _unasked(root: Path, edition: Edition) -> list[str]:
    """Name the inputs of which only a run finds out what they hold now."""
    remote = key.remote(root, edition.record["inputs"])
    return [f"{name} stands elsewhere and was not asked; a run asks it" for name in remote]


def _notebook(job: Job) -> str:
    return f"notebooks/{job.entry.notebook}.ipynb,"
