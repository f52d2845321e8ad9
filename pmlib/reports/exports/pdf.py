"""A page as a PDF: what its reader would print, by the browser of this machine."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from pmlib.reports.supervise import family

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
)
LIMIT = 60  # seconds
MADE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}[^)]*\)")
FIXED = b"20000101000000+00'00')"  # as long as what it replaces: a PDF counts its bytes


def pdf(page: Path) -> bytes:
    """Print a page on A4, with the outline and the tags that screen readers need.

    What the page folds stays folded, as where its reader prints it. Nothing is asked of any network.

    Raises
    ------
    ValueError : there is nothing to print with, or the browser could not.
    """
    if lack := lacking():
        raise ValueError(lack)
    # In a process of its own, which can be ended with all that it started, whatever a browser is at.
    command = [sys.executable, "-P", "-m", "pmlib.reports.exports.printing", browser(), str(page.resolve())]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=-1, stderr=-1) as run:
        try:
            data, error = run.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise ValueError(f"{browser()} did not print the page within {LIMIT} s") from None
        finally:
            for pid in family(run.pid) if run.returncode is None else ():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    if run.returncode or not data.startswith(b"%PDF-"):
        lines = error.decode("utf-8", "replace").strip().splitlines() or ["it gave nothing"]
        raise ValueError(f"{browser()} did not print the page: {lines[-1][:200]}")
    return MADE.sub(lambda found: found[1] + FIXED, data)


def lacking() -> str:
    """Say what is missing for printing, and what to do; nothing where all is there."""
    if find_spec("playwright") is None:
        return "a PDF needs playwright: pip install 'pmlib[pdf]'"
    if not browser():
        return "a PDF needs Chromium, Chrome or Edge: install one, or set PMLIB_BROWSER to its program"
    if not shutil.which(browser()):
        return f"PMLIB_BROWSER names {browser()}, which is no program; correct it"
    return ""


def browser() -> str:
    """Name the browser that prints."""
    return os.environ.get("PMLIB_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), "")
