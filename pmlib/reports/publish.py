"""Put an edition where readers find it, whole, and mark the readers' copy when a later run fails."""

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

from pmlib.reports.disk import MARK, make_folder, place, read, refuse_link, settle, sweep, write
from pmlib.reports.editions import Edition, earlier, folders, newest, newest_data, next_number
from pmlib.reports.editions import failure as failed
from pmlib.reports.exports.tools import PLACES
from pmlib.reports.failure import Failure, page, record
from pmlib.reports.plan import Job, canonical
from pmlib.reports.retain import retain, retain_drafts
from pmlib.reports.seal import RUN, digests, holds, seal, sha256
from pmlib.visible import visible

BANNER = "<!--pmlib:banner-->"
FAILED = ("failed.html", "failed.json")
PAGE = "index.html"
BESIDE = ("tables", "figures")  # folders of the readers' copy
LONGEST = 255  # bytes of a file's name


class Damaged(ValueError):
    """An edition no longer holds what was published."""


def publish(job: Job, files: Mapping[str, bytes], root: Path) -> tuple[Edition, bool]:
    """Keep a run as an edition and give it to the readers. The caller holds the report's lock.

    A rerun that gave the same bytes leaves the edition as it is; one that gave others makes another edition.

    Parameters
    ----------
    files : what the edition holds, by path inside it; among them index.html and run.json.

    Returns
    -------
    The edition with the record of this run, and whether a rerun of its key gave the same bytes (true for a
    new key).
    """
    _check_paths(files)
    make_folder(job.home / "editions", root)
    sealed = seal(files)
    last, key = newest(job.home), json.loads(files[RUN])["key"]
    again = last is not None and last.record["key"] == key
    same = last is not None and again and last.files == digests(files)
    if last and same:
        _repair(last, files, root)
        folder = last.folder
    else:
        folder = _add(job.home / "editions" / f"{next_number(job.home):04d}-{key[:8]}", sealed)
    now = Edition(folder, json.loads(sealed[RUN]))
    complete(job.home, now, root)
    retain(job.home, job.entry.editions)
    if job.draft:
        retain_drafts(job.home.parents[1], root)
    return now, same or not again


def complete(home: Path, now: Edition, root: Path) -> None:
    """Give an edition to the readers as the outcome of the last run.

    Raises
    ------
    Damaged : the edition is not what it was when it was published.
    """
    restore(home, now, root)
    for name in FAILED:
        (home / name).unlink(missing_ok=True)
    settle(home)


def publish_failure(job: Job, failure: Failure, inputs: list[dict[str, Any]], when: str, root: Path) -> None:
    """Say that a run failed, beside the last good page and on the readers' copy of it."""
    make_folder(job.home, root)
    since = str((failed(job.home) or {}).get("since") or when)
    for name, text in {
        "failed.html": page(job, failure, inputs, when, root),
        "failed.json": canonical(record(job, failure, when, since)) + "\n",
    }.items():
        refuse_link(job.home / name, root)
        write(job.home / name, text.encode())
    last = newest(job.home)
    if last:
        restore(job.home, last, root, banner(when, since, last))


def restore(home: Path, now: Edition, root: Path, mark: str = "") -> None:
    """Have the readers' copy hold an edition, the page last; what it holds already is left alone.

    mark : a banner to put at the top of the page, above what alerts.

    Raises
    ------
    Damaged : the edition is not what it was when it was published.
    """
    wanted = for_readers(now)
    for path in sorted(wanted, key=lambda path: path == PAGE):
        data, target = _sound(wanted[path], path, root), home / path
        if path == PAGE:
            data = worn(data, now, mark)
        make_folder(target.parent, root)
        refuse_link(target, root)
        if not target.is_file() or read(target) != data:
            write(target, data)
    beside = [old for folder in BESIDE for old in (home / folder).glob("*")]
    for old in (*beside, *(home / path for path, _ in PLACES.values())):
        if old.relative_to(home).as_posix() not in wanted and os.path.lexists(old):
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()


