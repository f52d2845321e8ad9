"""Files of a table: found where the declaration says, whole, and nowhere else."""

import hashlib
import json
import os
import socket
import time
from urllib.parse import unquote

import pytest
from servers import declare, refused, web  # noqa: F401 (a fixture)

from pmlib import digest
from pmlib.data import fetch, place


def sha(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def found(home, settings):
    with place.opened(home, "sales", declare(home, settings)) as opened:
        return opened


def refusal(home, settings) -> str:
    with refused() as said:
        found(home, settings)
    return said[0]


@pytest.fixture
def home(tmp_path):
    (tmp_path / "data").mkdir()
    for year in (2021, 2020):
        (tmp_path / f"data/s_{year}.csv").write_bytes(b"firm\n%d\n" % year)
    return tmp_path


def test_one_file_has_the_hash_of_its_bytes(home):
    opened = found(home, 'path = "data/s_2020.csv"')
    assert opened.sha256 == sha(b"firm\n2020\n")
    assert opened.files == [(home / "data/s_2020.csv", "data/s_2020.csv")]


def test_a_glob_is_sorted_and_changes_with_each_file(home):
    first = found(home, 'path = "data/s_*.csv"')
    assert [path for _, path in first.files] == ["data/s_2020.csv", "data/s_2021.csv"]
    (home / "data/s_2022.csv").write_bytes(b"firm\n2022\n")
    second = found(home, 'path = "data/s_*.csv"')
    (home / "data/s_2022.csv").rename(home / "data/s_2023.csv")
    third = found(home, 'path = "data/s_*.csv"')
    assert len({first.sha256, second.sha256, third.sha256}) == 3


def test_a_glob_leaves_out_folders_and_what_excel_keeps_open(home):
    (home / "data/s_old").mkdir()
    (home / "data/~$s.xlsx").write_bytes(b"owner")
    assert len(found(home, 'path = "data/*s*"').files) == 3  # sources.toml too


def test_a_name_with_brackets_is_a_file(home):
    (home / "data/s[1].csv").write_bytes(b"x")
    assert found(home, 'path = "data/s[1].csv"').sha256 == sha(b"x")


def test_the_files_of_a_query_are_hashed_together(home):
    settings = 'files = { a = "data/s_2020.csv", b = "data/s_*.csv" }\nquery = "select 1"'
    assert len(found(home, settings).files) == 3


def test_what_is_no_file_of_the_project_is_refused(home, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "x.csv"
    outside.write_text("x")
    os.mkfifo(home / "data/pipe.csv")
    (home / "data/link.csv").symlink_to(outside)
    (home / "data/circle.csv").symlink_to("circle.csv")
    remedy = "put the file in data/, or correct path of [sales] in data/sources.toml"
    said = {path: refusal(home, f"path = {json.dumps(path)}") for path in REFUSED}
    assert {path: line.removesuffix(f"; {remedy}") for path, line in said.items()} == REFUSED


REFUSED = {
    "data/no.csv": "data/no.csv is not there",
    "data/s_2020.csv/x.csv": "data/s_2020.csv/x.csv is not there",
    "data/no_*.csv": "data/no_*.csv matches no file",
    "data/link.csv": "data/link.csv leads out of the project",
    "data/link*.csv": "data/link.csv leads out of the project",
    "../x.csv": "../x.csv leads out of the project",
    "/etc/passwd": "/etc/passwd leads out of the project",
    "/etc/pass*": "/etc/passwd leads out of the project",
    "data/pipe.csv": "data/pipe.csv is not a file but a pipe or a device",
    "data/circle.csv": "'data/circle.csv' cannot be read (its links go in a circle)",
    "data/\0.csv": "'data/\\x00.csv' cannot be read (its name holds a NUL)",
    "data/a\nb.csv": "'data/a\\nb.csv': its name holds a line end or the like; rename it",
    "data": 'data is a folder; name its files, as in "data/*.csv"',
}


def test_a_file_that_changes_while_it_is_read_is_refused(home):
    table = declare(home, 'path = "data/s_2020.csv"')
    with refused() as said, place.opened(home, "sales", table):
        (home / "data/s_2020.csv").write_bytes(b"firm\n2020\nnew\n")
        raise ValueError("row 3 is cut short")  # what a reader says of a file half written
    assert said == ["data/s_2020.csv changed while being read; run again"]


def test_what_a_table_holds_now(home):
    declare(home, 'path = "data/s_*.csv"')
    before = place.digest(home, "sales")
    assert len(before) == 64
    (home / "data/s_2020.csv").write_bytes(b"other")
    assert place.digest(home, "sales") not in (before, "missing")
    assert place.digest(home, "nothing") == "missing"


# The hash of a large file is taken once


@pytest.fixture
def large(home, monkeypatch):
    file = home / "data/large.bin"
    file.write_bytes(bytes(digest.WORTH_IT + 1))
    os.utime(file, (1e9, 1e9))
    monkeypatch.setattr(digest, "SETTLED", -1.0)  # its change of mode is of now
    return file


def test_a_hash_is_remembered_until_the_file_changes(home, large, monkeypatch):
    first = digest.sha256(home, large)
    assert first == sha(bytes(digest.WORTH_IT + 1))
    with monkeypatch.context() as patched:
        patched.setattr(digest, "_hashed", lambda file: pytest.fail("hashed again"))
        assert digest.sha256(home, large) == first
    with large.open("r+b") as opened:
        opened.write(b"1")
    os.utime(large, (1e9, 1e9))  # as a copy that keeps the times does
    assert digest.sha256(home, large) != first


def test_a_file_written_just_now_is_not_remembered(home, large, monkeypatch):
    monkeypatch.setattr(digest, "SETTLED", 2.0)
    os.utime(large)
    digest.sha256(home, large)
    assert not (home / digest.CACHE).exists()


@pytest.mark.parametrize("garbage", [b"", b"[1]", b"{", b'{"data/large.bin": [1]}', b"\xff", b"[" * 10**5])
def test_a_damaged_memory_is_forgotten(home, large, garbage):
    (home / ".pmlib").mkdir()
    (home / digest.CACHE).write_bytes(garbage)
    assert digest.sha256(home, large) == sha(bytes(digest.WORTH_IT + 1))


def test_nothing_is_remembered_through_a_link(home, large, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (home / ".pmlib").symlink_to(elsewhere)
    digest.sha256(home, large)
    assert not list(elsewhere.iterdir())


# A file elsewhere


def test_a_file_is_fetched_under_its_name(home, web, monkeypatch):  # noqa: F811
    web.answers["/a/sales.csv"] = (200, {}, b"firm\nAcme\n")
    web.answers["/old.csv"] = (302, {"Location": "/a/sales.csv"}, b"")
    monkeypatch.setenv("CANARY", "tok/en+1")
    for path in ("a/sales.csv?sig=${CANARY}", "old.csv"):
        table = declare(home, f'url = "{web.url}/{path}"')
        with place.opened(home, "sales", table) as opened:
            ((file, name),) = opened.files
            assert file.read_bytes() == b"firm\nAcme\n"
            assert file.name == path.split("?")[0].split("/")[-1] and name == f"{web.url}/{path}"
        assert opened.sha256 == sha(b"firm\nAcme\n")
        assert not file.exists()
    assert "/a/sales.csv?sig=tok/en+1" in map(unquote, web.asked)


ANSWERS = {
    "404": ((404, {}, b""), "is not there"),
    "403": ((403, {}, b""), "gives no file: the server answers 403 Forbidden"),
    "500": ((500, {}, b""), "gives no file: the server answers 500 Internal Server Error"),
    "short": ((200, {"Content-Length": "99"}, b"x"), "cannot be fetched (ClientPayloadError"),
    "huge": ((200, {"Content-Length": str(1 << 40)}, b"x"), "holds more than 4 GiB"),
    "file": ((302, {"Location": "file:///etc/passwd"}, b""), "is redirected to the scheme 'file'"),
    "https": ((302, {"Location": "https://127.0.0.1:1/"}, b""), "is redirected to the scheme 'https'"),
    "circle": ((302, {"Location": "/x.csv"}, b""), "cannot be fetched (TooManyRedirects"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_file_is_refused_without_the_secret(home, web, monkeypatch, answer):  # noqa: F811
    monkeypatch.setenv("CANARY", "canary-77")
    web.answers["/x.csv"], words = ANSWERS[answer]
    said = refusal(home, f'url = "{web.url}/x.csv?sig=${{CANARY}}"')
    assert said.startswith(f"{web.url}/x.csv?sig=${{CANARY}} {words}") and "canary" not in said


def test_a_server_that_does_not_answer_is_given_up(home, monkeypatch):
    monkeypatch.setitem(fetch.PATIENCE, "read", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        said = refusal(home, f'url = "http://127.0.0.1:{silent.getsockname()[1]}/x.csv"')
    assert "gives no answer in 0.3 seconds" in said and time.monotonic() - began < 5


ALLOWED = "'https', 'http', 's3', 'gs', 'gcs', 'abfs', 'az'"
SCHEMES = {
    'url = "file:///etc/passwd"': f"has the scheme 'file', where it may have only {ALLOWED}",
    'url = "memory://x.csv"': f"has the scheme 'memory', where it may have only {ALLOWED}",
    'url = "data/sales.csv"': f"has no scheme, where it may have only {ALLOWED}",
    'url = "filecache::file:///etc/passwd"': "is a chain of addresses",
    'url = "https://127.0.0.1:1/a::file:///etc/passwd"': "is a chain of addresses",
    'url = "${WHERE}/x.csv"': "starts with a variable",
    'url = "${WHERE}/x.csv"\nschemes = ["s3"]': "has the scheme 'https', where it may have 's3'",
    'url = "http://h/x.csv"\nschemes = ["https"]': "has the scheme 'http', where it may have 'https'",
}


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_url_leads_only_where_it_may(home, monkeypatch, settings):
    monkeypatch.setenv("WHERE", "https://127.0.0.1:1")
    assert refusal(home, settings).startswith(f"data/sources.toml, [sales]: url {SCHEMES[settings]}")


def test_a_missing_package_is_named(home, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    said = refusal(home, 'url = "https://127.0.0.1:1/x.csv"')
    assert said.endswith('needs a package for places elsewhere; run: pip install "pmlib[cloud]"')
