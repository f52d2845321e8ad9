"""Why the size is another than in the last edition: the change, attributed to drivers without a remainder."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pmlib.edition import previous
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.draws import DRAWS
from pmlib.sizing.drivers.draws import draws as drawn
from pmlib.sizing.drivers.levels import quantiles
from pmlib.sizing.drivers.lineage import focus_of, untreed
from pmlib.sizing.drivers.moves import FORMULAS, NOTHING, POINT, Edition, Moves, edition, moves, published
from pmlib.sizing.drivers.words import about, column, exact, in_money, inside, label, listed, spoken, verb
from pmlib.table import Column, number

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

TITLE = "What moved the size"
SAID = 3  # drivers that a sentence names
EXACT = 1e-12
ALL_ELSE = "Formulas, new and dropped drivers"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WhatMoved(Result):
    """What each driver did to the focus since the last edition, the largest first.

    before, now : the focus with all drivers at their median; NaN for a first edition.
    """

    focus: str
    before: float
    now: float

    def plot(self, ax: Any = None) -> Any:
        """Draw what each driver added or took, where there are several."""
        from pmlib import chart

        if len(self.frame) < 2:
            return None
        spec = self.columns["points"] if self.frame["points"].notna().all() else self.columns["amount"]
        value = "points" if spec.unit == "points" else "amount"
        return chart.ranked(self.frame.head(10), value, "label", spec=spec, signed=True, ax=ax)


def what_moved(
    market: "Tree | Absent | None",
    focus: str | None = None,
    before: "Tree | Absent | None" = None,
    *,
    level: float = 0.8,
    seed: int = 1,
) -> WhatMoved | Absent:
    """Attribute the change of a node since the last edition to the drivers that changed.

    Compared are the node's values with all leaves at their median. First the formulas change, with leaves
    that are new, gone or in another unit; what is left is divided among leaves in logarithms (Shapley, which
    of a product is each leaf's own ratio), or in amounts where a value is zero or changes its sign.

    Parameters
    ----------
    market : the tree now. focus : the node; else the first that is part of no other.
    before : the tree then; else the Numbers that the last edition's `ledger` and `what_moved` published.
    level, seed : of the range that goes with today's value.

    Returns
    -------
    WhatMoved : frame has a row per driver that moved the node, the largest first, and one for formulas: name
        ("" of formulas), label, before, now (in words), log (add up to the logarithm of now over before;
        missing where there is none), amount (in the node's unit; add up to now − before), points (amount over
        before, 0-1; missing where logarithms are).

    Raises
    ------
    ValueError : an unknown focus.
    """
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Absent)
    check_level(level)
    check_seed(seed)
    focus = focus_of(market, focus)
    node = market.nodes[focus]
    unit = column(node).unit
    here = _number(market, focus, level, seed)
    if isinstance(before, Absent):
        return Absent(title=TITLE, reason=before.reason)
    if before is not None:
        last: Edition | None = edition(before, focus) if focus in before.nodes else None
        if last is None:
            return Absent(title=TITLE, reason=f"The tree before had no {focus}.")
    else:
        numbers = previous()
        if numbers is None:
            return _first_edition(focus, here)
        last = published(numbers, focus)
        if last is None:
            return Absent(title=TITLE, reason="The last edition published no assumptions to compare with.")
    if last.unit not in ("", unit):
        units = [one or "plain numbers" for one in (unit, last.unit)]
        reason = f"{label(node)}: in {units[0]} now, and in {units[1]} in the last edition."
        return Absent(title=TITLE, reason=reason)
    found = moves(market, focus, last)
    frame = _frame(market, last, found)
    return WhatMoved(
        title=_title(node, found),
        finding=_finding(node, unit, found, frame),
        headline=_headline(node, unit, found, frame),
        subtitle=_subtitle(node, unit),
        frame=frame,
        columns={
            "label": Column("Driver"),
            "before": Column("Last edition"),
            "now": Column("This edition"),
            "points": Column("Moved by", "points"),
            "amount": Column(f"{label(node)} moved by", unit),
        },
        numbers=(here,),
        checks=_checks(market, last, found),
        focus=focus,
        before=found.before,
        now=found.now,
    )


def _number(market: "Tree", focus: str, level: float, seed: int) -> Number:
    low, _, high = quantiles(drawn(market, DRAWS, seed=seed)[focus], level)
    node = market.nodes[focus]
    return Number(
        name=POINT.format(focus),
        label=f"{inside(node)}, all drivers at their median",
        value=float(market.evaluate({})[focus]),
        low=low if high > low else None,
        high=high if high > low else None,
        level=level if high > low else None,
        unit=column(node).unit,
    )


def _first_edition(focus: str, here: Number) -> WhatMoved:
    return WhatMoved(
        title="This is the first edition",
        finding="There is no earlier edition to compare with.",
        headline="this is the first edition.",
        frame=pd.DataFrame(columns=["label", "before", "now", "points", "amount"]),
        numbers=(here,),
        focus=focus,
        before=np.nan,
        now=here.value,
    )


def _frame(market: "Tree", last: Edition, found: Moves) -> pd.DataFrame:
    rows = []
    for name, part in found.parts.items():
        log = found.logs[name] if found.logs is not None else np.nan
        size = abs(part) if found.logs is None else abs(log)
        if size <= (NOTHING if found.logs is not None else NOTHING * max(abs(found.now), abs(found.before))):
            continue
        node = market.nodes.get(name)
        unit = column(node).unit if node else ""
        rows.append(
            {
                "name": name,
                "label": label(node) if node else ALL_ELSE,
                "before": exact(last.leaves[name][0], unit) if node else "",
                "now": exact(float(node.law.median), unit) if node and node.law else "",
                "log": log,
                "amount": part,
                "points": part / found.before if found.logs is not None else np.nan,
            }
        )
    frame = pd.DataFrame(rows, columns=["name", "label", "before", "now", "log", "amount", "points"])
    order = frame["amount"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _title(node: Any, found: Moves) -> str:
    if found.logs is None:
        way = "up" if found.now > found.before else "down" if found.now < found.before else "unmoved"
        return f"{label(node)} {verb(node, 'is', 'are')} {way} since the last edition"
    change = found.now / found.before - 1
    if abs(change) <= EXACT:
        return f"{label(node)} {verb(node, 'has', 'have')} not moved since the last edition"
    return (
        f"{label(node)} is {'up' if change > 0 else 'down'} {number(abs(change), '%')} since the last edition"
    )


def _finding(node: Any, unit: str, found: Moves, frame: pd.DataFrame) -> str:
    if frame.empty:
        return f"No driver of {inside(node)} moved since the last edition: {about(found.now, unit)}."
    said = f"{inside(node)} {verb(node, 'is', 'are')} {about(found.now, unit)}"
    then = f"after {about(found.before, unit)} in the last edition"
    return f"With all drivers at their median, {said}, {then}: {_parts(frame, unit)}.{_renewed(found)}"


def _headline(node: Any, unit: str, found: Moves, frame: pd.DataFrame) -> str:
    if frame.empty:
        return f"no driver of {inside(node)} moved."
    ends = f"from {about(found.before, unit)} to {about(found.now, unit)}"
    return f"{inside(node)} went {ends}: {_parts(frame, unit)}."


def _parts(frame: pd.DataFrame, unit: str) -> str:
    said = []
    for row in frame.head(SAID).itertuples():
        in_points = row.points == row.points
        size = (
            number(row.points, "points", sign=True)
            if in_points
            else number(row.amount, spoken(unit), sign=True)
        )
        said.append(f"{size} by {row.label[:1].lower() + row.label[1:]}")
    more = len(frame) - SAID
    return listed(said + ([f"{more} smaller {'move' if more == 1 else 'moves'}"] if more > 0 else []))


def _renewed(found: Moves) -> str:
    pairs = [
        ("New", found.new),
        ("Gone", found.gone),
        ("In another unit", found.recast),
        ("Another formula", found.redone or ()),
    ]
    return "".join(f" {what}: {listed(list(names))}." for what, names in pairs if names)


def _subtitle(node: Any, unit: str) -> str:
    what = f"{label(node)}{f' ({spoken(unit)})' if spoken(unit) else ''} at the drivers' medians"
    return (
        ", ".join(filter(None, [what, in_money(unit)])) + "; points are percentage points of the last value."
    )


def _checks(market: "Tree", last: Edition, found: Moves) -> tuple[Check, ...]:
    total = found.now - found.before
    gap = abs(sum(found.parts.values()) - total)
    scale = max(abs(found.now), abs(found.before), 1e-300)
    checks = [
        Check(
            "The parts add up to the change", gap <= EXACT * scale, f"they miss it by {gap / scale:.0e} of it"
        )
    ]
    if last.value is None:
        saw = "the last edition did not say the size at its medians, so its formulas cannot be compared"
        checks.append(Check("Formulas can be compared", False, saw))
    changed = [*found.new, *found.gone, *found.recast, *(found.redone or ())]
    still = "of another formula, or new, gone or in another unit: " + listed(changed) if changed else ""
    moved = (found.logs is not None and abs(found.logs[FORMULAS]) > NOTHING) or (
        found.logs is None and found.parts[FORMULAS]
    )
    if moved and not still:
        still = "the same drivers would have given another size then"
    checks.append(
        Check("Formulas and drivers are those of the last edition", not still, still or "all of them")
    )
    return tuple(checks)