def for_readers(now: Edition) -> dict[str, Edition]:
    """List what the readers' copy of an edition holds, and from which edition each file is.

    Whoever still has the page before this one open finds the tables that it links to.
    """
    before, files = earlier(now), now.public
    left = {path: digest for path, digest in before.public.items() if path not in files} if before else {}
    kept = {path: before for path, digest in left.items() if before and holds(before.folder / path, digest)}
    return kept | dict.fromkeys(files, now)


def worn(page: bytes, now: Edition, mark: str = "") -> bytes:
    """Give an edition's page as readers see it: with its alerts at the top, and a mark above them."""
    top = mark + alerting(now.record.get("alerts", []))
    return marked(page.decode(), top).encode() if top else page


def marked(html: str, banner: str) -> str:
    """Put a banner at the top of a page."""
    if BANNER in html:
        return html.replace(BANNER, BANNER + banner, 1)
    return re.sub(r"<body[^>]*>", lambda m: m[0] + banner, html, count=1)


def banner(when: str, since: str, last: Edition) -> str:
    """Say to readers that a run failed, since when there is none that did not, and what they see instead."""
    data = newest_data(last.record)
    shown = f"the edition of data up to {escape(data)}" if data else "the last good edition"
    first = f", as all have since {escape(since)}" if since != when else ""
    return (
        f'<aside class="banner" role="status"><p><b>The run of {escape(when)} failed{first};</b> '
        f'this page shows {shown}. <a href="failed.html">What happened</a></p></aside>'
    )


def alerting(alerts: Sequence[str]) -> str:
    """Say to readers which alerts an edition raised; nothing where it raised none."""
    if not alerts:
        return ""
    lines = [visible(escape(line)) for line in alerts]
    if len(lines) == 1:
        return f'<aside class="banner" aria-label="Alert"><p><b>Alert:</b> {lines[0]}</p></aside>'
    listed = "".join(f"<li>{line}</li>" for line in lines)
    return f'<aside class="banner" aria-label="Alerts"><p><b>Alerts</b></p><ul>{listed}</ul></aside>'


def clear(home: Path) -> None:
    """Remove what runs that were cut off left in a report's folder. The caller holds the report's lock."""
    for folder in (home, home / "editions", *folders(home)):
        sweep(folder)
        for inner in BESIDE:
            sweep(folder / inner)


def _add(folder: Path, files: Mapping[str, bytes]) -> Path:
    part = folder.with_name(f"{MARK}{folder.name}")
    try:
        inside = {part, *((part / path).parent for path in files)}
        for one in sorted(inside):
            one.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            place(part / path, data)
        for one in sorted(inside, reverse=True):
            settle(one)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)  # what stays is swept away by the next run
        raise
    settle(folder.parent)
    return folder


def _repair(last: Edition, files: Mapping[str, bytes], root: Path) -> None:
    for path, digest in last.files.items():
        refuse_link(last.folder / path, root)
        if not holds(last.folder / path, digest):
            make_folder((last.folder / path).parent, root)
            write(last.folder / path, files[path])


def _sound(one: Edition, path: str, root: Path) -> bytes:
    data = read(one.folder / path) if (one.folder / path).is_file() else b""
    if sha256(data) != one.files[path]:
        shown = (one.folder / path).relative_to(root).as_posix()
        raise Damaged(f"{shown} is not what was published; make it again with pmlib run --force")
    return data


def _check_paths(files: Mapping[str, bytes]) -> None:
    for path in files:
        parts = PurePosixPath(path).parts
        plain = path == "/".join(parts) and not any(set(part) & set("\\/\0") for part in parts)
        if not plain or any(part.startswith(".") or len(part.encode()) > LONGEST for part in parts):
            raise ValueError(
                f"{path!r} cannot be the name of a file beside a page; name the result otherwise"
            )
