"""Mail when something goes wrong: what the reader got, how often, and how the outbox has it."""

import os
import signal
import smtplib
import socket
import threading
import time
from dataclasses import dataclass, field

import pytest
from post_office import (
    DAY,
    LOGIN,
    MINUTE,
    NOW,
    Post,
    Server,
    certificate,
    in_a_child,
    project,
    publish,
    reader,
    reasons,
    serving,
    states,
)  # fmt: skip

from pmlib.reports import deliver
from pmlib.reports.deliver import outbox, sending, smtp
from pmlib.reports.deliver.settings import Mail
from pmlib.reports.deliver.trouble import words

ANNA, BEN = "anna@example.org", "ben@example.org"


def times(count, answer):
    """An answer for the first few times, then the usual one."""
    left = [answer] * count
    return lambda about: left.pop() if left else None


def of(address, answer):
    """An answer about one recipient only."""
    return lambda about: answer if about == address else None


WAITING, SENT, GIVEN_UP = outbox.WAITING, outbox.SENT, outbox.GIVEN_UP
# How a server answers; then, call by call a minute apart: copies that the reader has got, how the outbox has
# it, and what it says.
ANSWERS = {
    "greylists": (
        {"RCPT": times(1, "451 4.7.1 come back")},
        [(0, WAITING, "451 4.7.1 come back"), (1, SENT, "")],
    ),
    "is busy": (
        {"MAIL": times(1, "421 4.3.2 too busy")},
        [(0, WAITING, "421 4.3.2 too busy"), (1, SENT, "")],
    ),
    "has no room now": (
        {"DATA": times(2, "452 4.3.1 no room")},
        [(0, WAITING, "452 4.3.1 no room"), (0, WAITING, "452"), (0, WAITING, "452")],  # it is not yet time
    ),
    "has a full mailbox": (
        {"RCPT": times(1, "552 5.2.2 full")},
        [(0, WAITING, "552 5.2.2 full"), (1, SENT, "")],
    ),
    "knows no such mailbox": (
        {"RCPT": of(ANNA, "550 5.1.1 no such user")},
        [(0, GIVEN_UP, "550 5.1.1 no such user"), (0, GIVEN_UP, "550")],
    ),
    "takes it for spam": (
        {"DATA": "554 5.7.1 spam"},
        [(0, GIVEN_UP, "554 5.7.1 spam"), (0, GIVEN_UP, "554")],
    ),
    "does not know the sender": (
        {"MAIL": "553 5.7.1 not you"},
        [(0, GIVEN_UP, "553 5.7.1 not you"), (0, GIVEN_UP, "553")],
    ),
    "wants a login": (
        {"MAIL": "530 5.7.0 log in"},
        [(0, WAITING, "530 5.7.0 log in; the server wants another login"), (0, WAITING, "530")],
    ),
    "answers a mail with what is no answer": (
        {"DATA": "354 go on"},
        [(0, WAITING, "did not say whether it took the mail: 354 go on"), (0, GIVEN_UP, "did not say")],
    ),
    "drops the line after the mail": (
        {"DATA": times(1, "drop")},
        [(1, WAITING, "did not say whether it took the mail"), (2, SENT, "")],
    ),
    "drops the line after each mail": (
        {"DATA": "drop"},
        [(1, WAITING, "did not say"), (2, GIVEN_UP, "did not say"), (2, GIVEN_UP, "did not say")],
    ),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_server_that_(tmp_path, fault):
    answers, calls = ANSWERS[fault]
    server, post = Server(**answers), Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader()))
        for minute, (copies, state, reason) in enumerate(calls):
            post(minute * MINUTE)
            got = [mail for mail in server.got if mail["to"] == ANNA]
            with outbox.opened(tmp_path) as box:
                (one,) = outbox.find(box, kind="mail")
            assert (len(got), one.state) == (copies, state) and reason in one.reason
            assert len({mail.as_bytes() for mail in got}) <= 1  # copies are the same mail, by its id too


def test_those_whom_a_server_refuses_do_not_keep_others_from_their_mail(tmp_path):
    server, post = Server(RCPT=of(BEN, "451 4.2.1 not now")), Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader(mail=[ANNA, BEN])))
        assert post() == 1
        assert server.boxes == [[ANNA]] and states(tmp_path) == [(ANNA, "sent"), (BEN, "waiting")]
        server.on.clear()
        assert post(MINUTE) == 0
    assert server.boxes == [[ANNA], [BEN]] and len(set(server.ids)) == 1
    assert [mail["to"] for mail in server.got] == [f"{ANNA}, {BEN}"] * 2


