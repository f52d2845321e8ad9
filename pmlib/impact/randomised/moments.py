"""Moments: counts, means and covariances by arm; every method for a test starts from these."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from pmlib.data import DataError, Source
from pmlib.data.source import check_source
from pmlib.data.words import meant, shown
from pmlib.given import ungiven
from pmlib.impact.randomised.cells import Cells, Parts, parts
from pmlib.impact.randomised.users import users
from pmlib.result import Absent, Check
from pmlib.table import number

UNEQUAL = 0.001  # chance of such a difference in missing values, below which it is none


@dataclass(frozen=True, eq=False)
class Moments:
    """What is known of a test's users, as sums: nothing else is read of it again.

    name, title, source : of the table. arms : the control first. strata : ("",) where there are none.
    columns : that were asked for. clustered : whether whole clusters were assigned.
    rows : users of the table. no_variant : those without one, left out. crossed : seen in more than one arm,
        left out. assigned : users (strata x arms). clusters : those of each arm.
    missing : users without a value (columns x arms).
    """

    name: str
    title: str
    source: str
    arms: tuple[str, ...]
    strata: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    no_variant: int
    crossed: int
    assigned: np.ndarray
    clusters: np.ndarray
    missing: np.ndarray
    parts: Parts = field(repr=False)

    @property
    def clustered(self) -> bool:
        return len(self.clusters) > 0

    def of(self, columns: Sequence[str]) -> Cells:
        """Take the users that have all of these columns.

        Raises
        ------
        DataError : an arm in which nobody has them, or of one user (or cluster) only.
        """
        for column in columns:
            if column not in self.columns:
                raise ValueError(f"{column!r} was not read of {self.name}; {meant(column, self.columns)}")
        which = [self.columns.index(column) for column in columns]
        found = self.parts.cells(columns, which, (len(self.strata), len(self.arms)))
        n, missing = found.n.sum(axis=0), self.missing[which].any()
        _check_sizes(self.name, self.arms, n, self.clustered, columns if missing else ())
        return found

    def checks(self, columns: Sequence[str]) -> tuple[Check, ...]:
        """Say whether what was left out can have changed the answer, of the columns of one metric."""
        found = []
        if self.no_variant:
            share = self.no_variant / self.rows
            saw = f"{self.no_variant:,} of {self.rows:,} rows have none and are left out"
            found.append(Check("Hardly a row lacks its arm (under 1%)", share < 0.01, saw))
        if self.crossed:
            saw = "1 was, and is" if self.crossed == 1 else f"{self.crossed:,} were, and are"
            found.append(Check("No user was in two arms", False, f"{saw} left out"))
        for column in dict.fromkeys(columns):
            lost = self.missing[self.columns.index(column)]
            if lost.any():
                found.append(self._missing_alike(column, lost))
        return tuple(found)

    def _missing_alike(self, column: str, lost: np.ndarray) -> Check:
        counts = np.array([lost, self.assigned.sum(axis=0) - lost])
        chance = stats.chi2_contingency(counts, correction=False).pvalue if counts.all(axis=1).any() else 1.0
        saw = ", ".join(
            f"{number(share, '%')} of {arm}"
            for arm, share in zip(self.arms, lost / counts.sum(axis=0), strict=True)
        )
        alike = bool(chance >= UNEQUAL)
        return Check(f"{column} is missing as often in every arm", alike, f"{saw}; these users are left out")


def moments(test: Source, columns: Sequence[str], *, control: str | None = None) -> Moments:
    """Count the users of each arm, and take the means and covariances of columns.

    A user without a variant is left out, and one that was in two arms; a user without a value is left out of
    the metrics that need it. Each is counted.

    Parameters
    ----------
    test : one row a user; role variant, and unit, stratum and cluster if there are; or what data.read gives
        for take="moments", for tables too large to arrive whole.
    columns : of the metrics, and what they are adjusted by.
    control : the arm that the others are compared with; by default the one called so ("control", "0", "A",
        ...), or else the first.

    Raises
    ------
    DataError : an infinite value, a unit twice in an arm, a cluster in two arms, fewer than two arms, an arm
        of one user.
    """
    check_source(test)
    if not test.has("variant"):
        raise DataError(f"{test.name} has no column of role variant, which says who got what; name it")
    wanted = tuple(dict.fromkeys(columns))
    found = users(test, wanted, control)
    shape = (len(found.strata), len(found.arms))
    cell = found.stratum * shape[1] + found.arm
    assigned = np.bincount(cell, found.count, shape[0] * shape[1]).astype(int).reshape(shape)
    clusters = np.zeros(0, int)
    if found.clusters:
        pairs = np.unique(found.arm * len(found.clusters) + found.cluster) // len(found.clusters)
        clusters = np.bincount(pairs, minlength=shape[1])
    sizes = clusters if found.clusters else assigned.sum(axis=0)
    _check_sizes(test.name, found.arms, sizes, bool(found.clusters), ())
    missing = [np.bincount(found.arm, found.count * lost, shape[1]) for lost in found.lacks.T]
    return Moments(
        name=test.name,
        title=test.title,
        source=test.line,
        arms=found.arms,
        strata=found.strata,
        columns=wanted,
        rows=found.users,
        no_variant=found.no_variant,
        crossed=found.crossed,
        assigned=assigned,
        clusters=clusters,
        missing=np.array(missing, int).reshape(len(wanted), shape[1]),
        parts=parts(cell, found.cluster, found.lacks, found.values),
    )


def untested(title: str, test: Source | None, *roles: str) -> Absent | None:
    """Say that there is no test, or that it lacks a column; None where there is one.

    Raises
    ------
    TypeError : it is no Source.
    """
    if absent := ungiven(title, test, "table of a test, one row a user"):
        return absent
    check_source(test)
    assert test is not None
    if lacking := test.lacks("variant", *roles):
        return Absent(title=title, reason=f"{test.title} has no column of role {lacking[0]}.")
    return None


def _check_sizes(
    name: str, arms: Sequence[str], sizes: np.ndarray, clustered: bool, columns: Sequence[str]
) -> None:
    what = "cluster" if clustered else "user"
    of = f" that has {' and '.join(columns)}" if columns else ""
    for arm, count in zip(arms, sizes, strict=True):
        if count < 2:
            lack = f"has no {what}" if not count else f"has only 1 {what}"
            raise DataError(f"{name}: arm {shown(arm)} {lack}{of}; a comparison needs 2 or more in each")
