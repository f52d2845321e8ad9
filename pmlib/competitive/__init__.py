"""Against whom: market structure, price and features."""

# Plain imports, in this form: a function may share its module's name, and the function must win.
from pmlib.competitive.bridge import share_bridge
from pmlib.competitive.choice.logit import conditional_logit
from pmlib.competitive.choice.mixed import mixed_logit
from pmlib.competitive.choice.nested import nested_logit
from pmlib.competitive.choice.shares import choice_shares
from pmlib.competitive.choice.tastes import individual_tastes
from pmlib.competitive.concentration import concentration
from pmlib.competitive.conjoint.design_check import design_check
from pmlib.competitive.conjoint.holdout import holdout_check
from pmlib.competitive.conjoint.optimal import optimal_product
from pmlib.competitive.conjoint.part_worths import importances, part_worths
from pmlib.competitive.conjoint.preference import share_of_preference
from pmlib.competitive.deals.loss_reasons import loss_reasons
from pmlib.competitive.deals.win_drivers import win_drivers
from pmlib.competitive.deals.win_loss import win_loss
from pmlib.competitive.deals.win_trend import win_trend
from pmlib.competitive.demand.berry import market_demand
from pmlib.competitive.demand.blp import random_coefficients
from pmlib.competitive.demand.diversion import diversion
from pmlib.competitive.demand.elasticity import price_elasticities
from pmlib.competitive.demand.ladder import demand_ladder
from pmlib.competitive.demand.others import blp_instruments
from pmlib.competitive.demand.strength import instrument_strength
from pmlib.competitive.demand.surplus import consumer_surplus
from pmlib.competitive.demand.wtp import willingness_to_pay
from pmlib.competitive.facts.offers import facts_market
from pmlib.competitive.facts.rival_facts import rival_facts
from pmlib.competitive.facts.rival_monitor import rival_monitor
from pmlib.competitive.growth_share import growth_share
from pmlib.competitive.hedonic import hedonic
from pmlib.competitive.ladder import price_ladder
from pmlib.competitive.maps.association_map import association_map
from pmlib.competitive.maps.attribute_map import attribute_map
from pmlib.competitive.market_monitor import market_monitor
from pmlib.competitive.merger import merger_screen
from pmlib.competitive.mispriced import mispriced
from pmlib.competitive.parity import feature_parity
from pmlib.competitive.premium import price_premium
from pmlib.competitive.premium_history import premium_history
from pmlib.competitive.price_index import price_index
from pmlib.competitive.price_map import price_map
from pmlib.competitive.priorities import feature_priorities
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
from pmlib.competitive.whatif.best_price import best_price
from pmlib.competitive.whatif.demand_curve import demand_curve
from pmlib.competitive.whatif.sensitivity import sensitivity
from pmlib.competitive.whatif.what_if import what_if

__all__ = [
    "association_map",
    "attribute_map",
    "best_price",
    "blp_instruments",
    "brand_switching",
    "choice_shares",
    "competitive_sets",
    "concentration",
    "conditional_logit",
    "consumer_surplus",
    "demand_curve",
    "demand_ladder",
    "design_check",
    "dirichlet",
    "dirichlet_norm",
    "diversion",
    "facts_market",
    "feature_parity",
    "feature_priorities",
    "growth_share",
    "hedonic",
    "holdout_check",
    "importances",
    "individual_tastes",
    "instrument_strength",
    "loss_reasons",
    "market_demand",
    "market_monitor",
    "market_shares",
    "merger_screen",
    "mispriced",
    "mixed_logit",
    "nested_logit",
    "optimal_product",
    "part_worths",
    "premium_history",
    "price_elasticities",
    "price_index",
    "price_ladder",
    "price_map",
    "price_premium",
    "price_thirds",
    "purchase_duplication",
    "random_coefficients",
    "rank_volatility",
    "rival_facts",
    "rival_monitor",
    "sensitivity",
    "share_bridge",
    "share_of_preference",
    "share_trend",
    "steady_shares",
    "what_if",
    "willingness_to_pay",
    "win_drivers",
    "win_loss",
    "win_trend",
]
