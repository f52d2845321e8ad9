"""Take in a file that nobody has declared yet: copy, declaration, and a report on it if one is wanted."""

import re
import shutil
import tomllib
from glob import escape
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from pmlib.reports import plan
from pmlib.reports.disk import make_folder, refuse_link, write
from pmlib.reports.job import as_template
from pmlib.reports.labels import UnknownRole, proposed
from pmlib.reports.parameters import declared
from pmlib.reports.sources import printable

if TYPE_CHECKING:
    from pmlib.data.propose import Proposal

FEW = 12  # columns of each kind that are listed


def adopt(
    root: Path, file: Path, name: str = "", notebook: str = "", again: bool = False
) -> tuple[list[str], list[str]]:
    """Declare a file, and with a notebook's name add a report on it.

    A table that is declared already, for this very file, is left as it is and only the report is added; with
    `again` both are guessed anew.

    Returns
    -------
    What was done, and what must be mended before the table can be used; line by line.

    Raises
    ------
    ValueError : the name is taken or is none, or the file holds no table; nothing is written then.
    """
    name = name or re.sub(r"[^a-z0-9]+", "_", file.name.partition(".")[0].lower()).strip("_")[:80]
    if not plan.NAME.fullmatch(name) or name == "add":
        raise ValueError(f"{name!r} is no name for a table; give one with --name: {plan.NAMING}")
    target = _target(root, file)
    path = target.relative_to(root.resolve()).as_posix()
    tables = _tables(root)
    is_same = name in tables and tables[name].get("path") in (path, escape(path))
    if notebook:
        plan.read_notebook(root, notebook)
        if name in plan.catalog(root) and not (again and is_same):
            anew = ", guess it anew with --again," if is_same else ""
            raise ValueError(
                f"{plan.CATALOG.as_posix()} has a report {name} already; publish it with pmlib run "
                f"{name}{anew} or take another --name"
            )
    if name in tables and not (is_same and (again or notebook)):
        anew = "; guess it anew with --again, or" if is_same else ";"
        raise ValueError(f"{plan.SOURCES.as_posix()} has a table [{name}] already{anew} take another --name")
    from pmlib.data.propose import propose

    proposal = propose(file, path, name)
    lines = [f"[{name}] is declared already and left as it is; --again would guess it anew"]
    if again and name in tables:
        remove(root / plan.SOURCES, root, name)
        if notebook and (root / plan.CATALOG).is_file():
            remove(root / plan.CATALOG, root, name)
    if again or name not in tables:
        lines = _declared(root, file, target, proposal)
    command = f"pmlib sources add {quote(path)} --name {name} --for {notebook}"
    lines, wrong = _tried(root, proposal, notebook, lines, command)
    return [printable(line) for line in lines], [printable(line) for line in wrong]


def _tables(root: Path) -> dict[str, Any]:
    from pmlib.data.declaration import declarations

    return declarations(root) if (root / plan.SOURCES).is_file() else {}


def _target(root: Path, file: Path) -> Path:
    """Say where in data/ a file goes; one that is there already stays where it is."""
    file, data = file.resolve(), root.resolve() / "data"
    if file.is_relative_to(data):
        return file
    target = data / file.name
    if target.is_symlink() or (target.exists() and target.read_bytes() != file.read_bytes()):
        raise ValueError(f"data/{file.name} is there already and is another file; rename yours")
    return target


