"""What shares are shares of, as far as their sums tell."""

from collections import defaultdict

from pmlib.data.propose.column import Guess
from pmlib.data.propose.numbers import Style, split
from pmlib.data.propose.roles import holder, take

ROUNDED = 0.03  # how far rounding may take the sum of a period's shares from one
REST = (
    "The shares listed for a period add up to {}: they are read as shares of a market, so that others sold "
    "the rest, and shares on a page are of what is listed."
)
OVER = "The shares of some periods add up to a little over 100%, by rounding; they are read as amounts sold."


def settle(columns: list[Guess], style: Style) -> str:
    """Check a share column's role against its sums; gives the note that readers need.

    A gate refuses shares beyond one, so those that rounding takes there count as amounts. Sums far beyond are
    shares of something else than the market of a period, and have no role.
    """
    share, period = holder(columns, "share"), holder(columns, "period")
    if share is None:
        return ""
    sums = defaultdict[str, float](float)
    for i, cell in enumerate(share.values):
        sums[period.values[i] if period else ""] += _value(cell, style) * share.settings.get("scale", 1)
    low, high = min(sums.values()), max(sums.values())
    if high > 1 + ROUNDED:
        take(share)
        return ""
    if high > 1:
        take(share)
        share.set("role", "units")
        return OVER
    if low >= 1 - ROUNDED:
        return ""
    share.set("of", "market")
    return REST.format(_range(low, high))


def _range(low: float, high: float) -> str:
    ends = list(dict.fromkeys(f"{end:.0%}" for end in (low, high)))
    return " to ".join(ends)


def _value(cell: str, style: Style) -> float:
    part = split(cell)
    return style.value(part.digits) if part else 0.0
