"""`pmlib run`: brings reports up to date, and says how it goes."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from pmlib.cli.how import How
from pmlib.cli.words import said

RUN_FAILED = 1


def report_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of a report."""
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
            raise click.BadParameter("write it as name=value")  # unseen: it may be a secret
        if name in pairs:
            raise click.BadParameter(f"{name} is given twice")
        pairs[name] = value
    return pairs


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT]...", shell_complete=report_names)
@click.option(
    "-p", "overrides", multiple=True, metavar="NAME=VALUE", callback=_overrides, help="Set a parameter."
)
@click.option("--force/--only-stale", help="Run even what is fresh; by default only what is stale.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Reports at a time; one a core by default.")
@click.option(
    "--keep-going/--fail-fast", default=True, help="After a failure, run the others; so by default."
)
@click.option(
    "--engine",
    type=click.Choice(["pmlib", "kernel"]),
    default="pmlib",
    help="How cells run: warm, or each report in a new Jupyter kernel, as a reference.",
)
@click.option("--dask", metavar="ADDRESS", help="Have the workers of a Dask cluster make the pages.")
@click.option(
    "--reproduce", metavar="EDITION", help="Make an edition again, and compare it with what was kept."
)
@click.option("--due", is_flag=True, help="Run what is due by its schedule and not yet done, each once.")
@click.option("--at", metavar="MOMENT", help="With --due: the moment to take for now, with its offset.")
@click.option("--deliver", is_flag=True, help="Deliver as reports/delivery.toml says; --due always does.")
@click.option("--open", "show", is_flag=True, help="Open the page afterwards.")
@click.option("--debug", is_flag=True, help="Show the whole traceback when a cell fails.")
def run(
    reports: tuple[str, ...],
    overrides: dict[str, str],
    force: bool,
    jobs: int | None,
    keep_going: bool,
    engine: str,
    dask: str | None,
    reproduce: str | None,
    due: bool,
    at: str | None,
    deliver: bool,
    show: bool,
    debug: bool,
) -> None:
    """Bring reports up to date: all of them, or those named (globs work).

    A report is run when something it depends on has changed: notebook, parameters, data, code, packages,
    template. With -p it becomes a draft, which leaves the published page alone.

    --due runs what has a schedule in the catalog, for its newest time that went by, if it was not run for
    that; a report that is new to it, at once. Call it every minute from cron, a timer or CI: where nothing is
    due it says nothing, and each time is run once, whoever else calls and whatever is cut off. Times that
    were missed are passed over but for the newest; with missed = "each" in the catalog each of the last 100
    is run, with "none" none that is more than 15 minutes late. The page is as of the local day of its time.

    \b
    Example:
      pmlib run
      pmlib run 'us_*' --force
      pmlib run us_car_market -p focal=Honda -p first=1980 --open
      pmlib run us_car_market --reproduce 3
      pmlib run --dask tcp://scheduler:8786
      pmlib run --due
      pmlib run --due --at 2026-11-30T07:00+01:00
    """
    from pmlib.reports.fresh import Known, all_fresh
    from pmlib.reports.outgoing import DELIVERY
    from pmlib.root import root

    here, how = root(), How(jobs, keep_going, engine, dask, debug, force)
    if due:
        from pmlib.cli.due import run_due

        _refuse_beside({"-p": overrides, "--force": force, "--reproduce": reproduce, "--open": show})
        sys.exit(0 if run_due(here, reports, at, how) else RUN_FAILED)
    if deliver and not (here / DELIVERY).is_file():
        raise ValueError(f"--deliver needs {DELIVERY.as_posix()}, which says who gets what")
    if deliver and overrides:
        raise ValueError("--deliver sends no drafts; leave out -p, which makes one, or --deliver")
    if at:
        raise ValueError("--at goes with --due, as the moment for which it is told what is due")
    if reproduce:
        _reproduce(here, reports, reproduce)
    if not (overrides or force or show or deliver) and (fresh := all_fresh(here, reports)):
        _say_fresh(fresh)
        return
    from pmlib.reports import plan

    known = Known(here)
    if reports or overrides:  # somebody is there to correct what was typed
        planned, wrong = plan.jobs(here, reports, overrides), dict[str, list[str]]()
    else:
        planned, wrong = plan.attempt(here)

    from pmlib.reports.index import write_index
    from pmlib.reports.outgoing import queue, send
    from pmlib.reports.retain import clear_runs

    for name, lines in wrong.items():
        _refuse(name, here, "; ".join(lines))
    well = set[str]()
    with how.run(here, planned) as ends:
        for job, end in ends:
            well |= {job.name} if end.outcome else set()
            if end.outcome and end.outcome.state == "fresh":
                known.add(job, end.outcome.edition)
            if deliver and (end.outcome or end.error):
                queue(here, job, end, None)
    write_index(here)
    clear_runs(here)
    known.save(None if reports or overrides or wrong else [job.name for job in planned])
    unsent = send(here, partial(click.echo, err=True)) if deliver else 0
    if show:
        for job in planned:
            if job.name in well:
                click.launch((job.home / "index.html").as_uri())
    sys.exit(0 if len(well) == len(planned) and not wrong and not unsent else RUN_FAILED)


def _refuse_beside(options: dict[str, Any]) -> None:
    for option, given in options.items():
        if given:
            raise ValueError(f"--due runs each report once, as the catalog has it; leave out {option}")


def _say_fresh(fresh: list[Any]) -> None:
    """Say at once what is said of fresh reports one by one."""
    click.echo("\n".join(f"{one.name}: fresh, {one.page}" for one in fresh))
    for one in fresh:
        for table, guesses in one.unchecked:
            click.echo(f"{one.name}: an unchecked draft: {guesses} about {table} open", err=True)


def _reproduce(here: Path, reports: tuple[str, ...], wanted: str) -> NoReturn:
    """Make an edition again and say what differs."""
    from pmlib.reports import plan
    from pmlib.reports.editions import pick
    from pmlib.reports.reproduce import reproduce
    from pmlib.reports.supervise import Server, render

    planned = plan.jobs(here, reports) if reports else []
    if len(planned) != 1:
        named = ", ".join(job.name for job in planned) or "none"
        raise ValueError(f"--reproduce takes the name of one report; given: {named}")
    (job,) = planned
    edition = pick(job.home, wanted)
    with Server(here, planned) as server:
        lines = reproduce(job, here, edition, lambda work: render(server, work))
    name = f"{job.name}: edition {edition.folder.name}"
    if not lines:
        click.echo(f"{name} was made again, the same to the byte")
        sys.exit(0)
    click.echo(f"{name} comes out otherwise today:", err=True)
    for line in lines:
        click.echo(f"  {line}", err=True)
    sys.exit(RUN_FAILED)


def _refuse(name: str, here: Any, why: str) -> None:
    """Say why a report cannot start, here and on its page; the others go on."""
    from pmlib.reports.press import refuse

    click.echo(f"{name}: {why}", err=True)
    try:
        refuse(name, here, why)
    except (ValueError, OSError) as error:
        click.echo(f"{name}: its page cannot be marked: {said(error)}", err=True)
