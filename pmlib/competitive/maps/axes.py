"""The principal axes of a matrix, or of many at once, and which way they point."""

from typing import NamedTuple

import numpy as np

SLIGHT = 1e-12  # inertia up to which an axis is rounding only, where all of it is about 1


class TooFew(ValueError):
    """A table without enough rows or columns to have axes."""


class Axes(NamedTuple):
    """A matrix as left · √inertias · rightᵀ, along its first axes.

    inertias : squared singular values, all of them, the largest first.
    left, right : unit vectors, one column an axis; zero on an axis that is rounding only.
    """

    inertias: np.ndarray
    left: np.ndarray
    right: np.ndarray


def principal_axes(matrix: np.ndarray, axes: int) -> Axes:
    """Find the axes of matrices (..., rows, columns) from the cross-products of their shorter side.

    That costs a fraction of a singular value decomposition, and as much precision as an inertia far below the
    largest would need: they are right to about 1e-15 of the largest.
    """
    if matrix.shape[-2] < matrix.shape[-1]:
        inertias, right, left = principal_axes(np.swapaxes(matrix, -1, -2), axes)
        return Axes(inertias, left, right)
    found, vectors = np.linalg.eigh(np.swapaxes(matrix, -1, -2) @ matrix)
    inertias = np.clip(found[..., ::-1], 0.0, None)
    right = vectors[..., ::-1][..., :axes]
    along = matrix @ right
    first = inertias[..., None, :axes]
    seen = first > SLIGHT * np.maximum(inertias[..., None, :1], SLIGHT)
    left = np.where(seen, along / np.sqrt(np.where(seen, first, 1.0)), 0.0)
    return Axes(inertias, left, np.where(seen, right, 0.0))


def pointed(axes: Axes) -> Axes:
    """Turn each axis so that the row that contributes most to it lies on its positive side."""
    sizes = np.abs(axes.left)
    most = (sizes >= sizes.max(axis=0, initial=0) * (1 - 1e-9)).argmax(axis=0)  # the first of equals
    signs = np.where(axes.left[most, np.arange(axes.left.shape[1])] < 0, -1.0, 1.0)
    return Axes(axes.inertias, axes.left * signs, axes.right * signs)
