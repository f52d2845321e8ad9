"""The few turns of phrase that the sentences of this topic share."""

import re
from collections.abc import Iterable
from itertools import count as steps

from pmlib.table import interval, number, percentage, plain
from pmlib.wording import capital as capital  # a topic's sentences take all their words from here
from pmlib.wording import listed as listed
from pmlib.wording import lower as lower

SMALLEST = 0.001  # a share below this is written as "under" it
TAKEN = {"focal", "leader"}  # said of a Number by its part in the report, so not by a firm called so


def possessive(name: str) -> str:
    """Write whose: Ford's, General Motors'."""
    return name + ("'" if name.endswith(("s", "S")) else "'s")


def percent(share: float) -> str:
    """Write a share with one decimal: 37.5%, under 0.1%, none."""
    if share == 0:
        return "none"
    return f"under {number(SMALLEST, '%', 1)}" if share < SMALLEST else number(share, "%", 1)


def at(period: str) -> str:
    """Say when, as a sentence does: in 1990, in Mar 1990, on 2025-06-28."""
    return f"{'on' if re.fullmatch(r'[0-9]{4}-[0-9]{2}-[0-9]{2}', period) else 'in'} {period}"


def count(items: float) -> str:
    """Write how many: 19, 1,204."""
    return number(items, "", 0)


def gained(change: float) -> str:
    """Say which way a share went."""
    return "gained" if change > 0 else "lost"


def points(change: float, *, unit: bool = True) -> str:
    """Write the size of a change of share, with or without its unit: 10.9 points."""
    return number(abs(change), "points", 1) if unit else plain(abs(change), "points", 1)


def signed(change: float) -> str:
    """Write a change of share with its sign: +3.4 points."""
    return number(change, "points", 1, sign=True)


def slug(name: str) -> str:
    """Turn a firm's name into a Number's: General Motors → general_motors."""
    return re.sub(r"\W+", "_", name.casefold()).strip("_") or "firm"


def names(firms: Iterable[str]) -> dict[str, str]:
    """Give each firm its Numbers' name, none twice: C and C++ → c_1 and c_2, in the order of the alphabet."""
    firms = sorted(set(map(str, firms)))
    plain_ = {firm: slug(firm) for firm in firms}
    slugs = list(plain_.values())
    named = {firm: name for firm, name in plain_.items() if slugs.count(name) == 1 and name not in TAKEN}
    for firm in firms:
        if firm not in named:
            tries = (f"{plain_[firm]}_{i}" for i in steps(1))
            named[firm] = next(name for name in tries if name not in named.values())
    return named


def money(price: float, unit: str) -> str:
    """Write a price without the year of its money, which the subtitle says: $10.4k."""
    return number(price, re.sub(r" \(.*\)$", "", unit))


def level_words(level: float) -> str:
    """Name the intervals of a subtitle: 95% intervals."""
    return f"{percentage(level)} intervals"


def apart(estimate: float, low: float, high: float, other: str = "") -> str:
    """Write how far from another something is: 2% above comparable products (−1% to 5%)."""
    digits = 0 if high - low > 0.02 else 1
    side = f"{number(abs(estimate), '%', digits)} {'above' if estimate > 0 else 'below'}"
    if round(estimate, digits + 2) == 0:
        side = "level with"
    return f"{side} {other}".rstrip() + f" ({interval(low, high, '%', digits)})"
