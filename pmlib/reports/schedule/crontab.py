"""A project's line in the user's crontab; every other line is left as it is."""

import os
import shlex
import subprocess
from pathlib import Path

from pmlib.reports.schedule.caller import LOG, command, mark


def line(root: Path) -> str:
    """Write the line that calls `pmlib run --due` each minute, marked as this project's.

    Its output goes to .pmlib/schedule.log. cron ends a command at a bare %.
    """
    log = root / LOG
    call = f"mkdir -p {shlex.quote(str(log.parent))} && {shlex.join(command(root))}"
    return f"* * * * * {call} >> {shlex.quote(str(log))} 2>&1".replace("%", r"\%") + f" # {mark(root)}"


def install(root: Path) -> bool:
    """Put the line into the crontab, in the place of an older one; tell whether that changed anything."""
    return _rewrite(root, [line(root)])


def remove(root: Path) -> bool:
    """Take the line out of the crontab; tell whether it was there."""
    return _rewrite(root, [])


def _rewrite(root: Path, wanted: list[str]) -> bool:
    before = _read()
    lines = before.split("\n")
    others = [one for one in lines if not one.endswith(f"# {mark(root)}")]
    if [one for one in lines if one not in others] == wanted:
        return False
    text = "\n".join(others)
    if text and not text.endswith("\n"):  # the last line was not ended, and cron would not read it
        text += "\n"
    _run("-", text + "".join(f"{one}\n" for one in wanted))
    return True


def _read() -> str:
    done = _called("-l")
    if not done.returncode:
        return done.stdout
    if "no crontab" in done.stderr or "No such file" in done.stderr:  # there is none yet
        return ""
    raise ValueError(_failed("-l", done.stderr))


def _run(argument: str, text: str) -> None:
    done = _called(argument, text)
    if done.returncode:
        raise ValueError(_failed(argument, done.stderr))


def _called(argument: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    # Bytes that are no UTF-8 come back as they were.
    return subprocess.run(
        ["crontab", argument],
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=os.environ | {"LC_ALL": "C"},
        check=False,
    )


def _failed(argument: str, said: str) -> str:
    why = " ".join(said.split()) or "it did not say why"
    return (
        f"`crontab {argument}` failed: {why}; nothing was changed; `--print` shows the line to put in by hand"
    )
