"""ARIMA by exact likelihood gives R's numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib.stats.series.arima import arima

REFERENCE = Path(__file__).parents[2] / "reference"


def test_the_airline_model_of_air_passengers():
    # V23: R 4.2.2, arima(log(AirPassengers), c(0, 1, 1), c(0, 1, 1)).
    fit = arima(pd.read_csv(REFERENCE / "airpassengers.csv")["value"].to_numpy(float), 12)
    assert fit.log
    assert [fit.parameters[name] for name in ("ma.L1", "ma.S.L12")] == pytest.approx(
        [-0.40183, -0.55694], abs=1e-3
    )
    assert [fit.errors[name] for name in ("ma.L1", "ma.S.L12")] == pytest.approx([0.08964, 0.07310], abs=1e-3)
    assert fit.variance == pytest.approx(0.001348, abs=1e-6)
    assert fit.likelihood == pytest.approx(244.70, abs=1e-2) and fit.aic == pytest.approx(-483.4, abs=1e-1)
    middle, error = fit.ahead(3)
    assert middle == pytest.approx([6.1102, 6.0538, 6.1717], abs=1e-3)
    assert error[0] == pytest.approx(0.0367, abs=1e-3)


def test_sales_of_corticosteroids():
    # V25: Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2nd ed.), section 8.9.
    sales = pd.read_csv(REFERENCE / "h02.csv")["value"].to_numpy(float)
    fit = arima(sales[:-24], 12, (3, 0, 1), (0, 1, 2))
    assert np.sqrt(((fit.points(24) - sales[-24:]) ** 2).mean()) == pytest.approx(0.0622, abs=1e-3)


def test_logarithms_of_zeros_are_refused():
    with pytest.raises(ValueError, match=r"^values at or below 0 have no logarithm; fit with log=False$"):
        arima(np.array([0.0, 1, 2, 3]), 1, log=True)