def _declared(root: Path, file: Path, target: Path, proposal: "Proposal") -> list[str]:
    from pmlib.data.propose.vocabulary import is_year

    path, name = target.relative_to(root.resolve()).as_posix(), proposal.name
    make_folder(root / "data", root)
    lines = []
    if file.resolve() != target:
        if not target.exists():
            shutil.copyfile(file, target)
        lines.append(f"copied to {path}")
    _append(root / plan.SOURCES, root, proposal.text)
    told = ", ".join(
        f"{setting} {value!r}" for setting, value in proposal.format.items() if setting != "header"
    )
    lines.append(f"{path}: {proposal.rows:,} rows{f'; {told}' if told else ''}")
    lines += [f"  {one}" for one in proposal.said]
    lines += [f"left out {column!r}: {why}" for column, why in proposal.left.items()]
    for role in dict.fromkeys(column.role for column in proposal.columns if column.role):
        named = [column.name for column in proposal.columns if column.role == role]
        more = f" and {len(named) - FEW} more" if len(named) > FEW else ""
        lines.append(f"  {role:<10}{', '.join(named[:FEW])}{more}")
    lines.append(f"  {'key':<10}{', '.join(proposal.key) or 'none found: rows repeat'}")
    roles = {column.name: column.role for column in proposal.columns}
    over = [one for one in proposal.key if not roles[one]]
    if over and {"units", "revenue", "share"} & set(roles.values()):
        lines.append(
            f"  {'added up':<10}over {', '.join(over)}, as a product stands on several rows of a period"
        )
    years = sorted(column.name for column in proposal.columns if is_year(column.name))
    if any(column.role and column.name == years[-1] for column in proposal.columns if years[1:]):
        lines.append(f"  only {years[-1]} is used of the years that are columns: {', '.join(years)};")
        lines.append("  for all of them, export a row for each product and year")
    lines.append(f"declared as [{name}] in {plan.SOURCES.as_posix()}, with every guess marked as one:")
    lines.append("  where you have confirmed a guess, delete it from its list there")
    return lines


def _append(path: Path, root: Path, text: str) -> None:
    refuse_link(path, root)
    before = path.read_text("utf-8").rstrip("\n") if path.is_file() else ""
    whole = f"{before}\n\n{text}" if before else text
    tomllib.loads(whole)  # what is written can be read again, or nothing is written
    write(path, whole.encode())


def _tried(
    root: Path, proposal: "Proposal", notebook: str, lines: list[str], again: str
) -> tuple[list[str], list[str]]:
    """Read the table as every report will, and add the report, as far as it can be guessed."""
    from pmlib import data
    from pmlib.data.propose import sketch

    name, wrong = proposal.name, list[str]()
    try:
        source = data.read(name)
    except ValueError as error:
        source, wrong = sketch(proposal), [str(error), *getattr(error, "others", ())]
    if not notebook:
        return lines if wrong else [*lines, f"look at it with: pmlib sources {name}"], wrong
    document = plan.read_notebook(root, notebook)
    known = declared(document["cells"], f"notebooks/{notebook}.ipynb")
    try:
        chosen = proposed(known, source)
    except UnknownRole as error:
        return lines, [*wrong, f"{error}; then: {again}"]
    entry = {"notebook": notebook, "title": as_template(source.title)}
    _append(root / plan.CATALOG, root, _entry(name, entry, chosen))
    lines.append(f"report {name} added to {plan.CATALOG.as_posix()}; change there what is guessed:")
    lines += [f"  {parameter} = {value!r}" for parameter, value in chosen.items()]
    publish = f"pmlib run {name} --open"
    if wrong:
        return lines, [*wrong, f"when that is mended, publish it with: {publish}"]
    return [*lines, f"publish it with: {publish}"], []


def remove(path: Path, root: Path, name: str) -> None:
    """Take a table and its parts out of a TOML file, and leave every other line as it is."""
    refuse_link(path, root)
    kept, within = list[str](), False
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if found := re.match(r"\[+\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*[.\]]", line):
            within = found[1].strip('"') == name
        if not within:
            kept.append(line)
    text = "".join(kept)
    if name in (left := tomllib.loads(text)) or len(left) + 1 != len(tomllib.loads(path.read_text("utf-8"))):
        raise ValueError(
            f"{path.relative_to(root).as_posix()}: [{name}] cannot be taken out; delete its lines"
        )
    write(path, text.encode())


def _entry(name: str, entry: dict[str, Any], parameters: dict[str, Any]) -> str:
    from pmlib.data.propose import pairs

    return "\n".join([f"[{name}]", *pairs(entry), "", f"[{name}.parameters]", *pairs(parameters)]) + "\n"
