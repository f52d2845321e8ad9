"""`pmlib export`: an edition as slides, pictures, print, workbook or tables."""

import sys
from pathlib import Path

import click

from pmlib.cli.run import RUN_FAILED, report_names


def _forms(ctx: click.Context, param: click.Parameter, value: str) -> list[str]:
    from pmlib.reports.exports.taken import FORMS
    from pmlib.reports.typed import did_you_mean

    asked = [form.strip() for form in value.split(",") if form.strip()]
    if unknown := next((form for form in asked if form not in FORMS), ""):
        raise click.BadParameter(f"{unknown!r} is no form{did_you_mean(unknown, FORMS)}")
    return list(dict.fromkeys(asked or FORMS))


@click.command()
@click.argument("report", shell_complete=report_names)
@click.option(
    "--edition", "wanted", metavar="EDITION", help="Its number, or how its name begins; the newest."
)
@click.option(
    "--as",
    "forms",
    default="",
    callback=_forms,
    metavar="FORMS",
    help="Of pptx,png,pdf,xlsx,csv; all of them.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to write to.",
)
@click.option("--force", is_flag=True, help="Replace files that are there and differ.")
def export(report: str, wanted: str | None, forms: list[str], folder: Path, force: bool) -> None:
    """Write an edition in other forms: slides, a picture of each chart, print, all tables.

    What the edition holds is copied, the rest is made of it. Each file is named after report and edition.

    \b
    Example:
      pmlib export us_car_market
      pmlib export us_car_market --edition 3 --as pptx,pdf --to ~/slides
    """
    from pmlib.reports.disk import write
    from pmlib.reports.editions import newest, pick, published
    from pmlib.reports.exports.taken import taken
    from pmlib.reports.plan import PUBLISHED
    from pmlib.root import root

    found = published(root() / PUBLISHED, [report])
    home = found.get(report)
    if home is None:
        raise ValueError(f"{report} names several; export one of: {', '.join(found)}")
    edition = pick(home, wanted) if wanted else newest(home)
    if edition is None:
        raise ValueError(f"{report} has no edition yet; run it first")
    folder.mkdir(parents=True, exist_ok=True)
    well = True
    for name, data in taken(edition, report, forms):
        path = folder / name
        if isinstance(data, ValueError):
            click.echo(f"{path}: {data}", err=True)
            well = False
        elif path.exists() and not force and (not path.is_file() or path.read_bytes() != data):
            click.echo(f"{path}: is there and differs; --force replaces it", err=True)
            well = False
        else:
            write(path, data)
            click.echo(path)
    sys.exit(0 if well else RUN_FAILED)
