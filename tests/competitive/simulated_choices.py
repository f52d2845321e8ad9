"""Made-up choices whose truth is known."""

import numpy as np
import pandas as pd

from pmlib.data import source

PRICE, QUALITY, CONSTANTS = -1.0, 0.7, {"A": 0.0, "B": 0.5, "C": -0.3, "D": 0.2}


def choices(seed, *, choosers=100, each=5, taste=0.0):
    """Everybody chooses among A to D; `taste` is how far choosers differ in what they like of a product."""
    draw = np.random.default_rng(seed)
    sets = choosers * each
    frame = pd.DataFrame(
        {
            "chooser": np.repeat(np.arange(choosers), each * 4),
            "occasion": np.repeat(np.tile(np.arange(each), choosers), 4),
            "product": list(CONSTANTS) * sets,
            "price": draw.uniform(1, 3, sets * 4).round(2),
            "quality": draw.normal(size=sets * 4).round(3),
        }
    )
    own = taste * draw.normal(size=(choosers, 4))[frame["chooser"], np.tile(range(4), sets)]
    utility = PRICE * frame["price"] + QUALITY * frame["quality"] + frame["product"].map(CONSTANTS) + own
    taken = (utility.to_numpy() + draw.gumbel(size=sets * 4)).reshape(-1, 4).argmax(axis=1)
    return frame.assign(chosen=(np.arange(4) == taken[:, None]).astype(int).ravel())


def table(frame, *, attributes=("quality",), **roles):
    """Wrap a frame of choices."""
    return source(frame, "made_up", attributes=attributes, **roles)
