"""ARIMA by exact maximum likelihood, of orders that are given, with all the numbers of the fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

ORDER, SEASONAL = (0, 1, 1), (0, 1, 1)  # the airline model


@dataclass(frozen=True, eq=False)
class Arima:
    """A fitted model.

    parameters, errors : by name ("ma.L1", "ma.S.L12", …), and their standard errors; the sign of a moving
        average is that of its polynomial 1 + θB. variance : of the innovations. likelihood : its logarithm.
    log : whether the series was modelled in logarithms.
    """

    parameters: Mapping[str, float]
    variance: float
    likelihood: float
    aic: float
    aicc: float
    bic: float
    log: bool
    fitted: Any

    @cached_property
    def errors(self) -> dict[str, float]:
        found = np.sqrt(np.diag(self.fitted.cov_params_approx))
        return dict(zip(self.parameters, map(float, found), strict=True))

    def ahead(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Forecast on the scale of the model, with standard errors."""
        found = self.fitted.get_forecast(steps)
        return np.asarray(found.predicted_mean), np.asarray(found.se_mean)

    def points(self, steps: int) -> np.ndarray:
        """Forecast in the unit of the series: medians."""
        middle, _ = self.ahead(steps)
        return np.exp(middle) if self.log else middle


def arima(
    values: np.ndarray,
    period: int,
    order: tuple[int, int, int] = ORDER,
    seasonal: tuple[int, int, int] = SEASONAL,
    *,
    log: bool | None = None,
) -> Arima:
    """Fit by exact maximum likelihood; what is missing is left out.

    Parameters
    ----------
    values : the series, nan where missing. period : of the season; 1 for none.
    order, seasonal : autoregression, differences, moving average. log : take logarithms; by default where all
        values are above 0.

    Raises
    ------
    ValueError : logarithms of values that are not above 0.
    """
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # slow to import

    values = np.asarray(values, float)
    above = bool((values[~np.isnan(values)] > 0).all())
    log = above if log is None else log
    if log and not above:
        raise ValueError("values at or below 0 have no logarithm; fit with log=False")
    parts = (*seasonal, period) if period > 1 else (0, 0, 0, 0)
    model = SARIMAX(
        np.log(values) if log else values, order=order, seasonal_order=parts, simple_differencing=False
    )
    fitted = model.fit(disp=0, method="lbfgs", maxiter=200, cov_type="none")
    names = list(fitted.param_names)
    return Arima(
        parameters=dict(zip(names, map(float, fitted.params), strict=True)),
        variance=float(dict(zip(names, fitted.params, strict=True))["sigma2"]),
        likelihood=float(fitted.llf),
        aic=float(fitted.aic),
        aicc=float(fitted.aicc),
        bic=float(fitted.bic),
        log=log,
        fitted=fitted,
    )
