"""The NBD-Dirichlet fitted to a panel's own purchases, and to resamples of its households."""

from dataclasses import dataclass

import numpy as np

from pmlib.competitive.switching.dirichlet import Dirichlet, nbd
from pmlib.competitive.switching.dirichlet_fit import mix, shapes_of
from pmlib.competitive.switching.purchases import Purchases
from pmlib.competitive.switching.resample import resampled, sparse

MEASURES = ("penetration", "purchases", "category_rate", "requirements", "loyals")


@dataclass(frozen=True, eq=False)
class Buying:
    """What panels show of their households, arrays with panels down: the first panel is the real one.

    category : share of households by category purchases 0, 1, 2, ... shares : of purchases, by brand. Then
    the measures of `Dirichlet`, as observed.
    """

    category: np.ndarray
    shares: np.ndarray
    penetration: np.ndarray
    purchases: np.ndarray
    category_rate: np.ndarray
    requirements: np.ndarray
    loyals: np.ndarray


def check_households(bought: Purchases, households: int | None) -> int:
    """Say how many households there are, with those who bought nothing.

    Raises
    ------
    ValueError : fewer than are seen buying.
    """
    if households is None:
        return bought.choosers
    if households != int(households) or households < bought.choosers:
        raise ValueError(
            f"households is {households}, but {bought.choosers} are seen buying; give the whole number of "
            "households "
            "in the panel, with those who bought nothing"
        )
    return int(households)


def buying(bought: Purchases, households: int, seed: int, draws: int) -> Buying:
    """Observe a panel, then resamples of its households."""
    held = bought.counts()
    total, bought_any = held.sum(axis=1), held > 0
    alone = bought_any.sum(axis=1) == 1
    parts = np.hstack([held, bought_any, bought_any * total[:, None], bought_any & alone[:, None]])
    who, what = np.nonzero(parts)
    times = total.max() + 1  # one column for each number of category purchases comes first
    rows, columns = np.append(np.arange(len(total)), who), np.append(total, times + what)
    values = np.append(np.ones(len(total)), parts[who, what])
    sums = sparse(rows, columns, values, (len(total), times + parts.shape[1]))
    every = np.vstack([sums.sum(axis=0)[None], resampled(sums, households, seed, draws)])
    many = len(bought.brands)
    ends = np.cumsum([times, many, many, many])
    category, made, buyers, around, only = np.split(every, ends, axis=1)
    category[:, 0] = households - category[:, 1:].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Buying(
            category=category / households,
            shares=made / made.sum(axis=1, keepdims=True),
            penetration=buyers / households,
            purchases=made / buyers,
            category_rate=around / buyers,
            requirements=made / around,
            loyals=only / buyers,
        )


def norms(bought: Purchases, seen: Buying) -> list[Dirichlet | None]:
    """Fit the Dirichlet to each panel; None where a panel has none.

    Where households are counted that bought nothing, category purchases are the NBD that gives their number;
    else they are taken as observed. S is the one that gives the sum of the brands' penetrations.
    """
    rates = np.arange(seen.category.shape[1])
    means = seen.category @ rates
    if seen.category[0, 0] > 0:
        shapes = shapes_of(means, 1 - seen.category[:, 0])
        curves = [nbd(m, k) if k == k else np.ones(1) for m, k in zip(means, shapes, strict=True)]
        category = np.zeros((len(curves), max(map(len, curves))))
        for row, curve in zip(category, curves, strict=True):
            row[: len(curve)] = curve
    else:
        shapes, category = np.full(len(means), np.nan), seen.category
    mixed, each = mix(category, seen.shares, seen.penetration, "pool")
    return [
        Dirichlet(
            brands=bought.brands,
            shares=seen.shares[i],
            category=category[i],
            M=float(means[i]),
            K=float(shapes[i]),
            S=float(mixed[i]),
            S_brand=each[i],
        )
        if mixed[i] == mixed[i] and category[i, 0] < 1
        else None
        for i in range(len(means))
    ]
