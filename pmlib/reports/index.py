"""The pages that list reports: what each found, who owns it, how it stands; a matrix has one of its own."""

from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from pmlib.reports.disk import lock, make_folder, refuse_link, sweep, write
from pmlib.reports.editions import failure, newest, newest_data, status
from pmlib.reports.failure import document
from pmlib.reports.matrix import rows
from pmlib.reports.plan import PUBLISHED, Entry, catalog

LINKED = 12  # jobs of a matrix that the list of all reports links to


def write_index(root: Path) -> None:
    """Write reports/published/index.html and the list of each matrix anew from what stands on disk."""
    make_folder(root / PUBLISHED, root)
    with lock(root / ".pmlib" / "locks" / "index.html", root):
        for path, page in _pages(root).items():
            make_folder(path.parent, root)
            refuse_link(path, root)
            sweep(path.parent)
            if not path.is_file() or path.read_bytes() != page:
                write(path, page)


def differing(root: Path) -> list[str]:
    """Name the lists that are not as they would be written now."""
    pages = _pages(root) if (root / PUBLISHED).is_dir() else {}
    return [
        path.relative_to(root / PUBLISHED).as_posix()
        for path, page in pages.items()
        if not path.is_file() or path.is_symlink() or path.read_bytes() != page
    ]


def _pages(root: Path) -> dict[Path, bytes]:
    folder, items, pages = root / PUBLISHED, list[str](), dict[Path, bytes]()
    for name, entry in catalog(root).items():
        if entry.product or entry.zip:
            jobs = [row.home(root) for row in rows(name, entry)]
            title = _matrix_title(name, entry)
            pages[folder / name / "index.html"] = _list_of_jobs(title, entry, jobs, root)
            items.append(_matrix(name, title, entry, jobs))
        else:
            items.append(_item(name, entry.title or name, entry, folder / name))
    pages[folder / "index.html"] = document("Reports", f"<h1>Reports</h1>\n{''.join(items)}", root).encode()
    return pages


def _list_of_jobs(title: str, entry: Entry, jobs: list[Path], root: Path) -> bytes:
    back = '<p><a href="../index.html">All reports</a></p>'
    items = "".join(_item(home.name, home.name, entry, home) for home in jobs)
    return document(title, f"{back}\n<h1>{escape(title)}</h1>\n{items}", root).encode()


def _matrix(name: str, title: str, entry: Entry, jobs: list[Path]) -> str:
    counts = Counter(status(home).partition(" on ")[0] for home in jobs)
    records = {home: last.record for home in jobs if (last := newest(home))}
    said = ", ".join(f"{count} {how}" for how, count in sorted(counts.items())) or "not yet run"
    facts = {
        "Data up to": max(map(newest_data, records.values()), default=""),
        "For": entry.audience,
        "Status": said,
    }
    links = [
        f'<a href="{name}/{home.name}/index.html">{escape(record["title"])}</a>'
        for home, record in list(records.items())[:LINKED]
    ]
    more = len(records) - len(links)
    if more > 0:
        links.append(f'<a href="{name}/index.html">{more} more</a>')
    return _section(f'<a href="{name}/index.html">{escape(title)}</a>', facts, " · ".join(links))


def _item(name: str, title: str, entry: Entry, home: Path) -> str:
    last = newest(home)
    record: dict[str, Any] = last.record if last else failure(home) or {}
    shown = escape(record.get("title") or title)
    parameters = record.get("parameters", {})
    facts = {
        "Owner": parameters.get("owner"),
        "Next edition": parameters.get("next_edition"),
        "Data up to": newest_data(record) if last else "",
        "For": entry.audience,
        "Status": status(home),
    }
    link = f'<a href="{name}/index.html">{shown}</a>' if last else shown
    failed = f"{name}/failed.html" if failure(home) else ""
    return _section(link, facts, escape(record.get("headline", "")), failed)


def _section(heading: str, facts: dict[str, Any], words: str, failed: str = "") -> str:
    shown = {label: escape(str(text)) for label, text in facts.items() if text}
    if failed:
        shown["Status"] = f'<a href="{failed}">{shown["Status"]}</a>'
    listed = "".join(f"<div><dt>{label}</dt><dd>{text}</dd></div>" for label, text in shown.items())
    return f"<section><header><h2>{heading}</h2><dl>{listed}</dl></header><p>{words}</p></section>\n"


def _matrix_title(name: str, entry: Entry) -> str:
    # A title with the values of a job in it is no title for all of them.
    return name.replace("_", " ").capitalize() if "{" in entry.title or not entry.title else entry.title
