"""Result: the one shape every analysis returns, and the Answer that a report opens with."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, ClassVar

import pandas as pd

from pmlib.formula.model import Model
from pmlib.table import Column, interval, interval_digits, number, percentage, records, shown, table, text

ADVICE, UNKNOWN = 2, 1  # sentences of each on the first screen: what is said last is not read
MIME = "application/vnd.pmlib.result+json"


@dataclass(frozen=True, kw_only=True)
class Number:
    """One value that a report stands on, with its range.

    name : identifies it within a report, across editions.
    label : in words, as under a tile ("of cars sold are GM's").
    value, low, high : in `unit` (see table.Column); low and high are missing for a count of everything.
    level : of the interval, such as 0.95; None for a census.
    period : what time it speaks of, in words. note : words for its tile that may change with the data.
    result : the name of the result it belongs to, filled in where results are shown or compared.
    """

    name: str
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    level: float | None = None
    unit: str = ""
    period: str = ""
    source: str = ""
    note: str = ""
    result: str = ""

    def __str__(self) -> str:
        return f"{self.written} ({self.range})" if self.range else self.written

    @property
    def written(self) -> str:
        """The value in words, no finer than its interval allows."""
        if self.low is None or self.high is None:
            return number(self.value, self.unit, sign=self.unit == "points")
        return number(self.value, self.unit, interval_digits(self.low, self.high, self.unit))

    @property
    def range(self) -> str:
        """The interval in words, or nothing."""
        if self.low is None or self.high is None:
            return ""
        return interval(self.low, self.high, self.unit)


@dataclass(frozen=True)
class Check:
    """A test of the data or the method that can fail, and what it saw."""

    label: str
    passed: bool
    saw: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", bool(self.passed))  # a comparison of numpy's is no bool of JSON's


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """What an analysis found, as a table and the words about it.

    title : the finding in at most ten words; stands above the chart.
    finding : a sentence with number and range; also the chart's text alternative.
    frame : tidy; estimates are the columns estimate, low, high.
    columns : label, unit and decimals of the columns to show, in order; the others go to the files only.
    subtitle : what is measured, where, when and in what unit.
    headline : the finding in the words of the first screen, without a term to look up.
    advice : what it means for whoever decides, as computed.
    unknown : what would change this, or what these data cannot tell.
    aside : whether the page folds it, as what describes and answers nothing.
    """

    title: str
    finding: str
    frame: pd.DataFrame
    columns: Mapping[str, Column] = field(default_factory=dict)
    subtitle: str = ""
    source: str = ""
    numbers: tuple[Number, ...] = ()
    checks: tuple[Check, ...] = ()
    headline: str = ""
    advice: str = ""
    unknown: str = ""
    aside: bool = False
    kind: ClassVar[str] = "result"
    folded: ClassVar[bool] = False  # whether its table is folded even without a chart above it

    @property
    def name(self) -> str:
        """Name of the chart on the page and of its CSV: the class's, in lower case."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()

    def plot(self, ax: Any = None) -> Any:
        """Draw the chart, on `ax` where one is given; None where the table says it better."""
        return None

    def formula(self) -> Model | None:
        """Give the formula that a page computes again as a reader moves its inputs, if there is one."""
        return None

    def table(self) -> "Html":
        """Show the numbers behind the chart."""
        return Html(table(self.ordered(), self.columns, caption=self.title))

    def ordered(self) -> pd.DataFrame:
        """Give the frame in the order in which a reader sees its first rows."""
        return self.frame

    def summary(self) -> str:
        """Say it in a few short lines of text."""
        lines = [self.title, self.finding]
        lines += [f"{n.name}: {n}" for n in self.numbers]
        lines += [f"{'ok' if c.passed else 'NOT'} {c.label}: {c.saw}" for c in self.checks]
        return "\n".join(lines)

    __repr__ = summary

    def html(self) -> str:
        """Write the figure block: title, chart, source, numbers, checks."""
        return _figure(self, self.chart())

    def chart(self) -> str:
        """Draw the chart as inline SVG, wide and narrow; empty where there is none."""
        return self._drawn[0]

    @cached_property
    def _drawn(self) -> tuple[str, dict[str, Any] | None]:
        # Both the page and the payload ask for it, and drawing is what takes time.
        from pmlib import chart  # matplotlib only when something is drawn

        return chart.drawn(self.plot, alt=self.finding, name=self.name)

    def payload(self) -> dict[str, Any]:
        """Give all the press reads of a result, as plain JSON."""
        formula = self.formula()
        return {
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "subtitle": self.subtitle,
            "finding": self.finding,
            "alt": self.finding,
            "source": self.source,
            "aside": self.aside,
            "numbers": [asdict(n) for n in self.owned()],
            "checks": [asdict(c) for c in self.checks],
            "columns": {
                str(name): {"label": c.label, "unit": c.unit, "digits": c.digits}
                for name, c in self.columns.items()
            },
            "frame": records(self.frame),
            "table": None if self._is_wordless else shown(self.ordered(), self.columns),
            "chart": self._drawn[1],
            **({"model": formula.plain()} if formula else {}),
        }

    @property
    def _is_wordless(self) -> bool:
        # Whether there is no table to show.
        return self.frame.empty or not self.columns

    def owned(self) -> tuple[Number, ...]:
        """Give the numbers with the name of the result they belong to."""
        return tuple(n if n.result else replace(n, result=self.name) for n in self.numbers)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": self.summary(), "text/html": self.html(), MIME: self.payload()}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Absent(Result):
    """A section that these data cannot fill, and why."""

    finding: str = ""
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    reason: str
    kind: ClassVar[str] = "absent"

    def summary(self) -> str:
        """Say what is missing and why."""
        return f"{self.title}: not shown. {self.reason}"

    def html(self) -> str:
        """Write one line."""
        return f'<p class="absent"><b>{text(self.title)}:</b> not shown. {text(self.reason)}</p>'

    __repr__ = summary


