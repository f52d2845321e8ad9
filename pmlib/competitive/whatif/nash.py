"""Prices at which no firm gains by moving its own: implied costs, and the new prices after a change."""

import numpy as np

from pmlib.competitive.whatif.stage import Stage
from pmlib.competitive.whatif.world import World, priced

STEPS, ROUND = 1_000, 50  # steps of a search; after so many, what is done is left out
CLOSE = 1e-11  # of the largest price: a step this small ends the search
FAR = 1e6  # times the largest price: a step this large leads nowhere
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
    world: World, cost: np.ndarray, free: np.ndarray, start: np.ndarray | None = None, steps: int = STEPS
) -> np.ndarray:
    """Find prices at which no firm gains by moving those of its products that are free to move.

    The search repeats the markup that the shares at hand would make best (the zeta map of Morrow & Skerlos
    2011); where its steps grow they are shortened. What it ends at is held against the first-order
    conditions.

    Parameters
    ----------
    cost : (n, D). free : (P,) products whose prices move. start : (P, 1) or (P, D) a shift to begin at.
    steps : at most so many.

    Returns
    -------
    array : (P, D) by which each product's price moves, the same in all choice sets; NaN where none was found.
    """
    shift = np.zeros((len(free), world.columns))
    if start is not None:
        shift = shift + start
    scale = max(float(np.abs(world.stage.price).max()), 1e-300)
    stride, last = np.ones(world.columns), np.full(world.columns, np.inf)
    going, left = np.ones(world.columns, bool), steps
    while going.any() and left > max(0, steps - ROUND):
        move = _zeta(world, cost, free, shift)
        size = np.abs(move).max(axis=0, initial=0.0)
        stride = np.where(size > 1.2 * last, stride / 2, np.minimum(1.0, stride * 1.05))
        last = size
        shift = shift + stride * np.where(np.isfinite(size), move, 0.0)
        going = np.isfinite(size) & (size > CLOSE * scale) & (size < FAR * scale)
        left -= 1
    if going.any() and left > 0:  # the few that take longer go on alone
        own = cost[:, going] if cost.shape[1] > 1 else cost
        shift[:, going] = equilibrium(world.part(going), own, free, shift[:, going], left)
    gain, volume = gains(world, cost, shift)
    with np.errstate(invalid="ignore", divide="ignore"):
        holds = (np.abs(gain / volume)[free] < SOLVED).all(axis=0)
    return np.where(holds, shift, np.nan)


def _zeta(world: World, cost: np.ndarray, free: np.ndarray, shift: np.ndarray) -> np.ndarray:
    # How far each product's price is from the one that today's markups would make best.
    sold, add = world.sold(shift), world.product
    own = world.own(sold)
    margin = world.prices(shift) - cost
    first = world.stage.price[:, None] - cost
    with np.errstate(all="ignore"):
        best = (add @ (world.pull(sold, margin) - sold.volume - own * first)) / (add @ own)
    return np.where(free[:, None], best - shift, 0.0)
