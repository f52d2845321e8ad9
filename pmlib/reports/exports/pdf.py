"""A page as a PDF: what its reader would print, by the browser of this machine."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

from pmlib.reports.exports.fonts import unprinted
from pmlib.reports.exports.scripts import NoGlyph
from pmlib.reports.exports.tools import browser, lacking
from pmlib.reports.exports.words import words
from pmlib.reports.warm import family

LIMIT = 60  # seconds
MADE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}[^)]*\)")
FIXED = b"20000101000000+00'00')"  # as long as what it replaces: a PDF counts its bytes


def pdf(page: Path) -> bytes:
    """Print a page on A4, with the outline and the tags that screen readers need.

    Raises
    ------
    ValueError : there is nothing to print with, or the browser could not.
    """
    return printed(page.read_bytes())


def printed(html: bytes) -> bytes:
    """Print the text of a page.

    What the page folds stays folded, as where its reader prints it. Nothing is asked of any network.

    Raises
    ------
    ValueError : there is nothing to print with, no font for some letters, or the browser could not.
    """
    if lack := lacking("pdf"):
        raise ValueError(lack)
    if lost := unprinted(words(html.decode())):
        raise NoGlyph(lost)
    # In a process of its own, which can be ended with all that it started, whatever a browser is at.
    command = [sys.executable, "-P", "-m", "pmlib.reports.exports.printing", browser()]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as run:
        try:
            data, error = run.communicate(html, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise ValueError(f"{Path(browser()).name} did not print the page within {LIMIT} s") from None
        finally:
            for pid in family(run.pid) if run.returncode is None else ():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    if run.returncode or not data.startswith(b"%PDF-"):
        lines = error.decode("utf-8", "replace").strip().splitlines() or ["it gave nothing"]
        raise ValueError(f"{Path(browser()).name} did not print the page: {lines[-1][:200]}")
    return MADE.sub(lambda found: found[1] + FIXED, data)
