"""A made-up conjoint study whose truth is known."""

import numpy as np
import pandas as pd

from pmlib.data import source
from pmlib.table import Column

BRAND, SCREEN, PRICE, LIGHT = {"Ajax": 0.8, "Bolt": 0.2, "Core": 0.4}, 0.7, -0.02, 0.5
PRICES = (50.0, 80.0, 110.0, 140.0)


def study(seed, *, people=150, tasks=8, shown=3, none=True, spread=0.0):
    """Everybody chooses among some offers and none; `spread` is how far tastes for price differ."""
    draw = np.random.default_rng(seed)
    count = people * tasks * shown
    frame = pd.DataFrame(
        {
            "person": np.repeat(np.arange(people), tasks * shown),
            "task": np.tile(np.repeat(np.arange(tasks), shown), people),
            "place": np.tile(np.arange(shown), people * tasks),
            "brand": draw.choice(list(BRAND), count),
            "screen": draw.integers(0, 2, count),
            "finish": draw.choice(["dark", "light"], count),
            "price": draw.choice(PRICES, count),
        }
    )
    slope = PRICE * np.exp(spread * draw.normal(size=people))[frame["person"]]
    utility = frame["brand"].map(BRAND) + SCREEN * frame["screen"] + slope * frame["price"]
    frame["utility"] = utility + LIGHT * (frame["finish"] == "light")
    if none:
        empty = frame[frame["place"] == 0].assign(
            place=shown, brand="none", screen=0, finish="dark", price=0.0, utility=0.0
        )
        frame = pd.concat([frame, empty]).sort_values(["person", "task", "place"], ignore_index=True)
    offers = shown + none
    drawn = (frame["utility"].to_numpy() + draw.gumbel(size=len(frame))).reshape(-1, offers)
    taken = np.arange(offers) == drawn.argmax(axis=1)[:, None]
    return frame.drop(columns="utility").assign(chosen=taken.astype(int).ravel())


def wrapped(frame, attributes=("screen", "finish")):
    """Wrap a frame of such a study."""
    columns = {
        "price": Column("Price", "$", 0),
        "screen": Column("Big screen", better="higher"),
        "finish": Column("Finish"),
        "brand": Column("Brand"),
    }
    columns = {name: column for name, column in columns.items() if name in frame}
    return source(
        frame,
        "made_up_study",
        columns=columns,
        attributes=attributes,
        chooser="person",
        occasion="task",
        firm="brand",
    )
