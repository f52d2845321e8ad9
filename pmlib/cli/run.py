"""`pmlib run`: brings reports up to date, and says how it goes."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from pmlib.cli.words import said

RUN_FAILED = 1


def _report_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from pmlib.reports import plan
    from pmlib.root import root

    if ctx.find_root().params.get("root"):
        os.environ["PMLIB_ROOT"] = str(ctx.find_root().params["root"])
    try:
        return [name for name in plan.catalog(root()) if name.startswith(incomplete)]
    except (ValueError, OSError):
        return []  # a broken catalog must not print into somebody's half-typed command


def _overrides(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = dict[str, str]()
    for text in values:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise click.BadParameter(f"{text!r} is not UTF-8") from None
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not of the form name=value")
        if name in pairs:
            raise click.BadParameter(f"{name} is given twice")
        pairs[name] = value
    return pairs


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT]...", shell_complete=_report_names)
@click.option(
    "-p", "overrides", multiple=True, metavar="NAME=VALUE", callback=_overrides, help="Set a parameter."
)
@click.option("--force", is_flag=True, help="Run even what is fresh.")
@click.option("--open", "show", is_flag=True, help="Open the page afterwards.")
@click.option("--debug", is_flag=True, help="Show the whole traceback when a cell fails.")
def run(reports: tuple[str, ...], overrides: dict[str, str], force: bool, show: bool, debug: bool) -> None:
    """Bring reports up to date: all of them, or those named (globs work).

    A report is run when something it depends on has changed: notebook, parameters, data, code, packages,
    template. With -p it becomes a draft, which leaves the published page alone.

    \b
    Example:
      pmlib run
      pmlib run 'us_*' --force
      pmlib run us_car_market -p focal=Honda -p first=1980 --open
    """
    from pmlib.reports import plan
    from pmlib.reports.index import write_index
    from pmlib.root import root

    here = root()
    if reports or overrides:  # somebody is there to correct what was typed
        jobs, wrong = plan.jobs(here, reports, overrides), dict[str, list[str]]()
    else:
        jobs, wrong = plan.attempt(here)
    for name, lines in wrong.items():
        _refuse(name, here, "; ".join(lines))
    done = [_run(job, here, force=force, show=show, debug=debug) for job in jobs]
    write_index(here)
    sys.exit(0 if all(done) and not wrong else RUN_FAILED)


def _refuse(name: str, here: Path, why: str) -> None:
    """Say why a report cannot start, here and on its page; the others go on."""
    from pmlib.reports.press import refuse

    click.echo(f"{name}: {why}", err=True)
    try:
        refuse(name, here, why)
    except (ValueError, OSError) as error:
        click.echo(f"{name}: its page cannot be marked: {said(error)}", err=True)


def _run(job: Any, here: Path, *, force: bool, show: bool, debug: bool) -> bool:
    """Run one job and tell whether it went well; one that fails does not stop the others."""
    from pmlib.reports.failure import command

    try:
        page = _published(job, here, force)
    except Exception as error:
        if debug:
            _print_traceback(error)
        click.echo(f"{job.report}: {said(error)}; try: {command(job)}", err=True)
        return False
    if show:
        click.launch(page.as_uri())
    return True


def _published(job: Any, here: Path, force: bool) -> Path:
    from pmlib.reports import editions, press

    def wait(holder: int) -> None:
        click.echo(f"{job.report}: is being run by process {holder}; waiting for it", err=True)

    with _progress(job.report) as progress:
        outcome = press.run(job, here, force=force, progress=progress, wait=wait)
    page = job.home / "index.html"
    shown = page.relative_to(here).as_posix()
    if outcome.state == "fresh":
        click.echo(f"{job.report}: fresh, {shown}")
    else:
        kind = "draft" if job.draft else "published"
        click.echo(f"{job.report}: {kind} {shown} ({outcome.edition.record['seconds']:.1f} s)")
    for name, guesses in editions.unchecked(outcome.edition.record["inputs"]):
        click.echo(f"{job.report}: an unchecked draft: {guesses} about {name} open", err=True)
    if not outcome.repeatable:
        click.echo(f"{job.report}: the same inputs gave another page than before; is there a seed?", err=True)
    return page


@contextlib.contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show which cell is on: one live line on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield lambda cell, count: click.echo(f"{name}: cell {cell} of {count}", err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[cell]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None, cell="starting")

        def progress(cell: int, count: int) -> None:
            bar.update(task, completed=cell - 1, total=count, cell=f"cell {cell} of {count}")

        yield progress


def _print_traceback(error: Exception) -> None:
    import traceback

    from pmlib.reports.failure import ExecutionFailed

    if isinstance(error, ExecutionFailed) and error.failure.traceback:
        click.echo(error.failure.traceback, err=True)
    else:
        traceback.print_exception(error)
