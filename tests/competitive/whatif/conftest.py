"""Demand for the cars of 1971 to 1990, from the coefficients of V8."""

import pytest
from market_demand import market_demand

TERMS = ["hp_per_weight", "air", "miles_per_dollar_tens", "space"]
PARAMS = [-0.1340836, -9.9207, 1.1792, 0.4683, 0.01748, 2.2933]
ERRORS = [0.01, 0.3, 0.2, 0.05, 0.001, 0.1]  # of this size; what matters here is that there are some


@pytest.fixture(scope="session")
def cars_1990(us_cars_demand):
    """Demand of all years; questions go to the newest."""
    frame = us_cars_demand.frame
    label, key = frame["name"].astype("str"), frame["product"].astype("str")
    year = frame["period"].dt.year
    twin = frame.assign(year=year, label=label).duplicated(["year", "label"], keep=False)
    frame = frame.assign(set=year, product=label.where(~twin, label + " (" + key + ")"))
    columns = ["set", "period", "product", "firm", "share", "price", *TERMS]
    return market_demand(frame[columns], PARAMS, terms=TERMS, errors=ERRORS)
