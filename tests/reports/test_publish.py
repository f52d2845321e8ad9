import hashlib
import io
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess

import pytest
from small import tree
from tiny import fail, files, job

from pmlib.reports import disk
from pmlib.reports.editions import editions, newest, next_number
from pmlib.reports.plan import PUBLISHED, Entry, Job
from pmlib.reports.publish import Damaged, clear, publish, restore
from pmlib.reports.retain import lock_of, retain_drafts


@pytest.fixture
def root(tmp_path):
    (tmp_path / PUBLISHED).mkdir(parents=True)
    return tmp_path


def home(root):
    return job(root).home


def test_an_edition_tells_what_each_of_its_files_held(root):
    edition, _ = publish(job(root), files(1), root)
    held = {path: hashlib.sha256(data).hexdigest() for path, data in tree(edition.folder).items()}
    sealed = {"run.json", "run.json.sha256"}
    assert edition.files == {path: digest for path, digest in held.items() if path not in sealed}
    assert (edition.folder / "run.json.sha256").read_text() == f"{held['run.json']}  run.json\n"


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_seal_is_checked_by_an_ordinary_tool(root):
    edition, _ = publish(job(root), files(1), root)
    check = ["sha256sum", "--check", "--strict", "run.json.sha256"]
    assert subprocess.run(check, cwd=edition.folder, capture_output=True).returncode == 0
    (edition.folder / "run.json").write_bytes(b"{}")
    assert subprocess.run(check, cwd=edition.folder, capture_output=True).returncode == 1


def test_a_rerun_that_gives_the_same_leaves_the_edition_untouched(root):
    first, _ = publish(job(root), files(1), root)
    before = tree(first.folder)
    other = json.loads(files(1)["run.json"]) | {"seconds": 9}
    again, same = publish(job(root), files(1) | {"run.json": json.dumps(other).encode()}, root)
    assert same and again.folder == first.folder and again.record["seconds"] == 9
    assert tree(first.folder) == before


def test_a_rerun_that_gives_other_bytes_makes_another_edition(root):
    first, _ = publish(job(root), files(1), root)
    before = tree(first.folder)
    again, same = publish(job(root), files(1) | {"tables/both.csv": b"by chance"}, root)
    assert not same and again.number == 2
    assert tree(first.folder) == before
    assert (home(root) / "tables/both.csv").read_bytes() == b"by chance"


def test_a_rerun_mends_a_damaged_edition(root):
    first, _ = publish(job(root), files(1), root)
    before = tree(home(root))
    (first.folder / "index.html").write_text("")
    (first.folder / "tables/both.csv").unlink()
    _, same = publish(job(root), files(1), root)
    assert same and tree(home(root)) == before


def test_readers_are_given_no_edition_that_changed(root):
    edition, _ = publish(job(root), files(1), root)
    good = (home(root) / "index.html").read_bytes()
    (edition.folder / "index.html").write_text("changed")
    with pytest.raises(Damaged, match=r"editions/0001-00000000/index.html is not what was published"):
        restore(home(root), edition, root)
    assert (home(root) / "index.html").read_bytes() == good


def test_what_the_page_before_linked_to_stays_for_one_edition(root):
    for number in (1, 2):
        publish(job(root), files(number), root)
    assert sorted(path.name for path in (home(root) / "tables").iterdir()) == [
        "both.csv",
        "only_1.csv",
        "only_2.csv",
    ]
    publish(job(root), files(3), root)
    assert not (home(root) / "tables/only_1.csv").exists()


def test_as_many_editions_are_kept_as_the_catalog_says(root):
    for number in range(1, 6):
        publish(job(root), files(number), root)
    assert [edition.number for edition in editions(home(root))] == [4, 5]
    assert next_number(home(root)) == 6


def test_the_edition_that_the_newest_compares_with_is_kept(root):
    for number in (1, 2):
        publish(job(root), files(number), root)
    for text in (b"one", b"two", b"three"):  # reruns of one key, which all compare with the first
        publish(job(root), files(2) | {"tables/both.csv": text}, root)
    assert [edition.number for edition in editions(home(root))] == [1, 4, 5]


def test_old_damaged_editions_go_with_those_of_their_time(root):
    for number in (1, 2, 3):
        publish(job(root), files(number), root)
        (home(root) / f"editions/000{number}-00000000/run.json").write_text("")
    assert newest(home(root)) is None
    publish(job(root), files(4), root)
    assert [path.name[:4] for path in sorted((home(root) / "editions").iterdir())] == ["0003", "0004"]


def draft(root, name):
    entry = Entry(notebook="tiny")
    return Job("tiny", entry, {"cells": []}, {}, {}, {"a": "1"}, home(root) / "drafts" / name)


def test_the_newest_drafts_are_kept_and_one_that_is_written_is_left_alone(root):
    for number in range(21):
        publish(draft(root, f"d{number:02d}"), files(1), root)
        os.utime(home(root) / f"drafts/d{number:02d}", (number, number))
    there = {path.name for path in (home(root) / "drafts").iterdir()}
    assert there == {f"d{number:02d}" for number in range(1, 21)}
    with disk.lock(lock_of(home(root) / "drafts/d01", root), root):
        retain_drafts(home(root), root, most=18)
    there = {path.name for path in (home(root) / "drafts").iterdir()}
    assert there == {f"d{number:02d}" for number in (1, *range(3, 21))}
    assert not (home(root) / "index.html").exists()


