"""Shows what is published to whoever sits at this machine: files as they stand, read only, loopback only."""

import errno
import hashlib
import os
import stat
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from pmlib.reports.editions import PRIVATE
from pmlib.reports.plan import PUBLISHED

LOOPBACK = "127.0.0.1"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # asked again at each reload, answered in a line where nothing changed
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
HTTP = 80  # the port that browsers do not name
IDLE = 30  # seconds that a connection may say nothing


class Server(ThreadingHTTPServer):
    """Serves reports/published of a root on 127.0.0.1, each request in a thread of its own."""

    daemon_threads = True  # a reader who holds a connection open does not hold up the end

    def __init__(self, root: Path, port: int) -> None:
        """Listen; port 0 takes any that is free.

        Raises
        ------
        ValueError : the port cannot be had, or nothing is published; says what to do.
        """
        self.folder = root / PUBLISHED
        if not (self.folder / "index.html").is_file():
            raise ValueError(f"there is no {PUBLISHED.as_posix()}/index.html to show; make it with pmlib run")
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as error:
            why = {errno.EADDRINUSE: "is taken", errno.EACCES: "is kept for the system"}.get(error.errno or 0)
            if why is None:
                raise
            raise ValueError(f"port {port} {why}; name another, or let --port 0 find one") from None

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    @property
    def hosts(self) -> set[str]:
        """What browsers call it that were sent here on purpose."""
        names = {LOOPBACK, "localhost"}
        return {f"{name}:{self.server_port}" for name in names} | (
            names if self.server_port == HTTP else set()
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a reader who went away; tell anything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for a file that readers get, and refuses whatever else is asked."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pmlib", ""
    error_content_type, error_message_format = "text/plain", "%(message)s\n"
    timeout = IDLE

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Say what sending it would."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        # A page elsewhere may give its own name this machine's address, and would read all of it.
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            return self._send(
                HTTPStatus.FORBIDDEN, b"ask by the address that pmlib serve printed\n", body=body
            )
        path = _path(self.path)
        data = _read(self.server.folder, path) if path else None
        if path is None or data is None:
            return self._send(HTTPStatus.NOT_FOUND, b"there is no such page\n", body=body)
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        if tag in self.headers.get("If-None-Match", ""):
            return self._send(HTTPStatus.NOT_MODIFIED, None, tag=tag, body=False)
        kind = KINDS.get(path.suffix.lower(), "application/octet-stream")
        return self._send(HTTPStatus.OK, data, kind, tag=tag, body=body)

    def _send(
        self,
        status: HTTPStatus,
        data: bytes | None,
        kind: str = "text/plain; charset=utf-8",
        *,
        body: bool,
        tag: str = "",
    ) -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        if data is not None:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body and data is not None:
            self.wfile.write(data)

    def end_headers(self) -> None:
        """Send what goes with every answer."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what is asked for goes to nobody's screen."""


def _path(target: str) -> PurePosixPath | None:
    """Read which file is asked for; None for what readers do not get, or what leaves the folder."""
    try:
        text = unquote(urlsplit(target).path, errors="strict")
    except ValueError:
        return None
    if not text.startswith("/") or set(text) & set("\\\0"):
        return None
    parts = (text[1:] + ("index.html" if text.endswith("/") else "")).split("/")
    if any(not part or part.startswith(".") for part in parts) or parts[-1] in PRIVATE:
        return None
    return PurePosixPath(*parts)


def _read(folder: Path, path: PurePosixPath) -> bytes | None:
    """Read a file below a folder, step by step, so that no symbolic link leads out of it."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in path.parts:
            further = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=held)
            os.close(held)
            held = further
        if not stat.S_ISREG(os.fstat(held).st_mode):
            return None
        with os.fdopen(os.dup(held), "rb") as file:
            return file.read()
    except OSError:
        return None
    finally:
        os.close(held)
