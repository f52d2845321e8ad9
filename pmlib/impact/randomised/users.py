"""The rows of a test: whose variant, unit, cluster and amounts can be used, and whose cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_sizes
from pmlib.data.words import and_more, meant, shown
from pmlib.stats.moments import Grouped

CONTROLS = ("control", "baseline", "current", "default", "placebo", "off", "old", "false", "0", "a")


@dataclass(frozen=True, eq=False)
class Users:
    """The users that count, each a row; of a table that was added up, the groups of them.

    arm, stratum, cluster : numbers of each row's. arms, strata, clusters : their names; no cluster: none.
    count : users that a row stands for. lacks : whether it has no value (rows x columns).
    values : (rows x columns), nan where missing; of groups their moments.
    users : of the table. no_variant : without one. crossed : seen in more than one arm, left out.
    """

    arm: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray
    arms: tuple[str, ...]
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    count: np.ndarray
    lacks: np.ndarray
    values: np.ndarray | Grouped
    users: int
    no_variant: int
    crossed: int


def users(test: Source, columns: Sequence[str], control: str | None) -> Users:
    """Find the users of each arm.

    Raises
    ------
    DataError : an infinite amount, a unit twice in an arm, a cluster in two arms, fewer than two arms.
    """
    frame, name = test.frame, test.name
    count, lacks, values = _measured(test, columns)
    arm, labels = coded(frame["variant"])
    kept = arm >= 0
    no_variant, crossed = int(count[~kept].sum()), 0
    if test.has("unit") and test.moments is None:
        both = _crossed(name, frame["unit"], arm, labels)
        crossed, kept = frame["unit"][both].nunique(), kept & ~both
    arms, order = arm_order(name, labels, np.bincount(arm[kept], count[kept], len(labels)), control)
    arm = order[arm[kept]]
    stratum, strata = np.zeros(len(arm), int), tuple[str, ...]([""])
    if test.has("stratum"):
        stratum, strata = coded(frame["stratum"])
        _check_known(name, "stratum", stratum, kept)
        stratum = stratum[kept]
    cluster, clusters = np.zeros(0, int), tuple[str, ...]()
    if test.has("cluster"):
        cluster, clusters = coded(frame["cluster"])
        _check_known(name, "cluster", cluster, kept)
        cluster = cluster[kept]
        check_whole(name, cluster, clusters, {"arm": (arm, arms), "stratum": (stratum, strata)})
    return Users(
        arm=arm,
        stratum=stratum,
        cluster=cluster,
        arms=arms,
        strata=strata,
        clusters=clusters,
        count=count[kept],
        lacks=lacks[kept],
        values=values[kept],
        users=int(count.sum()),
        no_variant=no_variant,
        crossed=int(crossed),
    )


def _measured(test: Source, columns: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray | Grouped]:
    """Give how many users each row stands for, what it lacks, and its values or moments."""
    if test.moments is None:
        values = amounts(test, columns)
        return np.ones(len(values), int), np.isnan(values), values
    held = test.moments
    for column in columns:
        if column not in held.columns:
            raise DataError(f"{test.name} was read without {shown(column)}; {meant(column, held.columns)}")
    which = [held.columns.index(column) for column in columns]
    return held.grouped.n, held.lacks[:, which], held.grouped.of(which)


def each_users(
    test: Source, columns: Sequence[str], control: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the arm, the cluster (none where users were assigned) and the first column of each user.

    columns : all of which a user must have.

    Raises
    ------
    DataError : the table was added up; no user is to be seen in it.
    """
    if test.moments is not None:
        raise DataError(f"{shown(columns[0])} {added_up(test)}")
    found = users(test, columns, control)
    assert isinstance(found.values, np.ndarray)
    kept = ~found.lacks.any(axis=1)
    cluster = found.cluster[kept] if len(found.cluster) else found.cluster
    return found.arm[kept], cluster, found.values[kept, 0]


def added_up(test: Source) -> str:
    """Say why what needs every user cannot be had."""
    return f'needs every user, and {test.name} was added up: read it without take="moments"'


def amounts(test: Source, columns: Sequence[str]) -> np.ndarray:
    """Take columns as numbers (rows x columns), nan where blank.

    Raises
    ------
    DataError : no such column, one of no numbers, or an infinite value.
    """
    found = np.empty((len(test.frame), len(columns)))
    for i, column in enumerate(columns):
        if column not in test.frame:
            there = [c for c in test.frame if pd.api.types.is_numeric_dtype(test.frame[c].dtype)]
            raise DataError(f"{test.name} has no column {shown(column)}; {meant(column, there)}")
        values = test.frame[column]
        if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_complex_dtype(values.dtype):
            raise DataError(f"{test.name}: {column} holds {values.dtype}, not numbers; convert it first")
        found[:, i] = values.to_numpy(float, na_value=np.nan)
        infinite = np.flatnonzero(np.isinf(found[:, i]))
        if len(infinite):
            where = ", ".join(map(str, infinite[:3])) + and_more(len(infinite) - 3)
            raise DataError(f"{test.name}, row {where}: {column} is infinite; correct it, or leave it blank")
        check_sizes(test.name, column, found[:, i])
    return found


