"""The `pmlib` command: reads the command line and prints; the work is done in pmlib.reports."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from pmlib import __version__
from pmlib.cli.deliver import deliver
from pmlib.cli.doctor import doctor
from pmlib.cli.editions import diff, editions, verify
from pmlib.cli.export import export
from pmlib.cli.run import RUN_FAILED, run
from pmlib.cli.schedule import schedule
from pmlib.cli.serve import serve
from pmlib.cli.sources import sources
from pmlib.cli.status import status, why
from pmlib.cli.words import said

# Nothing heavy is imported up here: each command imports what it needs, and --help needs none of it.

CANNOT_START, STOPPED = 2, 130


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
            lines = [*said(error).splitlines(), *getattr(error, "others", ())]
            click.echo("\n".join(f"pmlib: {line}" for line in lines), err=True)
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


@main.command(name="list")
def list_() -> None:
    """List the reports, each of a matrix too: notebook, newest edition, how it stands, title.

    \b
    Example:
      pmlib list
    """
    from pmlib.reports import plan
    from pmlib.reports.editions import newest, status
    from pmlib.reports.sources import aligned
    from pmlib.root import root

    here = root()
    rows = [("report", "notebook", "edition", "status", "title")]
    for one in plan.select(plan.catalog(here)):
        home = one.home(here)
        last = newest(home)
        title = last.record["title"] if last else one.entry.title
        rows.append((one.name, one.entry.notebook, last.folder.name if last else "-", status(home), title))
    for line in aligned(rows, width=80):
        click.echo(line)


main.add_command(run)
main.add_command(editions)
main.add_command(diff)
main.add_command(verify)
main.add_command(export)
main.add_command(schedule)
main.add_command(sources)
main.add_command(serve)
main.add_command(status)
main.add_command(why)
main.add_command(deliver)
main.add_command(doctor)


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


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _stop(number: int, frame: Any) -> None:
    raise KeyboardInterrupt  # unwinds as Ctrl-C does: the kernel ends, locks and temporary files go
