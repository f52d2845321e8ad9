"""What an estimate beside a mix of controls says, in words."""

from pmlib.impact.panel.comparable import Comparable
from pmlib.impact.panel.synthetic_error import Trial
from pmlib.result import Number
from pmlib.table import Column, interval, interval_digits, number, percentage
from pmlib.wording import capital, listed, lower

NAMED, LONGEST = 3, 5  # units by name in a sentence; words of a label in a title
HEAVY = 3  # donors in a sentence
USED, SEEN = 0.001, 0.02  # shares of a mix that count, and that are named


def title(chosen: Comparable, found: Trial, column: Column) -> str:
    """Say what was found in ten words."""
    if not found.found:
        named = f" on {lower(column.label)}" if len(column.label.split()) < LONGEST else ""
        return f"We cannot tell an effect{named}"
    label = f"{column.label}: " if len(column.label.split()) <= LONGEST else ""
    return capital(f"{label}{_share(found) or _amount(found, column)} since the launch")


def subtitle(chosen: Comparable, found: Trial, column: Column) -> str:
    """Say what is measured, where and when."""
    span = f"{chosen.periods[0]} to {chosen.periods[-1]}"
    return f"{column.heading}, {_who(chosen)} beside a mix of {len(chosen.controls)} others, {span}"


def headline(chosen: Comparable, found: Trial, column: Column) -> str:
    """Say it as the first screen does."""
    share, level = _share(found), percentage(found.level)
    said = f"{share or _amount(found, column)} ({_share_range(found) or _range(found, column)}, {level})"
    if found.found:
        return f"{capital(column.label)} in {_who(chosen)}: {said} against what it would have been."
    moved = f"We cannot yet say that the launch moved {lower(column.label)} in {_who(chosen)}."
    return f"{moved} {_sees(found, column)} It found {said}."


def finding(chosen: Comparable, found: Trial, column: Column) -> str:
    """Say effect, interval, mix and what the placebos showed."""
    since = f"since {chosen.periods[chosen.launch]}"
    ends = f"{_range(found, column)}, {percentage(found.level)}"
    also = f", or {_share(found)}" if _share(found) else ""
    parts = [
        _sees(found, column),
        f"{capital(column.label)} in {_who(chosen)} {since}: {_amount(found, column)} beside what a mix of "
        f"others shows ({ends}){also}.",
        _mix(chosen, found),
        _alarms(found),
    ]
    return " ".join(filter(None, parts))


def advice(chosen: Comparable, found: Trial, column: Column) -> str:
    """Say what to do with it."""
    if not found.found:
        return "Do not count on this launch having worked, and do not rule it out."
    said = _cautious(found, column)
    good = {"higher": found.effect > 0, "lower": found.effect < 0}.get(column.better)
    if good is False:
        return f"It went the wrong way: by {said} at least, as far as these units tell."
    return f"Plan on its cautious end, {said}."


def unknown(chosen: Comparable, found: Trial, column: Column) -> str:
    """Say what would change it."""
    return (
        "More units without it, or more periods before the launch, would narrow this; what else happened to "
        f"{_who(chosen)} at the time counts as its effect."
    )


def numbers(chosen: Comparable, found: Trial, column: Column) -> tuple[Number, ...]:
    """Give the effect, its share and what could have been found."""
    since, share = f"since {chosen.periods[chosen.launch]}", found.share
    effect = Number(
        name="effect",
        label=f"{lower(column.label)}, beside a mix of others",
        value=found.effect,
        low=found.low,
        high=found.high,
        level=found.level,
        unit=_unit(column),
        period=since,
    )
    if not share.known:
        return (effect,)
    relative = Number(
        name="relative_effect",
        label=f"{lower(column.label)}, of what would have been",
        value=share.value,
        low=share.low,
        high=share.high,
        level=found.level,
        unit="%",
        period=since,
    )
    seen = Number(
        name="detectable_effect",
        label="the smallest effect found in 4 of 5 cases",
        value=found.detectable,
        unit="%",
    )
    return (relative, effect, seen)


def _cautious(found: Trial, column: Column) -> str:
    share = found.share
    if share.known:
        return number(min(share.low, share.high, key=abs), "%", sign=True)
    return number(min(found.low, found.high, key=abs), _unit(column), sign=True)


def _who(chosen: Comparable) -> str:
    names = chosen.treated
    return listed(names) if len(names) <= NAMED else f"{len(names)} units"


def _unit(column: Column) -> str:
    return "points" if column.unit == "%" else column.unit


def _amount(found: Trial, column: Column) -> str:
    unit = _unit(column)
    return number(found.effect, unit, interval_digits(found.low, found.high, unit), sign=True)


def _range(found: Trial, column: Column) -> str:
    return interval(found.low, found.high, _unit(column))


def _share(found: Trial) -> str:
    share = found.share
    return (
        number(share.value, "%", interval_digits(share.low, share.high, "%"), sign=True)
        if share.known
        else ""
    )


def _share_range(found: Trial) -> str:
    return interval(found.share.low, found.share.high, "%") if found.share.known else ""


def _sees(found: Trial, column: Column) -> str:
    if not found.share.known:
        return f"This comparison finds effects from {number(found.seen, _unit(column))} on."
    digits = 0 if found.detectable > 0.1 else 1
    return f"This comparison finds effects from {number(found.detectable, '%', digits)} on."


def _mix(chosen: Comparable, found: Trial) -> str:
    if found.method == "did":
        return f"All {len(chosen.controls)} others count alike."
    weights = found.mix.unit_weights
    order = sorted(range(len(weights)), key=lambda at: -weights[at])
    used = sum(weight > USED for weight in weights)
    heavy = [
        f"{chosen.controls[at]} ({number(weights[at], '%', 0)})" for at in order[:HEAVY] if weights[at] > SEEN
    ]
    most = f"most of {listed(heavy)}" if heavy else f"none of more than {number(SEEN, '%')}"
    return f"The mix is of {used} of {len(weights)} units, {most}."


def _alarms(found: Trial) -> str:
    if found.placebos is None:
        return ""
    tried = len(found.placebos.effects)
    cried = round(found.false_alarms * tried)
    return f"Where nothing was launched it would cry effect in {cried} of {tried:,} cases."