def coded(values: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Number labels in their declared order, or else sorted; -1 where there is none."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        if pd.api.types.is_float_dtype(values.dtype):
            values = values.astype("Float64")
            values = values.mask(np.isinf(values.to_numpy(float, na_value=np.nan)))
            whole = values.dropna() % 1 == 0
            values = values.astype("Int64") if whole.all() else values
        elif not pd.api.types.is_numeric_dtype(values.dtype):
            values = values.astype("str").str.strip().replace("", None)
        values = values.astype("category")
    labels = [str(label) for label in values.cat.categories]
    code = values.cat.codes.to_numpy(int)
    seen = np.bincount(code[code >= 0], minlength=len(labels)) > 0
    number = np.append(np.cumsum(seen) - 1, -1)
    return number[code], tuple(label for label, is_seen in zip(labels, seen, strict=True) if is_seen)


def arm_order(
    name: str, labels: Sequence[str], counts: np.ndarray, control: str | None
) -> tuple[tuple[str, ...], np.ndarray]:
    """Put the control first; gives the arms, and the place of each label among them.

    Raises
    ------
    DataError : fewer than two arms. ValueError : no arm is called as `control` is.
    """
    there = [label for label, count in zip(labels, counts, strict=True) if count]
    if len(there) < 2:
        found = f"one arm, {shown(there[0])}" if there else "no user with a variant"
        raise DataError(f"{name} has {found}; a test compares two arms or more")
    if control is not None and control not in there:
        raise ValueError(f"control is {shown(control)}; {meant(control, there, 'the arms are')}")
    plain = {label.strip().casefold(): label for label in reversed(there)}
    usual = next((plain[word] for word in CONTROLS if word in plain), there[0])
    first = usual if control is None else control
    arms = (first, *(label for label in there if label != first))
    return arms, np.array([arms.index(label) if label in arms else -1 for label in labels])


def _crossed(name: str, units: pd.Series, arm: np.ndarray, arms: Sequence[str]) -> np.ndarray:
    """Mark the rows of units that are in more than one arm.

    Raises
    ------
    DataError : a unit without an id, or twice in one arm.
    """
    if units.isna().any():
        row = int(units.isna().to_numpy().argmax())
        raise DataError(f"{name}, row {row}: unit is missing; give each user an id, or leave the column out")
    again = units.duplicated(keep=False).to_numpy() & (arm >= 0)
    if not again.any():
        return again
    seen = pd.DataFrame({"unit": units[again], "arm": arm[again]})
    twice = seen.duplicated().to_numpy()
    if twice.any():
        row = seen.index[twice][0]
        raise DataError(
            f"{name}, row {row}: a second row of user {shown(_plain(units[row]))} in arm "
            f"{shown(arms[arm[row]])} ({int(twice.sum()):,} such rows); add up to one row a user"
        )
    both = seen.groupby("unit", observed=True)["arm"].transform("nunique") > 1
    again[again] = both.to_numpy()
    return again


def check_whole(
    name: str, cluster: np.ndarray, clusters: Sequence[str], lots: dict[str, tuple[np.ndarray, Sequence[str]]]
) -> None:
    """Refuse a cluster of which a part is in another arm or stratum.

    Raises
    ------
    DataError : one line that names it.
    """
    for what, (code, labels) in lots.items():
        first, last = np.full(len(clusters), len(labels)), np.full(len(clusters), -1)
        np.minimum.at(first, cluster, code)
        np.maximum.at(last, cluster, code)
        torn = np.flatnonzero(first < last)
        if len(torn):
            one, other = shown(labels[first[torn[0]]]), shown(labels[last[torn[0]]])
            what_to_do = "leave the role cluster out, if users were assigned singly"
            raise DataError(
                f"{name}: cluster {shown(clusters[torn[0]])} is in {what} {one} and in {other} "
                f"({len(torn):,} such); a cluster is assigned whole: {what_to_do}"
            )


def _check_known(name: str, role: str, code: np.ndarray, kept: np.ndarray) -> None:
    lost = np.flatnonzero((code < 0) & kept)
    if len(lost):
        raise DataError(
            f"{name}, row {lost[0]}: {role} is missing ({len(lost):,} such rows); fill it, or leave "
            "the role out"
        )


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value
