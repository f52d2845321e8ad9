"""Whose variance it is, where inputs are independent: by itself, and with all it takes part in."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pmlib.sizing.drivers.outputs import Law, Model, check_varies, outputs, two_samples, values_at


def variance_shares(model: Model, laws: Mapping[str, Law], *, n: int = 8192, seed: int = 1) -> pd.DataFrame:
    """Measure Sobol' indices: the share of a function's variance that is due to each independent input.

    Parameters
    ----------
    model : takes values by name, each an array, and gives an array. laws : of the inputs, independent.
    n : draws of each of the two samples; 2 (inputs + 1) n evaluations. seed : of the samples.

    Returns
    -------
    frame : one row an input, in the order of `laws`: first (by itself) and total (with all it takes part in),
        0-1 but for the error of sampling; first adds up to less than 1, total to more, where inputs interact.

    Raises
    ------
    ValueError : an output that is not a number, and its first draw; an output that does not vary.

    References
    ----------
    Azzini, Mara & Rosati (2021), "Comparison of two sets of Monte Carlo estimators of Sobol' indices",
    Environmental Modelling & Software 144. Both samples serve for both indices; Saltelli's and Jansen's
    estimators use one of them.
    """
    a, b = (values_at(laws, z) for z in two_samples(len(laws), None, n, seed))
    y_a, y_b = outputs(model, a), outputs(model, b)
    check_varies(y_a, y_b)
    rows = []
    for name in laws:
        y_ab = outputs(model, {**a, name: b[name]})
        y_ba = outputs(model, {**b, name: a[name]})
        whole = np.mean((y_a - y_b) ** 2 + (y_ba - y_ab) ** 2)
        first = 2 * np.mean((y_ba - y_b) * (y_a - y_ab)) / whole
        rows.append((first, np.mean((y_b - y_ba) ** 2 + (y_a - y_ab) ** 2) / whole))
    return pd.DataFrame(rows, columns=["first", "total"], index=pd.Index(laws, name="input"))
