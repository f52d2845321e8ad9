"""Made-up choices of buyers for whom products of a pair are close, or whose tastes differ."""

import numpy as np
import pandas as pd
from simulated_choices import choices


def grouped(seed, choosers, ratio):
    """Everybody chooses a pair (A and B, or C and D) and then one of it; `ratio` is the dissimilarity."""
    frame = choices(seed, choosers=choosers, each=1)
    draw = np.random.default_rng(seed + 1)
    worth = {"A": 0.0, "B": 0.5, "C": -0.3, "D": 0.2}
    utility = (-frame["price"] + 0.7 * frame["quality"] + frame["product"].map(worth)).to_numpy()
    cells = np.exp(utility.reshape(-1, 2, 2) / ratio)
    inside = cells.sum(axis=2)
    nest = inside**ratio / (inside**ratio).sum(axis=1, keepdims=True)
    chance = (nest[:, :, None] * cells / inside[:, :, None]).reshape(-1, 4)
    taken = (draw.random(len(chance))[:, None] > chance.cumsum(axis=1)).sum(axis=1)
    return frame.assign(chosen=(np.arange(4) == taken[:, None]).astype(int).ravel())


def differing(seed, *, choosers=400, each=8):
    """Price with a log-normal taste exp(-0.2 + 0.6 z), quality with a normal one, 0.7 + 0.8 z."""
    frame = choices(seed, choosers=choosers, each=each)
    random = np.random.default_rng(seed + 100)
    price = -np.exp(-0.2 + 0.6 * random.normal(size=choosers))
    quality = 0.7 + 0.8 * random.normal(size=choosers)
    utility = price[frame["chooser"]] * frame["price"] + quality[frame["chooser"]] * frame["quality"]
    utility = utility.to_numpy() + random.gumbel(size=len(frame))
    taken = utility.reshape(-1, 4).argmax(axis=1)
    frame = frame.assign(chosen=(np.arange(4) == taken[:, None]).astype(int).ravel())
    return frame, pd.DataFrame({"price": price, "quality": quality})
