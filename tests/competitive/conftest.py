"""The shipped tables, read once through the gate."""

from pathlib import Path

import pytest

from pmlib import data


@pytest.fixture(scope="session")
def shipped_data():
    """Both shipped tables, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PMLIB_ROOT", str(Path(__file__).parents[2]))
        patch.delenv("PMLIB_RUN_DIR", raising=False)
        return {name: data.read(name) for name in ("us_cars", "cars_1993")}


@pytest.fixture(scope="session")
def us_cars(shipped_data):
    """Twenty years of US cars: shares and prices."""
    return shipped_data["us_cars"]


@pytest.fixture(scope="session")
def cars_1993(shipped_data):
    """One year of car models: prices and features, no sales."""
    return shipped_data["cars_1993"]
