"""`pmlib editions`, `pmlib diff`, `pmlib verify`: what has been published, and what became of it."""

import sys
from functools import cache, partial
from pathlib import Path

import click

CHANGED = 1
LONGEST = 200  # characters of a headline


@click.command()
@click.argument("report")
def editions(report: str) -> None:
    """List the editions of a report, its jobs and its drafts, the oldest first.

    \b
    Example:
      pmlib editions us_car_market
    """
    from pmlib.reports.editions import editions as listed
    from pmlib.reports.editions import newest_data
    from pmlib.reports.sources import aligned

    rows = [("report", "edition", "run", "data up to", "compared with", "headline")]
    for name, home in _published(report).items():
        for one in listed(home):
            record = one.record
            run, against = record.get("started", "")[:16].replace("T", " "), record["previous"] or "-"
            facts = (name, one.folder.name, run, newest_data(record) or "-", against)
            rows.append((*facts, record.get("headline", "")))
    for line in aligned(rows, width=LONGEST):
        click.echo(line)


@click.command()
@click.argument("report")
@click.argument("a", required=False)
@click.argument("b", required=False)
def diff(report: str, a: str | None, b: str | None) -> None:
    """Compare two editions of a report: A and B, A and the newest, or the newest and what it compares with.

    An edition is called by its number, or by how its name begins. Numbers that left their interval come
    first, then the other Numbers that moved, then parameters, data, code, and the files that differ.

    \b
    Example:
      pmlib diff us_car_market
      pmlib diff us_car_market 3
      pmlib diff us_car_market 3 0005-1f2e
    """
    from pmlib.reports.compare import difference
    from pmlib.reports.editions import compared, earlier, newest, pick

    found = _published(report)
    home = found.get(report)
    if home is None:
        raise ValueError(f"{report} names several; compare one of: {', '.join(found)}")
    now = pick(home, b) if b else newest(home)
    before = pick(home, a) if a else now and (compared(now) or earlier(now))
    if now is None or before is None:
        raise ValueError(
            f"{report} has {'one edition' if now else 'no edition'} so far; it takes two to compare"
        )
    click.echo(f"{report}: {before.folder.name} and {now.folder.name}")
    for heading, lines in (found_ := difference(before, now)).items():
        click.echo("\n".join([f"\n{heading}", *(f"  {line}" for line in lines)]))
    if not found_:
        click.echo("they are the same, byte by byte")


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT]...")
def verify(reports: tuple[str, ...]) -> None:
    """Find any byte that changed since it was published, in editions and in the readers' copy.

    All that is published is looked at, or what is named, with its jobs and drafts (globs work).

    \b
    Example:
      pmlib verify
      pmlib verify us_car_market
    """
    from pmlib.reports.disk import undisturbed
    from pmlib.reports.editions import folders
    from pmlib.reports.index import differing
    from pmlib.reports.retain import lock_of
    from pmlib.reports.verify import findings
    from pmlib.root import root

    here, count, wrong = root(), 0, list[str]()
    found = _published(*reports)
    for name, home in found.items():
        with undisturbed(lock_of(home, here), here, partial(_wait, name)):
            wrong += [f"{name}: {line}" for line in findings(home)]
            count += len(folders(home))
    if not reports:
        wrong += [
            f"{line} is not what the reports give; pmlib run writes it again" for line in differing(here)
        ]
    for line in wrong:
        click.echo(line)
    held = f"{count} editions of {len(found)} reports"
    click.echo(
        f"{held}: {len(wrong)} findings" if wrong else f"{held} hold what was published", err=bool(wrong)
    )
    sys.exit(CHANGED if wrong else 0)


@cache
def _wait(name: str, holder: int) -> None:
    click.echo(f"{name}: is being run by process {holder}; waiting for it", err=True)


def _published(*names: str) -> dict[str, Path]:
    from pmlib.reports.editions import published
    from pmlib.reports.plan import PUBLISHED
    from pmlib.root import root

    return published(root() / PUBLISHED, names)
