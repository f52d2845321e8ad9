"""Made-up markets whose truth is known."""

import numpy as np
import pandas as pd

from pmlib.data import source
from pmlib.table import Column

POWER, AIR = 0.5, 0.3  # effects on ln price: of ln power, of having air conditioning
COLUMNS = {
    "power": Column("Power", "hp", better="higher"),
    "air": Column("Air conditioning", better="higher"),
    "price": Column("Price", "$k (1983)"),
}


def products(seed, *, size=60, firms="ABCDEF", premium=0.0, scatter=0.2):
    """Products of firms in turn; firm A is dearer by `premium` (of ln price); strong ones scatter more."""
    draw = np.random.default_rng(seed)
    power = draw.uniform(50, 200, size)
    air = (draw.random(size) < 0.4).astype(int)
    firm = np.array([firms[i % len(firms)] for i in range(size)])
    noise = draw.normal(0, scatter * (0.5 + power / 200), size)
    price = np.exp(1 + POWER * np.log(power) + AIR * air + premium * (firm == "A") + noise)
    names = [f"{f}{i}" for i, f in enumerate(firm)]
    return pd.DataFrame({"product": names, "firm": firm, "price": price, "power": power, "air": air})


def market(frame, *, attributes=("power", "air"), **options):
    """Wrap a frame of products."""
    columns = {name: column for name, column in COLUMNS.items() if name in frame}
    return source(frame, "made_up", columns=columns | options, attributes=attributes)