@pytest.mark.parametrize(
    "path", ["../a.csv", "/a.csv", "tables/../../a.csv", "tables/.a", "tables/a\\b", "a//b", "t/" + "ü" * 200]
)
def test_a_file_cannot_be_put_elsewhere(root, path):
    before = tree(root)
    with pytest.raises(ValueError, match="cannot be the name of a file beside a page; name the result"):
        publish(job(root), files(1) | {path: b""}, root)
    assert tree(root) == before


@pytest.mark.parametrize("at", ["editions", "tables", "tables/both.csv", "numbers.json", "failed.html"])
def test_no_symbolic_link_is_written_through(root, tmp_path_factory, at):
    publish(job(root), files(1), root)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    path = home(root) / at
    moved = elsewhere / path.name
    if path.exists():
        path.rename(moved)
    else:
        moved.write_text("mine")
    path.symlink_to(moved)
    before = tree(elsewhere)
    with pytest.raises(ValueError, match=f"{at} is a symbolic link"):
        fail(root) if at == "failed.html" else publish(job(root), files(2), root)
    assert tree(elsewhere) == before


def test_an_edition_that_is_a_symbolic_link_counts_as_damaged(root, tmp_path_factory):
    edition, _ = publish(job(root), files(1), root)
    moved = edition.folder.rename(tmp_path_factory.mktemp("elsewhere") / "moved")
    edition.folder.symlink_to(moved)
    assert newest(home(root)) is None
    publish(job(root), files(1), root)
    assert newest(home(root)).number == 2
    assert tree(moved).keys() == tree(newest(home(root)).folder).keys()


def test_leftovers_are_cleared_and_nothing_else(root):
    publish(job(root), files(1), root)
    before = tree(root)
    for at in (".", "tables", "editions", "editions/0001-00000000", "editions/0001-00000000/tables"):
        (home(root) / at / f"{disk.MARK}9").write_text("half")
    (home(root) / f"editions/{disk.MARK}0002-0/tables").mkdir(parents=True)
    clear(home(root))
    assert tree(root) == before
    assert not list(home(root).rglob(f"{disk.MARK}*"))


class Stingy(io.BytesIO):
    """Takes three bytes at a time, as a system may."""

    def write(self, data):
        return super().write(data[:3])


def test_a_short_write_is_continued():
    file = Stingy()
    disk._pour(b"ten bytes.", file)
    assert file.getvalue() == b"ten bytes."


def test_a_disk_that_takes_only_a_part_leaves_the_old_file(tmp_path):
    path = tmp_path / "page.html"
    disk.write(path, b"old")
    said = tmp_path / "said"
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        try:
            disk.write(path, b"n" * 5000)  # of which the system takes 4096
        except OSError as error:
            said.write_text(str(error))
        os._exit(0)
    os.waitpid(child, 0)
    assert said.read_text().endswith(f"File too large: '{path}'")
    assert tree(tmp_path) == {"page.html": b"old", "said": said.read_bytes()}


def test_what_reads_back_as_something_else_is_not_published(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    disk.write(path, b"old")
    monkeypatch.setattr(disk, "_pour", lambda data, file: file.write(data[:-1]))
    with pytest.raises(OSError, match=r"reads back as something else: '.*page.html'"):
        disk.write(path, b"new")
    assert tree(tmp_path) == {"page.html": b"old"}


def test_a_second_runner_goes_on_when_the_first_is_killed(root):
    fork = multiprocessing.get_context("fork")
    held = fork.Event()
    path = lock_of(home(root), root)

    def hold():
        with disk.lock(path, root):
            publish(job(root), files(1), root)
            held.set()
            signal.pause()

    first = fork.Process(target=hold)
    first.start()
    assert held.wait(10)
    busy = pytest.raises(disk.Busy, match=f"tiny is being written by process {first.pid}")
    with busy, disk.lock(path, root, patient=False):
        pass
    with disk.lock(path, root, lambda holder: os.kill(holder, signal.SIGKILL)):
        publish(job(root), files(2), root)
    first.join()
    assert [edition.number for edition in editions(home(root))] == [1, 2]


def test_runners_at_one_time_lose_no_result(root):
    fork = multiprocessing.get_context("fork")

    def run(number):
        with disk.lock(lock_of(home(root), root), root):
            entry = Entry(notebook="tiny", editions=100)
            made = files(1) | {"run.json": files(number)["run.json"]}
            publish(Job("tiny", entry, {"cells": []}, {}, {}, {}, home(root)), made, root)

    runners = [fork.Process(target=run, args=(number,)) for number in range(1, 9)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    found = editions(home(root))
    assert [edition.number for edition in found] == list(range(1, 9))
    assert len({edition.record["key"] for edition in found}) == 8
