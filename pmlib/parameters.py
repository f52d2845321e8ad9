"""Parameters that many methods take, refused in one line where they cannot be."""

from math import ceil
from numbers import Integral, Real
from typing import Any

MOST = 10_000_000  # draws; more would fill a computer's memory before they moved an answer


def check_level(level: Any, low: float = 0.0, high: float = 1.0) -> None:
    """Refuse a level that is no fraction within these ends.

    Raises
    ------
    ValueError : it is another number. TypeError : it is none.
    """
    if isinstance(level, bool) or not isinstance(level, Real):
        raise TypeError(f"level is {_shown(level)}; write a number, such as 0.8")
    level = float(level)
    if not low < level < high:
        percent = level / 100
        such = f"{percent:g}" if low < percent < high and level > 1 else "0.8"
        raise ValueError(f"level is {level:g}; write a fraction between {low:g} and {high:g}, such as {such}")


def check_count(name: str, given: Any, least: int, most: int = MOST, better: str = "") -> None:
    """Refuse what is no whole number within these ends.

    Raises
    ------
    ValueError : it is another number. TypeError : it is none.
    """
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name} is {_shown(given)}; give a whole number, {least:,} to {most:,}")
    if not isinstance(given, Integral) or not least <= int(given) <= most:
        raise ValueError(f"{name} is {given:,}; give a whole number, {least:,} to {most:,}{better}")


def check_seed(seed: Any) -> None:
    """Refuse a seed that is no whole number of 0 or more.

    Raises
    ------
    ValueError : it is another number. TypeError : it is none.
    """
    if isinstance(seed, bool) or not isinstance(seed, Real):
        raise TypeError(f"seed is {_shown(seed)}; give a whole number of 0 or more")
    if not isinstance(seed, Integral) or int(seed) < 0:
        raise ValueError(f"seed is {seed:,}; give a whole number of 0 or more")


def check_resamples(level: Any, draws: Any, seed: Any) -> None:
    """Refuse a level, a seed, and fewer resamples than the ends of an interval of that level need.

    Raises
    ------
    ValueError, TypeError : either of them.
    """
    check_level(level)
    check_seed(seed)
    least = ceil(round(2 / (1 - level), 6))
    if least > MOST:
        raise ValueError(f"level is {level!r}; no {MOST:,} draws tell its ends: write 0.99 or less")
    check_count("draws", draws, least, better=f"; an interval of {level:g} needs {least:,}, better 2,000")


def check_name(name: str, given: Any) -> None:
    """Refuse what is no text where the name of a column, a node or a market is due.

    Raises
    ------
    TypeError : it is none.
    """
    if not isinstance(given, str):
        raise TypeError(f"{name} is {_shown(given)}; write a name in quotes")


def check_names(name: str, given: Any) -> None:
    """Refuse what is no list of texts; a text alone is left to who knows what it may mean.

    Raises
    ------
    TypeError : it is none.
    """
    if isinstance(given, str):
        return
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, str) for one in given):
        raise TypeError(f"{name} is {_shown(given)}; write a list of texts in quotes")


def check_number(name: str, given: Any, what: str) -> None:
    """Refuse what is no number, such as a number in quotes.

    what : it should be, as in "a cost above 0".

    Raises
    ------
    TypeError : it is none.
    """
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name} is {_shown(given)}; give {what}")


def check_flag(name: str, given: Any) -> None:
    """Refuse what is neither True nor False: "no" would count as yes.

    Raises
    ------
    TypeError : it is neither.
    """
    if not isinstance(given, bool):
        raise TypeError(f"{name} is {_shown(given)}; write True or False")


def _shown(given: Any) -> str:
    from pmlib.data.words import shown  # with the whole gate, which what is right does not need

    return shown(given)
