"""The mails that reports go out as: editions for readers, failures for owners. Same inputs, same bytes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from pmlib.reports.deliver import subject
from pmlib.reports.deliver.attach import Attachment, attachments
from pmlib.reports.deliver.body import Body, body
from pmlib.reports.deliver.brief import Brief, Chart, brief
from pmlib.reports.deliver.envelope import envelope, filled, token
from pmlib.reports.deliver.item import Failed, Item
from pmlib.reports.deliver.picture import Picture, picture
from pmlib.reports.deliver.words import clean, size
from pmlib.reports.editions import failure, newest, newest_data
from pmlib.reports.matrix import PUBLISHED

LIMIT = 10_000_000  # bytes of attachments as sent; what most servers take
# How many reports are told with a chart, and how many in all; others are named. Fewer where that is long.
TOLD = ((4, 12), (4, 6), (2, 3), (1, 1))
NAMED = 40
# How many failures are told, and characters of what is said of one.
FAILURES, TITLE, LINE, COMMAND = (12, 4, 1), 120, 1_000, 2_000


@dataclass(frozen=True)
class Part:
    """A report in a mail: in short, its address, which of its files go with the mail, and its charts."""

    brief: Brief
    link: str
    attached: list[str]
    left: list[str]
    charts: list[Picture]


def digest(
    items: Sequence[Item],
    reader: str,
    *,
    to: Sequence[str],
    sender: str,
    message_id: str,
    date: datetime,
    root: Path,
    link: str = "",
    attach: Collection[str] = ("page", "workbook"),
    limit: int = LIMIT,
    reply_to: Sequence[str] = (),
) -> EmailMessage:
    """Write the mail of a batch: the whole brief of one report, or a list of several and a brief of each.

    Parameters
    ----------
    items : at least one; those with alerts come first.
    reader : whom it is for, in words.
    to, sender, reply_to : addresses, as in "Anna <anna@example.org>".
    message_id : with its angle brackets; content ids and the borders between parts are made from it.
    link : where reports/published is served; empty where it is not.
    attach : of "page", "workbook", "slides" and "pdf". limit : bytes that they may take as sent.
    """
    ordered = sorted(items, key=lambda item: not item.alerts)
    files, left = attachments(ordered, attach, limit)
    briefs = [brief(item, named=at >= TOLD[0][1]) for at, item in enumerate(ordered)]
    parts = [_part(*one, link, files, left) for one in zip(ordered, briefs, strict=True)]
    charts = 2 if len(parts) == 1 else 1
    drawn = [
        _drawn(part.brief.charts[:charts], f"{token(message_id)}.{at}")
        for at, part in enumerate(parts[: TOLD[0][0]], start=1)
    ]
    said = subject.of_reports(briefs)
    foot = _foot(reader, bool(reply_to))
    about = {"subject": said, "count": len(parts), "home": _address(link), "foot": foot}

    def written(charted: int, told: int) -> Body:
        shown = [replace(part, charts=charts) for part, charts in zip(parts[:charted], drawn, strict=False)]
        shown += [replace(part, brief=_shorter(part.brief)) for part in parts[charted:told]]
        named, more = parts[told:][:NAMED], len(parts[told:][NAMED:])
        return body("digest", root, parts=shown, named=named, more=more, **about)

    text = _fitting(written(*step) for step in TOLD)
    shown = [one for some in drawn for one in some if one.cid and f'"cid:{one.cid}"' in text.html]
    message = envelope(said, to=to, sender=sender, message_id=message_id, date=date, reply_to=reply_to)
    return filled(message, text, shown, files)


def failures(
    failed: Sequence[Failed],
    *,
    to: Sequence[str],
    sender: str,
    message_id: str,
    date: datetime,
    root: Path,
    link: str = "",
) -> EmailMessage:
    """Write to owners which runs failed, since when, how, what runs each again, and what its readers see."""
    said = subject.of_failures(failed)
    foot = "You get this as the owner of what failed; readers get no mail of it."

    def written(told: int) -> Body:
        shown = [_failure(one, root, link) for one in failed[:told]]
        named = [clean(one.title, TITLE) for one in failed[told:][:NAMED]]
        left = len(failed[told:][NAMED:])
        about = {"subject": said, "count": len(failed), "foot": foot}
        return body("failures", root, parts=shown, named=named, left=left, **about)

    text = _fitting(map(written, FAILURES))
    return filled(envelope(said, to=to, sender=sender, message_id=message_id, date=date), text)


def _part(
    item: Item, brief: Brief, link: str, files: Sequence[Attachment], left: Sequence[tuple[Item, str]]
) -> Part:
    own = [one for one in files if one.item is item]
    said = [f"{one.name} ({one.kind.words}, {size(len(one.data))})" for one in own]
    without = [line for other, line in left if other is item]
    return Part(brief, _address(link, f"{item.name}/index.html"), said, without, [])


def _drawn(charts: Sequence[Chart], token: str) -> list[Picture]:
    return [picture(chart, f"{token}.{at}@pmlib") for at, chart in enumerate(charts, start=1)]


def _shorter(brief: Brief) -> Brief:
    """Leave of a brief what found, what changed and what alerts."""
    changed = [(label, said) for label, said in brief.lines if label.startswith("Changed")]
    return replace(brief, rest="", lines=changed, tiles=[], charts=[])


def _failure(one: Failed, root: Path, link: str) -> dict[str, str]:
    home = root / PUBLISHED / one.name
    last, marked = newest(home), failure(home) is not None
    data = newest_data(last.record) if last else ""
    good = f"the edition of data up to {data}" if data else "the last good edition"
    seen = f"Readers see {good}{', marked as such' if marked else ''}."
    kept = seen if last else "There is no earlier page: readers see nothing."
    return {
        "title": clean(one.title, TITLE),
        "when": clean(one.when, TITLE),
        "line": clean(one.line, LINE),
        "command": clean(one.command, COMMAND),
        "kept": clean(kept, LINE),
        "link": _address(link, f"{one.name}/failed.html") if marked else "",
    }


def _fitting(written: Iterator[Body]) -> Body:
    """Take the first of several bodies, each shorter than the last, that is shown whole; else the last."""
    made = next(written)
    while not made.fits and (shorter := next(written, None)):
        made = shorter
    return made


def _address(link: str, path: str = "index.html") -> str:
    return f"{link.rstrip('/')}/{quote(path)}" if link else ""


def _foot(reader: str, answered: bool) -> str:
    answer = " An answer goes to whoever owns it." if answered else ""
    return f"For {clean(reader, TITLE)}. Sent by pmlib; the numbers are those of the page.{answer}"
