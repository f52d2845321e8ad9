"""A file that stands elsewhere: fetched whole through fsspec, from the schemes that are allowed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from pmlib.data.declaration import Table
from pmlib.data.variables import NAMED, address, options, scrub
from pmlib.data.words import SOURCES, DataError, listed, shown
from pmlib.digest import sha256

REMOTE = (
    "https",
    "http",
    "s3",
    "gs",
    "gcs",
    "abfs",
    "az",
)  # any other must be declared, local files above all
MOST = (
    4 << 30
)  # bytes; tables of 50 million rows are half of that, and a server's slip must not fill the disk
PATIENCE = {"connect": 15, "read": 60, "total": 3600}  # seconds


@contextmanager
def fetched(name: str, table: Table) -> Iterator[tuple[Path, str]]:
    """Fetch the file of a table's url to a temporary one, under its own name.

    Yields
    ------
    file, sha256 : gone afterwards; of the bytes that were fetched.

    Raises
    ------
    DataError : a scheme that is not allowed, no such file, no answer, too large a file.
    """
    url = address(table.url, f"[{name}]: url")
    scheme = _allowed(name, table, url)
    storage = options(table.storage, f"[{name}]: storage")
    with TemporaryDirectory(prefix="pmlib-") as folder:
        called = PurePosixPath(unquote(urlsplit(url).path)).name or "file"
        file = Path(folder, re.sub(r"[^\w. -]", "_", called)[-100:])
        try:
            _copy(scheme, url, _patient(scheme, storage, table.schemes or [scheme]), file)
        except Exception as error:  # whatever a file system raises, its words may hold the address
            raise DataError(f"{table.url} {_said(name, error)}") from None
        yield file, sha256(Path(folder), file)


class _Refused(Exception):
    """What the fetching itself found wrong, in the words for an error."""


class _Limit:
    """Stop a copy that grows too large, by what its server says or by what has come."""

    def __init__(self) -> None:
        self.fetched = 0

    def set_size(self, size: int | None) -> None:
        """Take what the server says."""
        if (size or 0) > MOST:
            raise _Refused(f"holds more than {MOST >> 30} GiB; make a smaller table of it")

    def relative_update(self, more: int) -> None:
        """Count what has come."""
        self.fetched += more
        self.set_size(self.fetched)


def _copy(scheme: str, url: str, storage: dict[str, Any], file: Path) -> None:
    from fsspec import url_to_fs

    system, path = url_to_fs(url, skip_instance_cache=True, **storage)
    system.get_file(path, str(file), callback=_Limit())


def _said(name: str, error: Exception) -> str:
    correct = f"correct url of [{name}] in {SOURCES}"
    match error:
        case _Refused():
            return str(error)
        case ImportError():
            return 'needs a package for places elsewhere; run: pip install "pmlib[cloud]"'
        case FileNotFoundError():
            return f"is not there; {correct}"
        case PermissionError():
            return f"may not be read ({scrub(str(error))}); check the variables that [{name}] names"
        case TimeoutError():
            return f"gives no answer in {PATIENCE['read']} seconds; check the network, or {correct}"
    if status := getattr(error, "status", 0):  # the web's refusals
        answer = scrub(str(getattr(error, "message", "")))
        return f"gives no file: the server answers {status} {answer}; {correct}"
    says = f"{type(error).__name__}: {scrub(str(error))}".removesuffix(": ")
    return f"cannot be fetched ({says[:200]}); check the network, or {correct}"


def _allowed(name: str, table: Table, url: str) -> str:
    where = f"{SOURCES}, [{name}]: url"
    if "::" in url:
        raise DataError(f"{where} is a chain of addresses; name the one file to fetch")
    scheme = _scheme(url)
    if not table.schemes and NAMED.match(table.url):
        raise DataError(f'{where} starts with a variable; say where it may lead: add schemes = ["https"]')
    if scheme not in (table.schemes or REMOTE):
        may = (
            listed(table.schemes)
            if table.schemes
            else f"only {listed(list(REMOTE), 10)} without being declared"
        )
        found = f"has the scheme {shown(scheme)}" if scheme else "has no scheme"
        raise DataError(f"{where} {found}, where it may have {may}; correct it, or schemes of [{name}]")
    return scheme


def _scheme(url: str) -> str:
    found = re.match(r"([A-Za-z][\w+.-]*)://", url)
    return found[1].lower() if found else ""


def _patient(scheme: str, given: dict[str, Any], allowed: list[str]) -> dict[str, Any]:
    """Give a file system the time it may take, and for the web where a redirect may lead."""
    if scheme in ("http", "https"):
        from aiohttp import ClientTimeout, TraceConfig

        async def redirected(_session: Any, _context: Any, answer: Any) -> None:
            to = answer.response.headers.get("Location", "")
            if _scheme(to) not in ("", *allowed):
                remedy = f"give the address it leads to, or allow that with schemes in {SOURCES}"
                raise _Refused(f"is redirected to the scheme {shown(_scheme(to))}; {remedy}")

        trace = TraceConfig()
        trace.on_request_redirect.append(redirected)
        seconds = ClientTimeout(PATIENCE["total"], None, PATIENCE["read"], PATIENCE["connect"])
        client = {"timeout": seconds, "trace_configs": [trace], **given.get("client_kwargs", {})}
        return {**given, "client_kwargs": client}
    if scheme == "s3":
        config = {"connect_timeout": PATIENCE["connect"], "read_timeout": PATIENCE["read"]}
        config |= given.get("config_kwargs", {})
        # One stream: pieces that are fetched apart may be of an old and a new file.
        return {**given, "config_kwargs": config, "max_concurrency": 1}
    return given
