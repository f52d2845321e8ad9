"""Choices, deals, facts and markets of anybody: odd content gives a result, a reason or one line."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlib import competitive as c
from pmlib.data import source
from pmlib.result import Absent, Result

NAMES = [
    "Ox",
    "<b>x</b>",
    "=1+1",
    "株式会社",
    "\U0001f680 Go",
    "a\x07b\x1b[31m",
    "A & B; C",
    "None",
    "long " * 40,
    "50%",
]
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(ask, *args, **options):
    """Ask, and see that what comes back can be shown; gives it, or None where it was refused in a line."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            told = ask(*args, **options)
        except ValueError as refused:
            line = str(refused)
        else:
            line = ""
        if line:
            assert "\n" not in line
            return None
        assert isinstance(told, Result)
        if isinstance(told, Absent):
            assert told.reason and "\n" not in told.reason
            return told
        json.dumps(told.payload(), allow_nan=False)
        assert "<b>x</b>" not in told.html() and told.summary()
    assert "nan" not in told.finding.split() and told.title
    assert all(np.isfinite(number.value) for number in told.numbers)
    return told


@st.composite
def panels(draw):
    """Choices of a few people among a few products, some of them gone from a set."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    people, each = draw(st.sampled_from([(1, 1), (1, 8), (12, 3), (40, 2)]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    prices = draw(st.sampled_from([[1], [1, 2], [0.5, 0.75, 3.0], [10**7, 3 * 10**7]]))
    rows = []
    for person in range(people):
        for occasion in range(each):
            on_offer = [name for name in names if random.random() < 0.8] or names[:1]
            taken = random.integers(len(on_offer))
            rows += [(person, occasion, name, int(i == taken)) for i, name in enumerate(on_offer)]
    frame = pd.DataFrame(rows, columns=["chooser", "occasion", "product", "chosen"])
    frame["price"] = random.choice(prices, len(frame))
    frame["taste"] = random.choice(
        draw(st.sampled_from([[0], [0, 1], ["<i>", "=2"], [-1.5, 0.5]])), len(frame)
    )
    frame = frame.assign(firm=frame["product"]) if draw(st.booleans()) else frame
    return source(frame, "<shop>", attributes=["taste"]), names[0]


PANELS = {
    "shares": lambda panel, name: c.choice_shares(panel),
    "logit": lambda panel, name: c.conditional_logit(panel),
    "nested": lambda panel, name: c.nested_logit(panel, nests={"all": [name]}, starts=1),
    "mixed": lambda panel, name: c.mixed_logit(panel, draws=8, starts=1, check=False),
    "switching": lambda panel, name: c.brand_switching(panel, focal=name),
    "steady": lambda panel, name: c.steady_shares(panel, focal=name),
    "duplication": lambda panel, name: c.purchase_duplication(panel, focal=name),
    "norm": lambda panel, name: c.dirichlet_norm(panel, focal=name),
    "sets": lambda panel, name: c.competitive_sets(panel, focal=name),
    "design": lambda panel, name: c.design_check(panel),
    "holdout": lambda panel, name: c.holdout_check(panel),
}


@pytest.mark.parametrize("name", PANELS)
def test_any_panel(name):
    @FEW
    @given(panels())
    def law(drawn):
        holds(PANELS[name], *drawn)

    law()


MODELS = {
    "elasticities": lambda model, name: c.price_elasticities(model),
    "diversion": lambda model, name: c.diversion(model),
    "worth": lambda model, name: c.willingness_to_pay(model, draws=50),
    "part-worths": lambda model, name: c.part_worths(model),
    "importances": lambda model, name: c.importances(model),
    "what if": lambda model, name: c.what_if(model, f"{name}: price -10%", focal=name, draws=40),
    "curve": lambda model, name: c.demand_curve(model, name, draws=40),
    "best price": lambda model, name: c.best_price(model, name, draws=40),
    "optimal": lambda model, name: c.optimal_product(model, draws=40),
}


@pytest.mark.parametrize("name", MODELS)
def test_any_model_of_a_panel(name):
    @FEW
    @given(panels())
    def law(drawn):
        model = holds(PANELS["logit"], *drawn)
        if model is not None:
            holds(MODELS[name], model, drawn[1])

    law()


@st.composite
def deals(draw):
    """A few deals, won or lost."""
    size = draw(st.sampled_from([1, 3, 40]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    frame = pd.DataFrame({"won": random.integers(0, 2, size) * draw(st.integers(0, 1))})
    frame["firm"], frame["reason"] = random.choice(names, size), random.choice(names, size)
    frame["period"] = pd.Timestamp("2024-01-31") + pd.to_timedelta(random.integers(0, 500, size), unit="D")
    frame["size"] = random.choice(draw(st.sampled_from([[1], [1, 1e9], ["<b>x</b>", "=3"]])), size)
    return source(frame, "deals", attributes=["size"])


@pytest.mark.parametrize("ask", [c.win_loss, c.win_trend, c.loss_reasons, c.win_drivers])
def test_any_deals(ask):
    @FEW
    @given(deals())
    def law(drawn):
        holds(ask, drawn)

    law()


@st.composite
def facts(draw):
    """A few claims about rivals."""
    size = draw(st.sampled_from([1, 2, 12]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    frame = pd.DataFrame({one: random.choice(names, size) for one in ("firm", "topic", "claim", "place")})
    frame["price"] = random.choice([0, 1e-3, 1e7, np.nan], size)
    frame["period"] = pd.Timestamp("2024-01-31") + pd.to_timedelta(random.integers(0, 400, size), unit="D")
    return source(frame, "facts")


@pytest.mark.parametrize("ask", [c.rival_facts, c.rival_monitor])
def test_any_facts(ask):
    @FEW
    @given(facts())
    def law(drawn):
        holds(ask, drawn)
        holds(c.price_ladder, c.facts_market(drawn), focal=drawn.frame["firm"].iloc[0])

    law()


@st.composite
def markets(draw):
    """A few products over a few periods."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    years = draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    frame = pd.DataFrame(
        {"product": names * years, "period": np.repeat(range(2000, 2000 + years), len(names))}
    )
    frame["firm"] = random.choice(names[:3], len(frame)) if draw(st.booleans()) else frame["product"]
    frame["share"] = random.uniform(0, 0.9 / len(names), len(frame)).round(draw(st.sampled_from([1, 4])))
    frame["price"] = random.choice(draw(st.sampled_from([[1], [1, 2, 5], [1e-6, 1e7]])), len(frame))
    frame["size"] = random.choice(draw(st.sampled_from([[0], [1, 2.5, 3]])), len(frame))
    return source(frame, "market", attributes=["size"]), frame["firm"].iloc[0]


MARKETS = {
    "demand": lambda table, firm: c.market_demand(table),
    "ladder": lambda table, firm: c.demand_ladder(table, instruments="sums"),
    "elasticities": lambda table, firm: c.price_elasticities(c.market_demand(table)),
    "diversion": lambda table, firm: c.diversion(c.market_demand(table)),
    "attributes": lambda table, firm: c.attribute_map(table, focal=firm),
    "associations": lambda table, firm: c.association_map(table, rows="product", columns="firm"),
}


@pytest.mark.parametrize("name", MARKETS)
def test_any_market(name):
    @FEW
    @given(markets())
    def law(drawn):
        holds(MARKETS[name], *drawn)

    law()
