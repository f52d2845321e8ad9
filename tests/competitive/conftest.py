"""The shipped tables, read once through the gate, and tables that only tests read."""

from pathlib import Path

import pandas as pd
import pytest

from pmlib import data

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="session")
def shipped_data(read_shipped):
    """Both shipped tables of a market, by name."""
    return {name: read_shipped(name) for name in ("us_cars", "cars_1993")}


@pytest.fixture(scope="session")
def us_cars(shipped_data):
    """Twenty years of US cars: shares and prices."""
    return shipped_data["us_cars"]


@pytest.fixture(scope="session")
def us_cars_demand(read_shipped):
    """Twenty years of US cars, with instruments."""
    return read_shipped("us_cars_demand")


@pytest.fixture(scope="session")
def cars_1993(shipped_data):
    """One year of car models: prices and features, no sales."""
    return shipped_data["cars_1993"]


@pytest.fixture(scope="session")
def ketchup(read_shipped):
    """2,798 purchases by 300 households among four items."""
    return read_shipped("ketchup")


@pytest.fixture(scope="session")
def cameras(read_shipped):
    """A conjoint study: 332 people chose 16 times among four cameras and none of them."""
    return read_shipped("cameras")


@pytest.fixture(scope="session")
def yogurt():
    """2,412 purchases by 100 households among four brands."""
    frame = pd.read_csv(REFERENCE / "yogurt_choices.csv.gz")
    roles = {"chooser": "household", "occasion": "purchase", "product": "brand"}
    return data.source(frame, "yogurt", attributes=["feature"], **roles)


@pytest.fixture(scope="session")
def heating():
    """The heating systems that 900 households chose, one time each; ic and oc are costs in dollars."""
    wide = pd.read_csv(REFERENCE / "heating_wide.csv.gz")
    stubs = wide[["idcase", "depvar", *(name for name in wide if name[:3] in ("ic.", "oc."))]]
    long = pd.wide_to_long(stubs, ["ic", "oc"], "idcase", "product", sep=".", suffix=r"\w+").reset_index()
    long = long.sort_values(["idcase", "product"], ignore_index=True)
    long = long.assign(occasion=1, chosen=(long["depvar"] == long["product"]).astype(int))
    return data.source(long.drop(columns="depvar"), "heating", attributes=["ic", "oc"], chooser="idcase")
