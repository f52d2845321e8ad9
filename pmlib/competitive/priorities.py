"""Where a firm stands on each feature, joined with what buyers would pay for it: match, leap or ignore."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.parity import FeatureParity
from pmlib.competitive.words import count, listed, lower, names
from pmlib.given import ungiven
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

TITLE = "Features to match, leap or ignore"
MATCH, LEAP, KEEP, IGNORE, UNKNOWN = "must match", "leap", "keep level", "ignore", "cannot tell"
ORDER = (MATCH, LEAP, KEEP, UNKNOWN, IGNORE)
ENDS = ["estimate", "low", "high"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FeaturePriorities(Result):
    """What to do about each feature, most pressing first."""

    unit: str

    def plot(self, ax: Any = None) -> Any:
        """Draw what buyers would pay for each feature, those to match or leap marked."""
        from pmlib import chart

        shown = self.frame.head(10)
        marked = shown.loc[shown["verdict"].isin([MATCH, LEAP]), "feature"].tolist()
        spec = Column("Worth to buyers", self.unit)
        return chart.dots(shown, "feature", spec=spec, highlight=marked or ["none"], ax=ax)


def feature_priorities(
    parity: FeatureParity | Absent, worth: Result | pd.DataFrame, *, materiality: float = 0.0, unit: str = ""
) -> FeaturePriorities | Absent:
    """Sort features by where the firm stands and by what one step better is worth to buyers.

    Worth is that of one typical step better of a number, and of having a flag or the best level. Must match:
    the best rival is clearly ahead, and the feature is clearly worth more than nothing. Leap: so worth, and
    the firm is ahead or nobody has it. Keep level: so worth, and nobody is ahead. Ignore: clearly worth no
    more than `materiality`. Cannot tell: its interval spans that.

    Parameters
    ----------
    parity : of feature_parity.
    worth : willingness to pay for one unit: columns term (or attribute), estimate, low, high in money; a
        term is an attribute's column, or "attribute: level".
    materiality : money a feature must be worth to matter. unit : of the money; as the result says when "".

    Returns
    -------
    FeaturePriorities : frame has one row a feature found in both, most pressing first: term, attribute,
        feature, standing ("behind", "level", "ahead", "nobody has it", "all have it"), gap (own minus best
        rival, in units of the attribute, positive where better), estimate, low, high (worth of a step),
        value, value_low, value_high (worth of the gap: negative where the firm is behind), worth and
        gap_worth (both in words), verdict.

    Raises
    ------
    ValueError : columns missing; a term given twice; low above high; a materiality below 0.
    """
    for given, what in ((parity, "comparison of features"), (worth, "worth of features")):
        if absent := ungiven(TITLE, given, what):
            said = f"{given.title}: " if isinstance(given, Absent) else ""
            return replace(absent, reason=f"{said}{absent.reason}")
    assert isinstance(parity, FeatureParity)
    if not materiality >= 0:
        raise ValueError(f"materiality is {materiality}; write the money a feature must be worth, 0 or more")
    paid, unit = _paid(worth, unit)
    frame, left = _joined(parity, paid, materiality, unit)
    if frame.empty:
        reason = (
            "No feature is both compared with rivals and valued by buyers; call them alike in both tables."
        )
        return Absent(title=TITLE, reason=reason)
    return FeaturePriorities(
        title=_title(frame),
        finding=_finding(frame, unit),
        headline=f"{_sorted_words(frame)}.",
        advice=_advice(frame),
        unknown="What the features cost to build: worth to buyers is only half of it.",
        subtitle="What one step better, or having it, is worth to buyers"
        f"{', ' + unit if unit else ''}; worth of the gap: of being where the best rival is",
        frame=frame,
        columns={
            "feature": Column("Feature"),
            "standing": Column("Against the best rival"),
            "worth": Column("Worth to buyers"),
            "gap_worth": Column("Worth of the gap"),
            "verdict": Column("Verdict"),
        },
        source=parity.source,
        numbers=_numbers(frame, unit, _level(worth)),
        checks=(_all_valued(left),),
        unit=unit,
    )


def _paid(worth: Result | pd.DataFrame, unit: str) -> tuple[pd.DataFrame, str]:
    frame = worth.frame if isinstance(worth, Result) else worth
    key = next((name for name in ("term", "attribute") if name in frame), "term")
    missing = [name for name in (key, *ENDS) if name not in frame]
    if missing:
        raise ValueError(f"worth lacks {missing}; it has {list(frame.columns)}")
    paid = frame[[key, *ENDS]].rename(columns={key: "term"}).astype({"term": str})
    if paid["term"].duplicated().any():
        twice = paid.loc[paid["term"].duplicated(), "term"].iloc[0]
        raise ValueError(f"worth has two rows for {twice!r}; keep one")
    if (paid["low"] > paid["high"]).any():
        row = paid[paid["low"] > paid["high"]].iloc[0]
        raise ValueError(
            f"worth of {row['term']!r} runs from {row['low']:g} down to {row['high']:g}; swap them"
        )
    columns: Mapping[str, Column] = worth.columns if isinstance(worth, Result) else {}
    return paid, unit or columns.get("estimate", Column("")).unit


def _joined(
    parity: FeatureParity, paid: pd.DataFrame, bar: float, unit: str
) -> tuple[pd.DataFrame, list[str]]:
    compared = {row.attribute: row for row in parity.frame.itertuples()}
    shared = {row.attribute: row for row in parity.shared.itertuples()}
    found, left = [], []
    for row in paid.itertuples():
        ends = np.array([row.estimate, row.low, row.high], float)
        name = _attribute(row.term, compared)
        if not np.isfinite(ends[1:]).all():
            left.append(f"{row.term} (no range)")
        elif name:
            found.append(_compared(compared[name], row.term, ends, bar))
        elif row.term in shared:
            found.append(_alike(shared[row.term], ends, bar))
        else:
            left.append(f"{row.term} (not compared with rivals)")
    valued = {row["attribute"] for row in found}
    left += [f"{row.label} (no worth known)" for name, row in compared.items() if name not in valued]
    frame = pd.DataFrame(found)
    if frame.empty:
        return frame, left
    for words, which in (("worth", ENDS), ("gap_worth", ["value", "value_low", "value_high"])):
        frame[words] = [_money(e, low, high, unit) for e, low, high in frame[which].to_numpy(float)]
    size = frame["value"].abs().fillna(frame["estimate"].abs())
    order = pd.DataFrame({"verdict": frame["verdict"].map(ORDER.index), "size": -size})
    return frame.loc[order.sort_values(["verdict", "size"], kind="stable").index].reset_index(drop=True), left


def _attribute(term: str, compared: Mapping[str, Any]) -> str:
    # A category is compared at its best level only, whose name its label ends in.
    if term in compared:
        return term
    name, _, level = term.partition(": ")
    at_best = name in compared and str(compared[name].label).endswith(f": {level}")
    return name if level and at_best else ""


def _compared(row: Any, term: str, ends: np.ndarray, bar: float) -> dict[str, Any]:
    one_better = ends * _sign(row.better)
    gap = _sign(row.better) * (row.own_value - row.best_value)
    value = _sorted(gap * one_better) if np.isfinite(gap) else np.full(3, np.nan)
    return _row(term, row, row.verdict, gap, _sorted(row.step * one_better), value, bar)


def _alike(row: Any, ends: np.ndarray, bar: float) -> dict[str, Any]:
    standing = {0.0: "nobody has it", 1.0: "all have it"}.get(row.value, "level")
    standing = standing if row.better == "higher" else "level"
    return _row(row.attribute, row, standing, 0.0, _sorted(_sign(row.better) * ends), np.zeros(3), bar)


def _sign(better: str) -> float:
    return -1.0 if better == "lower" else 1.0


def _sorted(ends: np.ndarray) -> np.ndarray:
    return np.array([ends[0], *sorted(ends[1:])]) + 0.0


def _row(
    term: str, row: Any, standing: str, gap: float, ends: np.ndarray, value: np.ndarray, bar: float
) -> dict[str, Any]:
    return {
        "term": term,
        "attribute": row.attribute,
        "feature": row.label,
        "standing": standing,
        "gap": gap,
        **dict(zip(ENDS, ends, strict=True)),
        **dict(zip(("value", "value_low", "value_high"), value, strict=True)),
        "verdict": _verdict(standing, ends[1], ends[2], bar),
    }


def _verdict(standing: str, low: float, high: float, bar: float) -> str:
    if high <= bar:
        return IGNORE
    if low <= 0 or standing == "unknown":
        return UNKNOWN
    if standing == "behind":
        return MATCH
    return LEAP if standing in ("ahead", "nobody has it") else KEEP


def _title(frame: pd.DataFrame) -> str:
    for verdict, words in ((MATCH, "must be matched"), (LEAP, "is the one to leap with")):
        those = frame[frame["verdict"] == verdict]
        if len(those) == 1:
            return f"{those.iloc[0]['feature']} {words}"
        if len(those):
            return f"{count(len(those))} features {'to match' if verdict == MATCH else 'to leap with'}"
    return "No feature clearly calls for work"


def _sorted_words(frame: pd.DataFrame) -> str:
    said = []
    for verdict, words in ((MATCH, "Match"), (LEAP, "leap with"), (IGNORE, "ignore")):
        labels = [lower(label) for label in frame.loc[frame["verdict"] == verdict, "feature"]]
        if labels:
            more = [f"{count(len(labels) - 3)} more"] if len(labels) > 3 else []
            said.append(f"{words} {listed([*labels[:3], *more])}")
    unclear = int((frame["verdict"] == UNKNOWN).sum())
    said += [f"of {count(unclear)} we cannot tell"] if unclear else []
    words = "; ".join(said) or "What matters to buyers is level with rivals"
    return f"{words[:1].upper()}{words[1:]}"


def _finding(frame: pd.DataFrame, unit: str) -> str:
    words = _sorted_words(frame)
    behind = frame[frame["verdict"] == MATCH].dropna(subset="value")
    if len(behind):
        row = behind.iloc[0]
        gap = _money(-row["value"], -row["value_high"], -row["value_low"], unit)
        words += f". Being as good at {lower(row['feature'])} as the best rival is worth {gap} a buyer"
    return f"{words}."


def _advice(frame: pd.DataFrame) -> str:
    for verdict, words in ((MATCH, "Close the gap in"), (LEAP, "Press the lead in")):
        those = frame[frame["verdict"] == verdict]
        if len(those):
            return f"{words} {lower(those.iloc[0]['feature'])} first, if its cost allows."
    return ""


def _money(estimate: float, low: float, high: float, unit: str) -> str:
    if not np.isfinite(estimate):
        return "–"
    unit = re.sub(r" \(.*\)$", "", unit)  # the year of the money stands in the subtitle
    return f"{number(estimate, unit, interval_digits(low, high, unit))} ({interval(low, high, unit)})"


def _all_valued(left: list[str]) -> Check:
    saw = f"left out: {listed(left)}" if left else "all are"
    return Check("Every feature is both compared and valued", not left, saw)


def _level(worth: Result | pd.DataFrame) -> float | None:
    numbers = worth.numbers if isinstance(worth, Result) else ()
    return next((number.level for number in numbers if number.level), None)


def _numbers(frame: pd.DataFrame, unit: str, level: float | None) -> tuple[Number, ...]:
    pressing = frame[frame["verdict"].isin([MATCH, LEAP])].head(3)
    named = names(frame["term"])
    return tuple(
        Number(
            name=f"worth_{named[row.term]}",
            label=f"is what {lower(row.feature)} is worth to a buyer",
            value=float(row.estimate),
            low=float(row.low),
            high=float(row.high),
            level=level,
            unit=unit,
            note=row.verdict,
        )
        for row in pressing.itertuples()
    )
