"""What make.py decides; nothing here installs anything."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def make(tmp_path, monkeypatch):
    """make.py at the root of a project that is set up, and in which nothing can be run."""
    spec = importlib.util.spec_from_file_location("make", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    python = venv / module.PYTHON.relative_to(module.VENV)
    for path in (python, tmp_path / "requirements.lock", tmp_path / "pyproject.toml", tmp_path / "make.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
    monkeypatch.chdir(tmp_path)
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": python,
        "STAMP": venv / ".stamp",
        "TOOLS": tmp_path / ".tools",
    }
    for name, path in places.items():
        monkeypatch.setattr(module, name, path)
    monkeypatch.setattr(module.subprocess, "call", lambda command: 0)
    monkeypatch.setattr(module, "known_uv", lambda: "uv")
    module.STAMP.write_text(module.fingerprint())
    return module


@pytest.fixture
def installs(make, monkeypatch):
    """The installers that were called, in order; none of them installs."""
    called = []
    monkeypatch.setattr(make, "install_with_uv", lambda python: called.append("uv"))
    monkeypatch.setattr(make, "install_with_pip", lambda python: called.append("pip"))
    return called


def test_the_second_call_installs_nothing_and_starts_no_process(make, installs, monkeypatch):
    monkeypatch.setattr(make.subprocess, "run", None)
    make.set_up()
    assert installs == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "make.py"])
def test_a_changed_file_sets_up_again_once(make, installs, name):
    (make.ROOT / name).write_text("changed")
    make.set_up()
    make.set_up()
    assert installs == ["uv"]


def test_a_moved_project_sets_up_again(make, installs, monkeypatch, tmp_path):
    before = make.fingerprint()
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    monkeypatch.setattr(make, "ROOT", moved)
    assert make.fingerprint() != before


def test_a_lost_interpreter_sets_up_again(make, installs):
    make.PYTHON.unlink()
    make.set_up()
    assert installs == ["uv"]


def test_an_interrupted_set_up_starts_again(make, installs, monkeypatch):
    def interrupted(python):
        raise KeyboardInterrupt

    make.STAMP.unlink()
    with monkeypatch.context() as now:
        now.setattr(make, "install_with_uv", interrupted)
        assert make.main(["report"]) == 130
    assert not make.STAMP.exists()
    make.set_up()
    assert installs == ["uv"]


def test_pip_takes_over_where_uv_fails(make, installs, monkeypatch, capsys):
    def refused(python):
        raise make.Failed("failed: uv", "no route to the index")

    make.STAMP.unlink()
    monkeypatch.setattr(make, "install_with_uv", refused)
    make.set_up()
    assert installs == ["pip"]
    assert "no route to the index\nuv did not work. Trying pip" in capsys.readouterr().err


def test_a_set_up_that_fails_shows_the_tool_and_leaves_no_stamp(make, monkeypatch, capsys):
    def refused(python):
        raise make.Failed("failed: pip install", "hash mismatch")

    make.STAMP.unlink()
    monkeypatch.setattr(make, "install_with_uv", refused)
    monkeypatch.setattr(make, "install_with_pip", refused)
    assert make.main(["report"]) == 1
    assert capsys.readouterr().err.endswith("hash mismatch\nfailed: pip install\n")
    assert not make.STAMP.exists()


def test_an_old_python_looks_for_a_newer_one(make, monkeypatch):
    monkeypatch.setattr(make.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(make.shutil, "which", lambda name: "/opt/" + name)
    monkeypatch.setattr(make, "works", lambda path, *words: path != "/opt/python3.11")
    assert make.find_python() == "/opt/python3.12"


def test_no_python_that_is_new_enough_is_one_line(make, monkeypatch, capsys):
    make.STAMP.unlink()
    monkeypatch.setattr(make.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(make.shutil, "which", lambda name: None)
    assert make.main(["report"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Python 3.11 or newer is needed, and only 3.9" in said.err


def test_an_environment_that_is_ready_serves_any_python(make, installs, monkeypatch):
    # cron's python3 is often older than the one that set up
    monkeypatch.setattr(make.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(make.shutil, "which", lambda name: None)
    make.set_up()
    assert installs == []


def test_a_python_without_pip_and_venv_is_one_line(make, installs, monkeypatch, capsys):
    make.STAMP.unlink()
    monkeypatch.setattr(make, "known_uv", lambda: None)
    monkeypatch.setattr(make, "works", lambda *command: False)
    assert make.main(["report"]) == 1
    assert "has neither pip nor venv" in capsys.readouterr().err
    assert installs == []


def test_arguments_reach_the_tool_and_its_exit_code_comes_back(make, monkeypatch):
    asked = []
    monkeypatch.setattr(make.os, "name", "nt")  # where the tool is a child instead of taking make.py's place
    monkeypatch.setattr(make.subprocess, "call", lambda command: asked.append(command[1:]) or 3)
    assert make.main(["test", "-k", "foo"]) == 3
    assert asked == [["-m", "pytest", "-k", "foo"]]


def test_check_runs_every_step_and_reports_the_first_failure(make, monkeypatch):
    codes = iter([0, 4, 5, 0])
    monkeypatch.setattr(make.subprocess, "call", lambda command: next(codes))
    assert make.main(["check"]) == 4
    assert list(codes) == []


def test_an_unknown_task_prints_the_tasks(make, capsys):
    assert make.main(["repot"]) == 2
    assert "python make.py report" in capsys.readouterr().out


def test_a_failing_command_says_what_it_was_and_what_it_printed(make):
    with pytest.raises(make.Failed, match=r"This failed.* -c print") as failure:
        make.run(sys.executable, "-c", "print('words'); exit(1)")
    assert failure.value.output == "words\n"


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make: python make.py does the same")
@pytest.mark.parametrize("task", ["report", "test", "check", "lab", "lock"])
def test_make_calls_make_py(task):
    command = ["make", "--just-print", "--no-print-directory", task, "PY=py", "ARGS=-k foo"]
    recipe = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert recipe.stdout.split() == ["py", "make.py", task, "-k", "foo"]
