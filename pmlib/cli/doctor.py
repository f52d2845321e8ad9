"""`pmlib doctor`: what this machine lacks, and what mends it."""

import sys

import click

UNWELL = 1
SIGNS = {"ok": "ok", "note": "note", "wrong": "WRONG"}


@click.command()
def doctor() -> None:
    """Look at what reports need of this machine: packages, fonts, browser, mail, clocks, disk.

    A note matters only to who needs the thing; what is wrong is said with what mends it.

    \b
    Example:
      pmlib doctor
    """
    from pmlib.reports.doctor import examine
    from pmlib.reports.sources import printable
    from pmlib.root import root

    wrong = 0
    for found in examine(root()):
        wrong += found.state == "wrong"
        fix = f"; to mend it: {found.fix}" if found.fix else ""
        line = f"{SIGNS[found.state]:<6} {found.about:<11} {found.saw}{fix}"
        click.echo(printable(line), err=found.state == "wrong")
    sys.exit(UNWELL if wrong else 0)
