"""A project's timer among the user's systemd units."""

import os
import subprocess
from pathlib import Path

from pmlib.reports.disk import write
from pmlib.reports.schedule.caller import command, mark

SERVICE = """\
[Unit]
Description=Reports of {root} that are due

[Service]
Type=oneshot
ExecStart={command}
"""
TIMER = """\
[Unit]
Description=Each minute for reports of {root} that are due

[Timer]
OnCalendar=minutely
Persistent=true

[Install]
WantedBy=timers.target
"""


def units(root: Path) -> dict[str, str]:
    """Write the service that calls `pmlib run --due`, and the timer of each minute, by file name."""
    call = " ".join(map(_quoted, command(root)))
    shown = str(root).replace("%", "%%")
    return {
        f"{mark(root)}.service": SERVICE.format(root=shown, command=call),
        f"{mark(root)}.timer": TIMER.format(root=shown),
    }


def install(root: Path) -> bool:
    """Write both units and start the timer; tell whether that changed anything."""
    _answers()
    changed = False
    for name, text in units(root).items():
        path = _folder() / name
        if not path.is_file() or path.read_bytes() != text.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, text.encode())
            changed = True
    if changed:
        _systemctl("daemon-reload")
    _systemctl("enable", "--now", f"{mark(root)}.timer")
    return changed


def remove(root: Path) -> bool:
    """Stop the timer and take both units away; tell whether they were there."""
    there = [path for name in units(root) if (path := _folder() / name).exists()]
    if there:
        _answers()
        _systemctl("disable", "--now", f"{mark(root)}.timer")
        for path in there:
            path.unlink()
        _systemctl("daemon-reload")
    return bool(there)


def _folder() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home, "systemd", "user")


def _quoted(word: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(plain, escaped)
    return f'"{word}"'


def _answers() -> None:
    """Refuse to change anything where systemd does not run for the user, as in a container."""
    try:
        _systemctl("show-environment")
    except ValueError as error:
        raise ValueError(
            f"{error}; nothing was changed; --cron takes cron, --print shows the units"
        ) from None


def _systemctl(*words: str) -> None:
    done = subprocess.run(
        ["systemctl", "--user", *words], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        why = " ".join(done.stderr.split()) or "it did not say why"
        raise ValueError(f"`systemctl --user {' '.join(words)}` failed: {why}")
