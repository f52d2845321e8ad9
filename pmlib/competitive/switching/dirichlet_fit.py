"""Fit of the NBD-Dirichlet to the few numbers that are published of a market."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from pmlib.competitive.switching.dirichlet import Dirichlet, nbd, never
from pmlib.table import number

SLACK = 1e-6  # what shares may pass 1 by
S_LIMITS = (1e-3, 1e3)  # from all stay with one brand to all choose alike
K_LIMITS = (1e-6, 1e6)
ROUNDS, CLOSE = 200, 1e-13  # of solving for S: at most so many, until penetrations are so close
CELLS = 4_000_000  # probabilities held at a time
NOTCH = (
    1.58  # half a notch in interquartile ranges over √n: McGill, Tukey, Larsen (1978), Am. Statistician 32
)

Outliers = Literal["drop", "keep", "pool"]


def dirichlet(
    penetration: float,
    rate: float,
    shares: Sequence[float] | pd.Series,
    brand_penetrations: Sequence[float] | pd.Series,
    *,
    brands: Sequence[str] = (),
    variance: float | None = None,
    outliers: Outliers = "drop",
) -> Dirichlet:
    """Fit the NBD-Dirichlet to what is published of a market.

    M and K come from penetration and rate ("mean and zeros"), or K from the variance where that is given.
    Each brand's S is the one that gives its penetration; theirs is averaged, weighted by share. A brand whose
    S lies above the notch of a box plot of them (median + 1.58 interquartile ranges over √n) is left out, for
    one whose buyers buy many others would pull S up; none is with outliers="keep". With "pool" S is the one
    that gives the sum of penetrations: on samples of households it errs least (in simulated panels "drop" is
    some 10% low, "keep" high).

    Parameters
    ----------
    penetration : share of households that buy the category in the period (0-1).
    rate : category purchases a buyer of the category.
    shares : of category purchases, by brand (0-1); others may hold the rest. brand_penetrations : share of
        all households that buy the brand (0-1). brands : their names; else the index of `shares`.
    variance : of category purchases over all households.

    Raises
    ------
    ValueError : a share or penetration outside 0 to 1 or in percent; shares beyond 1 together; a rate or
        variance that no gamma gives; a brand bought by more households than the category; brand penetrations
        that no S gives.
    """
    named = _named(shares, brands)
    share, bought = (np.asarray(values, float) for values in (shares, brand_penetrations))
    _check_market(penetration, rate)
    _check_brands(named, share, bought, penetration)
    mean = penetration * rate
    if variance is None:
        shape = float(shapes_of(np.array([mean]), np.array([penetration]))[0])
    else:
        shape = spread_of(mean, variance)
    category = nbd(mean, shape)
    mixed, each = (found[0] for found in mix(category[None], share[None], bought[None], outliers))
    if np.isnan(mixed):
        worst = int(np.argmax(share))
        raise ValueError(
            f"no S gives these penetrations: {named[worst]} with share {number(share[worst])} of purchases "
            "would "
            f"have {_reach(category, share[worst])}, not {number(bought[worst])}; check that shares are of "
            "purchases and penetrations of all households"
        )
    return Dirichlet(
        brands=named, shares=share, category=category, M=mean, K=shape, S=float(mixed), S_brand=each
    )


def shapes_of(means: np.ndarray, penetrations: np.ndarray) -> np.ndarray:
    """Solve the gamma's shape K of markets from means and from how many buy; missing where none gives it."""
    return _solve(lambda shape: -np.expm1(-shape * np.log1p(means / shape)), penetrations, K_LIMITS)


def spread_of(mean: float, variance: float) -> float:
    """Solve K from the mean and the variance of purchases.

    Raises
    ------
    ValueError : the variance is not above the mean, so that no gamma gives it.
    """
    if not variance > mean:
        raise ValueError(
            f"variance of category purchases is {variance:g}, not above their mean {mean:g}: households "
            "differ "
            "less than chance alone would have them, which no NBD does; leave the variance out"
        )
    return mean**2 / (variance - mean)


def mix(
    category: np.ndarray, shares: np.ndarray, bought: np.ndarray, outliers: Outliers
) -> tuple[np.ndarray, np.ndarray]:
    """Find the S of markets: of the whole, by the rule of `dirichlet`, and of each brand.

    category : markets by number of purchases. shares, bought : markets by brands.

    Returns
    -------
    by market, and by market and brand; missing where no S gives what is bought.
    """
    if outliers not in ("drop", "keep", "pool"):
        raise ValueError(f'outliers is "{outliers}"; write "drop", "keep" or "pool"')
    each = _solve(lambda s: _penetration(category, shares, s), bought, S_LIMITS)
    if outliers == "pool":
        total = bought.sum(axis=1, keepdims=True)
        whole = _solve(
            lambda s: _penetration(category, shares, s).sum(axis=1, keepdims=True), total, S_LIMITS
        )
        return whole[:, 0], each
    kept = ~np.isnan(each)
    if outliers == "drop":
        kept &= each <= _notch(each)[:, None]
    weights = np.where(kept, shares, 0.0)
    with np.errstate(invalid="ignore"):
        return (np.where(kept, each, 0.0) * weights).sum(axis=1) / weights.sum(axis=1), each


