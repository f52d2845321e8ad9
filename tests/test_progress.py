"""What a batch says on a terminal: bars while it runs, above them a line for each report, which stays."""

import io
import re
from types import SimpleNamespace

from pmlib.cli.progress import listener
from pmlib.reports.batch import End
from pmlib.reports.press import Outcome

STEP = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(.)", re.DOTALL)


def screen(written):
    """What stands on a terminal that was sent this: lines, a cursor that goes up, lines that are erased."""
    lines, row, column = [""], 0, 0
    for number, code, letter in STEP.findall(written):
        if code == "A":
            row = max(0, row - int(number or 1))
        elif code == "K":
            lines[row] = "" if number == "2" else lines[row][:column]
        elif letter == "\r":
            column = 0
        elif letter == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif letter:
            lines[row] = lines[row].ljust(column)[:column] + letter + lines[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]


def terminal(monkeypatch):
    """Have standard output and standard error lead to a terminal; give what it was sent.

    To be called from within a test: pytest takes both back before it.
    """

    class Terminal(io.TextIOWrapper):
        def isatty(self):
            return True

    sent = io.BytesIO()
    both = Terminal(sent, "utf-8", newline="", write_through=True)
    monkeypatch.setattr("sys.stdout", both)
    monkeypatch.setattr("sys.stderr", both)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "90")
    return sent


def test_what_is_said_of_a_report_stays_on_the_terminal(monkeypatch, tmp_path):
    job = SimpleNamespace(name="tiny", report="tiny", slug="", overrides={}, draft=False, home=tmp_path)
    edition = SimpleNamespace(record={"inputs": []})
    sent = terminal(monkeypatch)
    with listener(tmp_path, 2, debug=False) as live:
        live.cell(job, 1, 4)
        live.waits(job, 77)
        live.ends(job, End(error=ValueError("[bold]no[/bold] such thing")))
        live.ends(job, End(Outcome("fresh", edition)))
    assert list(filter(None, screen(sent.getvalue().decode()))) == [
        "tiny: is being run by process 77; waiting for it",
        "tiny: [bold]no[/bold] such thing; try: pmlib run tiny --debug",
        "tiny: fresh, index.html",
    ]
