"""Difference-in-differences: how those with the feature changed, against how the others did."""

from collections.abc import Sequence
from datetime import date

from pmlib.data import Source
from pmlib.impact.panel.comparison import TITLE, DifferenceInDifferences
from pmlib.impact.panel.did_panel import did_of_panel
from pmlib.impact.panel.did_users import did_of_users
from pmlib.impact.panel.panel import Panel, panel
from pmlib.impact.panel.reading import panel_of
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent

ERRORS = ("classical", "robust", "cluster", "placebo")


def did(
    given: Panel | Source | Absent | None,
    *,
    covariates: Sequence[str] = (),
    errors: str | None = None,
    column: str | None = None,
    exposed: str | None = None,
    after: str | None = None,
    launch: str | date | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> DifferenceInDifferences | Absent:
    """Compare how units with the feature changed with how the others did, as one number.

    Of a panel: least squares with an effect a unit and a period. Errors are by cluster (CR1, t with clusters
    less one), or, with fewer than five clusters on a side, by launches given to units that never had one;
    where there are too few of these, the widest that any of the other errors gives. When units got it at
    different times, the number also compares with units that have it already; how much is measured, and said.

    Of users seen once: the regression on group, time and both; errors by cluster where declared, else robust.

    Parameters
    ----------
    given : a panel, or a table: of a panel, or of users (role variant, and period or a column `after`).
    covariates : columns held equal; of a panel, such as change over time.
    errors : "classical", "robust" (HC1), "cluster" or "placebo"; chosen from the data where None.
    column : which kpi of a table. exposed, after, launch : which variant got it, and when, as of a table of
        users: a column of 0 and 1, or the first date after.
    level : of the interval. seed : of the draws of placebos.

    References
    ----------
    Bertrand, Duflo and Mullainathan (2004), "How much should we trust differences-in-differences
    estimates?", QJE 119(1).
    """
    check_level(level)
    check_seed(seed)
    if errors is not None and errors not in ERRORS:
        raise ValueError(f"errors is {errors!r}; give {', '.join(ERRORS)}")
    if isinstance(given, Source) and given.given:
        if not given.has("unit"):
            return did_of_users(
                given,
                column,
                exposed=exposed,
                after=after,
                launch=launch,
                covariates=covariates,
                errors=errors,
                level=level,
            )
        given = panel(given, column, launch=launch)
    elif told := [
        n for n, v in {"column": column, "exposed": exposed, "after": after}.items() if v is not None
    ]:
        raise ValueError(f"{told[0]} is of a table, and a panel is given; leave it out, or give the table")
    given = panel_of(TITLE, given)
    if isinstance(given, Absent):
        return given
    return did_of_panel(given, covariates, errors, level, seed)
