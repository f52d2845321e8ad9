"""Reports that read Numbers which others publish: those come first, and none may wait for itself."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pmlib.reports.job import Job
from pmlib.reports.parameters import Parameter
from pmlib.reports.typed import did_you_mean


def named(values: Mapping[str, Any], known: Mapping[str, Parameter]) -> dict[str, list[str]]:
    """List the reports whose Numbers each parameter names: of "market_sizing/som" it is market_sizing."""
    found = dict[str, list[str]]()
    for name, parameter in known.items():
        if parameter.type.kind == "Number" and values[name] is not None:
            numbers = values[name] if parameter.type.many else [values[name]]
            found[name] = [number.rpartition("/")[0] for number in numbers]
    return found


def problems(
    values: Mapping[str, Any], known: Mapping[str, Parameter], reports: Collection[str]
) -> list[str]:
    """List the parameters that name a Number of a report which the catalog does not have."""
    wrong = []
    for name, wanted in named(values, known).items():
        for report in wanted:
            if report in reports:
                continue
            rows = sorted(row for row in reports if row.startswith(f"{report}/"))
            remedy = f"; name one of its reports, as in {rows[0]}" if rows else did_you_mean(report, reports)
            what = "is a matrix" if rows else "is no report"
            wrong.append(f"parameter {name} names a Number of {report}, which {what}{remedy}")
    return wrong


def ordered(jobs: Iterable[Job]) -> tuple[list[Job], dict[str, list[str]]]:
    """Put jobs after those of the same batch whose Numbers they read.

    Returns
    -------
    The jobs in an order that works, otherwise as given; and of those that wait for each other what is wrong.
    """
    there, wrong = {job.name: job for job in jobs}, dict[str, list[str]]()
    while True:
        after = {name: _after(job, there) for name, job in there.items()}
        try:
            order = list(_sorter(after).static_order())
        except CycleError as error:
            circle = error.args[1][:-1]
            said = " → ".join([*circle, circle[0]])
            for name in circle:
                wrong[name] = [f"Numbers go round in a circle, each before the next: {said}; cut it"]
                del there[name]
        else:
            return [replace(there[name], after=after[name]) for name in order], wrong


def _after(job: Job, there: Collection[str]) -> tuple[str, ...]:
    wanted = (report for reports in named(job.parameters, job.declared).values() for report in reports)
    return tuple(report for report in dict.fromkeys(wanted) if report in there)


def _sorter(after: Mapping[str, tuple[str, ...]]) -> TopologicalSorter[str]:
    sorter = TopologicalSorter[str]()
    for name in after:
        sorter.add(name)
    for name, before in after.items():
        sorter.add(name, *before)
    return sorter