def _solve(
    reached: Callable[[np.ndarray], np.ndarray], wanted: np.ndarray, limits: tuple[float, float]
) -> np.ndarray:
    # What is reached rises. False position on the logarithm, where an end that stays loses weight (Illinois).
    low, high = (np.full(wanted.shape, np.log(end)) for end in limits)
    under, over = (reached(np.exp(end)) - wanted for end in (low, high))
    possible = (under < 0) & (over > 0)
    for _ in range(ROUNDS):
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = (low * over - high * under) / (over - under)
        middle = np.where(possible, middle, 0.0)
        miss = reached(np.exp(middle)) - wanted
        if (np.abs(miss[possible]) < CLOSE).all():
            break
        short = miss < 0
        under, over = np.where(short, miss, under / 2), np.where(short, over / 2, miss)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(possible, np.exp(middle), np.nan)


def _notch(each: np.ndarray) -> np.ndarray:
    ordered = np.sort(each, axis=1)  # missing ones come last
    many = np.maximum((~np.isnan(each)).sum(axis=1), 1)
    depth = ((many + 3) // 2) / 2  # of Tukey's hinges, as in his five numbers

    def at(rank: np.ndarray) -> np.ndarray:
        ends = np.stack([np.floor(rank), np.ceil(rank)], axis=1).astype(int) - 1
        return np.take_along_axis(ordered, ends, axis=1).mean(axis=1)

    return at((many + 1) / 2) + NOTCH * (at(many + 1 - depth) - at(depth)) / np.sqrt(many)


def _penetration(category: np.ndarray, shares: np.ndarray, s: np.ndarray) -> np.ndarray:
    # Sums P(n) times the probability that n purchases pass the brand by, some markets at a time.
    n = np.arange(category.shape[1] - 1)
    s = np.broadcast_to(s, shares.shape)
    size = max(1, CELLS // (shares.shape[1] * len(n)))
    found = []
    for start in range(0, len(shares), size):
        part = slice(start, start + size)
        whole = s[part, :, None]
        passed = ((whole * (1 - shares[part, :, None]) + n) / (whole + n)).cumprod(axis=2)
        found.append(category[part, :1] + np.einsum("mn,mbn->mb", category[part, 1:], passed))
    return 1 - np.vstack(found)


def _named(shares: Sequence[float] | pd.Series, brands: Sequence[str]) -> tuple[str, ...]:
    if len(brands):
        return tuple(map(str, brands))
    if isinstance(shares, pd.Series):
        return tuple(map(str, shares.index))
    return tuple(f"brand {i + 1}" for i in range(len(shares)))


def _check_market(penetration: float, rate: float) -> None:
    if not 0 < penetration < 1:
        percent = f", or {penetration / 100:g} for {penetration:g}%" if 1 < penetration < 100 else ""
        raise ValueError(
            f"penetration is {penetration:g}; write the fraction of households that buy the category, above "
            "0 "
            f"and below 1{percent}"
        )
    least = -np.log1p(-penetration) / penetration
    if not least < rate < np.inf:
        raise ValueError(
            f"rate is {rate:g}: with {number(penetration, '%')} of households buying, a buyer must buy more "
            "than "
            f"{least:.3g} times (what chance alone gives); check that it is purchases a buyer, not a "
            "household"
        )


def _check_brands(brands: tuple[str, ...], shares: np.ndarray, bought: np.ndarray, category: float) -> None:
    if not len(brands) == len(shares) == len(bought) or not len(brands):
        raise ValueError(
            f"there are {len(brands)} brands, {len(shares)} shares and {len(bought)} brand penetrations; "
            "give one "
            "of each a brand"
        )
    for what, values in {"share": shares, "penetration": bought}.items():
        for brand, value in zip(brands, values, strict=True):
            if not 0 < value < 1:
                percent = f"; write {value / 100:g} for {value:g}%" if 1 < value <= 100 else ""
                raise ValueError(f'{what} of "{brand}" is {value:g}, not between 0 and 1{percent}')
    if shares.sum() > 1 + SLACK:
        raise ValueError(
            f"shares add up to {shares.sum():.4g}, beyond 1; they are fractions of all purchases"
        )
    if (bought > category).any():
        worst = int(bought.argmax())
        raise ValueError(
            f'penetration of "{brands[worst]}" is {bought[worst]:g}, above the category\'s {category:g}; '
            "both are "
            "shares of all households"
        )


def _reach(category: np.ndarray, share: float) -> str:
    low, high = (1 - float((category @ never(np.array([share]), end, len(category)))[0]) for end in S_LIMITS)
    return f"a penetration between {number(low)} and {number(high)}"
