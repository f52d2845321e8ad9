"""The words of a schedule, as the cron expressions that they mean."""

import re

from pmlib.reports.typed import did_you_mean, shown

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAY = {form: day[:3] for day in DAYS for form in (day, f"{day}s", day[:3])}
MONTH = {form: month[:3] for month in MONTHS for form in (month, month[:3])}
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
ORDINAL = re.compile(r"([1-9]|[12][0-9]|3[01])(st|nd|rd|th)?")
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
SETS = {
    "daily": "* * *", "day": "* * *", "weekdays": "* * mon-fri", "weekday": "* * mon-fri",
    "weekends": "* * sat,sun", "weekend": "* * sat,sun", "quarterly": "1 jan,apr,jul,oct *",
}  # fmt: skip
MINUTES = [n for n in range(1, 31) if not 60 % n]
HOURS = [n for n in range(1, 13) if not 24 % n]
VAGUE = {"weekly", "monthly", "yearly", "annually"}
FILLERS = {"at", "on", "and", "the", "of", "each"}
KNOWN = [*DAYS, *MONTHS, *NTH, *SETS, "every", "last", "month", "hourly", "hours", "minutes"]
LIKE = (
    'write five cron fields, or words as in "weekdays 07:00", "mondays 08:30", "1st of the month 06:00", '
    '"last weekday of the month 17:00", "1 january 09:00", "quarterly 09:00" or "every 15 minutes"'
)


def crons(text: str) -> list[str]:
    """Put a schedule's words as cron expressions: one, or one for each minute of the hour it names.

    Raises
    ------
    ValueError : it is no schedule; the line says which word is not understood, and what is.
    """
    words = [word for word in text.lower().replace(",", " ").split() if word not in FILLERS]
    days = [word for word in words if ":" not in word]
    times = words[len(days) :]
    for word in times:
        if not TIME.fullmatch(word) and ":" in word:
            raise ValueError(f"schedule has {shown(word)}, which is no time of day; write 00:00 to 23:59")
    if days[:1] == ["every"]:
        days = days[1:]
    interval, dates = _interval(days), _dates(days)
    if not (interval or dates) or not all(map(TIME.fullmatch, times)):
        raise ValueError(_unread(text, words))
    if interval:
        if times:
            raise ValueError(
                f"schedule is {shown(text)}, an interval; it takes no time: leave out {times[0]}"
            )
        return [interval]
    by_minute = dict[str, list[str]]()
    for word in times or ["00:00"]:
        hour, minute = word.split(":")
        by_minute.setdefault(str(int(minute)), []).append(str(int(hour)))
    return [f"{minute} {','.join(hours)} {dates}" for minute, hours in by_minute.items()]


def tidied(text: str) -> str:
    """Write a schedule's words in one way, with the time that it takes."""
    words = re.sub(r"[\s,]*,[\s,]*", ", ", " ".join(text.lower().split())).strip(", ")
    return words if ":" in words or _interval(words.removeprefix("every ").split()) else f"{words} 00:00"


def _interval(words: list[str]) -> str:
    """Read "hourly", "15 minutes" and "2 hours"."""
    match words:
        case ["hourly" | "hour"]:
            return "0 * * * *"
        case ["minute"]:
            return "* * * * *"
        case [count, "minutes"]:
            return f"*/{_divides(count, MINUTES, 'minutes', 'an hour')} * * * *"
        case [count, "hours"]:
            return f"0 */{_divides(count, HOURS, 'hours', 'a day')} * * *"
    return ""


def _divides(count: str, allowed: list[int], unit: str, whole: str) -> int:
    if count in map(str, allowed):
        return int(count)
    fit = f"{whole} is filled by {', '.join(map(str, allowed))}"
    raise ValueError(f"schedule says every {shown(count)} {unit}; {fit}")


def _dates(words: list[str]) -> str:
    """Give the last three cron fields: day of the month, month, day of the week."""
    if len(words) == 1 and words[0] in SETS:
        return SETS[words[0]]
    if words and all(word in DAY for word in words):
        return f"* * {','.join(DAY[word] for word in words)}"
    days = [word for word in words if word not in MONTH and word != "month"]
    named = words[len(days) :]
    if named != ["month"] and not (named and all(word in MONTH for word in named)):
        return ""
    months = ",".join(MONTH.get(word, "*") for word in named)
    match days:
        case ["last", "day"]:
            return f"L {months} *"
        case ["last", "weekday"]:
            return f"LW {months} *"
        case ["last", day] if day in DAY:
            return f"* {months} {_number(day)}L"
        case [nth, day] if nth in NTH and day in DAY:
            return f"* {months} {_number(day)}#{NTH[nth]}"
        case ["first", "day"]:
            return f"1 {months} *"
    numbers = [ORDINAL.fullmatch(word) for word in days]
    return f"{','.join(n[1] for n in numbers if n)} {months} *" if numbers and all(numbers) else ""


def _number(day: str) -> int:
    return [name[:3] for name in DAYS].index(DAY[day]) + 1


def _unread(text: str, words: list[str]) -> str:
    """Say what of a schedule is not understood."""
    known = {*KNOWN, *DAY, *MONTH, "minute", "hour"}
    for word in words:
        if word in VAGUE:
            return f"schedule is {shown(text)}, which says no day; {LIKE}"
        if word not in known and not ORDINAL.fullmatch(word) and not TIME.fullmatch(word):
            near = did_you_mean(word, KNOWN)
            return f"schedule is {shown(text)}, in which {shown(word)} is not understood{near or '; ' + LIKE}"
    return f"schedule is {shown(text)}, which is not understood; {LIKE}"
