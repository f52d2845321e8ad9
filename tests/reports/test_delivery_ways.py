"""Chats and commands: what they are told, that hostile words stay words, and what is tried again."""

import json
import signal
import stat
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from post_office import MINUTE, Post, in_a_child, project, publish, reader, states
from printed import shares
from small import alive

from pmlib.reports.deliver import command, notify
from pmlib.reports.typed import shown

HOSTILE = [
    "-rf /",
    "--output=x",
    "@/etc/passwd",
    "$(touch pwned)",
    "; touch pwned #",
    "a\n-b",
    "`id`",
    "{page}",
    "",
]


@contextmanager
def chat(status=200):
    """A service on loopback that takes messages as JSON: its address, and what it got."""
    got, answers = [], [status]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/a_token_of_many_letters", got, answers
        server.shutdown()


def chatted(root, **more):
    return project(
        root, 25, reader(mail=[], notify=["${CHAT_URL}"]), more='link = "https://r.example.org"\n', **more
    )


def commanded(root, words, body):
    """A project whose reader has a command: a script at its root."""
    script = root / "post"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return project(
        root, 25, reader(mail=[], command=["./post", *words]), more='link = "https://r.example.org"\n'
    )


def test_a_chat_is_told_the_answer_its_numbers_what_changed_and_where(tmp_path, monkeypatch):
    with chat() as (url, got, _):
        monkeypatch.setenv("CHAT_URL", url)
        publish(chatted(tmp_path), shares(0.375, 0.35, 0.4), alerts=["GM fell below 40%"])
        assert Post(tmp_path)() == 0 and Post(tmp_path)() == 0
    (message,) = got
    assert message["title"] == "The car market"
    assert message["message"].splitlines() == [
        "Alert: GM fell below 40%",
        "GM leads with 37.5% (35.0% to 40.0%).",
        "• 37.5% of cars sold are GM's, 1990 (35.0% to 40.0%, 95% interval)",
        "Changed: This is the first edition.",
        "https://r.example.org/cars/index.html",
    ]


def test_a_chat_that_fails_is_told_again_later_and_its_secret_is_nowhere(tmp_path, monkeypatch):
    post = Post(tmp_path)
    with chat(500) as (url, got, answers):
        monkeypatch.setenv("CHAT_URL", url)
        publish(chatted(tmp_path))
        assert post() == 1
        assert "the service of ${CHAT_URL} did not take it: " in post.said[0]
        assert post() == 0
        answers[0] = 200
        assert post(MINUTE) == 0
        assert len(got) == 2 and got[0]["message"] == got[1]["message"]
    kept = (tmp_path / ".pmlib" / "deliveries.db").read_bytes()
    assert b"a_token_of_many_letters" not in kept and b"CHAT_URL" in kept


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "needs the environment variable CHAT_URL, which is empty"),
        ("nothing://a_token_of_many_letters", "${CHAT_URL} holds no address that Apprise knows"),
        ("json://127.0.0.1:9/a_token_of_many_letters", "the service of ${CHAT_URL} did not take it"),
    ],
)
def test_what_is_wrong_with_a_chat_is_said_without_its_secret(tmp_path, monkeypatch, value, said):
    monkeypatch.setenv("CHAT_URL", value)
    publish(chatted(tmp_path))
    post = Post(tmp_path)
    assert post() == 1
    assert said in post.said[0] and "a_token_of_many_letters" not in post.said[0]


def test_without_the_extra_a_chat_waits_and_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    publish(chatted(tmp_path))
    post = Post(tmp_path)
    assert post() == 1
    assert "pip install 'pmlib[notify]'" in post.said[0]


def test_words_of_data_call_nobody_in_a_chat():
    assert notify._calm("@everyone <!channel> <@U1> anna@example.org @all") == (
        "@ everyone < !channel> < @U1> anna@example.org @ all"
    )