def test_a_thousand_addresses_are_one_short_line_and_those_left_over_come_next(tmp_path):
    box = []
    server = Server(RCPT=lambda one: "452 4.5.3 too many" if len(box) >= 600 else box.append(one))
    post = Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader(mail=[f"r{at}@example.org" for at in range(1000)])))
        post()
        assert post.said[0].endswith("r3@example.org, r4@example.org and 595 more")
        assert max(map(len, post.said)) < 300
        box.clear()
        post(MINUTE)
    assert sorted(map(len, server.boxes)) == [400, 600] and len(set().union(*server.boxes)) == 1000


def test_a_mail_that_is_given_up_is_told_to_the_owner_with_what_sends_it_again(tmp_path):
    server, post = Server(RCPT=of(ANNA, "550 5.1.1 no such user")), Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader()), parameters={"owner": "Pricing"})
        post()
        assert post.said == [
            f"mail to car_managers: cars: not sent to {ANNA}: 550 5.1.1 no such user; given up"
        ]
        assert post(MINUTE) == 0 and server.boxes == [["ci@example.org"]]
        text = server.got[0].get_body(("plain",)).get_content()
        assert "no such user" in text and "pmlib deliver --again" in text
        server.on.clear()
        assert sending.again(tmp_path) == 1
        assert post(2 * DAY) == 0
    assert server.boxes[1:] == [[ANNA]]


def test_a_dead_server_is_tried_for_a_day_and_then_no_more(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post, tries = Post(tmp_path), []
    publish(project(tmp_path, port, reader()))
    for minute in (0, 0.5, 1, 5, 6, 20, 21, 80, 81, *range(100, 2000, 20), 4000):
        if post(minute * MINUTE):
            tries += [minute] if "mail to car_managers" in post.said[0] else []
            assert f"the mail server 127.0.0.1:{port} lets nobody connect" in post.said[0]
    assert tries == [0, 1, 6, 21, 81, 220, 460, 700, 940, 1180, 1420]
    assert states(tmp_path, kind="mail") == [(ANNA, "given up")]
    assert states(tmp_path, kind="failure") == [("ops@example.org", "given up")]
    server = Server()
    with serving(server) as port:
        project(tmp_path, port, reader())
        assert sending.again(tmp_path) == 2 and post(9 * DAY) == 0
    assert server.boxes == [[ANNA], ["ops@example.org"]]


def test_lines_that_begin_with_a_dot_arrive_as_they_are(tmp_path):
    got, mail = [], b"Subject: dots\r\n\r\na\r\n.\r\n..b\r\n.c .\r\n\r\n"
    with serving(Server(DATA=got.append)) as port:
        here = Mail(server="127.0.0.1", port=port, security="none", sender="r@example.org")
        with smtp.connected(here) as line:
            answers = smtp.deliver(line, "r@example.org", [ANNA], mail, lambda: None)
    assert answers[ANNA].how == "sent" and got == [mail]


def test_a_clock_that_was_ahead_and_is_set_back_delays_nothing(tmp_path):
    server, post = Server(RCPT=times(1, "451 4.7.1 come back")), Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader()))
        assert post(400 * DAY) == 1
        assert post() == 0
    assert server.boxes == [[ANNA]]


def test_a_disk_that_is_full_when_a_mail_has_gone_costs_a_second_copy_at_most(tmp_path, monkeypatch):
    def no_room(*given):
        raise OSError(28, "no room")

    server, post = Server(), Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader()))
        with monkeypatch.context() as full:
            full.setattr(sending._Sender, "_note", no_room)
            with pytest.raises(OSError, match="no room"):
                post()
        for minute in (1, 2, 9):
            post(minute * MINUTE)
    assert len(server.got) == 2 and len({mail.as_bytes() for mail in server.got}) == 1
    assert states(tmp_path) == [(ANNA, "sent")]


