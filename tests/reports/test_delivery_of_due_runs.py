"""A scheduled run from its time to the reader's mail; a server that is down fails no report."""

from datetime import timedelta

import pytest
import small
from click.testing import CliRunner
from post_office import OWNERS, Server, project, reader, serving, states

from pmlib.cli import main
from pmlib.reports.deliver import sending
from pmlib.reports.editions import folders
from pmlib.reports.plan import CATALOG, PUBLISHED

ANN = '[owners]\n"Ann" = ["ann@example.org"]\n'


@pytest.fixture
def here(tmp_path, without_kernel, monkeypatch):
    """A project whose report is due each day at seven; what could not be sent is tried again at once."""
    monkeypatch.setattr(sending, "WAITS", [timedelta()])
    return small.make(tmp_path, entry='schedule = "daily 07:00"\n')


def owned(root):
    """Have Ann hear of failures; the notebook says that the report is hers."""
    settings = root / "reports" / "delivery.toml"
    settings.write_text(settings.read_text().replace(OWNERS, ANN))


def due(root, at):
    return CliRunner().invoke(main, ["--root", str(root), "run", "--due", "--at", at])


def test_a_dead_server_fails_the_delivery_and_not_the_report(here):
    project(here, 9, reader())
    done = due(here, "2026-11-30T07:00+00:00")
    assert done.exit_code == 1 and "mail to car_managers: tiny: not sent to anna@example.org" in done.output
    assert "tiny: published" in done.output and (here / PUBLISHED / "tiny" / "index.html").exists()
    server = Server()
    with serving(server) as port:
        project(here, port, reader())
        done = due(here, "2026-11-30T07:01+00:00")
        assert done.exit_code == 0 and "sent to anna@example.org" in done.output
        assert due(here, "2026-11-30T07:02+00:00").output == ""
    assert len(server.got) == 1 and len(folders(here / PUBLISHED / "tiny")) == 1


def test_a_run_that_fails_is_heard_of_by_its_owner_and_by_no_reader(here):
    server = Server()
    with serving(server) as port:
        owned(project(here, port, reader()))
        small.write(here, "1/0")
        for day in ("2026-11-30", "2026-12-01", "2026-12-02"):
            assert due(here, f"{day}T07:00+00:00").exit_code == 1
    assert server.boxes == [["ann@example.org"]]
    assert "ZeroDivisionError" in server.got[0]["subject"]


def test_a_report_that_can_no_longer_be_planned_is_heard_of(here):
    server = Server()
    with serving(server) as port:
        owned(project(here, port, reader()))
        due(here, "2026-11-30T07:00+00:00")
        (here / CATALOG).write_text((here / CATALOG).read_text() + "parameters = {focus = 3}\n")
        for day in ("2026-12-01", "2026-12-02"):
            assert due(here, f"{day}T07:00+00:00").exit_code == 1
    assert server.boxes == [["anna@example.org"], ["ann@example.org"]]
    assert "focus" in server.got[1].get_body(("plain",)).get_content()


def test_what_waits_goes_out_though_the_catalog_cannot_be_read(here):
    project(here, 9, reader())
    due(here, "2026-11-30T07:00+00:00")
    server = Server()
    with serving(server) as port:
        project(here, port, reader())
        (here / CATALOG).write_text("[tiny")
        done = due(here, "2026-11-30T07:01+00:00")
    assert done.exit_code == 2 and "reports/catalog.toml cannot be read" in done.output
    assert server.boxes == [["anna@example.org"]]


def test_an_entry_that_cannot_be_read_is_heard_of_once_and_leaves_the_others_their_turn(here):
    server, good = Server(), (here / CATALOG).read_text()
    with serving(server) as port:
        owned(project(here, port, reader()))
        due(here, "2026-11-30T07:00+00:00")
        other = good.replace("[tiny]", "[other]")
        (here / CATALOG).write_text(good.replace("07:00", "97:00") + other)
        for minute in range(3):
            assert due(here, f"2026-12-01T07:0{minute}+00:00").exit_code == 1
        (here / CATALOG).write_text(good + other)
        assert due(here, "2026-12-01T07:05+00:00").exit_code == 0
    assert server.boxes == [
        ["anna@example.org"],
        ["anna@example.org"],
        ["ann@example.org"],
        ["anna@example.org"],
    ]
    said = server.got[2].get_body(("plain",)).get_content()
    assert "97:00" in said and "Readers see" in said


def test_settings_that_cannot_be_read_lose_no_delivery(here):
    (here / "reports" / "delivery.toml").write_text("[mail")
    done = due(here, "2026-11-30T07:00+00:00")
    assert done.exit_code and "reports/delivery.toml cannot be read" in done.output
    server = Server()
    with serving(server) as port:
        project(here, port, reader())
        done = due(here, "2026-11-30T07:01+00:00")
        assert done.exit_code == 0, done.output
    assert server.boxes == [["anna@example.org"]] and states(here) == [("anna@example.org", "sent")]
