"""Secrets of delivery: the settings name them as ${NAME}, and the environment holds them."""

import os
import re
from collections.abc import Iterable

from pmlib.secret import scrub
from pmlib.visible import visible, without_terminal

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,99})\}")
LONGEST = 300  # characters of what a server says


class Unset(ValueError):
    """The environment lacks a variable that is needed now."""


def name(text: str) -> str:
    """Give the variable that a setting names, or nothing where it names none."""
    found = NAMED.fullmatch(text)
    return found[1] if found else ""


def value(text: str, where: str) -> str:
    """Give what a setting stands for: the value of the variable it names, or itself.

    Raises
    ------
    Unset : the variable is not set.
    """
    if not (variable := name(text)):
        return text
    if not (found := os.environ.get(variable, "")):
        state = "is empty" if variable in os.environ else "is not set"
        raise Unset(f"{where} needs the environment variable {variable}, which {state}; set it for pmlib")
    return found


def told(text: object, settings: Iterable[str]) -> str:
    """Write what a server or a program said on one line, without any secret that the settings name."""
    names = filter(None, map(name, settings))
    line = " ".join(visible(without_terminal(str(text))).split())
    return str(scrub(line, {one: os.environ.get(one, "") for one in names}))[:LONGEST]
