"""What a reader sees of an experiment's frame: a table in words, and a chart in one unit."""

import pandas as pd

from pmlib.impact.randomised import words
from pmlib.impact.randomised.rows import NOTHING, WITHHELD
from pmlib.table import Column

ROWS = 12  # of the chart
SHOWN = {
    "metric": Column("Metric"),
    "arm": Column("Arm"),
    "control_text": Column("Control"),
    "effect_text": Column("Effect"),
    "relative_text": Column("Relative"),
    "verdict": Column("Verdict"),
}
UNADJUSTED = {"unadjusted_text": Column("Unadjusted")}  # stands in for the control's value
WRITTEN = {
    "control_text": words.control_text,
    "effect_text": words.effect_text,
    "unadjusted_text": words.unadjusted_text,
    "relative_text": words.relative_text,
}
SPLIT_SHOWN = {"arm": Column("Arm"), "users": Column("Users", "", 0), "verdict": Column("Verdict")}


def written(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the texts of the table and the names of the chart's rows."""
    texts = {name: [write(row) for _, row in frame.iterrows()] for name, write in WRITTEN.items()}
    return frame.assign(**texts, row=row_names(frame))


def columns_of(frame: pd.DataFrame) -> dict[str, Column]:
    """Choose the columns to show: without adjustment too, where there is one."""
    if "unadjusted" not in frame:
        return SHOWN
    named = [UNADJUSTED if name == "control_text" else {name: SHOWN[name]} for name in SHOWN]
    return {name: column for part in named for name, column in part.items()}


def row_names(frame: pd.DataFrame) -> list[str]:
    """Name rows by what tells them apart."""
    one_arm, one_metric = frame["arm"].nunique() == 1, frame["metric"].nunique() == 1
    return [
        row.metric if one_arm else row.arm if one_metric else f"{row.metric}, {row.arm}"
        for row in frame.itertuples()
    ]


def drawn(frame: pd.DataFrame) -> tuple[pd.DataFrame, Column]:
    """Choose the unit that all rows have: points of shares, else fractions of the control, else their own."""
    rows = frame[~frame["verdict"].isin([NOTHING, WITHHELD])].drop_duplicates("row")
    ends = ["claim_low", "claim_high"]
    if rows["share"].all():
        return _as(rows, ["estimate", *ends], Column("Difference", "points"))
    relative = _as(rows, ["relative", *(f"relative_{end}" for end in ends)], Column("Relative effect", "%"))
    if len(relative[0]) or rows["metric"].nunique() > 1:
        return relative
    return _as(rows, ["estimate", *ends], Column("Difference", rows["unit"].iloc[0] if len(rows) else ""))


def _as(rows: pd.DataFrame, columns: list[str], spec: Column) -> tuple[pd.DataFrame, Column]:
    part = rows[["row", "verdict", *columns]].set_axis(["row", "verdict", "estimate", "low", "high"], axis=1)
    return part.dropna().head(ROWS), spec


def measured_in(frame: pd.DataFrame) -> str:
    """Say what the chart's axis counts."""
    spec = drawn(frame)[1]
    in_unit = f" in {'percentage points' if spec.unit == 'points' else spec.unit}" if spec.unit else ""
    return spec.label + ("" if spec.unit == "%" else in_unit)
