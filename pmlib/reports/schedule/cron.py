"""Cron expressions: what is wrong with one, what it says in words, and what of it surprises.

The calendar is the cronsim package's, always asked without a time zone: when.py says why.
"""

from collections.abc import Iterator
from datetime import datetime

from cronsim import CronSim, CronSimError

from pmlib.reports.typed import did_you_mean, shown

FIELDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day of the month": "1-31, L (the last day) or LW (the last weekday)",
    "month": "1-12 or JAN-DEC",
    "day of the week": "0-7 or SUN-SAT, 5L (the last Friday) or 1#2 (the second Monday)",
}
NAMES = {
    "month": ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    "day of the week": ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"),
}
LENGTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of months, in three years of four
START = datetime(2000, 1, 1)


def looks_like(text: str) -> bool:
    """Tell whether a schedule is meant as a cron expression rather than words."""
    start = text.upper().split()[:3]
    return len(start) > 1 and all(set(field) <= set("0123456789*/,-LW") for field in start)


def checked(text: str) -> str:
    """Give a cron expression back, tidied.

    Raises
    ------
    ValueError : it has not five fields, or one of them cannot be read; one line that says what it takes.
    """
    fields = text.upper().split()
    if len(fields) != len(FIELDS):
        raise ValueError(
            f"schedule is {shown(text)}, with {len(fields)} fields; cron has five: {', '.join(FIELDS)}"
        )
    for place, (name, field) in enumerate(zip(FIELDS, fields, strict=True)):
        try:
            CronSim(" ".join(["*"] * place + [field] + ["*"] * (4 - place)), START)
        except (CronSimError, ValueError):
            near = did_you_mean(field, NAMES.get(name, ())) if field.isalpha() else ""
            raise ValueError(
                f"schedule is {shown(text)}, whose {name} is {shown(field)}; it takes {FIELDS[name]}, "
                f"lists (1,3), ranges (1-5) and steps (*/2){near}"
            ) from None
    return " ".join(fields)


def comes(cron: str) -> bool:
    """Tell whether there is a day in fifty years that the expression names."""
    try:
        return next(walls(cron, START), None) is not None
    except CronSimError:  # it knows some that never come, such as 30 February, when it reads them
        return False


def walls(cron: str, start: datetime, *, back: bool = False) -> Iterator[datetime]:
    """Give the times that an expression names after this one, or before it: a calendar without time zones."""
    times = CronSim(cron, start, reverse=back)
    while True:
        try:
            yield next(times)
        except (StopIteration, OverflowError):  # no such day in fifty years, or where the calendar ends
            return


def flows(cron: str) -> bool:
    """Tell whether it names nothing but minutes, as "every 15 minutes" does."""
    return cron.split()[1:] == ["*"] * 4


def minutes(cron: str) -> set[int]:
    """Give the minutes of the hour that it names."""
    return CronSim(cron, START).minutes


def told(cron: str) -> str:
    """Say it in words."""
    text = CronSim(cron, START).explain()
    return text[0].lower() + text[1:]


def note(cron: str) -> str:
    """Say what a reader may not expect: months without that day, or either of two days."""
    _, _, days, _, weekdays = cron.split()
    if "*" not in (days[0], weekdays[0]):
        return "day of the month and day of the week: either is enough"
    read = CronSim(cron, START)
    late = [] if days[0] == "*" else sorted(day for day in read.days if day > 28)
    said = []
    for day in late:
        have = sum(LENGTH[month - 1] >= day for month in read.months)
        if have == 0:  # of February alone
            said.append("a 29th comes in leap years only" if day == 29 else f"a {day}th never comes")
        elif have < len(read.months):
            said.append(f"{have} of {len(read.months)} months have a {day}{'st' if day == 31 else 'th'}")
    return "; ".join(said)
