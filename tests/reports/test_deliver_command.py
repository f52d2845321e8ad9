"""`pmlib deliver`: sends, lists, previews and tries, each in lines that say what to do."""

from email import message_from_bytes
from email.policy import default

import pytest
import small
from click.testing import CliRunner
from post_office import LOGIN, Server, certificate, project, publish, reader, serving
from printed import shares

from pmlib.cli import main
from pmlib.reports.deliver import smtp
from pmlib.reports.deliver.probe import probe


def pmlib(root, *words):
    return CliRunner().invoke(main, ["--root", str(root), "deliver", *words])


@pytest.fixture
def here(tmp_path):
    """A project with a report `tiny`."""
    return small.make(tmp_path)


def test_it_sends_what_waits_and_says_what_became_of_it(here):
    server = Server()
    with serving(server) as port:
        publish(project(here, port, reader()), name="tiny")
        done = pmlib(here)
        assert (done.exit_code, done.output) == (0, "mail to car_managers: tiny: sent to anna@example.org\n")
        assert pmlib(here).output == "nothing waits that is to be sent now\n"
    publish(here, shares(0.3), name="tiny")
    done = pmlib(here)
    assert done.exit_code == 1 and "lets nobody connect; correct server and port" in done.output
    listed = pmlib(here, "--list").output.splitlines()
    assert listed[0].split() == ["state", "since", "for", "report", "edition", "tries", "why"]
    assert listed[1].startswith("sent ") and listed[2].startswith("waiting ") and "lets nobody" in listed[2]
    assert "car_managers anna@example.org" in listed[2]


def test_without_settings_it_says_where_they_stand(here):
    done = pmlib(here)
    assert done.exit_code == 2 and "there is no reports/delivery.toml here" in done.output


def test_a_preview_is_the_mail_of_the_newest_editions_and_sends_nothing(here, tmp_path):
    server = Server()
    with serving(server) as port:
        project(here, port, reader(attach=["page"]))
        publish(here, shares(0.3), name="tiny", queued=False)
        publish(here, shares(0.375), name="tiny", queued=False)
        done = pmlib(here, "--preview", "car_managers", str(tmp_path / "out"))
    assert done.exit_code == 0 and server.talks == 0 and not (here / ".pmlib" / "deliveries.db").exists()
    mail = message_from_bytes((tmp_path / "out" / "mail.eml").read_bytes(), policy=default)
    assert "37.5%" in mail["subject"] and [part.get_filename() for part in mail.iter_attachments()] == [
        "tiny.html"
    ]
    page = (tmp_path / "out" / "mail.html").read_text()
    assert "data:image/png;base64," in page and "cid:" not in page
    done = pmlib(here, "--preview", "car_manager", str(tmp_path / "out"))
    assert "has no reader 'car_manager'; did you mean car_managers?" in done.output


def test_a_test_mail_reaches_a_reader_or_an_address(here):
    server = Server(RCPT=lambda to: "550 5.1.1 no such user" if to.startswith("ben") else None)
    with serving(server) as port:
        project(here, port, reader(mail=["anna@example.org", "ben@example.org"]))
        done = pmlib(here, "--test", "car_managers")
        assert done.exit_code == 1
        assert sorted(done.output.splitlines()) == [
            "anna@example.org: took the test",
            "ben@example.org: 550 5.1.1 no such user",
        ]
        assert pmlib(here, "--test", "carl@example.org").output == "carl@example.org: took the test\n"
    assert server.boxes == [["anna@example.org"], ["carl@example.org"]]
    assert pmlib(here, "--test", "nobody").exit_code == 2


def test_a_probe_logs_in_and_sends_nothing(here, tmp_path, monkeypatch):
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    pem = certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    server = Server()
    with serving(server, pem, login=True) as port:
        project(here, port, reader(), "starttls", login=True)
        assert probe(here) == []
        monkeypatch.setenv("SMTP_PASSWORD", "another one altogether")
        (line,) = probe(here)
    assert "refuses the login (535" in line and line.endswith("correct ${SMTP_USER} and ${SMTP_PASSWORD}")
    assert server.talks == 0


def test_a_probe_names_all_that_would_keep_deliveries_back(here, monkeypatch):
    assert probe(here) == []
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    monkeypatch.setenv("CHAT_URL", "nothing://here")
    project(here, 9, reader(notify=["${CHAT_URL}"], command=["scripts/post"]))
    chat, command, mail = probe(here)
    assert chat == "${CHAT_URL} holds no address that Apprise knows; correct the variable"
    assert command.startswith(
        "reports/delivery.toml, [readers.car_managers]: command 'scripts/post' is no program"
    )
    assert mail.startswith("the mail server 127.0.0.1:9 lets nobody connect")
    (here / "reports" / "delivery.toml").write_text("[mail]")
    assert probe(here) == [f"reports/delivery.toml, [mail]: {key} is missing" for key in ("server", "sender")]
