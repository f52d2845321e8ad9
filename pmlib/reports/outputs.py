"""What a cell showed, as HTML for the page: each kind of output in the best form that needs no script."""

import json
import re
from html import escape
from typing import Any

import mistune
from nbformat import NotebookNode

from pmlib.reports import picture, sanitise
from pmlib.reports.export import RESULT
from pmlib.reports.glyphs import note
from pmlib.visible import without_terminal

FALLBACK = re.compile(r"(var\(--[a-z0-9-]+), #[0-9a-f]{6}\)")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# What the text beside them says is no substitute: <IPython.core.display.Javascript object>.
SCRIPTED = re.compile(
    r"application/(javascript|vnd\.(?!dataresource).*)|text/(vnd\.mermaid|x-mermaid)|application/pdf"
)
COLOURED = re.compile(r"\b(?:color|background|fill)\b[^;\"]*:|<svg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
ABSENT = re.compile(r'<p class="absent"><b>(.*?):</b> (.*)</p>', re.S)  # as a result says that it is absent
NO_ALT = "A figure without a description"

_markdown = mistune.create_markdown(escape=True, plugins=["table"])


def markdown(words: str) -> str:
    """Turn what an analyst wrote into HTML; raw HTML in it is shown, not run."""
    return _below_the_title(sanitise.prose(str(_markdown(words))))


def shown(output: NotebookNode) -> str:
    """Write one output; empty where there is nothing for readers."""
    if output.output_type == "stream":  # what libraries log to stderr is not for readers
        return _text(output.text) if output.name == "stdout" else ""
    if output.output_type == "error":
        return _text(f"{output.ename}: {output.evalue}")
    data = output.get("data", {})
    if RESULT in data:  # the stylesheet knows the colours' names, so their fallbacks are needless here
        return _below_the_title(sanitise.figure(FALLBACK.sub(r"\1)", data["text/html"])))
    return _display(data, str(output.get("metadata", {}).get("alt", NO_ALT)))


def boxed(letters: str) -> str:
    """Say beneath a figure which letters are boxes in it, if any."""
    return _absent(note(letters)) if letters else ""


def by_reason(lines: list[str]) -> list[str]:
    """Say why results are absent: each reason once, for all that it keeps from the page."""
    titles = dict[str, dict[str, None]]()
    for line in lines:
        found = ABSENT.fullmatch(line.strip())
        title, reason = found.groups() if found else ("", line)
        titles.setdefault(reason, {})[title] = None
    return [
        f'<p class="absent"><b>{"; ".join(said)}:</b> {reason}</p>' if "" not in said else reason
        for reason, said in titles.items()
    ]


def _display(data: dict[str, Any], alt: str) -> str:
    if "text/html" in data:
        return _own(_below_the_title(sanitise.output(data["text/html"])))
    if "text/markdown" in data:
        return _own(_below_the_title(sanitise.output(str(_markdown(data["text/markdown"])))))
    if "image/svg+xml" in data:
        return _drawing(data["image/svg+xml"], alt)
    for kind in PICTURES:
        if kind in data and BASE64.fullmatch(data[kind]):
            source = f"data:{kind};base64,{data[kind].strip()}"
            return f'<img alt="{escape(alt)}" src="{source}">'
    if any(SCRIPTED.fullmatch(kind) for kind in data):
        return _absent("An output that needs a script is left out.")
    for kind in ("text/latex", "text/plain"):  # formulas are set by a script: their source stands instead
        if kind in data:
            return _text(data[kind])
    if "application/json" in data:
        return _text(json.dumps(data["application/json"], indent=1, ensure_ascii=False))
    return _absent(f"An output of type {', '.join(sorted(data))} is left out.") if data else ""


def _drawing(source: str, alt: str) -> str:
    try:
        return picture.drawn(source, alt)
    except ValueError as error:
        return _absent(f"An SVG drawing is left out: {error}.")


def _own(html: str) -> str:
    # What brings colours of its own was made for white paper; what is too wide is moved, not the page.
    paper = " paper" if COLOURED.search(html) else ""
    return f'<div class="own scroll{paper}" tabindex="0">{html}</div>' if html.strip() else ""


def _below_the_title(html: str) -> str:
    return re.sub(r"<(/?)h[12]\b", r"<\1h3", html)


def _text(text: str) -> str:
    return f'<pre tabindex="0">{escape(without_terminal(text))}</pre>'


def _absent(words: str) -> str:
    return f'<p class="absent">{escape(words)}</p>'
