"""The sentences of a randomised test."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.impact.randomised.rows import BETTER, BROKEN, CLEAR, KEPT, NOTHING, UNCLEAR, WORSE
from pmlib.table import decimals, interval, interval_digits, number, percentage, scaled
from pmlib.wording import capital, listed, lower

SPLIT = "No effect is stated: users are not split as planned"
SPLIT_ADVICE = (
    "Don't decide on this test: find out why users are missing from an arm, then run it again. If unequal "
    "arms were planned, state their shares."
)
LEAST_GAIN = 0.01  # of the variance
SAID = 4  # arms of which a sentence tells
NAMED = 2  # arms that a title names; more are counted


def spoken(test: Source, arm: str) -> str:
    """Name an arm in a sentence: one that is a mere number is called by its column too."""
    return f"{lower(test.columns['variant'].label)} {arm}" if arm.isdecimal() else arm


def chance_text(chance: float) -> str:
    """Write a chance, no smaller than means anything."""
    return "under 0.01%" if chance < 1e-4 else number(chance, "%", 2 if chance < 0.01 else 0)


def size(row: pd.Series, *, signed: bool = False) -> str:
    """Write how much an arm differs: of shares in points, else relative to the control where known."""
    amount, low, high, unit = _measure(row)
    digits = interval_digits(low, high, unit) if np.isfinite([low, high]).all() else None
    return number(amount if signed else abs(amount), unit, digits, sign=signed)


def span(row: pd.Series, *, signed: bool = True) -> str:
    """Write the interval of that, at the level at which all that is claimed holds together."""
    _, low, high, unit = _measure(row)
    if not signed and high <= 0:
        low, high = -high, -low
    return interval(low, high, unit, _digits(low, high, unit))


def _digits(low: float, high: float, unit: str) -> int:
    """Choose decimals so that a range that leaves 0 out is not written as if it began there."""
    digits, near = interval_digits(low, high, unit), min(abs(low), abs(high))
    if low * high > 0 and not round(float(scaled(near, unit)), max(digits, 0)):
        return decimals(float(scaled(near, unit)), 1)
    return digits


def _measure(row: pd.Series) -> tuple[float, float, float, str]:
    if not row["share"] and np.isfinite([row["relative_claim_low"], row["relative_claim_high"]]).all():
        return row["relative"], row["relative_claim_low"], row["relative_claim_high"], "%"
    unit = "points" if row["share"] else row["unit"]
    return row["estimate"], row["claim_low"], row["claim_high"], unit


def title(frame: pd.DataFrame, looks: str) -> str:
    """Say of the first metric what the test found."""
    rows = first_rows(frame)
    label = capital(rows["metric"].iloc[0])
    clear = rows[rows["verdict"].isin(CLEAR)]
    if (rows["verdict"] == NOTHING).all():
        return f"{label}: no effect can be estimated"
    if clear.empty:
        yet = " yet" if looks == "sequential" else ""
        return f"{label}: no clear effect{yet} of {_arms(rows, 'or', 'any')}"
    up, down = clear[clear["estimate"] > 0], clear[clear["estimate"] < 0]
    clauses = [
        f"{_sizes(part)} {way} with {_arms(part, 'and', 'all' if len(part) == len(rows) else '')}"
        for part, way in ((up, "higher"), (down, "lower"))
        if len(part)
    ]
    return f"{label}: {', '.join(clauses)}"


def _arms(rows: pd.DataFrame, last: str, every: str) -> str:
    names = list(rows["arm"])
    if len(names) > NAMED:
        return f"{every} {len(names)} arms".strip() if every != "any" else f"any of {len(names)} arms"
    return f"{'both ' if last == 'and' and len(names) == 2 else ''}{listed(names, last)}"


def _sizes(rows: pd.DataFrame) -> str:
    """Write one size, or the smallest and largest."""
    measured = [_measure(row) for _, row in rows.iterrows()]
    if len({unit for *_, unit in measured}) > 1 or len(rows) == 1:
        return listed([size(row) for _, row in rows.iterrows()])
    amounts, unit = sorted(abs(amount) for amount, *_ in measured), measured[0][3]
    digits = min(interval_digits(low, high, unit) for _, low, high, _ in measured)
    ends = [number(amount, unit, digits) for amount in (amounts[0], amounts[-1])]
    return ends[0] if ends[0] == ends[1] else interval(amounts[0], amounts[-1], unit, digits)


def finding(frame: pd.DataFrame, control: str, level: float, power: float) -> str:
    """Say each arm of the first metric with its range, and what could have been seen."""
    rows = first_rows(frame)
    label = lower(rows["metric"].iloc[0])
    known = rows[rows["verdict"] != NOTHING]
    if known.empty:
        return f"No effect on {label} can be estimated: {rows['why'].iloc[0]}."
    clauses = [_clause(row, label, control, i == 0) for i, (_, row) in enumerate(known.iterrows())]
    count = int((frame["role"] == "metric").sum() - (frame["verdict"] == NOTHING).sum())
    together = f", together for {count} comparisons" if count > 1 else ""
    said = f"{capital('; '.join(clauses[:SAID]))} ({percentage(level)} intervals{together})."
    return _missed(known, power) + said + _without(known)


def _without(rows: pd.DataFrame) -> str:
    """Say the same without the adjustment by covariates, where there is one, and what it is worth."""
    if "unadjusted" not in rows or rows["unadjusted"].isna().any():
        return ""
    relied = bool((rows["estimate"] == rows["adjusted"]).all())
    other = [_other(row, "unadjusted" if relied else "adjusted") for _, row in rows.head(SAID).iterrows()]
    if not relied:
        return f" Adjusted it would be {listed(other)}, but the test may have changed what it is adjusted by."
    took = 1 - rows["variance_ratio"].mean()
    gain = f"takes {number(took, '%', 0)} off the variance" if took >= LEAST_GAIN else "gains nothing"
    return f" Unadjusted {listed(other)}; adjusting {gain}."


def _other(row: pd.Series, kind: str) -> str:
    """Write the figure with or without adjustment, in the unit of the one that is said."""
    unit = _measure(row)[3]
    start = f"{kind}_relative" if unit == "%" else kind
    ends = f"{start}_claim"
    return _with_ends(row[start], row[f"{ends}_low"], row[f"{ends}_high"], unit)


def _clause(row: pd.Series, label: str, control: str, opens: bool) -> str:
    unit = "%" if row["share"] else row["unit"]
    start = f"{label} with {row['arm']}: " if opens else f"with {row['arm']} "
    values = start + number(row["value"], unit)
    if opens:
        values += f" against {number(row['control'], unit)} with {control}"
    if row["verdict"] in CLEAR:
        return f"{values}, {size(row)} {_way(row)} ({span(row, signed=False)})"
    return f"{values}, {size(row, signed=True)} ({span(row)}), so we cannot tell"


def _missed(rows: pd.DataFrame, power: float) -> str:
    """Say what effect would have been seen, where one was not."""
    open_ = rows[(rows["verdict"] == UNCLEAR) & rows["detectable"].notna()]
    if open_.empty:
        return ""
    row = open_.loc[open_["detectable"].idxmax()]
    share = bool(row["share"])
    least = number(row["detectable"] * (row["control"] if share else 1.0), "points" if share else "%", 1)
    return f"An effect of {least} would have shown in {_often(power)} such tests. "


def _often(power: float) -> str:
    return "4 of 5" if abs(power - 0.8) < 1e-9 else f"{percentage(power)} of"


def headline(frame: pd.DataFrame, control: str) -> str:
    """Say it in the words of the first screen."""
    rows = first_rows(frame)
    label = lower(rows["metric"].iloc[0])
    known = rows[rows["verdict"] != NOTHING]
    if known.empty:
        return f"The test says nothing of {label}: {rows['why'].iloc[0]}."
    clear = known[known["verdict"].isin(CLEAR)]
    if clear.empty:
        said = [f"{size(row, signed=True)} with {row['arm']} ({span(row)})" for _, row in known.iterrows()]
        whether = f"We cannot tell whether {_arms(known, 'or', 'any')} changes {label}"
        return f"{whether}: {'; '.join(said[:NAMED])}.{_others(frame)}"
    said = [
        f"about {size(row)} {_way(row)} with {row['arm']}{f' than with {control}' if i == 0 else ''} "
        f"({span(row, signed=False)})"
        for i, (_, row) in enumerate(clear.iterrows())
    ]
    rest = known[known["verdict"] == UNCLEAR]
    more = f" With {_arms(rest, 'or', '')} we cannot tell." if len(rest) else ""
    return f"{capital(label)} is {listed(said[:NAMED])}.{more}{_others(frame)}"


def _others(frame: pd.DataFrame) -> str:
    """Say what is clear of the other metrics, and of guardrails that are not kept."""
    rest = frame[(frame["role"] == "metric") & (frame["metric"] != frame["metric"].iloc[0])]
    clear = rest[rest["verdict"].isin(CLEAR)]
    said = []
    for metric, rows in clear.groupby("metric", sort=False):
        arms = listed(
            [f"{size(row)} {_way(row)} with {row['arm']}" for _, row in rows.head(NAMED).iterrows()]
        )
        said.append(f"{lower(str(metric))} is {arms}")
    words = f" {capital('; '.join(said[:NAMED]))}." if said else ""
    guards = frame[frame["role"] == "guardrail"]
    broken = guards[guards["verdict"] == BROKEN]
    if len(broken):
        row = broken.iloc[0]
        words += f" With {row['arm']}, {lower(row['metric'])} is more than {allowed(row)}."
    return words


def allowed(row: pd.Series) -> str:
    """Write a guardrail's margin, as "2% lower"."""
    unit = "points" if row["share"] else row["unit"]
    most = percentage(abs(row["margin"])) if row["margin_relative"] else number(abs(row["margin"]), unit)
    return f"{most} {'lower' if row['margin'] < 0 else 'higher'}"


