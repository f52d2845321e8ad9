"""Who calls `pmlib run --due`: one line or one timer a project, and nothing else is touched."""

import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pmlib.cli.install import install
from pmlib.reports.schedule import crontab, systemd
from pmlib.reports.schedule.caller import mark

PATHS = ("plain", "two words", "it's 100%", 'a "b" $HOME `c` \\d', "märkte 市场", "-n", "x;y&z #1", "end\\")
OTHERS = "# mine\nMAILTO=a@example.org\n\n5 4 * * * backup --at 100\\% \n"
CRONTAB = """\
import pathlib, sys
table, writes = pathlib.Path({table!r}), pathlib.Path({table!r} + ".writes")
if sys.argv[1] != "-l":
    table.write_bytes(sys.stdin.buffer.read())
    writes.write_text(writes.read_text() + "w" if writes.exists() else "w")
elif table.exists():
    sys.stdout.buffer.write(table.read_bytes())
else:
    sys.exit("no crontab for reader")  # as Vixie's says it
"""
SYSTEMCTL = """\
import pathlib, sys
with pathlib.Path({calls!r}).open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
"""


def project(folder):
    (folder / "reports").mkdir(parents=True)
    (folder / "reports" / "catalog.toml").touch()
    return folder


@pytest.fixture(params=PATHS)
def root(request, tmp_path):
    return project(tmp_path / request.param)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH on which there is nothing but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return folder


def program(folder, name, text):
    (folder / name).write_text(f"#!{sys.executable}\n{text}")
    (folder / name).chmod(0o755)


@pytest.fixture
def table(programs, tmp_path):
    program(programs, "crontab", CRONTAB.format(table=str(tmp_path / "table")))
    return tmp_path / "table"


@pytest.fixture
def calls(programs, tmp_path):
    program(programs, "systemctl", SYSTEMCTL.format(calls=str(tmp_path / "calls")))
    return tmp_path / "calls"


def called(root, *words):
    done = CliRunner().invoke(install, words, env={"PMLIB_ROOT": str(root)})
    return str(done.exception) if isinstance(done.exception, ValueError) else done.output.strip()


def as_cron_runs(line):
    """What cron hands to the shell: what follows the five times, up to a bare %, with \\% as %."""
    return line.split(" ", 5)[5].replace(r"\%", "\0").partition("%")[0].replace("\0", "%")


def test_the_line_calls_this_project_whatever_its_path_holds(root, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("echo"))
    command = as_cron_runs(crontab.line(root))
    subprocess.run(["/bin/sh", "-c", command], check=True, cwd="/", env={"PATH": os.defpath})
    assert (root / ".pmlib" / "schedule.log").read_text("utf-8") == f"-m pmlib --root {root} run --due\n"


def test_a_second_call_changes_nothing_and_other_lines_stay(root, table):
    table.write_bytes(OTHERS.encode() + b"# \xff")  # is no UTF-8, and does not end
    assert called(root) == "your crontab: put there"
    assert table.read_bytes() == OTHERS.encode() + b"# \xff\n" + f"{crontab.line(root)}\n".encode()
    assert called(root) == "your crontab: there already, unchanged"
    assert table.with_suffix(".writes").read_text() == "w"
    assert called(root, "--remove") == "your crontab: taken away"
    assert table.read_bytes() == OTHERS.encode() + b"# \xff\n"
    assert called(root, "--remove") == "your crontab: nothing there for this project"


def test_two_projects_have_a_line_each_and_an_older_line_is_replaced(tmp_path, table):
    one, two = project(tmp_path / "one"), project(tmp_path / "one" / "two")
    assert called(one, "--cron") == "your crontab: put there"  # where there was no crontab at all
    table.write_text(f"0 * * * * pmlib run --due # {mark(one)}\n")
    assert called(two) == called(one) == "your crontab: put there"
    assert table.read_text().splitlines() == [crontab.line(two), crontab.line(one)]


def test_a_crontab_that_cannot_be_read_is_not_written(tmp_path, programs):
    program(programs, "crontab", "import sys; sys.exit('you are not allowed to use this program')")
    assert called(project(tmp_path / "one")) == (
        "`crontab -l` failed: you are not allowed to use this program; nothing was changed; "
        "`--print` shows the line to put in by hand"
    )


def test_printing_changes_nothing(root, table, calls):
    assert called(root, "--print") == crontab.line(root)
    service, timer = systemd.units(root).values()
    printed = called(root, "--print", "--systemd")
    assert service in printed and timer.strip() in printed
    assert not table.exists() and not calls.exists() and not (root / ".pmlib").exists()


def test_a_timer_is_put_among_the_units_once_and_taken_away_again(root, calls, tmp_path):
    folder, name = tmp_path / "config" / "systemd" / "user", mark(root)
    assert called(root).startswith(f"your systemd units, as {name}: put there\n")
    started = f"--user show-environment\n--user daemon-reload\n--user enable --now {name}.timer\n"
    assert calls.read_text() == started
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == systemd.units(root)
    assert called(root, "--systemd").startswith(f"your systemd units, as {name}: there already, unchanged")
    assert called(root, "--remove") == f"your systemd units, as {name}: taken away"
    assert not list(folder.iterdir())


def test_where_systemd_does_not_run_for_the_user_nothing_is_written(tmp_path, programs):
    program(programs, "systemctl", "import sys; sys.exit('Failed to connect to bus')")
    assert called(project(tmp_path / "one")) == (
        "`systemctl --user show-environment` failed: Failed to connect to bus; nothing was changed; "
        "--cron takes cron, --print shows the units"
    )
    assert not (tmp_path / "config").exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd to read units")
def test_systemd_reads_the_units_and_the_command_in_them(root, tmp_path):
    folder = tmp_path / "units"
    folder.mkdir()
    for name, text in systemd.units(root).items():
        (folder / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, folder.iterdir())], capture_output=True, text=True
    )
    ours = [line for line in done.stderr.splitlines() if mark(root) in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_without_cron_and_systemd_the_command_to_call_is_said(tmp_path, programs):
    root = project(tmp_path / "two words")
    by_hand = (
        f"let what you have call this each minute: {sys.executable} -m pmlib --root '{root}' run --due; "
    )
    assert called(root).startswith(f"neither crontab nor systemctl is here; {by_hand}")
    assert called(root, "--cron").startswith(f"crontab is not here; {by_hand}")


def test_a_path_with_a_line_break_is_refused(tmp_path, table):
    assert "no scheduler's file can hold the path" in called(project(tmp_path / "a\n* * * * * b"))
    assert not table.exists()
