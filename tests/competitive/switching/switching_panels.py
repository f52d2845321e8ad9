"""Panels of households with known truth, and what is known of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib import data
from pmlib.competitive.switching.purchases import Purchases

NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")


@dataclass(frozen=True, eq=False)
class World:
    """Segments of households, each a Markov chain of its own, whose numbers of purchases differ.

    weights : of the segments. starts, chains : first purchase and transition rates, by segment.
    lengths : probability of 1, 2, ... purchases. households : in a panel.
    """

    weights: np.ndarray
    starts: np.ndarray
    chains: np.ndarray
    lengths: np.ndarray
    households: int

    def panel(self, rng: np.random.Generator) -> Purchases:
        """Draw a panel."""
        many, most = self.starts.shape[1], len(self.lengths)
        segment = rng.choice(len(self.weights), self.households, p=self.weights)
        length = rng.choice(most, self.households, p=self.lengths) + 1
        bought = np.empty((self.households, most), int)
        reach = self.starts[segment].cumsum(axis=1)
        for step in range(most):
            draw = (rng.random((self.households, 1)) > reach).sum(axis=1)
            bought[:, step] = np.minimum(draw, many - 1)
            reach = self.chains[segment, bought[:, step]].cumsum(axis=1)
        kept = np.arange(most) < length[:, None]
        return Purchases(
            chooser=np.repeat(np.arange(self.households), length),
            brand=bought[kept],
            brands=NAMES[:many],
            choosers=self.households,
        )

    def truth(self) -> dict[str, np.ndarray]:
        """Work out what a panel of all households would show."""
        alive = self.lengths[::-1].cumsum()[::-1]  # probability of at least 1, 2, ... purchases
        many = self.starts.shape[1]
        moves, held = np.zeros((many, many)), np.zeros(many)
        for weight, start, chain in zip(self.weights, self.starts, self.chains, strict=True):
            at = start
            for step, goes in enumerate(alive):
                held += weight * goes * at
                if step + 1 < len(alive):
                    moves += weight * alive[step + 1] * at[:, None] * chain
                at = at @ chain
        rates, share = moves / moves.sum(axis=1, keepdims=True), held / held.sum()
        values, vectors = np.linalg.eig(rates.T)
        steady = np.real(vectors[:, np.argmax(np.real(values))])
        steady /= steady.sum()
        off = np.where(np.eye(many, dtype=bool), np.nan, moves)
        return {
            "rates": rates,
            "leavers": off / np.nansum(off, axis=1, keepdims=True),
            "flows": (moves - moves.T) / moves.sum(),
            "gain": (moves.sum(axis=0) - moves.sum(axis=1)) / moves.sum(),
            "share": share,
            "steady": steady,
            "drift": steady - share,
        }


def inertia(preference: np.ndarray, stay: float) -> np.ndarray:
    """Give a chain that repeats the last purchase with probability `stay`, else follows the preference."""
    return stay * np.eye(len(preference)) + (1 - stay) * preference


def log(bought: Purchases, name: str = "panel") -> data.Source:
    """Write a panel as a log of purchases."""
    frame = pd.DataFrame({"who": bought.chooser, "what": np.array(bought.brands)[bought.brand]})
    frame["trip"] = frame.groupby("who").cumcount()
    return data.source(frame, name, chooser="who", product="what", occasion="trip")


def buyers(
    rng: np.random.Generator, households: int, mean: float, shape: float, mixed: float, shares: list[float]
) -> np.ndarray:
    """Draw how often each household of an NBD-Dirichlet market buys each brand."""
    times = rng.poisson(rng.gamma(shape, mean / shape, households))
    return rng.multinomial(times, rng.dirichlet(mixed * np.asarray(shares), households))