def _way(row: pd.Series) -> str:
    return "higher" if row["estimate"] > 0 else "lower"


def advice(frame: pd.DataFrame, arm: str, control: str) -> str:
    """Say what to do with the best-supported arm."""
    row = first_rows(frame).set_index("arm").loc[arm]
    guards = frame[(frame["role"] == "guardrail") & (frame["arm"] == arm)]
    label = lower(row["metric"])
    broken, open_ = guards[guards["verdict"] == BROKEN], guards[~guards["verdict"].isin([BROKEN, KEPT])]
    if len(broken):
        worst = broken.iloc[0]
        return f"Don't roll {arm} out: {lower(worst['metric'])} is more than {allowed(worst)} with it."
    if row["verdict"] == BETTER and len(open_):
        first = open_.iloc[0]
        doubt = f"{lower(first['metric'])} may still be more than {allowed(first)}"
        return f"Run the test longer before rolling {arm} out: it improves {label}, but {doubt}."
    if row["verdict"] == BETTER:
        return f"Roll {arm} out if its cost allows: plan on {span(row, signed=False)} for {label}."
    if row["verdict"] == WORSE:
        return f"Don't roll {arm} out: keep {control}."
    if row["verdict"] == UNCLEAR:
        return "Don't decide on this test: to see effects half as large takes four times the users."
    return ""


