"""A node of a driver tree: a leaf with a law, or a formula."""

import re
from dataclasses import dataclass

from pmlib.sizing.drivers.parse import Formula
from pmlib.sizing.drivers.refusal import at
from pmlib.sizing.drivers.units import Unit
from pmlib.stats.laws import Law

GRADES = ("A", "B", "C", "D")
DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-?Q[1-4])?", re.ASCII)


@dataclass(frozen=True)
class Remark:
    """What a comment says of a node: where the value is from, of when, how sure (A to D), and more."""

    source: str = ""
    date: str = ""
    grade: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One driver.

    text : what stands right of the =. line : its line in the tree's text, from 1.
    formula : what it is computed from, or None of a leaf, which has a law instead.
    """

    name: str
    unit: Unit
    text: str
    line: int
    formula: Formula | None = None
    law: Law | None = None
    remark: Remark = Remark()

    @property
    def label(self) -> str:
        """Its name in words."""
        words = self.name.replace("_", " ").strip()
        return words[:1].upper() + words[1:] if words.islower() else words

    @property
    def note(self) -> str:
        return self.remark.note

    @property
    def source(self) -> str:
        return self.remark.source

    @property
    def date(self) -> str:
        return self.remark.date

    @property
    def grade(self) -> str:
        return self.remark.grade

    @property
    def place(self) -> str:
        """Where it stands, as a refusal says it."""
        return f"node {self.name}, line {self.line}"

    def quantity(self, text: str) -> float:
        """Read a number that is written for this node, such as "60 M", in the node's unit.

        Raises
        ------
        TreeError : it is none.
        """
        from pmlib.sizing.drivers.leaf import in_unit
        from pmlib.sizing.drivers.values import value

        with at(f"node {self.name}, {text!r}"):
            given = value(text)
            if len(given.points) != 1 or given.tail.band or given.tail.law or given.tail.level:
                raise ValueError("one number is needed; write one such as 60 M")
            return in_unit(given.points[0], self.unit)


def remark(comment: str, *, leaf: bool) -> Remark:
    """Read a comment: source; date; grade, each optional; of a formula, what it is.

    Raises
    ------
    ValueError : a grade that is none of A to D, or a date that is none.
    """
    said = {"source": "", "date": "", "grade": ""}
    notes = []
    for part in filter(None, (part.strip() for part in comment.split(";"))):
        if DATE.fullmatch(part) and not said["date"]:
            said["date"] = part
        elif re.fullmatch(r"[0-9]{4}-[0-9Q-]+", part):
            raise ValueError(f"{part} is no date; write a year, 2025-01, 2025-01-31 or 2025-Q1")
        elif re.fullmatch(r"[A-Za-z]", part) and not said["grade"]:
            if part not in GRADES:
                raise ValueError(f"{part} is no grade; write A, B, C or D")
            said["grade"] = part
        elif leaf and not said["source"]:
            said["source"] = part
        else:
            notes.append(part)
    return Remark(**said, note="; ".join(notes))
