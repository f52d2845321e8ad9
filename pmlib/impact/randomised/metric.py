"""Metrics: what is measured of a test's users, read from a short text such as "orders / sessions"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.words import meant, shown
from pmlib.impact.randomised.users import added_up
from pmlib.table import Column
from pmlib.wording import lower

LABEL = re.compile(r"(?P<label>.+?)\s*(?<![<>=!])=(?!=)\s*(?P<body>.+)")
BAR = re.compile(r"(?P<column>.+?)\s*(?P<sign>>=|<=|>|<)\s*(?P<bar>[-−]?\d+(\.\d+)?)")
QUANTILE = re.compile(r"(?P<which>p\d+(\.\d+)?|median)\s*\((?P<column>.+)\)")
MARGIN = re.compile(r"(?P<metric>.+):\s*(?P<size>[-+−]?\d+(\.\d+)?)\s*(?P<unit>%|points?|)")
SIGNS = {">": "above", "<": "below", ">=": "of at least", "<=": "of at most"}
FORMS = '"orders", "orders / sessions", "revenue > 0", "p90(revenue)", "orders ~ orders_before"'


@dataclass(frozen=True)
class Term:
    """A mean of users of the column `over`; or, divided by that of `under`, a ratio of two sums."""

    over: str
    under: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.over, self.under) if self.under else (self.over,)


@dataclass(frozen=True)
class Metric:
    """What is measured.

    text : as given. column : its label, unit and direction. value : the mean, or ratio of sums.
    covariates : known before the test; what they explain is taken off.
    quantile : of the users' values, 0-1; None of a mean. bar : column, sign and number that a share is above.
    """

    text: str
    column: Column
    value: Term
    covariates: tuple[Term, ...] = ()
    quantile: float | None = None
    bar: tuple[str, str, float] | None = None

    @property
    def label(self) -> str:
        return self.column.label

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that it needs, each once."""
        return tuple(dict.fromkeys(c for term in (self.value, *self.covariates) for c in term.columns))


@dataclass(frozen=True)
class Guardrail:
    """A metric that must not get worse by more than a margin.

    margin : below 0 it may fall so far, above 0 rise so far: by a fraction of the control where the unit is
        "%", of a share by so much of 1 where it is "points", else in the metric's own unit.
    """

    metric: Metric
    margin: float
    unit: str


def metrics_of(test: Source, texts: Sequence[str] | str | None) -> list[Metric]:
    """Read metrics; by default every kpi of the test.

    Raises
    ------
    DataError : a column that is not there. ValueError : a text that says no metric.
    """
    if isinstance(texts, str):
        raise ValueError(f'metrics is the text {shown(texts)}; write a list: ["{texts}"]')
    found = [metric_of(test, text) for text in (test.measured if texts is None else texts)]
    if not found:
        raise ValueError(f"no metric is given; write such as {FORMS}")
    return _told_apart(found)