def split(users: Mapping[str, int], chance: float) -> str:
    """Say why no effect is stated."""
    counts = listed([f"{count:,} in {arm}" for arm, count in users.items()])
    return (
        f"The split of users ({counts}) would come by lot in {chance_text(chance)} of such tests: some are "
        "missing, not at random, so no effect is stated."
    )


def unknown() -> str:
    """Say what a test cannot tell."""
    return "Whether the effect lasts after the test, and holds for users who were not in it."


def first_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the first metric."""
    part = frame[frame["role"] == "metric"]
    return part[part["metric"] == part["metric"].iloc[0]]


def effect_text(row: pd.Series) -> str:
    """Write the difference and its interval, for a table."""
    unit = "points" if row["share"] else row["unit"]
    return _with_ends(row["estimate"], row["claim_low"], row["claim_high"], unit)


def relative_text(row: pd.Series) -> str:
    """Write the relative effect and its interval, for a table."""
    return _with_ends(row["relative"], row["relative_claim_low"], row["relative_claim_high"], "%")


def unadjusted_text(row: pd.Series) -> str:
    """Write the difference without adjustment by covariates, for a table."""
    unit = "points" if row["share"] else row["unit"]
    value, low, high = (row.get(f"unadjusted{end}", np.nan) for end in ("", "_claim_low", "_claim_high"))
    return _with_ends(value, low, high, unit)


def control_text(row: pd.Series) -> str:
    """Write the control's value, for a table."""
    return number(row["control"], "%" if row["share"] else row["unit"])


def _with_ends(value: float, low: float, high: float, unit: str) -> str:
    if not np.isfinite(value):
        return "–"
    if not np.isfinite([low, high]).all():
        return number(value, unit, sign=True)
    return f"{number(value, unit, interval_digits(low, high, unit), sign=True)} ({interval(low, high, unit)})"


def slugs(labels: Sequence[str]) -> list[str]:
    """Name Numbers by metrics, none twice."""
    found: list[str] = []
    for label in labels:
        base = re.sub(r"\W+", "_", label.casefold()).strip("_") or "metric"
        name, i = base, 2
        while name in found:
            name, i = f"{base}_{i}", i + 1
        found.append(name)
    return found
