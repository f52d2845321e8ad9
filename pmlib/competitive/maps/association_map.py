"""What goes with what, as a map: brands and what buyers say of them, or what they leave and what they buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.maps.axes import TooFew
from pmlib.competitive.maps.correspondence import CorrespondenceAnalysis, correspondence
from pmlib.competitive.maps.counts import left_out
from pmlib.competitive.maps.ellipses import SHAPE, counts_ellipses
from pmlib.competitive.maps.plane import PLACED, across, carries, place, shown_share, well_shown
from pmlib.competitive.maps.tally import Table, tally
from pmlib.competitive.maps.ties import nearest, ties
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import capital, count, listed
from pmlib.data import Source
from pmlib.data.words import meant
from pmlib.given import ungiven
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number, percentage

TITLE = "Map of associations"
EXPECTED, CELLS = 5, 0.8  # counts expected in at least so many cells; Cochran (1954), Biometrics 10(4)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AssociationMap(Result):
    """Rows and columns of counts on two axes, and what each goes with.

    analysis : every number of the correspondence analysis, on more than two axes.
    shown : points to set off on the chart.
    """

    analysis: CorrespondenceAnalysis
    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the map: rows as dots, columns as triangles, each with where else it might stand."""
        from pmlib import chart

        return chart.biplot(
            self.frame, "x", "y", "label", "side", forms={"row": "dot", "column": "triangle"},
            columns=self.columns, highlight=self.shown, shaded=self.shown, ax=ax,
        )  # fmt: skip


def association_map(
    source: Source | pd.DataFrame,
    *,
    rows: str | None = None,
    columns: str | None = None,
    counts: str | None = None,
    focal: str | None = None,
    extra_rows: Sequence[str] = (),
    extra_columns: Sequence[str] = (),
    level: float = 0.95,
    seed: int = 1,
) -> AssociationMap | Absent:
    """Map counts, rows by columns, so that what goes together more often than by chance stands together.

    Correspondence analysis in principal coordinates (the symmetric map): distances between two rows, or two
    columns, are those of their profiles; a row and a column are compared by direction from the middle. What
    the words say is read off the counts themselves.

    Parameters
    ----------
    source : counts; a frame with rows labelled by its index, or a Source. Of a Source: wide, one row a label
        and its attributes the columns of counts; or long, with `columns` named.
    rows, columns : of a Source: the columns whose labels are mapped (rows: by default name, product, firm,
        topic or reason, the first there is). counts : of the long form: what is added up; units, else
        chosen, else the rows themselves.
    focal : a row or a column that the words are about; else the strongest tie.
    extra_rows, extra_columns : put on the map without moving it.
    level : of ellipses (each), and of the intervals of what goes together (all pairs at once).
    seed : of the draws behind the ellipses.

    Returns
    -------
    AssociationMap : frame has one row a point, rows first: point, kind, label (as on the map), side ("row" or
        "column"), active, mass, inertia (its share), x, y (principal coordinates), long, short, angle (of the
        ellipse), contribution_1, contribution_2 (to the axes), quality (share of its difference that the map
        shows, cos² on two axes), tie (what it goes with most), estimate, low, high (how many times as often
        as by chance), clear (whether more often than chance would have it, in all of the table too), nearest
        (the point of its own side with the least different profile).

    Raises
    ------
    ValueError : a count that is negative, missing or no number; a label twice, blank or unknown; a level
        outside 0 to 1.
    """
    check_level(level)
    if absent := ungiven(TITLE, source, "table of counts"):
        return absent
    table = tally(source, rows, columns, counts)
    if isinstance(table, str):
        return Absent(title=TITLE, reason=table)
    try:
        found = correspondence(table.counts, extra_rows=extra_rows, extra_columns=extra_columns)
    except TooFew as few:
        return Absent(title=TITLE, reason=f"{capital(str(few))}.")
    if np.isnan(found.explained[0]):
        return Absent(title=TITLE, reason=f"Every {table.row} has the same shares: nothing to tell apart.")
    ellipses = counts_ellipses(found, level=level, seed=seed)
    frame = _frame(found, table, ellipses, level)
    active = frame.loc[frame["active"], "point"]
    if focal is not None and focal not in set(active):
        raise ValueError(f'focal "{focal}" is not what makes the map; {meant(focal, active.unique())}')
    return _told(source, table, found, frame, focal, level, drawn=ellipses is not None)


