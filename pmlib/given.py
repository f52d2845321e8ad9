"""Whether there is a table or a model to look at; what was left out is passed on with its reason."""

from typing import Any

from pmlib.data import Source
from pmlib.result import Absent


def ungiven(title: str, given: Any, what: str) -> Absent | None:
    """Say that a section's table was not given, or why there is none; None where there is one.

    Parameters
    ----------
    title : of the section. given : a table, a model, what stands for one that is absent, or None.
    what : to call it, as in "table of choices".
    """
    if isinstance(given, Absent):
        return Absent(title=title, reason=given.reason)
    if given is None or (isinstance(given, Source) and not given.given):
        return Absent(title=title, reason=f"No {what} was given.")
    return None


def unfitted(title: str, model: Any) -> Absent | None:
    """Say that a section's model was not given, or why there is none; None where there is one.

    Raises
    ------
    ValueError : it is a table.
    """
    if absent := ungiven(title, model, "fitted model"):
        return absent
    if isinstance(model, Source):
        raise ValueError(f"{model.name} is a table; give a fitted model of it, as conditional_logit gives")
    return None
