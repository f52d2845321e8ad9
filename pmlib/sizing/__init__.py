"""How big is the market? Driver trees, triangulation, adoption, price, incidence and segments."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Plain imports, in this form: a function may share its module's name, and the function must win.
from pmlib.sizing.adoption import (
    Adoption,
    AdoptionHindcast,
    Generations,
    adoption,
    generations,
    hindcast,
)
from pmlib.sizing.better_information import better_information
from pmlib.sizing.chance import chance
from pmlib.sizing.driver_tree import driver_tree
from pmlib.sizing.drivers.tree import Tree, tree
from pmlib.sizing.funnel import funnel
from pmlib.sizing.income_curve import IncomeCurve, income_curve
from pmlib.sizing.ledger import ledger
from pmlib.sizing.money import Factor, Money, PurchasingPower, in_money, money, purchasing_power
from pmlib.sizing.reconcile import reconcile
from pmlib.sizing.scenarios import scenarios
from pmlib.sizing.segments import segments
from pmlib.sizing.size import size
from pmlib.sizing.tornado import tornado
from pmlib.sizing.what_moved import what_moved
from pmlib.sizing.where_methods_part import where_methods_part

if TYPE_CHECKING:
    from pmlib.sizing.price.gabor_granger import gabor_granger
    from pmlib.sizing.price.van_westendorp import price_sensitivity
    from pmlib.sizing.survey.incidence import incidence
    from pmlib.sizing.survey.weighting import weighting

__all__ = [
    "Adoption",
    "AdoptionHindcast",
    "Factor",
    "Generations",
    "IncomeCurve",
    "Money",
    "PurchasingPower",
    "Tree",
    "adoption",
    "better_information",
    "chance",
    "driver_tree",
    "funnel",
    "gabor_granger",
    "generations",
    "hindcast",
    "in_money",
    "incidence",
    "income_curve",
    "ledger",
    "money",
    "price_sensitivity",
    "purchasing_power",
    "reconcile",
    "scenarios",
    "segments",
    "size",
    "tornado",
    "tree",
    "weighting",
    "what_moved",
    "where_methods_part",
]

# What few reports ask for is imported when it is asked for.
LATE = {
    "gabor_granger": "price.gabor_granger",
    "incidence": "survey.incidence",
    "price_sensitivity": "price.van_westendorp",
    "weighting": "survey.weighting",
}


def __getattr__(name: str) -> Any:
    if name not in LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATE[name]}"), name)
