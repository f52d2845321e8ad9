"""The assumptions that a size rests on, each with its range, source, date and grade, and what is missing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from pmlib.parameters import check_level
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.lineage import untreed
from pmlib.sizing.drivers.moves import ASSUMED
from pmlib.sizing.drivers.words import amount, band, column, exact, inside, label, listed
from pmlib.table import Column, percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.node import Node
    from pmlib.sizing.drivers.tree import Tree

TITLE = "Assumptions"
WEAK = ("C", "D")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ledger(Result):
    """Every leaf of a driver tree. level : of the ranges."""

    folded: ClassVar[bool] = True
    level: float


def ledger(market: "Tree | Absent | None", *, level: float = 0.8) -> Ledger | Absent:
    """List every assumption of a driver tree.

    Parameters
    ----------
    market : the tree. level : of the ranges shown.

    Returns
    -------
    Ledger : frame has a row per leaf, in the order of the tree: name, label, value and range (in words),
        unit, source, date, grade (A to D), missing (which of the three is not said), estimate (median),
        low, high, law (in words), note. Its numbers are one per leaf; the next `what_moved` reads them.
    """
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Absent)
    check_level(level)
    leaves = [market.nodes[name] for name in market.leaves]
    frame = pd.DataFrame([_row(node, level) for node in leaves])
    sourced = int((frame["source"] != "").sum())
    weak = [inside(node) for node in leaves if node.grade in WEAK]
    ungraded = int((frame["grade"] == "").sum())
    said = [f"{sourced} of {len(leaves)} assumptions name their source"]
    said += [f"{ungraded} carry no grade" if ungraded != 1 else "1 carries no grade"] if ungraded else []
    said += [f"graded C or D: {listed(weak)}"] if weak else []
    return Ledger(
        title=f"{sourced} of {len(leaves)} assumptions have a source",
        finding=f"{'; '.join(said)}.",
        subtitle=f"Medians and {percentage(level)} ranges; grades from A (measured) to D (a guess).",
        frame=frame,
        columns={
            "label": Column("Assumption"),
            "value": Column("Median"),
            "range": Column(f"{percentage(level)} range"),
            "source": Column("Source"),
            "grade": Column("Grade"),
            "missing": Column("Missing"),
        },
        numbers=tuple(_number(node, level) for node in leaves),
        checks=tuple(_check(frame, what) for what in ("source", "date", "grade")),
        level=level,
    )


def _row(node: "Node", level: float) -> dict[str, object]:
    assert node.law is not None  # of a leaf
    unit, middle = column(node).unit, node.law.median
    low, high = node.law.ends(level)
    said = {"source": node.source, "date": node.date, "grade": node.grade}
    return {
        "name": node.name,
        "label": label(node),
        "value": amount(middle, low, high, unit) if high > low else exact(middle, unit),
        "range": band(low, high, unit),
        "unit": unit,
        **said,
        "missing": ", ".join(what for what, words in said.items() if not words),
        "estimate": middle,
        "low": low,
        "high": high,
        "law": node.law.kind,
        "note": node.note,
    }


def _number(node: "Node", level: float) -> Number:
    assert node.law is not None
    low, high = node.law.ends(level)
    varies = not node.law.constant
    return Number(
        name=f"{ASSUMED}{node.name}",
        label=f"{label(node)}, assumed",
        value=float(node.law.median),
        low=float(low) if varies else None,
        high=float(high) if varies else None,
        level=level if varies else None,
        unit=column(node).unit,
        period=node.date,
        source=node.source,
    )


def _check(frame: pd.DataFrame, what: str) -> Check:
    without = list(frame.loc[frame[what] == "", "label"])
    saw = f"none of {listed(without, 'or')}" if without else f"all {len(frame)} of them do"
    return Check(f"Every assumption has a {what}", not without, saw)
