"""What is published, shown on this machine: to whom, which files, and how it begins and ends."""

import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading

import many
import pytest
from click.testing import CliRunner

from pmlib.cli import main
from pmlib.reports.index import write_index
from pmlib.reports.plan import PUBLISHED
from pmlib.reports.serve import Server


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = many.make(tmp_path_factory.mktemp("served") / "root", reports=2, editions=3)
    write_index(root)
    home = root / PUBLISHED / "report_0000"
    (home / "index.html").write_text("<!doctype html><title>a page</title>")
    (home / "tables.csv").write_text("a\n1\n")
    (home / "editions" / "0001-00000000" / "notebook.ipynb").write_text("{}")
    (home / ".hidden.html").write_text("x")
    (root / "secret.html").write_text("secret")
    (root / PUBLISHED / "out.html").symlink_to(root / "secret.html")
    (root / PUBLISHED / "away").symlink_to(root / "data")
    (root / "data" / "in.html").write_text("secret")
    os.mkfifo(root / PUBLISHED / "pipe.html")
    return root


@pytest.fixture(scope="module")
def server(root):
    with Server(root, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def ask(server):
    """Ask the server; gives status, headers and body."""

    def asked(path, method="GET", **headers):
        line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        line.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            line.putheader(name.replace("_", "-"), value)
        line.endheaders()
        answer = line.getresponse()
        found = answer.status, answer.headers, answer.read()
        line.close()
        return found

    return asked


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/editions.html#report_0000", "text/html; charset=utf-8"),
        ("/report_0000/", "text/html; charset=utf-8"),
        ("/report_0000/index.html?x=1", "text/html; charset=utf-8"),
        ("/report_0000/tables.csv", "text/csv; charset=utf-8"),
        ("/report_0000/editions/0001-00000000/numbers.json", "application/json"),
    ],
)
def test_what_readers_get_is_served_as_what_it_is(ask, root, path, kind):
    status, headers, body = ask(path)
    file = re.sub(r"[?#].*", "", path)[1:]
    assert status == 200 and headers["Content-Type"] == kind
    assert body == (root / PUBLISHED / (file if "." in file else f"{file}index.html")).read_bytes()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/report_0000",
        "/report_0000/editions/",
        "/report_0000/editions",
        "/nothing.html",
        "/report_0000/.hidden.html",
        "/report_0000/%2ehidden.html",
        "/../../secret.html",
        "/%2e%2e/%2e%2e/secret.html",
        "/report_0000/..%2f..%2f..%2fsecret.html",
        "/..%5c..%5csecret.html",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/out.html",
        "/away/in.html",
        "/pipe.html",
        "/index.html%00",
        "/index.html/",
        "/index.html/x",
        "/%ff",
        "/report_0000/editions/0001-00000000/run.json",
        "/report_0000/editions/0001-00000000/notebook.ipynb",
        "x",
    ],
)
def test_nothing_else_is_served(ask, path):
    status, headers, body = ask(path)
    assert status == 404 and body == b"there is no such page\n"
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost:1", ""])
def test_who_comes_by_another_name_is_refused(ask, server, host):
    assert ask("/", Host=host)[0] == 403
    assert ask("/", Host=f"evil.example:{server.server_port}")[0] == 403
    assert ask("/", Host=f"LOCALHOST:{server.server_port}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "<b>"])
def test_it_only_reads(ask, method):
    status, headers, _ = ask("/", method)
    assert status == 501 and headers["Content-Type"] == "text/plain"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_it_listens_on_loopback_only(server):
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_head_says_what_get_would_send(ask):
    status, headers, body = ask("/", "HEAD")
    assert status == 200 and body == b"" and int(headers["Content-Length"]) == len(ask("/")[2])


def test_a_new_edition_shows_on_reload_and_what_stayed_is_not_sent_again(ask, root):
    tag = ask("/")[1]["ETag"]
    status, headers, body = ask("/", If_None_Match=tag)
    assert (status, body) == (304, b"") and headers["Cache-Control"] == "no-cache"
    many.edition(root / PUBLISHED / "report_0001", 4, 1)
    write_index(root)
    status, _, body = ask("/", If_None_Match=tag)
    assert status == 200 and b"4 editions" in body


def test_readers_do_not_wait_for_one_another(server, ask):
    with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")  # and not a word more
        assert ask("/")[0] == 200


def test_a_port_that_is_taken_is_said_in_one_line(root, server):
    done = CliRunner().invoke(main, ["--root", str(root), "serve", "--port", str(server.server_port)])
    assert done.exit_code == 2
    assert done.output == (
        f"pmlib: port {server.server_port} is taken; name another, or let --port 0 find one\n"
    )


def test_where_nothing_is_published_it_says_so(tmp_path):
    root = many.make(tmp_path / "root", reports=0)
    done = CliRunner().invoke(main, ["--root", str(root), "serve", "--port", "0"])
    assert done.exit_code == 2
    assert done.output == "pmlib: there is no reports/published/index.html to show; make it with pmlib run\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_when_told(root, how):
    command = [sys.executable, "-m", "pmlib", "--root", str(root), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert select.select([process.stdout], [], [], 60)[0], "it says where it is"
            said = process.stdout.readline()
            address, port = re.match(r"http://(127\.0\.0\.1):(\d+)/ shows what is published", said).groups()
            line = http.client.HTTPConnection(address, int(port), timeout=10)
            line.request("GET", "/")
            assert line.getresponse().status == 200  # and the line stays open
            process.send_signal(how)
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, "ended\n")


def test_numbers_are_json_to_a_browser(ask):
    assert json.loads(ask("/report_0001/editions/0001-00000001/numbers.json")[2])["numbers"]
