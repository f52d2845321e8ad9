"""The key of a page: a hash of all that the page depends on. Same key, same bytes, nothing to do."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pmlib import __version__
from pmlib import digest as files
from pmlib.reports import imports, packages
from pmlib.reports.editions import Edition, compared
from pmlib.reports.exports import tools
from pmlib.reports.imports import Stat, signature
from pmlib.reports.parameters import source
from pmlib.reports.plan import SOURCES, Job, canonical
from pmlib.reports.templates import PACKAGE, template_folders

MISSING = "missing"
MAKES = ("pmlib.reports.build", "pmlib.reports.execute")  # what turns a notebook into a page


def parts(
    job: Job,
    root: Path,
    inputs: Iterable[Mapping[str, Any]],
    modules: Iterable[str],
    previous: bytes | None,
    formed: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Name each thing that the page of a run depends on, with its hash or its value.

    Parameters
    ----------
    inputs : what the run opened: name, path from the root, sha256 of the bytes that were read.
    modules : what the run imported, as modules.imported says it.
    previous : numbers.json of the edition that "what changed" compares with.
    formed : of the forms that stand beside the page, how they came out, as Beside.parts says it.
    """
    modules = list(modules)
    cells = [source(cell) for cell in job.document["cells"] if cell["cell_type"] == "code"]
    names = {name for text in cells for name in imports.imported(text)}
    with imports.remembered(root):
        code = _code(modules, root, job.entry.formats)
        names |= {name for path in code for name in imports.of_file(code_file(path, root))}
    needed = packages.needed(root, {*names, *modules} - set(code))
    return _parts(job, root, inputs, code, needed, previous, formed or {})


def changed(
    job: Job, root: Path, edition: Edition, *, ask: bool = True
) -> tuple[dict[str, str], dict[str, str]]:
    """Give the parts that an edition was made of, and what the same parts are now.

    Parameters
    ----------
    ask : whether an address or a database is asked what it holds; otherwise it counts as unchanged.
    """
    before: dict[str, str] = edition.record["parts"]
    past = compared(edition)
    now = _parts(
        job,
        root,
        hashed(root, edition.record["inputs"], ask=ask),
        named("code", before),
        named("package", before),
        past.numbers if past else None,
        before,
    )
    return before, now


def digest(parts: Mapping[str, str]) -> str:
    """Make one key of the parts."""
    return _sha(canonical(dict(parts)))


def versions(parts: Mapping[str, str]) -> dict[str, str]:
    """Give what a key says of packages, and of Python."""
    return {"python": parts["python"]} | {name: parts[f"package {name}"] for name in named("package", parts)}


def hashed(root: Path, inputs: Iterable[Mapping[str, Any]], *, ask: bool = True) -> list[dict[str, Any]]:
    """Say of each input what it holds now; one that has vanished counts as changed."""
    return [{**entry, "sha256": _now(root, entry, ask)} for entry in inputs]


