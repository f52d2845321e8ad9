"""`pmlib status` and `pmlib why`: how reports stand, and what made them so."""

from typing import Any

import click

from pmlib.cli.run import report_names


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT]...", shell_complete=report_names)
def status(reports: tuple[str, ...]) -> None:
    """Show how reports stand: fresh, stale and which part of it changed, failed, late.

    Nothing is run. An address or a database is not asked what it holds now; `pmlib run` asks.

    \b
    Example:
      pmlib status
      pmlib status 'us_*'
    """
    from pmlib.reports.sources import aligned

    rows = [("report", "state", "what", "edition", "data up to")]
    for found in _standings(reports):
        rows.append((found.name, found.state, found.note, found.edition or "-", found.newest or "-"))
    for line in aligned(rows, width=80):
        click.echo(line)


@click.command()
@click.argument("report", shell_complete=report_names)
def why(report: str) -> None:
    """Say in words why a report would be run, or why not.

    \b
    Example:
      pmlib why us_car_market
    """
    from pmlib.reports.sources import printable

    for found in _standings((report,)):
        edition = f", edition {found.edition}" if found.edition else ""
        click.echo(f"{found.name}: {found.state}{edition}")
        for line in found.reasons:
            click.echo(f"  {printable(line)}")


def _standings(reports: tuple[str, ...]) -> list[Any]:
    from pmlib.reports import plan
    from pmlib.reports.status import refused, standing
    from pmlib.root import root

    here = root()
    jobs, wrong = plan.attempt(here, reports)
    return [standing(job, here) for job in jobs] + [refused(name, lines) for name, lines in wrong.items()]
