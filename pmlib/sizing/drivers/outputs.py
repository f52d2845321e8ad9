"""A function of uncertain inputs, drawn: any function, any laws; what it gives must be numbers that vary."""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from pmlib.sizing.drivers.scores import factor, scores

Values = Mapping[str, np.ndarray]
Model = Callable[[Values], np.ndarray]
LARGEST = 1e150  # whose square is a number still


class Law(Protocol):
    """What an input follows: a value for each standard normal score."""

    def at(self, z: np.ndarray) -> np.ndarray:
        """Turn scores into values."""
        ...


def two_samples(
    inputs: int, correlation: np.ndarray | None, n: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give two independent samples of the inputs' normal scores, together evenly spread."""
    z = scores(2 * inputs, n, seed=seed)
    lower = None if correlation is None else factor(correlation)
    x, y = z[:inputs], z[inputs:]
    return (x, y) if lower is None else (lower @ x, lower @ y)


def values_at(laws: Mapping[str, Law], z: np.ndarray) -> dict[str, np.ndarray]:
    """Turn a row of scores an input into its values, by name."""
    return {name: law.at(row) for (name, law), row in zip(laws.items(), z, strict=True)}


def outputs(model: Model, values: Values) -> np.ndarray:
    """Evaluate a function at many draws.

    Raises
    ------
    ValueError : an output that is not a number: its first draw, and the inputs there.
    """
    size = next(iter(values.values())).size
    y = np.broadcast_to(np.asarray(model(values), float), size)
    if not np.isfinite(y).all():
        draw = int(np.argmin(np.isfinite(y)))
        where = ", ".join(f"{name} is {column[draw]:.4g}" for name, column in values.items())
        raise ValueError(f"the output is {y[draw]} in draw {draw + 1} of {size:,}, where {where}")
    most = np.abs(y).max()
    if most > LARGEST or 0 < most < 1 / LARGEST:
        raise ValueError(
            f"the output reaches {most:.3g}, whose square is no number; write a scale in its unit"
        )
    return y


def check_varies(*samples: np.ndarray) -> None:
    """Refuse an output that is the same in every draw."""
    first = samples[0][0]
    if all((y == first).all() for y in samples):
        raise ValueError(f"the output is {first:.4g} in every draw; only what varies has shares of variance")
