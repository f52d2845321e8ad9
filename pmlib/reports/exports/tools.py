"""What making an edition in another form takes on this machine; light enough to ask before each run."""

import os
import shutil
from importlib.util import find_spec

MODULES = {
    "pptx": "pmlib.reports.exports.slides",
    "png": "pmlib.reports.exports.png",
    "pdf": "pmlib.reports.exports.pdf",
}
PLACES = {"pptx": ("slides.pptx", "slides (PPTX)"), "pdf": ("page.pdf", "a print (PDF)")}
FIGURES = "figures"
MADE, FAILED = "made", "failed: "
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
)


def lacking(form: str) -> str:
    """Say what is missing for a form, and what to do; nothing where all is there."""
    if form == "pptx" and find_spec("pptx") is None:
        return "slides need python-pptx: pip install 'pmlib[slides]'"
    if form != "pdf":
        return ""
    if find_spec("playwright") is None:
        return "a PDF needs playwright: pip install 'pmlib[pdf]'"
    if not browser():
        return "a PDF needs Chromium, Chrome or Edge: install one, or set PMLIB_BROWSER to its program"
    if not shutil.which(browser()):
        return f"PMLIB_BROWSER names {browser()}, which is no program; correct it"
    return ""


def standing(form: str, before: str) -> str:
    """Say how making a form stands: what failed for reasons of its own is not tried again by itself.

    before : how it came out last.
    """
    return lacking(form) or (before if before.startswith(FAILED) else MADE)


def browser() -> str:
    """Name the browser that prints."""
    return os.environ.get("PMLIB_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), "")
