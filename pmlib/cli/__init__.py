"""The `pmlib` command: reads the command line and prints; the work is done in pmlib.reports."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from pmlib import __version__
from pmlib.cli.sources import sources

# Nothing heavy is imported up here: each command imports what it needs, and --help needs none of it.

RUN_FAILED, CANNOT_START, STOPPED = 1, 2, 130


class Command(click.Group):
    """Prints what is wrong on one line, and a traceback only where --debug asks for it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ValueError, OSError) as error:
            if "--debug" in sys.argv or isinstance(
                error, BrokenPipeError
            ):  # click knows what to do about pipes
                raise
            click.echo("\n".join(f"pmlib: {line}" for line in _said(error).splitlines()), err=True)
            ctx.exit(CANNOT_START)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise  # click's own
        except Exception as error:
            if "--debug" in sys.argv:
                raise
            click.echo(f"pmlib: internal error {_line(error)}; run again with --debug", err=True)
            ctx.exit(RUN_FAILED)
        except KeyboardInterrupt:
            click.echo("pmlib: stopped; what was published before stands", err=True)
            ctx.exit(STOPPED)


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--root", type=click.Path(file_okay=False, path_type=Path), help="The project, when not here.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of what goes wrong.")
@click.version_option(__version__, message="%(version)s")
def main(root: Path | None) -> None:
    """Turn notebooks into pages that product managers read.

    \b
    Example:
      pmlib run                   bring every report of reports/catalog.toml up to date
      pmlib run us_car_market     bring one up to date
      pmlib new my_question       start a report of your own

    Completion: `pmlib completion bash` says how to switch it on.
    """
    if root:
        if not root.is_dir():
            raise ValueError(f"--root names {root}, which is not a folder; correct it")
        os.environ["PMLIB_ROOT"] = str(root)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


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


@main.command()
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
        click.echo(f"{name}: its page cannot be marked: {_said(error)}", err=True)


def _run(job: Any, here: Path, *, force: bool, show: bool, debug: bool) -> bool:
    """Run one job and tell whether it went well; one that fails does not stop the others."""
    from pmlib.reports.failure import command

    try:
        page = _published(job, here, force)
    except Exception as error:
        if debug:
            _print_traceback(error)
        click.echo(f"{job.report}: {_said(error)}; try: {command(job)}", err=True)
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


@main.command(name="list")
def list_() -> None:
    """List the reports: title, notebook, newest edition, how it stands.

    \b
    Example:
      pmlib list
    """
    from pmlib.reports import editions, plan
    from pmlib.root import root

    here = root()
    rows = [("report", "notebook", "edition", "status", "title")]
    for name, entry in plan.catalog(here).items():
        home = here / plan.PUBLISHED / name
        last = editions.newest(home)
        title = last.record["title"] if last else entry.title
        rows.append((name, entry.notebook, last.folder.name if last else "-", editions.status(home), title))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


main.add_command(sources)


@main.command()
def check() -> None:
    """Check catalog, parameters, data and the notebooks' style, without running anything.

    \b
    Example:
      pmlib check
    """
    from pmlib.reports.check import problems
    from pmlib.root import root

    found = problems(root())
    for line in found:
        click.echo(line, err=True)
    click.echo("all is well" if not found else f"{len(found)} to mend", err=bool(found))
    sys.exit(CANNOT_START if found else 0)


@main.command()
@click.argument("name")
@click.option("--title", default="", help="Title of the page; the name in words when not given.")
def new(name: str, title: str) -> None:
    """Start a report: a notebook from the template, and its entry in the catalog.

    \b
    Example:
      pmlib new churn --title "Who leaves us, and when"
      pmlib run churn
    """
    from pmlib.reports.start import new_report
    from pmlib.root import root

    notebook = new_report(root(), name, title)
    click.echo(f"made notebooks/{notebook.name}; change it in JupyterLab, then: pmlib run {name}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a project: folders, a catalog, a notebook and made-up data to try it with.

    \b
    Example:
      pmlib init my_market
      cd my_market && pmlib run
    """
    from pmlib.reports.start import new_root

    new_root(folder)
    click.echo(f"made {folder}; now: cd {folder} && pmlib run")


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the lines that complete commands and report names in a shell.

    \b
    Example:
      pmlib completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None  # the choices above are those that click has
    click.echo(found(main, {}, "pmlib", "_PMLIB_COMPLETE").source())


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


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _print_traceback(error: Exception) -> None:
    import traceback

    from pmlib.reports.failure import ExecutionFailed

    if isinstance(error, ExecutionFailed) and error.failure.traceback:
        click.echo(error.failure.traceback, err=True)
    else:
        traceback.print_exception(error)


def _stop(number: int, frame: Any) -> None:
    raise KeyboardInterrupt  # unwinds as Ctrl-C does: the kernel ends, locks and temporary files go
