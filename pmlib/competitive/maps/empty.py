"""The widest empty place on a map: where nobody offers anything, among what is on offer."""

from typing import NamedTuple

import numpy as np


class Empty(NamedTuple):
    """The middle of the widest empty place, how far it is to the nearest points, and one of them."""

    place: np.ndarray
    distance: float
    nearest: int


def widest_empty(points: np.ndarray) -> Empty | None:
    """Find the largest circle without a point whose middle lies between points; None where they lie on a
    line.

    References
    ----------
    Shamos & Hoey (1975), Closest-point problems: that middle is a corner of the Voronoi diagram, which is the
    middle of the circle through the corners of a Delaunay triangle.
    """
    from scipy.spatial import Delaunay, QhullError  # a quarter of a second, only when a map is made

    try:
        triangles = Delaunay(points)
    except (QhullError, ValueError):
        return None
    corners = points[triangles.simplices]
    sides = corners[:, 1:] - corners[:, :1]
    across = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]
    flat = np.abs(across) < 1e-12
    squares = (sides**2).sum(axis=2) / (2 * np.where(flat, np.inf, across))[:, None]
    middles = np.column_stack(
        [
            squares[:, 0] * sides[:, 1, 1] - squares[:, 1] * sides[:, 0, 1],
            squares[:, 1] * sides[:, 0, 0] - squares[:, 0] * sides[:, 1, 0],
        ]
    )
    middles += corners[:, 0]
    inside = ~flat & (triangles.find_simplex(middles) >= 0)
    radii = np.where(inside, np.sqrt(((middles - corners[:, 0]) ** 2).sum(axis=1)), 0.0)
    widest = int(radii.argmax())
    if not radii[widest]:
        return None
    return Empty(middles[widest], float(radii[widest]), int(triangles.simplices[widest].min()))