def test_a_command_gets_the_edition_in_words_and_on_its_input_and_runs_at_the_root(tmp_path):
    root = commanded(
        tmp_path,
        ["--page={page}", "{report}", "{edition}", "{link}", "{title}"],
        'pwd > at; printf "%s\\n" "$@" > words; cat > told',
    )
    made = publish(root, shares(0.375, 0.35, 0.4), alerts=["GM fell below 40%"])
    assert Post(root)() == 0 and Post(root)() == 0
    page, report, edition, link, title = (root / "words").read_text().splitlines()
    assert page == f"--page={made.folder / 'index.html'}" and (report, edition) == ("cars", made.folder.name)
    assert (link, title) == ("https://r.example.org/cars/index.html", "The car market")
    assert (root / "at").read_text().strip() == str(root.resolve())
    told = json.loads((root / "told").read_text())
    assert told["headline"].startswith("GM leads with 37.5%") and told["alerts"] == ["GM fell below 40%"]
    assert told["numbers"][0]["value"] == 0.375 and told["tiles"][0]["written"] == "37.5%"
    assert told["changed"] == ["This is the first edition."]


def test_a_command_that_ends_with_an_error_is_run_again_later(tmp_path):
    root, post = (
        commanded(tmp_path, [], 'echo "$(wc -l < runs) no room" >&2; echo >> runs; test -e mended'),
        Post(tmp_path),
    )
    (root / "runs").write_text("")
    publish(root)
    assert post() == 1
    assert "./post ended with 1: 0 no room" in post.said[0]
    (root / "mended").touch()
    assert post() == 0 and post(MINUTE) == 0 and post(2 * MINUTE) == 0
    assert (root / "runs").read_text() == "\n\n"


def test_a_kill_while_a_command_runs_has_it_run_once_more(tmp_path):
    root = commanded(tmp_path, [], "echo >> runs; test -e killed || { touch killed; kill -9 $PPID; }")
    publish(root)
    assert in_a_child(root).wait(60) == -signal.SIGKILL
    post = Post(root)
    for minute in (0, 2, 9):
        post(minute * MINUTE)
    assert (root / "runs").read_text() == "\n\n" and states(root) == [("", "sent")]


def test_each_edition_is_a_run_of_its_own(tmp_path):
    root = commanded(tmp_path, ["{report}"], 'echo "$1" >> runs; test "$1" != trucks')
    for name in ("cars", "trucks", "vans"):
        publish(root, name=name)
    assert Post(root)() == 1
    assert (root / "runs").read_text().split() == ["cars", "trucks", "vans"]
    assert [state for _, state in states(root)] == ["sent", "waiting", "sent"]


@pytest.mark.parametrize("title", HOSTILE, ids=shown)
def test_a_hostile_title_is_one_word_and_no_option(tmp_path, title):
    words = ["/bin/sh", "-c", 'printf "%s\\0" "$@" > words', "sh", "{title}", "x{title}"]
    filled = command.filled(words, {"title": title, "page": "P"})
    assert command.run(filled, tmp_path, {}, ()).how == "sent"
    first, second, end = (tmp_path / "words").read_text().split("\0")
    assert not first.startswith(("-", "@")) and first.strip() == " ".join(title.split())
    assert second.startswith("x") and end == "" and not (tmp_path / "pwned").exists()


def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "TIMEOUT", 0.5)
    root = commanded(tmp_path, [], "sleep 60 & echo $! > child; wait")
    publish(root)
    post = Post(root)
    assert post() == 1
    assert "./post did not end within 0.5 seconds" in post.said[0]
    child, end = int((root / "child").read_text()), time.monotonic() + 10
    while alive(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not alive(child)


def test_a_command_does_not_get_the_secrets_of_mail_and_chats(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "a secret")
    monkeypatch.setenv("POST_TOKEN", "its own")
    commanded(tmp_path, [], "env > seen")
    project(tmp_path, 25, reader(mail=[], command=["./post"]), login=True)
    publish(tmp_path)
    assert Post(tmp_path)() == 0
    seen = (tmp_path / "seen").read_text()
    assert "POST_TOKEN=its own" in seen and "a secret" not in seen


def test_a_command_that_is_not_there_is_said(tmp_path):
    root = project(tmp_path, 25, reader(mail=[], command=["./nothing"]))
    publish(root)
    post = Post(root)
    assert post() == 1 and "./nothing cannot be started: No such file" in post.said[0]
