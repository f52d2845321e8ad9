"""What would be left of a node's uncertainty if one leaf were known: at each of many values it could have."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from pmlib.sizing.drivers.conditioned import conditioned
from pmlib.sizing.drivers.levels import quantiles
from pmlib.sizing.drivers.lineage import causes
from pmlib.sizing.drivers.outputs import values_at
from pmlib.sizing.drivers.scores import factor, scores

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

VALUES, INNER = 128, 1024  # what a leaf may turn out to be, each as likely; draws of the others


@dataclass(frozen=True)
class Known:
    """Of each value that a leaf may turn out to have: the width of the focus's range, and its mean."""

    widths: np.ndarray
    means: np.ndarray

    def gain(self, bar: float) -> float:
        """Give what knowing is worth to who goes where the focus's mean is above a bar, and gains the excess.

        Expected value of partial perfect information, in the unit of the focus.
        """
        return float(np.mean(np.maximum(self.means - bar, 0)) - max(self.means.mean() - bar, 0))

    def turns(self, bar: float) -> float:
        """Give how often that decision would be another."""
        return float(np.mean((self.means > bar) != (self.means.mean() > bar)))


def knowing(tree: "Tree", focus: str, *, level: float, seed: int) -> tuple[float, dict[str, Known]]:
    """Find the width of a node's range, and what knowing each of its uncertain leaves would leave of it.

    Leaves correlated with the known one follow their conditional law: knowing one tells of them too.
    """
    laws, correlation = causes(tree, focus)
    z = scores(len(laws), INNER, seed=seed)
    lower = factor(correlation)
    z = z if lower is None else lower @ z
    low, _, high = quantiles(tree.evaluate(values_at(laws, z))[focus], level)  # of the draws compared with
    z = np.tile(z, VALUES)
    places = np.repeat(ndtri((np.arange(VALUES) + 0.5) / VALUES), INNER)
    found = {}
    for row, name in enumerate(laws):
        again = conditioned(z, correlation if lower is not None else None, [row], places)
        y = np.reshape(tree.evaluate(values_at(laws, again))[focus], (VALUES, INNER))
        ends = [quantiles(part, level) for part in y]
        found[name] = Known(np.array([high - low for low, _, high in ends]), y.mean(axis=1))
    return high - low, found
