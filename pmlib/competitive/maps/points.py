"""Points on the axes of a map: where they stand, what they did to the axes, and how well they are shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.competitive.maps.axes import SLIGHT


@dataclass(frozen=True, eq=False)
class Points:
    """Rows or columns of a table, by label; frames have one column an axis, 1, 2, ….

    mass : weight of a point, 1 in all; NaN where supplementary.
    inertia : its share of all inertia, likewise. distance : squared, to the origin, over all axes.
    principal, standard : coordinates; standard ones have variance 1 along each axis.
    contributions : share of an axis that is a point's doing, 1 in all; NaN where supplementary.
    quality : share of a point's squared distance that lies along an axis (cos²); NaN at the origin.
    """

    mass: pd.Series
    inertia: pd.Series
    distance: pd.Series
    principal: pd.DataFrame
    standard: pd.DataFrame
    contributions: pd.DataFrame
    quality: pd.DataFrame

    def __len__(self) -> int:
        return len(self.mass)


def named(
    labels: pd.Index, standard: np.ndarray, sigma: np.ndarray, mass: np.ndarray, inertia: np.ndarray
) -> Points:
    """Lay out active points from their standard coordinates; inertia is of each point, over all axes."""
    total = inertia.sum()
    share = inertia / total if total > SLIGHT else np.full_like(inertia, np.nan)
    return _points(
        labels, standard * sigma, standard, mass, share, inertia / mass, mass[:, None] * standard**2
    )


def spread_over(labels: pd.Index, principal: np.ndarray, sigma: np.ndarray, distance: np.ndarray) -> Points:
    """Lay out supplementary points from their principal coordinates."""
    standard = np.divide(principal, sigma, out=np.zeros_like(principal), where=sigma**2 > SLIGHT)
    none = np.full(len(labels), np.nan)
    return _points(labels, principal, standard, none, none, distance, np.full_like(principal, np.nan))


def _points(
    labels: pd.Index,
    principal: np.ndarray,
    standard: np.ndarray,
    mass: np.ndarray,
    inertia: np.ndarray,
    distance: np.ndarray,
    contributions: np.ndarray,
) -> Points:
    along = principal**2
    away = distance[:, None] * np.ones_like(along)
    quality = np.divide(along, away, out=np.full_like(along, np.nan), where=away > SLIGHT)
    axes = range(1, principal.shape[1] + 1)
    place, unit, part, shown = (
        pd.DataFrame(values, labels, axes) for values in (principal, standard, contributions, quality)
    )
    return Points(
        mass=pd.Series(mass, labels),
        inertia=pd.Series(inertia, labels),
        distance=pd.Series(distance, labels),
        principal=place,
        standard=unit,
        contributions=part,
        quality=shown,
    )
