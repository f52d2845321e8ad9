"""How inputs and outputs of a formula are written, in Python and, by a description, in a page's script."""

from math import floor, isfinite, log10
from typing import Any

from pmlib.table import CURRENCIES, LARGE, SCALED, number

MILLION = 1e6
SHARES = ("%", "points")


def written(value: float, unit: str = "", digits: int | None = None, *, sign: bool = False) -> str:
    """Write a value as prose does: 1.24 million cars, 895,000, 37.5%; in three digits unless told how many.

    digits : decimals; below 0, to tens, hundreds and so on.
    """
    if isfinite(value) and value and abs(value) < MILLION and unit not in SHARES:
        tens = 2 - floor(log10(abs(value))) if digits is None else digits
        value = round(value, tens) if tens < 0 else value
    return number(value, unit, digits, sign=sign)


def bare(unit: str) -> str:
    """Leave of a unit what an amount cannot do without, as at the ends of a scale: %, $k, million."""
    first = unit.split(" ")[0]
    return first if unit in SHARES or unit[:1] in CURRENCIES or SCALED.match(unit) else ""


def pattern(unit: str) -> dict[str, Any]:
    """Describe how a unit is written, for a script that does not know units.

    Returns
    -------
    dict : times (the value, before it is written), share (whether it has a share's decimals), before, after
        and one (after a 1), large (pairs of a size from which on it is written in it, and its word).
    """
    share, currency = unit in SHARES, unit[:1] in CURRENCIES and bool(unit)
    after = {"%": "%", "points": " points"}.get(unit, unit[1:] if currency else f" {unit}".rstrip())
    large = (
        []
        if share or SCALED.match(unit)
        else [[size, letter if currency else word] for size, word, letter in LARGE]
    )
    return {
        "times": 100 if share else 1,
        "share": share,
        "before": unit[0] if currency else "",
        "after": after,
        "one": " point" if unit == "points" else after,
        "large": large,
    }
