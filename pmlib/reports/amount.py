"""Amounts as people write them, such as 20%, 1 point, $500M or 2 million cars, in the unit of a Number."""

import re
from dataclasses import dataclass

from pmlib.reports.typed import shown

SCALES = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
SCALE = r"(?:(?P<scale>k|K|M|bn|thousand|million|billion)\b)?\s*(?P<rest>.*)"
AMOUNT = re.compile(
    r"(?P<minus>[-−]?)(?P<money>[$€£¥]?)(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})(?:[.][0-9]{1,12})?)"
    rf"(?![0-9.,])\s*{SCALE}"
)
UNIT = re.compile(rf"(?P<money>[$€£¥]?){SCALE}")
SHARE, POINTS = "%", ("point", "points", "percentage point", "percentage points")


@dataclass(frozen=True)
class Amount:
    """A number that somebody wrote, and what he wrote with it.

    text : as written. value : with its scale counted in, so that $2M is 2,000,000.
    money : its currency sign. scale : such as M. rest : what follows, such as % or cars. Each may be empty.
    """

    text: str
    value: float
    money: str
    scale: str
    rest: str

    def within(self, unit: str) -> float:
        """Give it in the unit of a Number.

        Raises
        ------
        ValueError : it is written in another unit, or leaves open at which scale.
        """
        if unit in (SHARE, "points"):
            wanted, like = ((SHARE,), "20%") if unit == SHARE else (POINTS, "2 points")
            if self.rest not in wanted or self.money or self.scale:
                raise ValueError(f"{shown(self.text)} is not in {unit}; write it as in {like}")
            return self.value / 100
        of = UNIT.fullmatch(unit)
        assert of is not None  # each part of it may be empty
        if self.money != of["money"] or self.rest.casefold() not in ("", of["rest"].casefold()):
            raise ValueError(f"{shown(self.text)} is not in {shown(unit) if unit else 'plain numbers'}")
        if of["scale"] and not self.scale and not self.rest:
            raise ValueError(
                f"{shown(self.text)} lacks a scale, in {shown(unit)}; write {of['scale']} after it"
            )
        return self.value / SCALES[(of["scale"] or "").lower()]


def amount(text: str) -> Amount:
    """Read an amount.

    Raises
    ------
    ValueError : it is none.
    """
    found = AMOUNT.fullmatch(text)
    if not found:
        raise ValueError(f"{shown(text)} is no amount; write it as in 20%, 1 point, $500M or 2,000")
    scale = found["scale"] or ""
    size = float(found["digits"].replace(",", "")) * SCALES[scale.lower()]
    return Amount(text, -size if found["minus"] else size, found["money"], scale, found["rest"].strip())
