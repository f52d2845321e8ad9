"""Put an edition where readers find it, whole, and mark the readers' copy when a later run fails."""

import json
import re
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from pmlib.reports.disk import MARK, make_folder, refuse_link, settle, sweep, write
from pmlib.reports.editions import Edition, newest, newest_data, next_number
from pmlib.reports.failure import Failure, page, record
from pmlib.reports.plan import Job, canonical

BANNER = "<!--pmlib:banner-->"
FAILED = ("failed.html", "failed.json")
PRIVATE = ("notebook.ipynb", "run.json")  # stay in the edition; the readers' copy is what readers need


def publish(job: Job, files: Mapping[str, bytes], root: Path) -> tuple[Edition, bool]:
    """Keep a run as an edition and give it to the readers.

    Parameters
    ----------
    files : what the edition holds, by path inside it; among them index.html and run.json.

    Returns
    -------
    The edition, and whether a rerun of its key gave the same bytes (true for a new edition).
    """
    make_folder(job.home / "editions", root)
    last, key = newest(job.home), json.loads(files["run.json"])["key"]
    if last and last.record["key"] == key:
        folder, same = last.folder, _unchanged(last.folder, files)
        _replace(folder, files, root)
    else:
        number = next_number(job.home)
        folder, same = _add(job.home / "editions" / f"{number:04d}-{key[:8]}", files), True
    _replace(job.home, {path: data for path, data in files.items() if path not in PRIVATE}, root)
    for name in FAILED:
        (job.home / name).unlink(missing_ok=True)
    settle(job.home)
    return Edition(folder, json.loads(files["run.json"])), same


def publish_failure(job: Job, failure: Failure, inputs: list[dict[str, Any]], when: str, root: Path) -> None:
    """Say that a run failed, beside the last good page and on the readers' copy of it."""
    make_folder(job.home, root)
    for name, text in {
        "failed.html": page(job, failure, inputs, when, root),
        "failed.json": canonical(record(job, failure, when)) + "\n",
    }.items():
        refuse_link(job.home / name, root)
        write(job.home / name, text.encode())
    last = newest(job.home)
    if last:
        refuse_link(job.home / "index.html", root)
        good = (last.folder / "index.html").read_text("utf-8")
        write(job.home / "index.html", marked(good, _banner(when, newest_data(last.record))).encode())


def restore(home: Path, edition: Edition, root: Path) -> None:
    """Give readers the edition again where a crash or a hand has changed their copy."""
    inside = [path for path in edition.folder.rglob("*") if path.is_file() and path.name not in PRIVATE]
    good = {path.relative_to(edition.folder).as_posix(): path.read_bytes() for path in inside}
    there = {f"tables/{path.name}" for path in (home / "tables").glob("*")}
    if there - good.keys() or not _unchanged(home, good):
        _replace(home, good, root)


def marked(html: str, banner: str) -> str:
    """Put a banner at the top of a page."""
    if BANNER in html:
        return html.replace(BANNER, BANNER + banner, 1)
    return re.sub(r"<body[^>]*>", lambda m: m[0] + banner, html, count=1)


def clear(home: Path) -> None:
    """Remove what runs that were cut off left in a report's folder."""
    for folder in (home, home / "tables", home / "editions", *(home / "editions").glob("[0-9]*")):
        sweep(folder)


def _add(folder: Path, files: Mapping[str, bytes]) -> Path:
    part = folder.with_name(f"{MARK}{folder.name}")
    (part / "tables").mkdir(parents=True)
    for path, data in files.items():
        write(part / path, data)
    part.rename(folder)
    settle(folder.parent)
    return folder


def _replace(folder: Path, files: Mapping[str, bytes], root: Path) -> None:
    # The page goes last: what it links to is there before it; what only the old page linked to goes after.
    make_folder(folder / "tables", root)
    for path in sorted(files, key=lambda path: path == "index.html"):
        refuse_link(folder / path, root)
        write(folder / path, files[path])
    for old in (folder / "tables").iterdir():
        if f"tables/{old.name}" not in files:
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()


def _unchanged(folder: Path, files: Mapping[str, bytes]) -> bool:
    return all(
        (folder / path).is_file() and (folder / path).read_bytes() == data
        for path, data in files.items()
        if path != "run.json"  # holds the clock
    )


def _banner(when: str, data: str) -> str:
    shown = f"the edition of data up to {escape(data)}" if data else "the last good edition"
    return (
        f'<aside class="banner" role="status"><p><b>The run of {escape(when)} failed;</b> '
        f'this page shows {shown}. <a href="failed.html">What happened</a></p></aside>'
    )
