"""The condition of an alert, as the catalog writes it: "ford_share < 20%"."""

import re
from dataclasses import dataclass

from pmlib.reports.amount import Amount, amount
from pmlib.reports.typed import did_you_mean, shown

BAND = re.compile(r"\s*\.\.\s*|\s+to\s+")
LIKE = (
    'write "share < 20%", "share > 25%", "share outside 20% .. 25%", "share crosses 20%", '
    '"share moves > 1 point" or "share excludes last"'
)
VERBS = ("<", ">", "outside", "crosses", "moves", "excludes")
LONGEST = 200  # characters


@dataclass(frozen=True)
class Condition:
    """What raises an alert.

    text : as written, tidied.
    name : of the Number that it is about.
    verb : one of VERBS.
    amounts : one, the two ends of a band, or none for "excludes last".
    """

    text: str
    name: str
    verb: str
    amounts: tuple[Amount, ...]


def condition(text: str) -> Condition:
    """Read the condition of an alert.

    Raises
    ------
    ValueError : it is none; one line that says what is allowed.
    """
    said = f"alerts has {shown(text)}"
    tidy = " ".join(text.split())
    if len(tidy) > LONGEST or not tidy.isprintable():
        raise ValueError(f"{said}; write at most {LONGEST} characters that can be printed")
    name, _, rest = re.sub(r"(?<! )([<>])", r" \1", tidy, count=1).partition(" ")
    verb, _, operand = re.sub(r"^([<>])(?! )", r"\1 ", rest).partition(" ")
    if verb not in VERBS:
        near = did_you_mean(verb, VERBS[2:]) if verb.isalpha() else ""
        raise ValueError(f"{said}, which is no condition{near or '; ' + LIKE}")
    if verb == "excludes":
        if operand != "last":
            raise ValueError(f'{said}, which excludes what? write "{name} excludes last", the last value')
        return Condition(tidy, name, verb, ())
    try:
        if verb == "outside":
            ends = BAND.split(operand)
            if len(ends) != 2:
                raise ValueError(f"{shown(operand)} is no band; write it as in 20% .. 25%")
            amounts = tuple(map(amount, ends))
        elif verb == "moves":
            if not operand.startswith(">"):
                raise ValueError(f"it does not say by how much; write it as in {name} moves > 1 point")
            amounts = (amount(operand[1:].strip()),)
        else:
            amounts = (amount(operand),)
    except ValueError as error:
        raise ValueError(f"{said}: {error}") from None
    if verb == "outside" and amounts[0].value >= amounts[1].value:
        raise ValueError(f"{said}, a band that ends before it begins; write the smaller end first")
    if verb == "moves" and amounts[0].value < 0:
        raise ValueError(f"{said}: a move has no sign; write {amounts[0].text.lstrip('-−')}")
    return Condition(tidy, name, verb, amounts)
