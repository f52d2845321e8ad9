"""Made-up markets that own more as incomes grow, each off the common curve by its own distance."""

import numpy as np

from pmlib.stats.saturating import Curve, fit, left_out, stable, unstable


def world(seed: int, markets: int = 20, years: int = 6, apart: float = 0.08, shape: str = "logistic"):
    """Give the true curve, income, share and market of each row, and the last row of each market."""
    rng = np.random.default_rng(seed)
    market = np.repeat(np.arange(markets), years)
    start = rng.uniform(np.log(2e3), np.log(3e4), markets)
    income = np.exp(start[market] + 0.04 * np.tile(np.arange(years), markets))
    off = apart * rng.standard_normal(markets)
    true = Curve(shape, 0.6, 0.0, 1.6, float(np.log(9e3)), 0.0)
    share = unstable(np.clip(stable(true(income)) + off[market], 0, np.pi / 2))
    return true, income, share, market, np.arange(years - 1, markets * years, years)


def new_market_held(seed: int, level: float, markets: int = 20, fitted: str = "logistic", **made) -> bool:
    """Tell whether the range made from all markets but the last holds that one."""
    true, income, share, market, last = world(seed, markets, years=2, **made)
    seen = market < markets - 1
    curve = fit(income[seen], share[seen], fitted, like=true)
    judged = left_out(curve, income[seen], share[seen], market[seen], last[:-1], None)
    new = last[-1]
    error = stable(share[new]) - stable(curve(income[[new]]))[0]
    return bool(abs(error) <= judged.reach(income[new], level))
