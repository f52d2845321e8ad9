"""A sized market as an anchor of the ceiling: its logarithm, and how far its own range reaches."""

import numpy as np
from scipy import stats

from pmlib.parameters import check_number
from pmlib.result import Absent, Number, Result
from pmlib.sizing.adoption.grid import Anchor

ASSUMED = 0.2  # spread of the log of a size that comes without a range


def anchor(market_size: Number | Result | float | None) -> tuple[Anchor | None, str]:
    """Read the anchor and say where it is from; nothing where there is none.

    Raises
    ------
    ValueError : the size is not above 0, or a result has no Number.
    """
    if market_size is None or isinstance(market_size, Absent):
        return None, ""
    if isinstance(market_size, Result):
        if not market_size.numbers:
            raise ValueError(
                f"market_size: the result {market_size.name} has no Number; give a value or a Number"
            )
        market_size = market_size.numbers[0]
    if not isinstance(market_size, Number):
        check_number("market_size", market_size, "a potential above 0, or a Number")
        market_size = Number(name="market_size", label="potential", value=float(market_size))
    if not 0 < market_size.value < np.inf:
        raise ValueError(f"market_size is {market_size.value:g}; a potential is above 0")
    if market_size.low is None or market_size.high is None or not 0 < market_size.low < market_size.high:
        return Anchor(
            float(np.log(market_size.value)), ASSUMED
        ), f"{market_size.written}, give or take a fifth (assumed)"
    reach = 2 * stats.norm.ppf((1 + (market_size.level or 0.9)) / 2)
    spread = float(np.log(market_size.high / market_size.low) / reach)
    return Anchor(float(np.log(market_size.value)), spread), str(market_size)
