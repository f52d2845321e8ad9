"""Types and roles of columns: what they are called, and which go together."""

from typing import Literal, get_args

Type = Literal["text", "number", "integer", "flag", "year", "date", "category"]
Role = Literal[
    "", "product", "name", "firm", "period", "units", "share", "revenue", "price", "attribute",  # of a market
    "cost", "instrument",  # and what demand is worked out with
    "chooser", "occasion", "chosen", "available",  # of choices: who, when, what of it
    "won", "reason",  # of deals that are decided
    "topic", "claim", "place", "confidence",  # of facts about rivals
    "market", "segment", "penetration", "income_a_head", "growth", "fit",  # of the size of markets
    "design_weight", "stratum", "cluster", "stratum_size",  # of a survey: how it was drawn
    "margin", "margin_level", "margin_total",  # of a population: what a survey is weighted to
    "too_cheap", "cheap", "expensive", "too_expensive", "intent_if_cheap", "intent_if_expensive",  # of price
    "kpi", "covariate", "observed",  # of what is measured over time or of users, and what helps to explain it
    "unit", "variant", "treated", "launched",  # of who got a feature, and when
    "launch", "until", "effect", "effect_se", "effect_low", "effect_high", "grade", "domain", "reach",  # past
]  # fmt: skip
Better = Literal["", "higher", "lower"]
OPTIONS = {
    "type": get_args(Type),
    "role": get_args(Role),
    "better": get_args(Better),
    "of": ("market", "potential buyers"),
}

MEASURES = ("number", "integer")
LABELS = ("text", "category", "flag")
TYPES_OF_ROLE: dict[str, tuple[str, ...]] = {  # a role that is not listed takes any type
    "period": ("year", "date"),
    "units": MEASURES,
    "share": MEASURES,
    "revenue": MEASURES,
    "price": MEASURES,
    "attribute": (*MEASURES, "flag", "category"),
    "cost": MEASURES,
    "instrument": (*MEASURES, "flag"),
    "chosen": ("flag",),
    "available": ("flag",),
    "won": ("flag",),
    "penetration": MEASURES,
    "income_a_head": MEASURES,
    "growth": MEASURES,
    "fit": MEASURES,
    "design_weight": MEASURES,
    "stratum_size": MEASURES,
    "margin_total": MEASURES,
    "too_cheap": MEASURES,
    "cheap": MEASURES,
    "expensive": MEASURES,
    "too_expensive": MEASURES,
    "intent_if_cheap": MEASURES,
    "intent_if_expensive": MEASURES,
    "kpi": (*MEASURES, "flag"),
    "covariate": (*MEASURES, "flag"),
    "observed": MEASURES,
    "treated": ("flag",),
    "launched": ("year", "date"),
    "until": ("year", "date"),
    "effect": MEASURES,
    "effect_se": MEASURES,
    "effect_low": MEASURES,
    "effect_high": MEASURES,
    "reach": MEASURES,
}
# Several columns may have these; any other renames its one column.
SHARED_ROLES = ("", "name", "attribute", "instrument", "kpi", "covariate")
LISTED_ROLES = ("", "attribute", "instrument", "kpi", "covariate")  # a Source lists their columns
ROLES = tuple(role for role in get_args(Role) if role not in LISTED_ROLES)  # columns a Source may have
# No column without the role may be called by it; the later ones are so common that one may.
RESERVED = frozenset(ROLES[: ROLES.index("market")])
REPEATING = ("won", "topic")  # a product may be in many deals of a day, and much be claimed of it
