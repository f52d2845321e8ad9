"""`pmlib sources`: what tables there are, what each holds, and how a new file becomes one."""

import os
import sys
from pathlib import Path
from typing import Any

import click

REFUSED = 1


class Names(click.Group):
    """Takes a table's name where a command's would stand: `pmlib sources phones`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "show", self.commands["show"], args

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[NAME [--accept] | add FILE]")


@click.group(cls=Names, invoke_without_command=True)
@click.pass_context
def sources(ctx: click.Context) -> None:
    """List the tables of data/sources.toml, look into one, or add a file.

    Each table is read and checked: how many rows, how new, and what is wrong with it. With a NAME it shows
    what that table declares, its first rows and what each column holds; --accept keeps what the file holds
    now as the state that later reads are compared with.

    \b
    Example:
      pmlib sources
      pmlib sources phones
      pmlib sources phones --accept
      pmlib sources add phones.csv --for competitive_analysis
    """
    if ctx.invoked_subcommand:
        return
    from pmlib.reports.sources import listing
    from pmlib.root import root

    lines, refused = listing(root())
    for line in lines:
        click.echo(line)
    for line in refused:
        click.echo(line, err=True)
    sys.exit(REFUSED if refused else 0)


def _table_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from pmlib.data.declaration import declarations
    from pmlib.root import root

    if ctx.find_root().params.get("root"):
        os.environ["PMLIB_ROOT"] = str(ctx.find_root().params["root"])
    try:
        return [name for name in declarations(root()) if name.startswith(incomplete)]
    except (ValueError, OSError):
        return []  # a broken declaration must not print into somebody's half-typed command


@sources.command(hidden=True)
@click.argument("name", shell_complete=_table_names)
@click.option("--accept", is_flag=True, help="Keep what the file holds now as the good state.")
def show(name: str, accept: bool) -> None:
    """Show what a table declares, its first rows and what each column holds.

    \b
    Example:
      pmlib sources phones
      pmlib sources phones --accept     after a look: rows that went, labels that are new are right
    """
    from pmlib.reports.sources import accepted, facts
    from pmlib.root import root

    for line in accepted(root(), name) if accept else facts(root(), name):
        click.echo(line)


@sources.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="What to call the table; the file's name when not given.")
@click.option("--for", "notebook", default="", metavar="NOTEBOOK", help="Add a report on it, too.")
@click.option("--again", is_flag=True, help="Guess a declared table, and its report, anew.")
def add(file: Path, name: str, notebook: str, again: bool) -> None:
    """Declare a file by guesses, each marked as one.

    The file is copied into data/ and its declaration added to data/sources.toml, for you to look over: delete
    a guess from its list once you have confirmed it. Until then pages made from it are marked as unchecked
    drafts. With --for a report on it is added to reports/catalog.toml. With --again what is declared of this
    file, and changed since, gives way to new guesses.

    \b
    Example:
      pmlib sources add ~/Downloads/phones.csv --for competitive_analysis
      pmlib run phones --open
    """
    from pmlib.reports.adopt import adopt
    from pmlib.root import root

    lines, wrong = adopt(root(), file, name, notebook, again)
    for line in lines:
        click.echo(line)
    for line in wrong:
        click.echo(f"pmlib: {line}", err=True)
    if wrong:
        sys.exit(REFUSED)
