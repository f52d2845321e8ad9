"""Who hears of what: the readers of a report, the owners of a failure, and settings that reach nobody."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from pmlib.reports.deliver.address import Mailbox
from pmlib.reports.deliver.settings import DELIVERY, Reader, Settings
from pmlib.reports.editions import Edition, newest
from pmlib.reports.job import Job
from pmlib.reports.typed import did_you_mean, shown

OTHERS = "*"


def readers(settings: Settings, job: Job) -> dict[str, Reader]:
    """Give those who read a report, by name."""
    return {name: reader for name, reader in settings.readers.items() if _reads(reader, job)}


def owner(job: Job) -> str:
    """Name who answers for a report; for one that cannot be planned, who did so for its last edition."""
    given = job.parameters.get("owner") or job.entry.parameters.get("owner")
    return str(given) if given else owner_then(newest(job.home))


def owner_then(edition: Edition | None) -> str:
    """Name who answered for an edition."""
    return str(edition.record["parameters"].get("owner") or "") if edition else ""


def owners(settings: Settings, name: str) -> list[Mailbox]:
    """Give the addresses of an owner, or of whoever takes the failures of all others."""
    return settings.owners.get(name, settings.owners.get(OTHERS, []))


def problems(settings: Settings, jobs: Iterable[Job]) -> Iterator[str]:
    """List readers that fit no report, owners that no report has, and failures that would reach nobody."""
    planned = list(jobs)
    audiences = {job.entry.audience for job in planned} - {""}
    for name, reader in settings.readers.items():
        where = f"{DELIVERY.as_posix()}, [readers.{name}]"
        if reader.audience and reader.audience not in audiences:
            near = did_you_mean(reader.audience, audiences)
            yield f"{where}: audience {shown(reader.audience)} is that of no report{near}"
        for glob in reader.reports:
            if not any(_fits(glob, job) for job in planned):
                near = did_you_mean(glob, {job.report for job in planned})
                yield f"{where}: reports {shown(glob)} names no report{near}"
    there = {owner(job) for job in planned} - {""}
    for name in settings.owners:
        if name not in there | {OTHERS}:
            yield f"{DELIVERY.as_posix()}, [owners]: {shown(name)} owns no report{did_you_mean(name, there)}"
    scheduled = {owner(job): job.name for job in planned if job.entry.schedule}
    for name, report in scheduled.items():
        if not owners(settings, name):
            who = f'give {shown(name)} or "*" an address' if name else 'give "*" an address'
            yield f"{DELIVERY.as_posix()}, [owners]: nobody hears when a run of {report} fails; {who}"


def _reads(reader: Reader, job: Job) -> bool:
    fits = any(_fits(glob, job) for glob in reader.reports)
    return fits or bool(reader.audience and reader.audience == job.entry.audience)


def _fits(glob: str, job: Job) -> bool:
    return fnmatchcase(job.report, glob) or fnmatchcase(job.name, glob)
