"""A job: one notebook to run with one set of checked parameters, and where its page goes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from pmlib.reports.entry import Entry
from pmlib.reports.parameters import Parameter, source
from pmlib.reports.typed import did_you_mean


@dataclass(frozen=True)
class Job:
    """One notebook to run with one set of checked parameters.

    document : the notebook as read, as JSON; jobs of one notebook share it.
    given : parameters whose values, by catalog or command line, are not the notebook's defaults.
    overrides : those of `given` that came from the command line; a job that has any is a draft.
    home : folder under which its editions and the readers' copy stand.
    slug : of a matrix, what tells this job from the others.
    after : names of the jobs of this batch whose Numbers it reads; they come first.
    as_of : the day of its schedule's newest time; "" without a schedule.
    due : the time of its schedule that it is run for; "" by hand.
    """

    report: str
    entry: Entry
    document: dict[str, Any]
    declared: dict[str, Parameter]
    given: dict[str, Any]
    overrides: dict[str, str]
    home: Path
    slug: str = ""
    after: tuple[str, ...] = ()
    as_of: str = ""
    due: str = ""

    @property
    def name(self) -> str:
        """What the command line calls it: report, or report/slug."""
        return f"{self.report}/{self.slug}" if self.slug else self.report

    @property
    def draft(self) -> bool:
        """Tell whether parameters were given for this run only."""
        return bool(self.overrides)

    @property
    def parameters(self) -> dict[str, Any]:
        """All parameters, as the notebook will see them."""
        return {name: p.default for name, p in self.declared.items()} | self.given

    @property
    def title(self) -> str:
        """Title of the page: the catalog's, a parameter's, the notebook's first heading, or the name."""
        if self.entry.title:
            return filled(self.entry.title, self.parameters)
        headings = (re.search(r"^# +(.+)$", source(c), re.M) for c in self._markdown())
        heading = next((m[1].strip() for m in headings if m), self.name)
        return str(self.parameters.get("title") or heading)

    def _markdown(self) -> list[dict[str, Any]]:
        return [c for c in self.document["cells"] if c["cell_type"] == "markdown"]


def filled(template: str, parameters: Mapping[str, Any]) -> str:
    """Put parameters where a title names them, as in "The {region} market"; {{ and }} are braces.

    Raises
    ------
    ValueError : it names no parameter, one without a value, or asks for more than a value.
    """
    like = "write a parameter as {region}, and a brace as {{ or }}"
    words = []
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"title cannot be read: {error}; {like}") from None
    for text, name, form, conversion in parts:
        words.append(text)
        if name is None:
            continue
        if form or conversion or not re.fullmatch(r"\w+", name):
            raise ValueError(f"title has {{{name}}} with more than a parameter's name in it; {like}")
        if name not in parameters:
            raise ValueError(f"title names no parameter: {{{name}}}{did_you_mean(name, parameters)}")
        if parameters[name] is None:
            raise ValueError(f"title names the parameter {name}, which has no value here; give it one")
        words.append(_said(parameters[name]))
    return " ".join("".join(words).split())


def as_template(title: str) -> str:
    """Write a title so that a brace in it stays a brace."""
    return title.replace("{", "{{").replace("}", "}}")


def _said(value: Any) -> str:
    return ", ".join(map(_said, value)) if isinstance(value, list) else str(value)
