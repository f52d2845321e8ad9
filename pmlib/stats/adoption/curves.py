"""Curves of adoption: the share F(t) of a potential that has adopted by t, from 0 towards 1.

Each has a rate and a position. With e = exp(−rate·t) and z = exp(position)·e, t counted from launch:

- Bass: (1 − e) / (1 + z), innovation p = rate / (1 + exp(position)), imitation q = rate − p;
- logistic: 1 / (1 + z), half of the potential at its inflection;
- Gompertz: exp(−z), 1/e of the potential at its inflection;
- shifted Gompertz: (1 − e) exp(−z), exp(position) is how far it is shifted from the exponential.

Bass and shifted Gompertz start from nothing at launch. Logistic and Gompertz have always been under way, so
launch does not matter to them. Sales of a Bass curve whose launch nobody knows are logistic sales: its p and
q cannot be told apart, so take the logistic then.

References
----------
Bass (1969), "A New Product Growth for Model Consumer Durables", Management Science 15(5).
Bemmaor (1994), "Modeling the Diffusion of New Durable Goods", in Research Traditions in Marketing.
Meade and Islam (2006), "Modelling and forecasting the diffusion of innovation", IJF 22(3).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]
LARGEST = 300.0  # exponents beyond it change no share that a float can hold


@dataclass(frozen=True)
class Curve:
    """A curve: its name, what its two parameters are called, and its share and slopes by e and z."""

    name: str
    parameters: tuple[str, str]
    from_launch: bool  # nothing is adopted before launch
    second: str  # what the second parameter is: a rate, a time or a number
    beyond: float  # log z at the last time, at most: where the curve is a mere exponential
    formula: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
    natural: Callable[[np.ndarray, np.ndarray], Pair]  # (rate, position) → parameters
    inner: Callable[[np.ndarray, np.ndarray], Pair]  # and back

    def share(self, time: np.ndarray, rate: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Share of the potential adopted by `time`, counted from launch."""
        return self.with_slopes(time, rate, position)[0]

    def density(self, time: np.ndarray, rate: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Derivative of the share: adoption at `time` per unit of time."""
        _, by_e, by_z = self.with_slopes(time, rate, position)
        return np.where(self.started(time), -rate * (by_e + by_z), 0.0)

    def with_slopes(
        self, time: np.ndarray, rate: np.ndarray, position: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Share, and its derivatives by log e and by log z."""
        since = np.maximum(time, 0) if self.from_launch else time
        z = np.exp(np.clip(position - rate * since, -LARGEST, LARGEST))
        return self.formula(-rate * since, z)

    def started(self, time: np.ndarray) -> np.ndarray:
        return np.asarray(time) >= 0 if self.from_launch else np.full(np.shape(time), True)

    def peak(self, rate: float, position: float) -> float:
        """When adoption is fastest, counted from launch; 0 where it falls from the start."""
        if self is SHIFTED_GOMPERTZ:
            shift = np.exp(position)
            at = -np.log((3 + shift - np.sqrt(shift**2 + 2 * shift + 5)) / (2 * shift)) / rate
        else:
            at = position / rate
        return float(max(at, 0) if self.from_launch else at)


def bass(log_e: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    of_all = 1 / (1 + z)
    share = -np.expm1(log_e) * of_all
    return share, -np.exp(log_e) * of_all, -share * (1 - of_all)


def logistic(log_e: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    share = 1 / (1 + z)
    return share, np.zeros_like(share), -share * (1 - share)


def gompertz(log_e: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    share = np.exp(-z)
    return share, np.zeros_like(share), -z * share


def shifted_gompertz(log_e: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tail = np.exp(-z)
    share = -np.expm1(log_e) * tail
    return share, -np.exp(log_e) * tail, -z * share


def innovation_and_imitation(rate: np.ndarray, position: np.ndarray) -> Pair:
    p = rate / (1 + np.exp(np.minimum(position, LARGEST)))
    return p, rate - p


def rate_and_log_ratio(p: np.ndarray, q: np.ndarray) -> Pair:
    return p + q, np.log(q / p)


def rate_and_time(rate: np.ndarray, position: np.ndarray) -> Pair:
    return rate, position / rate


def rate_and_position(rate: np.ndarray, time: np.ndarray) -> Pair:
    return rate, rate * time


def rate_and_shift(rate: np.ndarray, position: np.ndarray) -> Pair:
    return rate, np.exp(np.minimum(position, LARGEST))


def rate_and_log_shift(rate: np.ndarray, shift: np.ndarray) -> Pair:
    return rate, np.log(shift)


DATED = (rate_and_time, rate_and_position)
BASS = Curve(
    "bass",
    ("innovation", "imitation"),
    True,
    "rate",
    25.0,
    bass,
    innovation_and_imitation,
    rate_and_log_ratio,
)
LOGISTIC = Curve("logistic", ("rate", "inflection"), False, "time", 25.0, logistic, *DATED)
GOMPERTZ = Curve("gompertz", ("rate", "inflection"), False, "time", np.log(300.0), gompertz, *DATED)
SHIFTED_GOMPERTZ = Curve(
    "shifted_gompertz",
    ("rate", "shift"),
    True,
    "number",
    np.log(300.0),
    shifted_gompertz,
    rate_and_shift,
    rate_and_log_shift,
)
CURVES = {curve.name: curve for curve in (BASS, GOMPERTZ, SHIFTED_GOMPERTZ, LOGISTIC)}


def named(curve: str) -> Curve:
    """Return the curve of a name.

    Raises
    ------
    ValueError : there is none of the name.
    """
    if curve not in CURVES:
        raise ValueError(f"curve {curve!r} is not known; take one of {', '.join(CURVES)}")
    return CURVES[curve]