def _frame(
    found: CorrespondenceAnalysis,
    table: Table,
    ellipses: tuple[pd.DataFrame, pd.DataFrame] | None,
    level: float,
) -> pd.DataFrame:
    tied = ties(found.counts, level, whole=found.whole)
    tied["nearest"] = [*nearest(found.counts), *nearest(found.counts.T)]
    tied[["tie", "nearest"]] = tied[["tie", "nearest"]].astype(
        "str"
    )  # as places are called, whatever the labels
    tied["clear"] = (tied["low"] > 1) & (found.p_value < 1 - level)
    active = [place(found.rows, "row"), place(found.columns, "column")]
    extra = [place(found.extra_rows, "row"), place(found.extra_columns, "column")]
    parts = [pd.concat(active, ignore_index=True).join(tied).assign(active=True)]
    if ellipses:
        parts[0] = parts[0].join(pd.concat(ellipses, ignore_index=True))
    parts += [part.assign(active=False) for part in extra if len(part)]
    frame = pd.concat(parts, ignore_index=True)
    frame["kind"] = frame["side"].map({"row": table.row, "column": table.column})
    twice = frame["point"].duplicated(keep=False)  # as where brands are left for brands
    frame["label"] = frame["point"].where(~twice, frame["point"] + " (" + frame["kind"] + ")")
    order = [*PLACED, *SHAPE, "active", "tie", "estimate", "low", "high", "clear", "nearest"]
    return frame.reindex(columns=order).sort_values("side", ascending=False, kind="stable", ignore_index=True)


def _told(
    source: Source | pd.DataFrame,
    table: Table,
    found: CorrespondenceAnalysis,
    frame: pd.DataFrame,
    focal: str | None,
    level: float,
    drawn: bool,
) -> AssociationMap:
    name, line = (source.name, source.line) if isinstance(source, Source) else ("", "")
    own, free = _about(frame, focal), _free(frame)
    share = shown_share(found.explained)
    said = _sentence(own, table)
    alike = len(found.counts) > 2 and focal is not None
    shown = _shown(own, frame)
    who = listed(list(dict.fromkeys([own["point"], own["tie"]])))
    shaded = f". Shaded: where {who} may stand, {percentage(level)} each" if own["long"] > 0 else ""
    return AssociationMap(
        title=_title(own, table, focal),
        subtitle=f"Dots: {table.row}; triangles: {table.column}; what lies in one direction from the middle "
        f"goes together{shaded}",
        finding=f"{said} The map shows {number(share, '%')} of all differences.",
        headline=f"{said} Most like it: {own['nearest']}." if alike else said,
        advice=f"No {table.row} clearly stands out for {listed(free)}: open, if buyers care." if free else "",
        unknown="Whether it wins buyers: the map shows what goes together, not why.",
        frame=frame,
        columns={
            "point": Column("Point"),
            "kind": Column("Kind"),
            "tie": Column("Goes most with"),
            "estimate": Column("Times as often as by chance", "", 2),
            "low": Column("Low", "", 2),
            "high": Column("High", "", 2),
            "nearest": Column("Most like"),
            "x": Column(across(found.explained, 0)),
            "y": Column(across(found.explained, 1)),
            "quality": Column("Shown by the map", "%", 0),
        },
        source=line,
        numbers=_numbers(own, share, level, name, "focal_tie" if focal else "strongest_tie"),
        checks=(carries(share), *_checks(found, level, drawn=drawn), well_shown(frame)),
        analysis=found,
        shown=shown,
    )


def _numbers(own: pd.Series, share: float, level: float, source: str, name: str) -> tuple[Number, ...]:
    sure = not np.isnan(own["low"])
    return (
        Number(
            name=name,
            label=f"times as often as by chance: {own['point']} with {own['tie']}",
            value=float(own["estimate"]),
            low=float(own["low"]) if sure else None,
            high=float(own["high"]) if sure else None,
            level=level if sure else None,
            source=source,
        ),
        Number(
            name="map_share", label="of all differences are on the map", value=share, unit="%", source=source
        ),
    )


