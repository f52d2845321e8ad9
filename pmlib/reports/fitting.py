"""Which of a notebook's tables a source is to be, by its roles and by what parameters are called."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pmlib.reports.parameters import Parameter

if TYPE_CHECKING:
    from pmlib.data import Source

# What a parameter is called that takes tables with this role; any other table is one of a market.
CALLED = {
    "claim": ("facts",),
    "won": ("deals",),
    "chosen": ("choices", "study", "asked"),
    "too_cheap": ("asked",),
    "margin": ("population",),
    "design_weight": ("survey",),
    "income_a_head": ("panel",),
    "segment": ("groups",),
    "variant": ("test",),
    "treated": ("panel",),
    "launched": ("panel",),
    "effect": ("past",),
    "launch": ("events",),
    "kpi": ("series",),
}
MARKET = ("market", "history")


def tables(known: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """List the parameters that name a table."""
    return {name: parameter for name, parameter in known.items() if parameter.type.kind == "Source"}


def fitting(known: Mapping[str, Parameter], source: "Source") -> list[str]:
    """List the parameters that are to name a source: all that need a table, else the one that fits best."""
    asked = tables(known)
    needed = [name for name, parameter in asked.items() if not parameter.type.optional]
    called = [name for name in _called(source) if name in asked]
    return needed or called[:1] or list(asked)[:1]


def _called(source: "Source") -> tuple[str, ...]:
    for role, names in CALLED.items():
        if source.has(role):
            # What a study lets one choose from is made up: it has a firm and attributes, and is no product.
            return names if role != "chosen" or source.has("product") else names[::-1]
    return MARKET
