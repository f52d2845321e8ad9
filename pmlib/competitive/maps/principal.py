"""Principal components of attributes: products by what they offer, each attribute in its own spreads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.competitive.maps.axes import TooFew, pointed, principal_axes
from pmlib.competitive.maps.points import Points, named, spread_over
from pmlib.data.words import meant, shown

AXES = 5  # along which coordinates are given unless told otherwise; eigenvalues are given for all
SAME = 1e-10  # spread over size up to which numbers differ by rounding only


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """The axes of a table of attributes, and where its rows and attributes stand on them.

    standardised : the active rows, each attribute with mean 0 and standard deviation 1 (over n).
    means, spreads : of each attribute, in its own unit.
    eigenvalues : of the correlation matrix, all of them, the largest first; they add up to the attributes.
    rows, extra_rows : scores are `principal`. columns, extra_columns : loadings (correlations with the axes)
        are `principal`; of the active ones `standard` holds the eigenvectors. The extra ones move no axis.
    missing : labels of rows left out because an attribute is unknown. constant : attributes the same for all.
    """

    standardised: pd.DataFrame
    means: pd.Series
    spreads: pd.Series
    eigenvalues: np.ndarray
    rows: Points
    columns: Points
    extra_rows: Points
    extra_columns: Points
    missing: tuple
    constant: tuple[str, ...]

    @property
    def explained(self) -> np.ndarray:
        """Share of all variation along each axis."""
        return self.eigenvalues / len(self.means)


def principal_components(
    table: pd.DataFrame,
    *,
    extra_rows: Sequence = (),
    extra_columns: Sequence[str] = (),
    axes: int = AXES,
) -> PrincipalComponents:
    """Analyse a table of numbers, one row a product, one column an attribute.

    Each axis points so that the attribute that contributes most to it has a positive loading.

    Parameters
    ----------
    table : numbers or flags; a row that lacks an active attribute is left out and named.
    extra_rows, extra_columns : labels of supplementary rows and attributes. An extra attribute may be blank
        in some rows; its loading is the correlation over the others.
    axes : how many to give coordinates for.

    Raises
    ------
    ValueError : a label twice or unknown, an attribute that is no number or infinite.
    TooFew : fewer than three complete rows or two attributes that vary.

    References
    ----------
    Gabriel (1971), Biometrika 58(3); Jolliffe (2002), Principal Component Analysis, chapters 3 and 5.
    """
    values = _numbers(table, extra_rows, extra_columns)
    extra = values.index.isin(list(extra_rows))
    active = values.drop(columns=list(extra_columns))
    whole = active.notna().all(axis=1)
    rows = active[whole & ~extra]
    means, spreads = rows.mean(), rows.std(ddof=0)
    varies = spreads > SAME * rows.abs().max()
    if len(rows) < 3 or varies.sum() < 2:
        raise TooFew(
            f"there are {len(rows)} complete rows and {int(varies.sum())} attributes that vary; "
            "a map needs three rows and two attributes"
        )
    means, spreads = means[varies], spreads[varies]
    z = (active.loc[whole, means.index] - means) / spreads
    own, beside = z[~extra[whole]], z[extra[whole]]
    n = len(own)
    most = min(axes, n - 1, len(means))
    found = pointed(principal_axes(own.to_numpy().T / np.sqrt(n), most))
    sigma = np.sqrt(found.inertias[:most])
    scores = named(
        own.index, found.right * np.sqrt(n), sigma, np.full(n, 1 / n), (own**2).sum(axis=1).to_numpy() / n
    )
    return PrincipalComponents(
        standardised=own,
        means=means,
        spreads=spreads,
        eigenvalues=found.inertias[: min(n - 1, len(means))],
        rows=scores,
        columns=named(means.index, found.left, sigma, np.ones(len(means)), np.ones(len(means))),
        extra_rows=spread_over(
            beside.index, beside.to_numpy() @ found.left, sigma, (beside**2).sum(axis=1).to_numpy()
        ),
        extra_columns=_supplementary(values.loc[own.index, list(extra_columns)], scores, sigma),
        missing=tuple(values.index[~whole]),
        constant=tuple(varies.index[~varies]),
    )


def _supplementary(values: pd.DataFrame, scores: Points, sigma: np.ndarray) -> Points:
    loadings = np.full((values.shape[1], len(sigma)), np.nan)
    for i, name in enumerate(values):
        known = values[name].dropna()
        spread = known.std(ddof=0)
        if len(known) > 2 and spread > SAME * known.abs().max():
            own = scores.standard.loc[known.index]
            own = (own - own.mean()) / own.std(ddof=0)
            loadings[i] = ((known - known.mean()) / spread) @ own / len(known)
    return spread_over(values.columns, loadings, sigma, np.ones(len(loadings)))


def _numbers(table: pd.DataFrame, extra_rows: Sequence, extra_columns: Sequence[str]) -> pd.DataFrame:
    for kind, labels, extra in (("row", table.index, extra_rows), ("column", table.columns, extra_columns)):
        if isinstance(extra, str):
            raise ValueError(f'extra_{kind}s is the text "{extra}"; write a list of names: ["{extra}"]')
        if labels.has_duplicates:
            raise ValueError(f'two {kind}s are called "{labels[labels.duplicated()][0]}"; rename one')
        for name in extra:
            if name not in labels:
                raise ValueError(f'extra {kind} "{name}" is not in the table; {meant(str(name), labels)}')
    for name in table:
        if not pd.api.types.is_numeric_dtype(table[name].dtype):
            row = table.index[table[name].notna()][:1]
            found = f': {shown(table.loc[row[0], name])} in row "{row[0]}"' if len(row) else ""
            raise ValueError(
                f'attribute "{name}" holds no numbers{found}; leave it out, or code it as numbers'
            )
    values = table.astype("float64")
    infinite = np.argwhere(np.isinf(values.to_numpy()))
    if len(infinite):
        row, column = infinite[0]
        raise ValueError(
            f'attribute "{values.columns[column]}" of row "{values.index[row]}" is infinite; '
            "correct it, or leave it empty"
        )
    return values
