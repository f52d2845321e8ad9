"""How big is the market? Driver trees, triangulation, adoption, price, incidence and segments."""

from pmlib.sizing.drivers.tree import Tree, tree

__all__ = ["Tree", "tree"]