def _about(frame: pd.DataFrame, focal: str | None) -> pd.Series:
    """Choose the point that the words are about: the one asked for, else the row with the surest tie."""
    if focal is not None:
        return frame[frame["active"] & (frame["point"] == focal)].iloc[0]
    rows = frame[frame["active"] & (frame["side"] == "row")]
    return rows.loc[rows["low"].fillna(rows["estimate"]).idxmax()]


def _shown(own: pd.Series, frame: pd.DataFrame) -> tuple[str, ...]:
    """Give the point that the words are about and what it goes with, as they are called on the map."""
    other = frame[(frame["point"] == own["tie"]) & (frame["side"] != own["side"])]
    return (own["label"], other["label"].iloc[0])


def _free(frame: pd.DataFrame) -> list[str]:
    """List the largest columns that no row clearly goes with; none where that is true of most."""
    columns = frame[frame["active"] & (frame["side"] == "column")]
    left = columns[~columns["clear"].astype(bool)].sort_values("mass", ascending=False)["point"]
    return list(left.head(2)) if 2 * len(left) < len(columns) else []


def _title(own: pd.Series, table: Table, focal: str | None) -> str:
    if not own["clear"]:
        return f"{own['point']} stands out for nothing" if focal else f"No {table.row} clearly stands out"
    point, tie = _pair(own, table)
    if tie == "itself":
        return f"{point} goes most with itself"
    row, column = (point, tie) if own["side"] == "row" else (tie, point)
    return f"{row} stands out for {column}"


def _pair(own: pd.Series, table: Table) -> tuple[str, str]:
    # One name on both sides is one thing where all names are, as where brands are left for brands.
    if own["point"] != own["tie"]:
        return str(own["point"]), str(own["tie"])
    if set(table.counts.index.astype(str)) == set(table.counts.columns.astype(str)):
        return str(own["point"]), "itself"
    kinds = [table.row, table.column] if own["side"] == "row" else [table.column, table.row]
    return f"{own['point']} ({kinds[0]})", f"{own['tie']} ({kinds[1]})"


def _sentence(own: pd.Series, table: Table) -> str:
    pair = " goes most with ".join(_pair(own, table))
    if np.isnan(own["low"]):
        return f"{pair}: {number(own['estimate'], '', 1)} times as often as by chance."
    digits = interval_digits(own["low"], own["high"])
    times = f"{number(own['estimate'], '', digits)} times as often as by chance"
    sure = f"({interval(own['low'], own['high'], '', digits)})"
    return f"{pair}: {times} {sure}{'' if own['clear'] else ', which may be chance'}."


def _checks(found: CorrespondenceAnalysis, level: float, *, drawn: bool) -> tuple[Check, ...]:
    values = found.counts.to_numpy()
    expected = np.outer(values.sum(axis=1), values.sum(axis=0)) / values.sum()
    enough = float((expected >= EXPECTED).mean())
    checks = [Check("No row or column is empty", not found.dropped, left_out(found.dropped))]
    if not found.whole:
        return (
            *checks,
            Check("Counts are whole numbers, so it is known how sure they are", False, "they are not"),
        )
    test = (
        f"chi-squared {number(found.chi2)}, {count(found.freedom)} degrees of freedom, p {_p(found.p_value)}"
    )
    checks += [
        Check("Rows and columns have to do with each other", found.p_value < 1 - level, test),
        Check(
            f"Counts suffice: {EXPECTED} expected in {percentage(CELLS)} of the cells",
            enough >= CELLS,
            f"in {number(enough, '%', 0)}",
        ),
    ]
    if not drawn and min(values.shape) > 2:
        checks.append(Check("The table is small enough for ellipses", False, f"{count(values.size)} cells"))
    return tuple(checks)


def _p(value: float) -> str:
    return "under 0.001" if value < 0.001 else number(value, "", 3)
