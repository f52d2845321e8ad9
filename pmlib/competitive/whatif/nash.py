"""Prices at which no firm gains by moving its own: implied costs, and the new prices after a change."""

import numpy as np

from pmlib.competitive.whatif.stage import Stage
from pmlib.competitive.whatif.world import World, priced

STEPS = 2_000
CLOSE = 1e-11  # of the largest price: a step this small ends the search
SOLVED = 1e-8  # of what a product sells: a first-order condition this near 0 holds


def implied_costs(world: World, given: np.ndarray) -> np.ndarray:
    """Unit cost of each product under which its firm has no reason to move its price today, (P, D).

    Parameters
    ----------
    given : (n,) costs that are known; NaN where they are to be found. A product's cost is one for all choice
        sets, and what is given for a product comes back as its mean.

    References
    ----------
    Berry, Levinsohn & Pakes (1995), "Automobile prices in market equilibrium", Econometrica 63(4), section 3.
    """
    sold = world.sold()
    codes, firms = world.stage.demand.codes, world.stage.firms
    price = np.broadcast_to(world.stage.price[:, None], sold.volume.shape)
    own, add = world.own(sold), world.product
    asked = add @ (sold.volume + own * price - world.pull(sold, price))  # what costs must add up to
    rank = _rank(firms)
    places = int(rank.max()) + 1
    system = np.zeros(
        (places, *asked.shape)
    )  # [i, k]: what a unit of cost of the i-th product of k's firm does
    for i in range(places):
        of = (rank == i)[codes][:, None]
        margin = np.broadcast_to(of, sold.volume.shape).astype(float)
        system[i] = add @ (own * margin - world.pull(sold, margin))
    mean = add @ np.where(np.isnan(given), 0.0, given) / np.maximum(add @ np.ones(len(codes)), 1)
    unknown = (add @ np.isnan(given).astype(float)) > 0
    out = np.repeat(mean[:, None], asked.shape[1], axis=1)
    out[~priced(world.stage)] = 0.0
    for firm in dict.fromkeys(firms[priced(world.stage)]):
        members = np.flatnonzero(firms == firm)
        free = members[unknown[members]]
        if not len(free):
            continue
        known = members[~unknown[members]]
        rest = asked[free] - sum((system[rank[j], free] * out[j] for j in known), np.zeros(asked[free].shape))
        matrix = system[rank[free]][:, free].transpose(2, 1, 0)  # (D, equation, cost)
        try:
            out[free] = np.linalg.solve(matrix, rest.T[..., None])[..., 0].T
        except np.linalg.LinAlgError:  # a firm that has all there is may charge anything
            out[free] = np.nan
    return out


def _rank(firms: np.ndarray) -> np.ndarray:
    counts: dict[object, int] = {}
    out = np.empty(len(firms), int)
    for i, firm in enumerate(firms):
        out[i] = counts.get(firm, 0)
        counts[firm] = out[i] + 1
    return out


def unit_costs(stage: Stage, implied: np.ndarray, base: Stage) -> np.ndarray:
    """Cost of each offer of a stage, (n, D): given, or implied on the first stage (P, D)."""
    at = {product: i for i, product in enumerate(base.demand.products)}
    known = np.empty((len(stage.demand.products), implied.shape[1]))
    for i, product in enumerate(stage.demand.products):
        found = implied[at[stage.like.get(product, product)]]
        factor, amount = stage.more.get(product, (1.0, 0.0))
        known[i] = np.where(factor == 0, amount, factor * found + amount)
    return np.where(np.isnan(stage.cost)[:, None], known[stage.demand.codes], stage.cost[:, None])


def gains(world: World, cost: np.ndarray, shift: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """What a unit of price more brings a product's firm, and what the product sells, both (P, D)."""
    sold = world.sold(shift)
    margin = world.prices(shift) - cost
    add = world.product
    return add @ (sold.volume + world.own(sold) * margin - world.pull(sold, margin)), add @ sold.volume


def equilibrium(
    world: World, cost: np.ndarray, free: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """Find the prices at which no firm gains by moving those of its products that are free to move.

    The search repeats the markup that today's shares would make best (the zeta map); where its steps do not
    shrink they are halved. What it ends at is checked against the first-order conditions.

    Parameters
    ----------
    cost : (n, D). free : (P,) products whose prices move. start : (P, D) a shift to begin at.

    Returns
    -------
    array : (P, D) by which each product's price moves, the same in all choice sets; NaN where none was found.
    """
    add, columns = world.product, world.columns
    shift = np.zeros((len(free), columns)) if start is None else start.copy()
    scale = max(float(np.abs(world.stage.price).max()), 1e-300)
    first = world.stage.price[:, None] - cost
    stride, last = np.ones(columns), np.full(columns, np.inf)
    for _ in range(STEPS):
        sold = world.sold(shift)
        own = world.own(sold)
        margin = world.prices(shift) - cost
        with np.errstate(all="ignore"):
            best = (add @ (world.pull(sold, margin) - sold.volume - own * first)) / (add @ own)
        step = np.where(free[:, None], best - shift, 0.0)
        size = np.abs(step).max(axis=0, initial=0.0)
        stride = np.where(size > 1.5 * last, stride / 2, stride)
        last = size
        going = np.isfinite(size) & (size > CLOSE * scale)
        shift = np.where(np.isfinite(size) & (size > 0), shift + stride * step, shift)
        if not going.any() or (size[np.isfinite(size)] > 1e6 * scale).all():
            break
    gain, volume = gains(world, cost, shift)
    at = np.maximum(np.abs(volume), 1e-300)
    with np.errstate(invalid="ignore"):
        holds = (np.abs(gain / at)[free] < SOLVED).all(axis=0) & np.isfinite(last)
    return np.where(holds, shift, np.nan)