def first_present(*results: Any) -> Any:
    """Take the first result that is not absent, as of models of which the data allow one; else the first."""
    return next((result for result in results if not isinstance(result, Absent)), results[0])


class Answer(Result):
    """The first screen: what the results say together, what to do, and what would change it.

    Parameters
    ----------
    results : in the order in which their headlines are read; the first sentence stands in bold. The first
        pieces of advice, and the first thing that would change the answer, are shown. What is absent, or
        stands aside, is left out.
    changed : what moved since the last edition.
    tiles : how many Numbers stand below the words, at most four.
    """

    kind: ClassVar[str] = "answer"

    def __init__(self, *results: Result, changed: Result | None = None, tiles: int = 4) -> None:
        present = [r for r in results if not isinstance(r, Absent)]
        present = [r for r in present if not r.aside] or present
        if not present:
            reasons = " ".join(r.summary() for r in results) or "no result was given."
            raise ValueError(f"Answer has nothing to say: {reasons}")
        parts = [r.headline or r.finding for r in present]
        first, more = _split(parts[0])
        values: dict[str, Any] = {
            "title": "The answer",
            "finding": " ".join(parts),
            "frame": pd.DataFrame([asdict(n) for r in present for n in r.owned()]),
            "columns": {"label": Column("Number"), "value": Column("Value")},
            "subtitle": present[0].subtitle,
            "source": present[0].source,
            "numbers": tuple(n for r in present for n in r.owned()),
            "checks": (),
            "headline": first,
            "advice": _first(ADVICE, (r.advice for r in present)),
            "unknown": _first(UNKNOWN, (r.unknown for r in present)),
            "rest": " ".join(filter(None, [more, *parts[1:]])),
            "tiles": tuple(r.numbers[0] for r in present if r.numbers)[:tiles],
            "changed": changed,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    rest: str
    tiles: tuple[Number, ...]
    changed: Result | None

    def summary(self) -> str:
        """Say it in the words of the first screen."""
        lines = [self.finding, *(f"{label} {said}" for label, said in self._lines())]
        return "\n".join(lines)

    __repr__ = summary

    def _lines(self) -> list[tuple[str, str]]:
        changed = self.changed.headline or self.changed.finding if self.changed else ""
        pairs = [
            ("For you:", self.advice),
            ("Changed since last edition:", changed),
            ("Would change this:", self.unknown),
        ]
        return [(label, said) for label, said in pairs if said]

    def html(self) -> str:
        """Write the words and the tiles."""
        words = f'<p class="lead"><b>{text(self.headline)}</b> {text(self.rest)}</p>'
        words += "".join(f"<p><b>{label}</b> {text(said)}</p>" for label, said in self._lines())
        return f'<div class="answer">{words}{_tiles(self.tiles)}</div>'

    def payload(self) -> dict[str, Any]:
        """Give the press the words and the Numbers as the page says them, for mail, slides and the index."""
        return super().payload() | {
            "table": None,  # its tiles say its Numbers
            "headline": self.headline,
            "rest": self.rest,
            "lines": [list(pair) for pair in self._lines()],
            "tiles": [_worded(number) for number in self.tiles],
        }


@dataclass(frozen=True)
class Html:
    """A piece of HTML that shows itself in a notebook."""

    text: str

    def _repr_html_(self) -> str:
        return self.text


def _split(words: str) -> tuple[str, str]:
    """Take the first sentence off."""
    end = re.search(r"(?<=[a-z0-9)%][.!?]) (?=[A-Z])", words)
    return (words[: end.start()], words[end.end() :]) if end else (words, "")


def _first(most: int, sentences: Iterable[str]) -> str:
    return " ".join(list(dict.fromkeys(filter(None, sentences)))[:most])


def _tiles(numbers: tuple[Number, ...]) -> str:
    if not numbers:
        return ""
    return f'<ul class="tiles">{"".join(map(_tile, numbers))}</ul>'


def _tile(number: Number) -> str:
    said = _worded(number)
    amount, _, unit = said["written"].partition(" ")
    value = text(amount) + (f" <small>{text(unit)}</small>" if unit else "")
    ends = f" <i>{text(said['range'])}</i>" if said["range"] else ""
    return f"<li><b>{value}</b> <span>{text(said['words'])}{ends}</span></li>"


def _worded(number: Number) -> dict[str, str]:
    """Say a Number as its tile does, wherever it stands."""
    return {
        "name": number.name,
        "written": number.written,
        "words": ", ".join(filter(None, [number.label, number.period, number.note])),
        "range": f"{number.range}, {percentage(number.level)} interval" if number.level else "",
    }


def _figure(result: Result, svg: str) -> str:
    numbers = "" if result._is_wordless else table(result.ordered(), result.columns)
    if numbers and (svg or result.folded):
        numbers = f"<details class=numbers><summary>The numbers</summary>{numbers}</details>"
    source = f"<p class=source>Source: {text(result.source)}</p>" if result.source else ""
    return (
        f'<figure class="result" id="{escape(result.name)}"><figcaption><h3>{text(result.title)}</h3>'
        f"<p class=subtitle>{text(result.subtitle)}</p></figcaption>"
        f"{svg}<p class=finding>{text(result.finding)}</p>{source}{numbers}{_checks(result.checks)}</figure>"
    )


def _checks(checks: tuple[Check, ...]) -> str:
    said = [(c.passed, text(f"{c.label}: {c.saw}")) for c in checks]
    fails = "".join(f"<p class=fails>✗ Does not hold: {words}</p>" for passed, words in said if not passed)
    holds = "".join(f"<li>✓ {words}" for passed, words in said if passed)
    if not holds:
        return fails
    count = "all hold" if not fails else f"{sum(passed for passed, _ in said)} of {len(said)} hold"
    return f"{fails}<details class=checks><summary>Checks: {count}</summary><ul>{holds}</ul></details>"
