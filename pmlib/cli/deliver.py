"""`pmlib deliver`: sends what waits, shows how deliveries stand, and tries whether they could go out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pmlib.reports.deliver.settings import Settings

NOT_SENT = 1
OVER = 20  # deliveries that are over, of which the list shows the newest


@click.command()
@click.option(
    "--list", "listed", is_flag=True, help="Show what waits, what was given up, what went out last."
)
@click.option("--again", is_flag=True, help="Try what was given up once more, too.")
@click.option(
    "--preview",
    nargs=2,
    metavar="READER DIR",
    help="Write the mail of the newest editions into a folder, and send nothing.",
)
@click.option("--test", "whom", metavar="READER|ADDRESS", help="Send a test, and say what is wrong.")
def deliver(listed: bool, again: bool, preview: tuple[str, str] | None, whom: str | None) -> None:
    """Send what waits for readers and owners, as reports/delivery.toml says.

    What could not be sent is tried again by later calls, after 1, 5, 15 and 60 minutes and so on for a day;
    `pmlib run --due --deliver` calls this, too.

    \b
    Example:
      pmlib deliver
      pmlib deliver --list
      pmlib deliver --preview car_managers /tmp/mail
      pmlib deliver --test anna@example.org
    """
    from pmlib.root import root

    if sum(map(bool, (listed, again, preview, whom))) > 1:
        raise click.UsageError("--list, --again, --preview and --test each stand alone")
    here = root()
    found = _settings(here)
    if listed:
        _list(here)
    elif preview:
        from pmlib.reports.deliver.preview import preview as previewed

        for path in previewed(here, found, preview[0], Path(preview[1])):
            click.echo(f"wrote {path}")
    elif whom:
        _try(found, whom)
    else:
        _send(here, again)


def _settings(here: Path) -> "Settings":
    from pmlib.reports.deliver.settings import DELIVERY, settings

    found = settings(here)
    if found is None:
        raise ValueError(
            f"there is no {DELIVERY.as_posix()} here, which says who reads what; the README has one"
        )
    return found


def _send(here: Path, again: bool) -> None:
    from pmlib.reports import deliver
    from pmlib.reports.deliver import sending

    count = sending.again(here) if again else 0
    if count:
        click.echo(f"{count} that were given up wait again")
    said = list[str]()

    def say(line: str) -> None:
        said.append(line)
        click.echo(line)

    failed = deliver.send(here, say)
    if not said:
        click.echo("nothing waits that is to be sent now")
    sys.exit(NOT_SENT if failed else 0)


def _list(here: Path) -> None:
    from pmlib.reports.deliver import outbox
    from pmlib.reports.sources import aligned

    with outbox.opened(here) as box:
        there = outbox.find(box)
    open_ = [one for one in there if one.state in (outbox.WAITING, outbox.SENDING, outbox.GIVEN_UP)]
    over = [one for one in there if one not in open_]
    rows = [("state", "since", "for", "report", "edition", "tries", "why")]
    for one in [*over[-OVER:], *open_]:
        place = f"{one.reader} {one.address}".strip() or one.kind
        since = (one.ended or one.queued)[:16].replace("T", " ")
        rows.append(
            (one.state, since, place, one.report, one.edition or "failed", str(one.tries), one.reason)
        )
    for line in aligned(rows, width=200):
        click.echo(line)


def _try(found: "Settings", whom: str) -> None:
    from pmlib.reports.deliver.probe import trial

    failed = False
    for place, wrong in trial(found, whom):
        failed = failed or bool(wrong)
        click.echo(f"{place}: {wrong or 'took the test'}", err=bool(wrong))
    sys.exit(NOT_SENT if failed else 0)
