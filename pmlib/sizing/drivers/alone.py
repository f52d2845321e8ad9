"""A Number on its own as a tree of one leaf, so that a tree's questions can be asked of it."""

from pmlib.result import Result
from pmlib.sizing.drivers.reading import of_column
from pmlib.sizing.drivers.tree import Tree, tree
from pmlib.sizing.drivers.units import PLAIN


def alone(result: Result) -> Tree:
    """Make a tree of a Result's first Number, with the law that its value and its interval tell.

    Raises
    ------
    ValueError : it has no Number, or one whose unit cannot be read.
    """
    if not result.numbers:
        raise ValueError(f"{result.name} has no Number to ask about; give a tree")
    number = result.numbers[0]
    unit, _ = of_column(number.unit, PLAIN)
    found = tree(f"the_size [{unit or ''}] = found", numbers={"found": number})
    assert isinstance(found, Tree)
    return found
