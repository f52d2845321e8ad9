"""The one gate through which numbers enter a report: named tables, declared, read strictly, fingerprinted."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pmlib.data.source import Fingerprint, Source, no_source, source
from pmlib.data.variables import hide
from pmlib.data.words import DataError, meant, shown
from pmlib.result import Number
from pmlib.root import root

__all__ = ["DataError", "Fingerprint", "Source", "number", "read", "secret", "source"]

PUBLISHED = "reports/published"


def read(
    name: str | None,
    *,
    where: Mapping[str, Any] | None = None,
    by: Sequence[str] = (),
    take: Mapping[str, str] | str | None = None,
) -> Source:
    """Read a table that data/sources.toml declares, and check every declared cell of it.

    A large one need not arrive whole: `read("orders", where={"region": "EU"}, by=["firm", "period:month"],
    take={"units": "sum"})` is filtered and added up where it stands. All rows are checked all the same, once:
    bytes that have passed are not checked again.

    Parameters
    ----------
    name : of the table; None gives an empty one, from which every section says that it was not given.
    where : rows to keep: for a column a value, a list of values, or a tuple of the first and last of a range
        (None leaves an end open). Of dates, 2024 and "2024-03" stand for all their days.
    by : columns to group by; a date may have a grain: "period:year", quarter, month, week or day.
    take : for a column its sum, mean, min, max, count or distinct; {"rows": "count"} counts rows. Or
        "moments", of a test: what comparing its arms needs of all kpis and covariates, however many users.

    Returns
    -------
    Source : rows as in the file, or one row a group, in the order of the groups; columns named by role.

    Raises
    ------
    DataError : no such table, or the file is not what its declaration says; one line that names file, row,
        column, what was found and what to do.
    """
    if name is None:
        return no_source()
    from pmlib.data import reading  # loads the engine, which a report that reads nothing does without
    from pmlib.data.declaration import declaration

    home = root()
    table = declaration(home, name)
    if by and not take:
        raise DataError('by needs take, as in take={"units": "sum"}')
    if isinstance(take, str) and take != "moments":
        raise DataError(f'take is {shown(take)}; write "moments", or by column, as in {{"units": "sum"}}')
    found = reading.read(home, reading.Asked(name, table, where or {}, by, take or {}))
    _record(name, table.path or table.url or f"the query of [{name}]", found.fingerprint, found.guesses)
    return found


def number(name: str) -> Number:
    """Read a number that another report has published, as in number("market_sizing/som").

    Raises
    ------
    DataError : that report is not published, or has no such number.
    """
    home = root()
    report, _, which = name.rpartition("/")
    if not report:
        raise DataError(f'{shown(name)} names no report; write it as "report/number"')
    path = f"{PUBLISHED}/{report}/numbers.json"
    remedy = f"publish that report first: pmlib run {report.split('/')[0]}"
    file = (home / path).resolve()
    if not file.is_relative_to((home / PUBLISHED).resolve()):
        raise DataError(f"{path} leads out of {PUBLISHED}; {remedy}")
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is not there; {remedy}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); {remedy}") from None
    found = {item["name"]: item for item in json.loads(content)["numbers"]}
    if which not in found:
        raise DataError(f"{path} has no number {shown(which)}; {meant(which, found)}")
    _record(name, path, Fingerprint(hashlib.sha256(content).hexdigest(), len(found)))
    return Number(**found[which])


def secret(name: str) -> str:
    """Give what an environment variable holds, as in secret(token) for a parameter of type "Secret".

    No page, file or error of the report shows it.

    Raises
    ------
    DataError : the variable is not set; `name` is not repeated, for it may be the secret itself.
    """
    value = os.environ.get(name, "")
    if not value:
        raise DataError(
            "the environment variable that this secret names is not set; set it outside the project's files"
        )
    hide(name, value)
    return value


def _record(name: str, path: str, opened: Fingerprint, guesses: Sequence[str] = ()) -> None:
    """Tell the press what this run opened: a later change of it makes the page stale."""
    run = os.environ.get("PMLIB_RUN_DIR")
    if run:
        line = {"name": name, "path": path, **asdict(opened)} | ({"guesses": guesses} if guesses else {})
        with Path(run, "inputs.jsonl").open("a", encoding="utf-8") as inputs:
            inputs.write(json.dumps(line, ensure_ascii=False) + "\n")
