import json
import multiprocessing

import pytest

from pmlib.reports import disk


def test_a_write_replaces_the_whole_file_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "a.txt"
    disk.write(path, b"old")
    disk.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    disk.write(path, b"old")
    monkeypatch.setattr(
        disk.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        disk.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_sweeping_removes_only_what_is_unfinished(tmp_path):
    (tmp_path / "kept").write_text("")
    (tmp_path / f"{disk.MARK}1-a").write_text("")
    (tmp_path / f"{disk.MARK}0001-abc").mkdir()
    disk.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("at", ["a", "a/b"])
def test_no_folder_is_made_through_a_symbolic_link(tmp_path, at):
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / at).parent.mkdir(parents=True)
    (root / at).symlink_to(elsewhere)
    with pytest.raises(ValueError, match=f"{at} is a symbolic link"):
        disk.make_folder(root / "a/b/c", root)
    assert list(elsewhere.iterdir()) == []


def test_a_second_runner_waits_for_the_first_and_says_for_whom(tmp_path):
    fork = multiprocessing.get_context("fork")
    held, let_go = fork.Event(), fork.Event()

    def hold():
        with disk.lock(tmp_path / "lock", tmp_path):
            held.set()
            let_go.wait(10)

    other = fork.Process(target=hold)
    other.start()
    assert held.wait(10)
    seen = []

    def wait(holder):
        seen.append(holder)
        let_go.set()

    with disk.lock(tmp_path / "lock", tmp_path, wait):
        assert seen == [other.pid]
    other.join()


def test_a_ledger_line_cut_short_does_not_spoil_the_next(tmp_path):
    path = tmp_path / "state/ledger.jsonl"
    disk.note(path, tmp_path, {"a": 1})
    with path.open("a") as file:
        file.write('{"cut')
    disk.note(path, tmp_path, {"b": 2})
    lines = path.read_text().splitlines()
    assert [json.loads(lines[0]), json.loads(lines[2])] == [{"a": 1}, {"b": 2}]
