"""The page that lists all reports: what each found, who owns it, how it stands."""

from html import escape
from pathlib import Path

from pmlib.reports.disk import lock, make_folder, refuse_link, sweep, write
from pmlib.reports.editions import failure, newest, newest_data, status
from pmlib.reports.failure import document
from pmlib.reports.plan import PUBLISHED, Entry, catalog


def write_index(root: Path) -> None:
    """Write reports/published/index.html anew from what stands on disk."""
    folder = root / PUBLISHED
    make_folder(folder, root)
    with lock(root / ".pmlib" / "locks" / "index.html", root):
        sweep(folder)
        path = folder / "index.html"
        refuse_link(path, root)
        items = [_item(name, entry, folder / name) for name, entry in catalog(root).items()]
        body = f"<h1>Reports</h1>\n{''.join(items)}"
        page = document("Reports", body, root).encode()
        if not path.is_file() or path.read_bytes() != page:
            write(path, page)


def _item(name: str, entry: Entry, home: Path) -> str:
    last = newest(home)
    record = last.record if last else failure(home) or {}
    title = escape(record.get("title") or entry.title or name)
    link = f'<a href="{name}/index.html">{title}</a>' if last else title
    parameters = record.get("parameters", {})
    facts = [
        ("Owner", parameters.get("owner")),
        ("Next edition", parameters.get("next_edition")),
        ("Data up to", newest_data(record) if last else ""),
        ("For", entry.audience),
    ]
    listed = "".join(
        f"<div><dt>{label}</dt><dd>{escape(str(text))}</dd></div>" for label, text in facts if text
    )
    return (
        f"<section><header><h2>{link}</h2><dl>{listed}"
        f"<div><dt>Status</dt><dd>{_status(name, home)}</dd></div></dl></header>"
        f"<p>{escape(record.get('headline', ''))}</p></section>\n"
    )


def _status(name: str, home: Path) -> str:
    said = status(home)
    return f'<a href="{name}/failed.html">{escape(said)}</a>' if said.startswith("failed") else escape(said)