def test_a_server_that_is_down_is_asked_once_in_a_call(tmp_path, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    readers = "".join(reader(f"r{number}", [f"r{number}@example.org"]) for number in range(9))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        publish(project(tmp_path, silent.getsockname()[1], readers))
        began = time.monotonic()
        assert Post(tmp_path)() == 9
        assert time.monotonic() - began < 4
    assert all("does not answer" in reason for reason in reasons(tmp_path))


@dataclass
class Bad:
    """A server that no mail can leave by: what it is, and what is said of it."""

    said: str
    security: str = "starttls"
    name: str = "127.0.0.1"
    days: int = 1
    trusted: bool = True
    secure: bool = True
    login: dict = field(default_factory=lambda: dict(LOGIN))


BAD = {
    "an untrusted certificate": Bad("certificate that is not to be trusted (self-signed", trusted=False),
    "another host's certificate": Bad("is not to be trusted (IP address mismatch", name="mail.example.org"),
    "a certificate that ran out": Bad("is not to be trusted (certificate has expired", days=-1),
    "an untrusted certificate, TLS": Bad("certificate that is not to be trusted", "tls", trusted=False),
    "no STARTTLS": Bad("offers no STARTTLS, and nothing is sent in clear", secure=False),
    "no TLS": Bad('speaks no TLS here', "tls", secure=False),
    "a wrong password": Bad("refuses the login (535", login=LOGIN | {"SMTP_PASSWORD": "a wrong one"}),
    "a password that is not set": Bad("needs the environment variable SMTP_USER, which is empty", login={}),
}  # fmt: skip


@pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # that it has, aiosmtpd cannot see
@pytest.mark.parametrize("which", BAD)
def test_nothing_leaves_by_a_server_with_(tmp_path, monkeypatch, which):
    bad = BAD[which]
    pem = certificate(tmp_path / "bad.pem", bad.name, bad.days)
    good = certificate(tmp_path / "good.pem")
    for name in LOGIN:
        monkeypatch.setenv(name, bad.login.get(name, ""))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem if bad.trusted else good))
    refusing, post = Server(), Post(tmp_path)
    implicit = bad.security == "tls"
    with serving(
        refusing, pem if bad.secure else None, login=bad.secure, implicit=implicit and bad.secure
    ) as port:
        publish(project(tmp_path, port, reader(), bad.security, login=True))
        assert post() == 1
    assert bad.said in post.said[0] and bad.said in reasons(tmp_path)[0]
    assert refusing.got == [] and refusing.talks == 0
    assert not any(value in "".join(post.said) for value in bad.login.values() if len(value) > 6)
    monkeypatch.setenv("SSL_CERT_FILE", str(good))
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    mended = Server()
    with serving(mended, good, login=True, implicit=implicit) as port:
        project(tmp_path, port, reader(), bad.security, login=True)
        assert post(MINUTE) == 0
    assert mended.boxes == [[ANNA]]


