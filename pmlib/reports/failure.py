"""A run that failed: what it says on one line, and the page that explains it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from html import escape
from pathlib import Path
from shlex import quote
from typing import Any

from pmlib.reports.plan import Job
from pmlib.reports.templates import PACKAGE, template_folders
from pmlib.visible import visible, without_terminal

CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
FRAME = re.compile(r'File "?(\S+?)"?(?::|, line )(\d+),? in (\w+)')  # as IPython and faulthandler write it
# A table that is not as declared is mended where it comes from, not in the notebook.
KINDS = {"DataError": "the data are not as declared", "Timeout": "the run took too long"}
REMEDIES = {
    "DataError": "No code is at fault: mend the table, or what data/sources.toml declares of it; "
    "<code>pmlib sources</code> shows how all tables stand.",
    "Timeout": "If it needs that long, give the report a larger <code>time_limit</code> in the catalog.",
    "Memory": "If it needs that much, give the report a larger <code>memory_limit</code> in the catalog.",
}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

LONG_MESSAGE, LONG_TRACEBACK = 1_000, 100_000  # characters


@dataclass(frozen=True)
class Failure:
    """Why a run gave no page.

    cell, cells : number of the code cell that was on, and how many there are; 0 where none was.
    frame : the place in pmlib where it happened, if it happened there.
    """

    cell: int
    cells: int
    source: str
    error: str
    message: str
    frame: str = ""
    traceback: str = ""

    @property
    def line(self) -> str:
        """The failure in one line."""
        where = f"cell {self.cell} of {self.cells}: " if self.cell else ""
        return f"{where}{self.error}: {self.message}" if self.message else f"{where}{self.error}"

    def shortened(self) -> "Failure":
        """Leave out the middle of what nobody would read to its end."""
        message, traceback = _cut(self.message, LONG_MESSAGE), _cut(self.traceback, LONG_TRACEBACK)
        return replace(self, message=message, traceback=traceback)


def _cut(text: str, most: int) -> str:
    left = len(text) - most
    half = most // 2
    return f"{text[:half]} [... {left:,} characters ...] {text[-half:]}" if left > 0 else text


class ExecutionFailed(ValueError):
    """A notebook did not run to its end."""

    def __init__(self, failure: Failure, more: str = "") -> None:
        super().__init__("; ".join(filter(None, (failure.line, more))))
        self.failure, self.more = failure, more

    def __reduce__(self) -> tuple[Any, ...]:
        return ExecutionFailed, (self.failure, self.more)  # it comes from other processes, too


def failed(
    number: int, count: int, source: str, name: str, message: str, traceback: str = ""
) -> ExecutionFailed:
    """Describe the failure of a cell; of the traceback's frames our last one is named."""
    frames = [(Path(file).expanduser(), line, at) for file, line, at in FRAME.findall(traceback)]
    ours = [
        f"pmlib/{file.relative_to(PACKAGE).as_posix()}:{line}, in {at}"
        for file, line, at in frames
        if file.is_relative_to(PACKAGE)
    ]
    return ExecutionFailed(
        Failure(
            cell=number,
            cells=count,
            source=source,
            error=name,
            message=message,
            frame=ours[-1] if ours else "",
            traceback=traceback,
        )
    )


def plain(text: str, *, keep_lines: bool = False) -> str:
    """Strip colours and control characters, and keep the first line that says something."""
    text = CONTROL.sub("", without_terminal(text))
    if keep_lines:
        return text
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def command(job: Job) -> str:
    """Write the command that runs a job again and shows everything."""
    given = "".join(f" -p {quote(f'{name}={text}')}" for name, text in job.overrides.items())
    return f"pmlib run {job.name}{given} --debug"


def page(job: Job, failure: Failure, inputs: list[dict[str, Any]], when: str, root: Path) -> str:
    """Write the page that explains a failure to whoever can mend it."""
    where = f"Cell {failure.cell} of {failure.cells} in notebooks/{job.entry.notebook}.ipynb"
    good = '<a href="index.html">the last good page</a>'
    kept = (
        f"Readers keep {good}, marked." if (job.home / "index.html").exists() else "There is no earlier page."
    )
    rows = [(i["name"], i["path"], i["rows"], i["newest"]) for i in inputs]
    blocks = [
        f"<h1>{escape(job.title)}: {KINDS.get(failure.error, 'the run failed')}</h1>",
        f"<p>Run of {escape(when)}. {kept}</p>",
        f"<p>{REMEDIES[failure.error]}</p>" if failure.error in REMEDIES else "",
        f"<h2>What happened</h2><p><b>{escape(failure.error)}</b>: {escape(failure.message)}</p>",
        f"<p>At {escape(failure.frame)}.</p>" if failure.frame else "",
        f"<h2>Where</h2><p>{escape(where)}</p>{_pre(failure.source)}" if failure.cell else "",
        f"<h2>Run it again</h2>{_pre(command(job))}",
        f"<h2>Inputs read until then</h2>{_table(('Name', 'File', 'Rows', 'Newest'), rows)}" if rows else "",
        f"<details><summary>The whole traceback</summary>{_pre(failure.traceback)}</details>"
        if failure.traceback
        else "",
    ]
    return document(f"{job.title}: the run failed", "\n".join(filter(None, blocks)), root)


def document(title: str, body: str, root: Path) -> str:
    """Wrap a body that is already escaped in a page that asks nobody for anything."""
    styles = (folder / "report" / "report.css" for folder in template_folders(root))
    style = next((path.read_text("utf-8") for path in styles if path.is_file()), "")
    return visible(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{CSP}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def record(job: Job, failure: Failure, when: str, since: str) -> dict[str, Any]:
    """Say what failed.json keeps of a failure; since : when the first run failed after the last good one."""
    kept = asdict(failure)
    del kept["traceback"]
    return {
        "report": job.report,
        "title": job.title,
        "when": when,
        "since": since,
        "command": command(job),
        **({"due": job.due} if job.due else {}),
        **kept,
    }


def recorded(found: Mapping[str, Any]) -> ExecutionFailed:
    """Give the failure that failed.json keeps."""
    names = [field.name for field in fields(Failure) if field.name in found]
    return ExecutionFailed(Failure(**{name: found[name] for name in names}))


def _pre(text: str) -> str:
    return f'<pre tabindex="0">{escape(text)}</pre>'


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    titles = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row) + "</tr>" for row in rows)
    return f'<table class="t1 t2 t4"><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>'
