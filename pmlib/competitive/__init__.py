"""Against whom: market structure, price and features."""

# Plain imports, in this form: a function may share its module's name, and the function must win.
from pmlib.competitive.bridge import share_bridge
from pmlib.competitive.choice.logit import conditional_logit
from pmlib.competitive.choice.shares import choice_shares
from pmlib.competitive.concentration import concentration
from pmlib.competitive.growth_share import growth_share
from pmlib.competitive.hedonic import hedonic
from pmlib.competitive.ladder import price_ladder
from pmlib.competitive.merger import merger_screen
from pmlib.competitive.mispriced import mispriced
from pmlib.competitive.parity import feature_parity
from pmlib.competitive.premium import price_premium
from pmlib.competitive.premium_history import premium_history
from pmlib.competitive.price_index import price_index
from pmlib.competitive.price_map import price_map
from pmlib.competitive.shares import market_shares
from pmlib.competitive.switching.dirichlet_fit import dirichlet
from pmlib.competitive.switching.duplication import purchase_duplication
from pmlib.competitive.switching.matrix import brand_switching
from pmlib.competitive.switching.norm import dirichlet_norm
from pmlib.competitive.switching.sets import competitive_sets
from pmlib.competitive.switching.steady import steady_shares
from pmlib.competitive.thirds import price_thirds
from pmlib.competitive.trend import share_trend
from pmlib.competitive.volatility import rank_volatility

__all__ = [
    "brand_switching",
    "choice_shares",
    "competitive_sets",
    "concentration",
    "conditional_logit",
    "dirichlet",
    "dirichlet_norm",
    "feature_parity",
    "growth_share",
    "hedonic",
    "market_shares",
    "merger_screen",
    "mispriced",
    "premium_history",
    "price_index",
    "price_ladder",
    "price_map",
    "price_premium",
    "price_thirds",
    "purchase_duplication",
    "rank_volatility",
    "share_bridge",
    "share_trend",
    "steady_shares",
]