def scripted(script):
    """A server of a few lines, for what no real one does; give its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        with listening, listening.accept()[0] as line:
            script(line)

    threading.Thread(target=serve, daemon=True).start()
    return listening.getsockname()[1]


def drips(line):
    """Sends a byte at a time, none of them the last of its line."""
    try:
        while True:
            line.sendall(b"2")
            time.sleep(0.05)
    except OSError:
        return


def never_answers_a_mail(line):
    """Takes a whole mail, and says nothing about it."""
    talk = line.makefile("rwb", buffering=0)
    talk.write(b"220 here\r\n")
    for said in talk:
        if said == b".\r\n":
            time.sleep(2)
            return
        if said[:4].upper() in (b"EHLO", b"MAIL", b"RCPT"):
            talk.write(b"250 yes\r\n")
        if said[:4].upper() == b"DATA":
            talk.write(b"354 go on\r\n")


@pytest.mark.parametrize(
    ("script", "said"),
    [(drips, "refuses us (222"), (never_answers_a_mail, "did not say whether it took the mail")],
)
def test_a_server_that_takes_for_ever_is_left(tmp_path, monkeypatch, script, said):
    for name, seconds in {"TIMEOUT": 0.5, "SCAN": 0.5, "LONGEST": 1.0}.items():
        monkeypatch.setattr(smtp, name, seconds)
    publish(project(tmp_path, scripted(script), reader()))
    began = time.monotonic()
    assert Post(tmp_path)() == 1
    assert time.monotonic() - began < 5
    assert said in reasons(tmp_path)[0]


def test_a_mail_too_large_for_the_server_goes_without_attachments_and_says_so(tmp_path):
    server = Server(DATA=lambda mail: "552 5.3.4 too big" if b'filename="cars.html"' in mail else None)
    with serving(server) as port:
        publish(project(tmp_path, port, reader(attach=["page", "workbook"])))
        assert Post(tmp_path)() == 0
    (mail,) = server.got
    assert not list(mail.iter_attachments())
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "as sent; the server takes no larger mail" in text


def test_the_size_that_a_server_says_it_takes_is_kept(tmp_path):
    server = Server()
    with serving(server, data_size_limit=60_000) as port:
        publish(
            project(tmp_path, port, reader(attach=["page"])), more={"index.html": os.urandom(90_000)}.items()
        )
        assert Post(tmp_path)() == 0
    assert [list(mail.iter_attachments()) for mail in server.got] == [[]]
    tiny = Server()
    with serving(tiny, data_size_limit=100) as port:
        publish(project(tmp_path, port, reader()))
        assert Post(tmp_path)() == 1
    assert tiny.got == [] and "too large even without attachments" in reasons(tmp_path)[1]


@pytest.mark.parametrize(
    ("at", "kills", "copies", "state"),
    [("RCPT", 1, 1, SENT), ("RCPT", 3, 1, SENT), ("DATA", 1, 2, SENT), ("DATA", 2, 2, GIVEN_UP)],
)
def test_kills_while_a_mail_is_sent_lose_nothing_and_double_at_most_once(tmp_path, at, kills, copies, state):
    child = None

    def kill(about):
        if child and child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()

    server, post = Server(**{at: kill}), Post(tmp_path)
    with serving(server) as port:
        publish(project(tmp_path, port, reader()))
        for number in range(kills):
            child = in_a_child(tmp_path, number * 10 * MINUTE)
            assert child.wait(60) == -signal.SIGKILL
        for after in (kills * 10 * MINUTE, kills * 20 * MINUTE, 9 * DAY):
            post(after)
    mails = [mail for mail in server.got if mail["to"] == ANNA]
    assert len(mails) == copies and len({mail.as_bytes() for mail in mails}) == 1
    assert states(tmp_path, kind="mail") == [(ANNA, state)]
    assert state == SENT or "may have arrived" in reasons(tmp_path)[0]


def test_of_two_senders_at_once_one_sends_and_the_other_says_so(tmp_path):
    said, server = [], Server()
    server.on["DATA"] = lambda mail: deliver.send(tmp_path, said.append, NOW) and None
    with serving(server) as port:
        publish(project(tmp_path, port, reader()))
        assert Post(tmp_path)() == 0
    assert said == ["another process is delivering now; what waits goes out with it, or the next time"]
    assert len(server.got) == 1


def test_a_mail_that_cannot_be_written_does_not_keep_the_others(tmp_path, monkeypatch):
    from pmlib.reports.deliver import letter

    digest = letter.digest

    def broken(items, *given, **options):
        if items[0].name == "trucks":
            raise RuntimeError("a bug of ours")
        return digest(items, *given, **options)

    monkeypatch.setattr(letter, "digest", broken)
    server, post = Server(), Post(tmp_path)
    readers = reader("a", reports=["trucks"]) + reader("b", [BEN], reports=["cars"])
    with serving(server) as port:
        project(tmp_path, port, readers)
        publish(tmp_path, name="trucks")
        publish(tmp_path, name="cars")
        assert post() == 1
    assert server.boxes == [[BEN]]
    assert "RuntimeError: a bug of ours" in reasons(tmp_path)[0]


HOST = "mail.example.org"
HERE = Mail(server=HOST, sender="r@example.org", user="${SMTP_USER}", password="${SMTP_PASSWORD}")
TROUBLE = {
    socket.gaierror(-2, "Name or service not known"): f"no address is known for {HOST}; correct server",
    ConnectionRefusedError(111, "refused"): f"the mail server {HOST}:587 lets nobody connect",
    TimeoutError("timed out"): f"the mail server {HOST}:587 does not answer; correct port and security",
    OSError(101, "Network is unreachable"): "ended the talk ([Errno 101] Network is unreachable)",
    smtplib.SMTPServerDisconnected("closed: timed out"): "does not answer; correct port and security",
    smtplib.SMTPServerDisconnected("Connection closed"): "ended the talk (Connection closed); correct",
    smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported"): "takes no such login",
    smtplib.SMTPConnectError(554, b"5.7.1 you are\nlisted"): "refuses us (554 5.7.1 you are listed)",
    smtplib.SMTPAuthenticationError(535, b"no, a secret of many letters"): "(535 no, ${SMTP_PASSWORD});",
    UnicodeEncodeError("ascii", "\xe4", 0, 1, "no"): "takes a login of plain letters only",
}


@pytest.mark.parametrize("error", TROUBLE, ids=repr)
def test_trouble_with_a_server_is_put_in_words(monkeypatch, error):
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    said = words(error, HERE)
    assert TROUBLE[error] in said and LOGIN["SMTP_PASSWORD"] not in said and "\n" not in said
