"""Numbers that stand for buyers whose tastes are not known: evenly spread draws of a normal distribution."""

import numpy as np
from scipy.special import ndtri

KINDS = ("adapted", "sobol", "halton")
BURN = 100  # first points of Halton's sequence, which are alike in all dimensions
BITS = 30  # of a Sobol' point


def normal_draws(choosers: int, dimensions: int, count: int, *, kind: str, seed: int) -> np.ndarray:
    """Draw standard normal tastes, (choosers, dimensions, count); the same seed gives the same draws.

    Parameters
    ----------
    kind : "sobol" (and "adapted", see `adapt`): one scrambled Sobol' set, shifted for each chooser by a
        random number of its own, digit by digit. "halton": one long sequence of Halton's of which each
        chooser has a stretch, without its first points; no seed, as in R's mlogit and in xlogit, whose draws
        these are.

    References
    ----------
    Train (2009), Discrete Choice Methods, ch. 9; Owen (1998), "Scrambling Sobol' and Niederreiter-Xing
    points".
    """
    if kind == "halton":
        points = np.array([_halton(prime, choosers * count) for prime in _primes(dimensions)])
        return ndtri(points.reshape(dimensions, choosers, count).transpose(1, 0, 2))
    from scipy.stats import qmc  # slow to import

    random = np.random.default_rng(seed)
    power = max(0, int(count - 1).bit_length())
    found = qmc.Sobol(dimensions, scramble=True, bits=BITS, rng=random).random_base2(power)[:count]
    digits = (found.T * 2**BITS).astype(np.uint32)
    shift = random.integers(0, 2**BITS, (choosers, dimensions, 1), dtype=np.uint32)
    return ndtri(((digits ^ shift) + 0.5) / 2**BITS)


def _halton(prime: int, count: int) -> np.ndarray:
    # Each index with its digits to that base mirrored behind the point.
    left = np.arange(BURN, BURN + count)
    out, part = np.zeros(count), 1.0 / prime
    while left.any():
        left, digit = np.divmod(left, prime)
        out += part * digit
        part /= prime
    return out


def _primes(count: int) -> list[int]:
    found: list[int] = []
    tried = 2
    while len(found) < count:
        if all(tried % prime for prime in found):
            found.append(tried)
        tried += 1
    return found
