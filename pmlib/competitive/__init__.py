"""Against whom: market structure, price and features."""

# Plain imports, in this form: a function may share its module's name, and the function must win.
from pmlib.competitive.bridge import share_bridge
from pmlib.competitive.concentration import concentration
from pmlib.competitive.growth_share import growth_share
from pmlib.competitive.merger import merger_screen
from pmlib.competitive.shares import market_shares
from pmlib.competitive.trend import share_trend
from pmlib.competitive.volatility import rank_volatility

__all__ = [
    "concentration",
    "growth_share",
    "market_shares",
    "merger_screen",
    "rank_volatility",
    "share_bridge",
    "share_trend",
]
