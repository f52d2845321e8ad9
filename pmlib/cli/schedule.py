"""`pmlib schedule`: when reports run, and how it went; a scheduler in the foreground."""

import sys
from datetime import UTC, datetime

import click

from pmlib.cli.install import install


@click.group(invoke_without_command=True)
@click.option("--at", metavar="MOMENT", help="The moment to take for now, with its offset.")
@click.pass_context
def schedule(ctx: click.Context, at: str | None) -> None:
    """Show when each report runs next, when it last did, how late, and how that went.

    Times are those of the report's zone. Passed over is what was missed and not made up for; failed counts
    failures among the last 100 runs.

    \b
    Example:
      pmlib schedule
      pmlib schedule run
      pmlib schedule install
    """
    if ctx.invoked_subcommand:
        return
    from pmlib.cli.due import moment
    from pmlib.reports.schedule.look import look
    from pmlib.reports.schedule.table import HEAD, standings
    from pmlib.reports.sources import aligned, printable
    from pmlib.root import root

    here, now = root(), moment(at) if at else datetime.now(UTC)
    found = look(here, now)
    listed = list(standings(here, found, now))
    if listed:
        for line in aligned([HEAD, *(one.cells for one in listed)], width=80):
            click.echo(line)
    elif not found.wrong:
        click.echo(
            'no report has a schedule; give one in reports/catalog.toml, as in schedule = "weekdays 07:00"'
        )
    for one in listed:
        for line in one.more:
            click.echo(printable(line))
    for line in found.said:
        click.echo(line, err=True)
    sys.exit(2 if found.wrong else 0)


schedule.add_command(install)


@schedule.command()
def run() -> None:
    """Call `pmlib run --due` each minute until it is ended, and when the catalog changes: for a container.

    \b
    Example:
      pmlib schedule run
    """
    from pmlib.reports.schedule.loop import serve
    from pmlib.root import root

    here = root()
    command = [sys.executable, "-m", "pmlib", "--root", str(here), "run", "--due"]
    try:
        serve(here, command, lambda line: click.echo(f"schedule: {line}"))
    except KeyboardInterrupt:  # Ctrl-C or SIGTERM: the way that it is meant to end
        sys.exit(0)