def template_files(root: Path) -> dict[str, Path]:
    """Find the files of the page's template: the project's own go before the shipped ones."""
    found = dict[str, Path]()
    for folder in reversed(template_folders(root)):
        own = folder == root / "templates"
        for path in sorted(p for p in (folder / "report").rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            found[f"templates/{name}" if own else f"pmlib's {name}"] = path
    return found


def named(kind: str, parts: Mapping[str, str]) -> list[str]:
    """List what parts of one kind are about."""
    return [part.removeprefix(f"{kind} ") for part in parts if part.startswith(f"{kind} ")]


def code_file(path: str, root: Path) -> Path:
    """Find a source file by its name in a key."""
    inside = path.removeprefix("pmlib/")
    return root / path if inside == path else PACKAGE / inside


def opened(root: Path, paths: Iterable[str]) -> list[str]:
    """List the files of declared paths, some of which may be patterns, in the order they are read."""
    return [
        one
        for path in paths
        for one in (files.matching(root, path) if files.is_pattern(root, path) else [path])
    ]


def tables(root: Path) -> dict[str, Any]:
    """Read data/sources.toml as it stands; empty where there is none."""
    return _tables(root / SOURCES, signature(root / SOURCES))


def remote(root: Path, inputs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the inputs that stand at an address or in a database."""
    there = {name for name, table in tables(root).items() if "url" in table or "database" in table}
    return sorted({entry["name"] for entry in inputs} & there)


def as_of(job: Job) -> str:
    """The day by which a run counts ages: the catalog's, PMLIB_AS_OF, or its schedule's; never today."""
    return str(job.entry.as_of or os.environ.get("PMLIB_AS_OF", "") or job.as_of)


def _parts(
    job: Job,
    root: Path,
    inputs: Iterable[Mapping[str, Any]],
    code: Iterable[str],
    distributions: Iterable[str],
    previous: bytes | None,
    formed: Mapping[str, str],
) -> dict[str, str]:
    inputs = list(inputs)
    names = sorted({entry["name"] for entry in inputs})
    cells = (_sha(canonical(_cell(cell)))[:12] for cell in job.document["cells"])
    settings = job.document.get("metadata", {}).get("pmlib")
    declared = tables(root)
    found = {
        "report": job.name,
        "notebook": " ".join(cells),
        "notebook settings": canonical(settings) if settings else "",
        **{f"parameter {name}": canonical(value) for name, value in job.parameters.items()},
        "title": job.entry.title,
        "as of": as_of(job),
        **{f"alert {text}": "set" for text in job.entry.alerts},
        **{f"input {entry['path']}": entry["sha256"] for entry in inputs},
        **{
            f"source {name}": _sha(repr(declared[name])) for name in names if name in declared
        },  # TOML has dates
        **{f"code {path}": _file(code_file(path, root)) for path in code},
        "python": packages.python(),
        **{f"package {name}": version for name, version in packages.versions(distributions).items()},
        "package pmlib": __version__,
        **{f"template {name}": _file(path) for name, path in template_files(root).items()},
        **_forms(job, formed),
        "previous": _sha(previous) if previous is not None else "",
    }
    return {name: value for name, value in found.items() if value}


def _forms(job: Job, before: Mapping[str, str]) -> dict[str, str]:
    """Say how the forms beside a page stand: made, or why not, and for which letters no font is there."""
    found = {
        f"format {form}": tools.standing(form, before.get(f"format {form}", "")) for form in job.entry.formats
    }
    letters = before.get("letters", "") if found else ""
    if letters:
        from pmlib.reports.exports.fonts import missing, unprinted  # loads what draws

        lost = missing(" ".join(letters)) if "png" in job.entry.formats else set[str]()
        lost |= unprinted(letters) if "pdf" in job.entry.formats else set()
        letters = "".join(sorted(lost))
    return found | {"letters": letters}


def _code(modules: Iterable[str], root: Path, forms: Iterable[str]) -> list[str]:
    """List the sources that made a page: those that the run imported, and those of the press."""
    ours = {
        path
        for name in modules
        if not name.startswith("pmlib.reports")
        if (path := imports.module_file(name))
    }
    ours |= imports.followed((*MAKES, *(tools.MODULES[form] for form in forms)))
    own = {name for name in modules if name.endswith(".py") and (root / name).is_file()}
    return sorted({path.relative_to(PACKAGE.parent).as_posix() for path in ours} | own)


def _cell(cell: Mapping[str, Any]) -> list[Any]:
    """Take from a cell what its page can depend on: no outputs, ids or counts."""
    return [cell["cell_type"], source(cell), sorted(cell.get("metadata", {}).get("tags", []))]


def _now(root: Path, entry: Mapping[str, Any], ask: bool) -> str:
    if remote(root, [entry]):
        if not ask:
            return str(entry["sha256"])
        from pmlib.data.place import digest as held  # loads the engine

        return held(root, str(entry["name"]))
    declared = tables(root).get(entry["name"], {}).get("files", {"": entry["path"]})
    try:
        paths = opened(root, declared.values())
        if not paths or not all((root / path).is_file() for path in paths):  # a pipe would never end
            return MISSING
        found = [(path, files.sha256(root, root / path)) for path in paths]
    except (OSError, ValueError):
        return MISSING
    return found[0][1] if paths == [entry["path"]] else files.of_several(found)


@lru_cache(maxsize=4)
def _tables(path: Path, there: Stat | None) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8")) if there else {}


@lru_cache(maxsize=10_000)
def _hash(path: Path, _: Stat) -> str:
    return _sha(path.read_bytes())


def _file(path: Path) -> str:
    there = signature(path)
    try:
        return _hash(path, there) if there else MISSING
    except OSError:
        return MISSING


def _sha(data: str | bytes) -> str:
    return sha256(data.encode() if isinstance(data, str) else data).hexdigest()
