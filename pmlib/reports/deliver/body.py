"""The words of a mail, as HTML and as plain text, by the templates in templates/mail/."""

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from pmlib.reports.templates import template_folders
from pmlib.visible import visible

LARGEST = 98_000  # bytes; Gmail hides what comes after 102 kB
WIDTH = 76  # characters of a line of plain text
# Stand for < and > in an attribute: css-inline writes these as they are, which a filter may take for a tag.
OPEN, CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True)
class Body:
    """The two forms of a mail's words, both of which say the same."""

    html: str
    text: str

    @property
    def fits(self) -> bool:
        """Whether a mail program shows it whole."""
        return max(len(self.html.encode()), len(self.text.encode())) <= LARGEST


def body(template: str, root: Path, **said: Any) -> Body:
    """Fill a template's HTML and plain text; a root's own templates/mail/ goes before the shipped one."""
    made = _environment(tuple(folder / "mail" for folder in template_folders(root)))
    html = _inlined(made.get_template(f"{template}.html.j2").render(said))
    text = made.get_template(f"{template}.txt.j2").render(said)
    return Body(visible(html), visible(text.rstrip()) + "\n")


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...]) -> Environment:
    made = Environment(loader=FileSystemLoader(folders), autoescape=select_autoescape(["html.j2"]))
    made.filters["attribute"] = lambda text: text.replace("<", OPEN).replace(">", CLOSE)
    made.filters["wrapped"] = _wrapped
    return made


def _inlined(html: str) -> str:
    import css_inline

    # What depends on the screen, such as its being dark, cannot stand on an element and stays above.
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(html).replace(OPEN, "&lt;").replace(CLOSE, "&gt;") + "\n"


def _wrapped(text: str) -> str:
    lists = "  " if text.startswith("* ") else ""
    return textwrap.fill(text, WIDTH, subsequent_indent=lists, break_long_words=False, break_on_hyphens=False)
