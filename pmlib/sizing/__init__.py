"""How big is the market? Driver trees, triangulation, adoption, price, incidence and segments."""

from pmlib.sizing.drivers.tree import Tree, tree
from pmlib.sizing.income_curve import IncomeCurve, income_curve
from pmlib.sizing.money import Factor, Money, PurchasingPower, in_money, money, purchasing_power

__all__ = [
    "Factor",
    "IncomeCurve",
    "Money",
    "PurchasingPower",
    "Tree",
    "in_money",
    "income_curve",
    "money",
    "purchasing_power",
    "tree",
]
