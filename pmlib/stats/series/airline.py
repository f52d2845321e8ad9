"""The airline model, ARIMA(0,1,1)(0,1,1), from many moments at once, averaged over its two parameters.

Conditional sums of squares with every pair of a grid in one pass; at each moment the pairs are weighed by
how well they did until then. (`arima` fits one series by exact maximum likelihood.)

References
----------
Box and Jenkins (1970), "Time Series Analysis: Forecasting and Control", Holden-Day, ch. 9.
"""

import numpy as np

NEAR = (-0.3, -0.1, 0.1, 0.3, 0.45, 0.6, 0.75, 0.9)  # how much of the last error is taken back
SEASONAL = (0.0, 0.2, 0.4, 0.55, 0.7, 0.85, 0.95)  # and of the error one season before


def airline(series: np.ndarray, ends: np.ndarray, steps: int, period: int) -> np.ndarray:
    """Forecast each column from its end.

    Parameters
    ----------
    series : a column a moment, or one for all; nan where missing. period : of the season, above 1.
    """
    near, seasonal = (part.ravel() for part in np.meshgrid(NEAR, SEASONAL))
    columns, count = series.shape[1], int(ends.max())
    shape = (count + steps, columns, len(near))
    value, error = np.empty(shape), np.zeros(shape)
    squares, seen = np.zeros((columns, len(near))), np.zeros((columns, 1))
    paths = np.full((len(ends), steps), np.nan)
    first = series[: period + 1]
    start = np.where(np.isnan(first), np.nanmean(first, axis=0), first)
    value[: period + 1] = start[:, :, None]
    moments: dict[int, list[int]] = {}
    for at, end in enumerate(ends):
        moments.setdefault(int(end), []).append(at)

    def expected(at: int) -> np.ndarray:
        before, year, both = (at - lag for lag in (1, period, period + 1))
        backs = near * error[before] + seasonal * error[year] - near * seasonal * error[both]
        return value[before] + value[year] - value[both] - backs

    for at in range(period + 1, count):
        guess = expected(at)
        came = series[at][:, None]
        known = ~np.isnan(came)
        value[at] = np.where(known, came, guess)
        error[at] = value[at] - guess
        squares = squares + error[at] ** 2
        seen = seen + known
        for moment in moments.get(at + 1, []):
            column = moment if columns > 1 else 0
            kept = value[at + 1 : at + 1 + steps].copy(), error[at + 1 : at + 1 + steps].copy()
            error[at + 1 : at + 1 + steps] = 0
            for ahead in range(at + 1, at + 1 + steps):
                value[ahead] = expected(ahead)
            fit = seen[column] * np.log(np.maximum(squares[column] / np.maximum(seen[column], 1), 1e-12)) / 2
            weights = np.exp(fit.min() - fit)
            paths[moment] = value[at + 1 : at + 1 + steps, column] @ weights / weights.sum()
            value[at + 1 : at + 1 + steps], error[at + 1 : at + 1 + steps] = kept
    return paths
