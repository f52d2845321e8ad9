"""What is delivered: to whom, once, and what is not because nothing changed."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from post_office import (
    DAY,
    MINUTE,
    Post,
    Server,
    fail,
    job,
    project,
    publish,
    reader,
    reasons,
    serving,
    states,
)
from printed import shares

from pmlib.reports import deliver
from pmlib.reports.alerts import raised
from pmlib.reports.batch import End
from pmlib.reports.deliver import outbox
from pmlib.reports.editions import folders
from pmlib.reports.press import Outcome


@pytest.fixture
def server():
    """A server that takes all, and its port."""
    made = Server()
    with serving(made) as made.port:
        yield made


def test_readers_get_one_mail_of_a_batch_and_get_it_once(tmp_path, server):
    root = project(tmp_path, server.port, reader(mail=["anna@example.org", "Ben <ben@example.org>"]))
    publish(root, name="cars")
    publish(root, shares(firm="Ford"), name="trucks", title="The truck market")
    post = Post(root)
    assert post() == 0 and post() == 0
    (mail,) = server.got
    assert server.boxes == [["anna@example.org", "ben@example.org"]]
    assert mail["to"] == "anna@example.org, Ben <ben@example.org>"
    assert mail["message-id"].endswith("@example.org>")
    assert "The truck market" in mail.get_body(("plain",)).get_content()
    assert set(states(root)) == {("anna@example.org", "sent"), ("ben@example.org", "sent")}


def test_the_same_run_is_queued_once(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    made = publish(root)
    for _ in range(3):
        deliver.queue(root, job(root), End(Outcome("fresh", made)))
    Post(root)()
    deliver.queue(root, job(root), End(Outcome("fresh", made)))
    Post(root)(DAY)
    assert len(server.got) == 1


def test_a_draft_a_stopped_job_and_a_project_without_settings_deliver_nothing(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    made = publish(root, queued=False)
    deliver.queue(root, replace(job(root), overrides={"a": "b"}), End(Outcome("published", made)))
    deliver.queue(root, job(root), End())
    assert states(root) == []
    (root / "reports" / "delivery.toml").unlink()
    deliver.queue(root, job(root), End(Outcome("published", made)))
    assert deliver.send(root, pytest.fail) == 0


def test_a_reader_is_found_by_audience_by_glob_and_by_the_name_of_a_job(tmp_path, server):
    readers = [
        reader("all", ["all@example.org"], reports=["*"]),
        reader("cars", ["cars@example.org"], audience="Car managers", reports=[]),
        reader("europe", ["europe@example.org"], reports=["sizing/eu*"]),
        reader("other", ["other@example.org"], audience="Bakers", reports=["us_*"]),
    ]
    root = project(tmp_path, server.port, "\n".join(readers))
    publish(root, name="sizing/europe")
    assert {address for address, _ in states(root)} == {
        "all@example.org",
        "cars@example.org",
        "europe@example.org",
    }


def test_a_reader_of_changes_hears_of_the_first_and_of_what_left_its_interval(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="changed")), Post(tmp_path)
    for value in (0.30, 0.31, 0.32, 0.40):
        publish(root, shares(value, value - 0.05, value + 0.05))
        post()
    assert [state for _, state in states(root)] == ["sent", "quiet", "quiet", "sent"]
    assert reasons(root)[1] == "nothing moved beyond its interval"
    assert len(server.got) == 2


def test_small_steps_add_up_to_a_change_since_what_was_sent_last(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="changed")), Post(tmp_path)
    for step in range(7):
        value = 0.30 + step / 50
        publish(root, shares(value, value - 0.05, value + 0.05))
        post()
    kept = [state for _, state in states(root)]
    assert kept[0] == "sent" and "quiet" in kept and kept.count("sent") > 1


def test_steps_too_small_to_tell_are_told_before_what_was_sent_last_is_kept_no_longer(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="changed")), Post(tmp_path)
    for step in range(12):
        made = publish(root, shares(0.3 + step / 500, 0.2, 0.4))
        post()
        for old in folders(made.home)[:-5]:
            shutil.rmtree(old)
    kept = [state for _, state in states(root)]
    assert kept == ["sent", *["quiet"] * 5, "sent", *["quiet"] * 5]


def test_an_alert_that_goes_on_is_told_once_though_its_number_differs(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="changed")), Post(tmp_path)
    before = None
    for value in (0.193, 0.192, 0.188, 0.149, 0.147):
        (number,) = (found := shares(value, value - 0.05, value + 0.05)).numbers
        now = {number.name: number}
        texts = ["leader_share < 20%", "leader_share < 15%", "leader_share moves > 3 points"]
        publish(root, found, alerts=raised(texts, now, before))
        post()
        before = now
    assert [state for _, state in states(root)] == ["sent", "quiet", "quiet", "sent", "quiet"]


def test_each_step_that_alerts_is_told(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="changed")), Post(tmp_path)
    before = None
    for value in (0.30, 0.32, 0.34, 0.36):
        (number,) = (found := shares(value, value - 0.1, value + 0.1)).numbers
        now = {number.name: number}
        publish(root, found, alerts=raised(["leader_share moves > 1 point"], now, before))
        post()
        before = now
    assert [state for _, state in states(root)] == ["sent"] * 4


def test_an_alert_that_was_not_told_yet_is_a_change(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="changed")), Post(tmp_path)
    for alerts in ((), ("share below 40%",), ("share below 40%",), ()):
        publish(root, shares(0.3, 0.2, 0.4), alerts=alerts)
        post()
    assert [state for _, state in states(root)] == ["sent", "sent", "quiet", "quiet"]
    assert "share below 40%" in server.got[1]["subject"]


def test_a_reader_of_alerts_gets_only_editions_that_raise_one(tmp_path, server):
    root, post = project(tmp_path, server.port, reader(when="alert")), Post(tmp_path)
    for alerts in ((), ("share below 40%",)):
        publish(root, alerts=alerts)
        post()
    assert [state for _, state in states(root)] == ["quiet", "sent"]
    assert reasons(root)[0] == "no alert"


def test_a_failure_reaches_its_owner_once_as_long_as_it_goes_on(tmp_path, server):
    root, post = project(tmp_path, server.port, reader()), Post(tmp_path)
    publish(root)
    post()
    for pid in (1234, 99, 7):
        fail(root, f"no sales (process {pid})")
        post()
    (mail,) = server.got[1:]
    assert mail["to"] == "ci@example.org"
    assert "pmlib run cars --debug" in mail.get_body(("plain",)).get_content()
    fail(root, "no prices")
    post()
    assert "no prices" in server.got[2]["subject"]
    publish(root)
    fail(root, "no prices", when="2026-12-02 08:00 UTC")
    post()
    assert "no prices" in server.got[-1]["subject"]
    readers = [
        box for box, mail in zip(server.boxes, server.got, strict=True) if "no prices" not in str(mail)
    ]
    assert [mail["to"] for mail in server.got].count("anna@example.org") == 2, readers
    assert not any("Failed" in mail["subject"] for mail in server.got if mail["to"] == "anna@example.org")


def test_the_same_failure_after_a_recovery_is_heard_of_though_all_of_it_was_in_one_minute(tmp_path, server):
    root, post = project(tmp_path, server.port, "[readers]"), Post(tmp_path)
    for _ in range(2):
        publish(root)
        for _ in range(3):
            fail(root)
            post()
    assert server.boxes == [["ci@example.org"]] * 2


def test_the_failure_of_an_owner_nobody_named_goes_to_whoever_takes_the_others(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    fail(root, parameters={"owner": "Somebody"})
    assert states(root) == [("ops@example.org", "waiting")]


def test_a_failure_that_reaches_nobody_is_noted(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    settings = root / "reports" / "delivery.toml"
    settings.write_text(settings.read_text().replace('"*" =', '"Others" ='))
    fail(root, parameters={"owner": "Somebody"})
    assert states(root) == [("", "quiet")] and reasons(root) == ["[owners] names nobody who hears of it"]


def test_hostile_words_stay_in_the_subject(tmp_path, server):
    title = "Cars\r\nBcc: all@example.org\r\n\r\n.\r\nMAIL FROM:<x@example.org> =?utf-8?q?=0ABcc:x?="
    root, post = project(tmp_path, server.port, reader()), Post(tmp_path)
    publish(root, title=title)
    post()
    fail(root, "\r\n.\r\nRCPT TO:<all@example.org>\r\n.hidden", parameters={})
    post()
    assert server.boxes == [["anna@example.org"], ["ops@example.org"]] and server.talks == 2
    assert all(mail["bcc"] is None and len(mail.get_all("subject")) == 1 for mail in server.got)


def test_whoever_is_taken_out_of_the_settings_gets_nothing_that_still_waits(tmp_path, server):
    root = project(tmp_path, server.port, reader(mail=["anna@example.org", "left@example.org"]))
    publish(root)
    project(tmp_path, server.port, reader())
    Post(root)()
    assert server.boxes == [["anna@example.org"]]
    assert states(root, state="dropped") == [("left@example.org", "dropped")]


def test_an_edition_that_is_no_longer_kept_is_given_up_and_its_owner_hears(tmp_path, server):
    root, post = project(tmp_path, server.port, reader()), Post(tmp_path)
    made = publish(root)
    shutil.rmtree(made.folder)
    assert post() == 1
    assert "no longer kept; given up" in post.said[0]
    post(MINUTE)
    assert server.boxes == [["ops@example.org"]]  # whose report it was is gone with it


def test_what_is_over_is_forgotten_only_where_it_can_never_be_asked_for_again(tmp_path, server):
    root, post = project(tmp_path, server.port, reader()), Post(tmp_path)
    made = [publish(root, shares(0.3 + number / 100)) for number in range(5)]
    post()
    for old in made[:3]:
        shutil.rmtree(old.folder)
    with outbox.opened(root) as box:
        outbox.forget(box, root, most=9)
        assert len(outbox.find(box)) == 5
        outbox.forget(box, root, most=4)
        assert [one.edition for one in outbox.find(box)] == [one.folder.name for one in made[3:]]
    deliver.queue(root, job(root), End(Outcome("fresh", made[-1])))
    post(DAY)
    assert len(server.got) == 1


def test_threads_that_queue_at_once_lose_nothing(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    names = [f"report_{number}" for number in range(12)]
    made = {name: publish(root, name=name, queued=False) for name in names}
    with ThreadPoolExecutor(6) as pool:
        for name in names * 2:
            pool.submit(deliver.queue, root, job(root, name), End(Outcome("published", made[name])))
    assert len(states(root)) == 12


def test_a_damaged_outbox_is_one_line_that_says_what_to_do(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    publish(root)
    (root / outbox.OUTBOX).write_bytes(b"no database at all " * 99)
    with pytest.raises(OSError, match="not a database; if it is damaged, move it away"):
        deliver.send(root, pytest.fail)


def test_to_ask_whether_anything_is_due_loads_next_to_nothing(tmp_path, server):
    root = project(tmp_path, server.port, reader())
    publish(root)
    Post(root)()
    code = (
        "import sys; from pathlib import Path; from pmlib.reports import deliver; "
        "assert deliver.send(Path(sys.argv[1]), print) == 0; "
        "assert not {'pydantic', 'pandas', 'smtplib', 'jinja2'} & set(sys.modules), set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(root)], check=True)
