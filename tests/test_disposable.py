import os
import subprocess
import sys

from pmlib.disposable import keep, recall


def test_what_a_killed_process_left_half_written_is_cleared_by_the_next_one(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    file = tmp_path / ".pmlib" / "seen.json"
    keep(file, {"a": 1})
    left = file.with_name(f".part-{ended.pid}-seen.json")
    running = file.with_name(f".part-{os.getppid()}-seen.json")
    for part in (left, running):
        part.write_text("{")
    keep(file, {"a": 2})
    assert recall(file) == {"a": 2}
    assert not left.exists()
    assert running.exists(), "somebody is writing it"