def metric_of(test: Source, text: str) -> Metric:
    """Read one metric."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"metric {shown(text)} says nothing; write one such as {FORMS}")
    whole = text.strip()
    if _called(test, whole) in test.frame:
        return replace(_measured(test, whole, whole), text=text)
    named = LABEL.fullmatch(whole)
    body = named["body"] if named else whole
    left, tilde, right = body.partition("~")
    if "~" in right:
        raise ValueError(f"metric {shown(text)} has two ~; join covariates by +")
    found = _measured(test, text, left.strip())
    covariates = tuple(_term(test, text, part.strip()) for part in right.split("+")) if tilde else ()
    if covariates and found.quantile is not None:
        raise ValueError(f"metric {shown(text)}: a quantile is not adjusted by covariates; leave ~ out")
    column = replace(found.column, label=named["label"].strip()) if named else found.column
    return replace(found, text=text, column=column, covariates=covariates)


def guardrail_of(test: Source, text: str) -> Guardrail:
    """Read a guardrail, as "sessions: -2%".

    Raises
    ------
    ValueError : it has no margin, or one of 0.
    """
    parts = MARGIN.fullmatch(text.strip()) if isinstance(text, str) else None
    if parts is None or not float(_plain(parts["size"])):
        raise ValueError(
            f'guardrail {shown(text)} lacks its margin; write how much may be lost, as "sessions: -2%"'
        )
    size, unit = float(_plain(parts["size"])), parts["unit"].replace("point", "points").replace("ss", "s")
    return Guardrail(metric_of(test, parts["metric"]), size / 100 if unit else size, unit)


def with_bars(test: Source, metrics: Sequence[Metric]) -> Source:
    """Add the columns of 0 and 1 that shares above a bar are the means of; blanks stay blank.

    Raises
    ------
    DataError : the users were added up, so that none of them can be told from the others.
    """
    added = {}
    for metric in metrics:
        if metric.bar is not None:
            if test.moments is not None:
                raise DataError(f"metric {shown(metric.text)} {added_up(test)}")
            column, sign, bar = metric.bar
            values = test.frame[column].to_numpy(float, na_value=np.nan)
            over = {">": values > bar, "<": values < bar, ">=": values >= bar, "<=": values <= bar}[sign]
            added[metric.value.over] = np.where(np.isnan(values), np.nan, over)
    return replace(test, frame=test.frame.assign(**added)) if added else test


def _measured(test: Source, text: str, body: str) -> Metric:
    """Read what stands left of ~."""
    if (bar := BAR.fullmatch(body)) and _called(test, body) not in test.frame:
        column, size = _column(test, text, bar["column"]), float(_plain(bar["bar"]))
        base = test.columns[column]
        label = f"{base.label} {SIGNS[bar['sign']]} {size:g}"
        better = base.better if bar["sign"][0] == ">" else ""
        over = f"{column} {bar['sign']} {size:g}"
        return Metric(text, Column(label, "%", better=better), Term(over), bar=(column, bar["sign"], size))
    if quantile := QUANTILE.fullmatch(body):
        column = _column(test, text, quantile["column"].strip())
        which = quantile["which"]
        at = 0.5 if which == "median" else float(which[1:]) / 100
        if not 0 < at < 1:
            raise ValueError(f"metric {shown(text)}: {which} is no percentile; write p1 to p99.9")
        base = test.columns[column]
        name = "Median" if at == 0.5 else f"{_ordinal(which[1:])} percentile of"
        column_ = replace(base, label=f"{name} {lower(base.label)}")
        return Metric(text, column_, Term(column), quantile=at)
    term = _term(test, text, body)
    return Metric(text, _labelled(test, term), term)


def _labelled(test: Source, term: Term) -> Column:
    over = test.columns[term.over]
    if not term.under:
        return over
    under = test.columns[term.under]
    unit = "" if over.unit == under.unit else over.unit
    return Column(f"{over.label} / {lower(under.label)}", unit, better=over.better)


def _term(test: Source, text: str, body: str) -> Term:
    if _called(test, body) in test.frame:
        return Term(_column(test, text, body))
    parts = [part.strip() for part in body.split("/")]
    if len(parts) > 2:
        raise ValueError(
            f"metric {shown(text)} has {len(parts) - 1} strokes; a ratio has one: orders / sessions"
        )
    return Term(*(_column(test, text, part) for part in parts))


def _called(test: Source, name: str) -> str:
    return test.called(name)


def _column(test: Source, text: str, name: str) -> str:
    if not name:
        raise ValueError(f"metric {shown(text)} lacks the name of a column; write one such as {FORMS}")
    column = _called(test, name)
    if column not in test.frame:
        there = [c for c in test.frame if pd.api.types.is_numeric_dtype(test.frame[c].dtype)]
        raise DataError(
            f"metric {shown(text)}: {test.name} has no column {shown(name)}; {meant(name, there)}"
        )
    if not pd.api.types.is_numeric_dtype(test.frame[column].dtype):
        held = test.frame[column].dtype
        raise DataError(
            f"metric {shown(text)}: {test.name}: {column} holds {held}, not numbers; convert it first"
        )
    return column


def _told_apart(metrics: list[Metric]) -> list[Metric]:
    """Give two metrics of one label the text that tells them apart."""
    found = []
    for i, metric in enumerate(metrics):
        if metric.text in [other.text for other in metrics[:i]]:
            raise ValueError(f"metric {shown(metric.text)} is given twice; leave one out")
        alike = [other for other in metrics if other.label == metric.label]
        label = metric.label
        if len(alike) > 1:
            only = bool(metric.covariates) and sum(bool(other.covariates) for other in alike) == 1
            plain = not metric.covariates and sum(not other.covariates for other in alike) == 1
            label = f"{label}, adjusted" if only else label if plain else f"{label} ({metric.text})"
        found.append(replace(metric, column=replace(metric.column, label=label)))
    return found


def _ordinal(number: str) -> str:
    if "." in number or number[-2:] in ("11", "12", "13"):
        return f"{number}th"
    return number + {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")


def _plain(number: str) -> str:
    return number.replace("−", "-")
