"""Made-up deals whose truth is known."""

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from pmlib.data import source
from pmlib.table import Column

EFFECTS = {"size": 0.02, "trial": 0.8, "Mid": 0.5, "Enterprise": -0.4, "Beta": 0.6, "Gamma": 0.9, "year": 0.2}
REASONS = {"Price": 0.45, "Missing feature": 0.3, "Support": 0.15, "No budget": 0.1}
COLUMNS = {
    "size": Column("Deal size", "$k"),
    "segment": Column("Segment"),
    "trial": Column("Trial run"),
    "rival": Column("Rival"),
}


def deals(seed, size=300, *, base=-1.2, each=1, alike=0.0):
    """Deals, one row each, with the chance that each had.

    each : deals of a customer. alike : correlation of what decides them.
    """
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "opportunity": [f"D{i}" for i in range(size)],
            "customer": np.arange(size) // each,
            "rival": draw.choice(["Acme", "Beta", "Gamma"], size, p=[0.5, 0.3, 0.2]),
            "size": draw.gamma(4, 10, size),
            "segment": draw.choice(["SMB", "Mid", "Enterprise"], size, p=[0.5, 0.3, 0.2]),
            "trial": (draw.random(size) < 0.4).astype(int),
            "decided": pd.Timestamp("2022-01-01") + pd.to_timedelta(draw.integers(0, 1096, size), unit="D"),
        }
    )
    common = draw.normal(size=size)[frame["customer"]]
    luck = ndtr(np.sqrt(alike) * common + np.sqrt(1 - alike) * draw.normal(size=size))
    frame["chance"] = expit(base + log_odds(frame))
    frame["won"] = (luck < frame["chance"]).astype(int)
    stated = draw.choice(list(REASONS), size, p=list(REASONS.values()))
    frame["why"] = pd.Series(stated).where(frame["won"] == 0)
    return frame


def log_odds(frame):
    """What the drivers add to the log odds of each deal."""
    years = (frame["decided"] - frame["decided"].min()).dt.days / 365.25
    named = frame["segment"].map(EFFECTS).fillna(0) + frame["rival"].map(EFFECTS).fillna(0)
    numbers = EFFECTS["size"] * (frame["size"] - 40) + EFFECTS["trial"] * frame["trial"]
    return named + numbers + EFFECTS["year"] * years


def table(frame, **roles):
    """Wrap a frame of deals; a role given as None is left out."""
    given = {"firm": "rival", "occasion": "opportunity", "period": "decided", "reason": "why"} | roles
    held = {role: column for role, column in given.items() if column in frame}
    attributes = [name for name in ("size", "segment", "trial") if name in frame]
    columns = {name: column for name, column in COLUMNS.items() if name in frame}
    return source(frame, "deals", attributes=attributes, columns=columns, line="made up", **held)
