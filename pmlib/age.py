"""Ages in words, as declarations give them: "40 days", "6 weeks"."""

import re

AGE = re.compile(r"([0-9]{1,4}) (day|week|month|year)s?")
DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}  # at most, so that nothing is called late too early


def days(max_age: str) -> int:
    """Count the days of an age in words.

    Raises
    ------
    ValueError : it is none; says how to write one.
    """
    found = AGE.fullmatch(max_age)
    if not found:
        raise ValueError(f'max_age is {max_age!r}; write it as in "40 days", "6 weeks" or "1 year"')
    return int(found[1]) * DAYS[found[2]]
