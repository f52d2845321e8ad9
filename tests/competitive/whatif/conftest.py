"""Demand for the cars of 1971 to 1990 (V8), whose instruments are taken at their word here."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pmlib import data
from pmlib.competitive import market_demand
from pmlib.competitive.demand.estimate import in_newest_period

ATTRIBUTES = ("hp_per_weight", "air", "miles_per_dollar_tens", "space")


@pytest.fixture(scope="session")
def cars_fitted(us_cars_demand):
    """The model as it is fitted: its instruments are weak, so that it only describes."""
    instruments = us_cars_demand.instruments
    return market_demand(
        data.source(us_cars_demand.frame, "cars", attributes=ATTRIBUTES, instruments=instruments)
    )


@pytest.fixture(scope="session")
def cars_1990(cars_fitted):
    """The same, read as what prices do."""
    everywhere = replace(cars_fitted.everywhere, causal=True)
    return SimpleNamespace(everywhere=everywhere, demand=in_newest_period(everywhere))
