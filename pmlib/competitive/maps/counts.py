"""A table of counts, as it must be before it is mapped."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from pmlib.competitive.maps.axes import TooFew
from pmlib.competitive.words import listed
from pmlib.data.words import meant, shown


@dataclass(frozen=True)
class Counts:
    """Counts that can be mapped: no row or column of zeros only.

    active : rows by columns. extra_rows, extra_columns : supplementary, over the active columns and rows.
    dropped : what held nothing and was left out, as in 'row "x"'.
    """

    active: pd.DataFrame
    extra_rows: pd.DataFrame
    extra_columns: pd.DataFrame
    dropped: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether they are counts of something, not weights or percentages."""
        values = self.active.to_numpy()
        return bool((values == np.rint(values)).all())


def checked_counts(
    table: pd.DataFrame, extra_rows: Sequence[str] = (), extra_columns: Sequence[str] = ()
) -> Counts:
    """Check a table of counts, and part it into what makes the map and what is only put on it.

    Raises
    ------
    ValueError : a label twice or unknown; a count that is no number, missing, negative or infinite.
    TooFew : fewer than two rows or columns with any count.
    """
    for kind, labels, extra in (("row", table.index, extra_rows), ("column", table.columns, extra_columns)):
        _check_labels(kind, labels, extra)
    across = table.columns.isin(list(extra_columns))
    down = table.index.isin(list(extra_rows))
    active = _numbers(table.loc[~down, ~across])
    rows, columns = active.sum(axis=1) > 0, active.sum(axis=0) > 0
    dropped = [*_named("row", active.index[~rows]), *_named("column", active.columns[~columns])]
    active = active.loc[rows, columns]
    if min(active.shape) < 2:
        size = f"{_some(len(active), 'row')} and {_some(active.shape[1], 'column')}"
        raise TooFew(f"the counts have {size} with anything in them; a map needs two of each")
    more = _numbers(table.loc[down, active.columns])
    beside = _numbers(table.loc[active.index, across])
    filled, held = more.sum(axis=1) > 0, beside.sum(axis=0) > 0
    dropped += [*_named("row", more.index[~filled]), *_named("column", beside.columns[~held])]
    return Counts(active, more[filled], beside.loc[:, held], tuple(dropped))


def _check_labels(kind: str, labels: pd.Index, extra: Sequence[str]) -> None:
    if isinstance(extra, str):
        raise ValueError(f'extra_{kind}s is the text "{extra}"; write a list of names: ["{extra}"]')
    if labels.has_duplicates:
        raise ValueError(
            f'counts have two {kind}s "{labels[labels.duplicated()][0]}"; add them up, or keep one'
        )
    for name in extra:
        if name not in labels:
            raise ValueError(f'extra {kind} "{name}" is not in the counts; {meant(str(name), labels)}')


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _named(kind: str, labels: pd.Index) -> list[str]:
    return [f'{kind} "{label}"' for label in labels]


def _numbers(part: pd.DataFrame) -> pd.DataFrame:
    if not all(pd.api.types.is_numeric_dtype(kind) for kind in part.dtypes):
        for row, place in np.argwhere(part.map(_is_no_number).to_numpy(bool)):
            found = shown(part.iloc[row, place])
            raise ValueError(_refused(part.index[row], part.columns[place], f"{found}, no number"))
    values = part.to_numpy(dtype=float, na_value=np.nan)
    bad = ~((values >= 0) & np.isfinite(values))
    if bad.any():
        row, place = np.argwhere(bad)[0]
        value = values[row, place]
        found = "missing" if np.isnan(value) else "infinite" if np.isinf(value) else f"{value:g}"
        raise ValueError(_refused(part.index[row], part.columns[place], found))
    return pd.DataFrame(values, part.index, part.columns)


def _is_no_number(value: object) -> bool:
    return not isinstance(value, Real) and not pd.isna(value)


def _refused(row: object, column: object, found: str) -> str:
    return f'count in row "{row}", column "{column}" is {found}; write a number from 0 up (0 for none)'


def left_out(dropped: Sequence[str]) -> str:
    """Say what was left out because it held nothing."""
    return f"left out: {listed(list(dropped))}" if dropped else "none is"
