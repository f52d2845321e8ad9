"""What both kinds of map say of their two axes."""

import numpy as np
import pandas as pd

from pmlib.competitive.maps.points import Points
from pmlib.competitive.words import count, listed
from pmlib.result import Check
from pmlib.table import number, percentage

CARRIED = 0.6  # of all differences that two axes should show, or the map misleads
WELL = 0.5  # of a point's own difference, likewise
PLACED = [
    "point", "label", "kind", "side", "mass", "inertia", "x", "y", "contribution_1", "contribution_2",
    "quality",
]  # fmt: skip


def place(points: Points, side: str) -> pd.DataFrame:
    """Lay points out on the map's two axes, one row each; a table with one axis only has y = 0."""
    labels = points.mass.index
    x, y = (_axis(points.principal, axis, 0.0) for axis in (1, 2))
    first, second = (_axis(points.contributions, axis, np.nan) for axis in (1, 2))
    return pd.DataFrame(
        {
            "point": labels.astype("str"),
            "side": side,
            "mass": points.mass.to_numpy(),
            "inertia": points.inertia.to_numpy(),
            "x": x,
            "y": y,
            "contribution_1": first,
            "contribution_2": second,
            "quality": points.quality.iloc[:, :2].sum(axis=1, min_count=1).to_numpy(),
        }
    )


def _axis(frame: pd.DataFrame, axis: int, otherwise: float) -> np.ndarray:
    return frame[axis].to_numpy() if axis in frame else np.full(len(frame), otherwise)


def shown_share(explained: np.ndarray) -> float:
    """Give the share of all differences that the map's two axes show."""
    return min(1.0, round(float(explained[:2].sum()), 12))  # no 99.999…%


def across(explained: np.ndarray, axis: int) -> str:
    """Name an axis of the map by what it shows."""
    share = float(explained[axis]) if axis < len(explained) else 0.0
    return f"{('Across', 'Upwards')[axis]}: {number(share, '%', 0)} of the differences"


def carries(share: float) -> Check:
    """Check that two axes show enough."""
    label = f"The map shows at least {percentage(CARRIED)} of all differences"
    return Check(label, share >= CARRIED, number(share, "%", 0))


def well_shown(frame: pd.DataFrame) -> Check:
    """Check that each point's own difference is mostly on the map: else two that look near may not be."""
    poor = list(frame.loc[frame["quality"] < WELL, "point"])
    more = f" and {count(len(poor) - 4)} more" if len(poor) > 4 else ""
    named = ", ".join(poor[:4]) + more if more else listed(poor)
    label = f"At least {percentage(WELL)} of each point's difference is on the map"
    return Check(label, not poor, f"not of {named}" if poor else f"of all {count(len(frame))}")
