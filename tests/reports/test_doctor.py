"""`pmlib doctor` finds each thing that is wrong, says what mends it, and fails only for what is wrong."""

import os
import shutil
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from pmlib.cli import main
from pmlib.reports import doctor

CATALOG = '[cars]\nnotebook = "cars"\n'


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "catalog.toml").write_text(CATALOG)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    return tmp_path


def found(root, about):
    return [one for one in doctor.examine(root) if one.about == about]


def examined(root):
    return CliRunner().invoke(main, ["--root", str(root), "doctor"])


def test_a_sound_machine_passes(root):
    result = examined(root)
    assert result.exit_code == 0, result.output
    assert "ok     python" in result.output and "WRONG" not in result.output


def test_it_writes_nothing_that_a_run_looks_at(root):
    published = root / "reports" / "published"
    published.mkdir()
    before = published.stat().st_mtime_ns
    list(doctor.examine(root))
    assert published.stat().st_mtime_ns == before
    assert not list((root / ".pmlib").glob(".part-*"))


def test_drift_from_the_lock_is_named(root):
    (root / "requirements.lock").write_text(
        "click==0.1 \\\n    --hash=sha256:00\nnowhere-at-all==1.0 \\\n    --hash=sha256:00\n"
        "only-there==1.0 ; sys_platform == 'nowhere' \\\n    --hash=sha256:00\n"
    )
    (packages,) = found(root, "packages")
    assert packages.state == "wrong" and packages.fix == "pip install -r requirements.lock"
    (root / "Makefile").write_text("")
    assert found(root, "packages")[0].fix == "run `make report` here"
    assert "click is " in packages.saw and ", not 0.1" in packages.saw
    assert "nowhere-at-all is missing" in packages.saw and "only-there" not in packages.saw
    assert examined(root).exit_code == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"click\n"])
def test_a_lock_that_locks_nothing_is_wrong_and_stops_nothing(root, data):
    (root / "requirements.lock").write_bytes(data)
    (packages,) = found(root, "packages")
    assert packages.state == "wrong" and packages.saw == "requirements.lock names no package with its version"
    assert found(root, "space")


def test_this_environment_is_as_its_lock_says(root):
    shutil.copy(doctor.__file__.split("pmlib/")[0] + "requirements.lock", root)
    (packages,) = found(root, "packages")
    assert packages.state == "ok", packages.saw


def test_a_project_without_a_lock_is_held_to_what_pmlib_asks_for(root, monkeypatch):
    monkeypatch.setattr(doctor, "requires", lambda name: ["click>=99", "gone>=1", "dask; extra == 'dask'"])
    (packages,) = found(root, "packages")
    assert packages.state == "wrong" and "gone is missing" in packages.saw and ">=99" in packages.saw
    assert "dask" not in packages.saw


def test_a_full_disk_is_wrong(root, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=3e8))
    (space,) = found(root, "space")
    assert space.state == "wrong" and space.saw == "0.3 GB free" and "editions" in space.fix


def test_a_folder_that_may_not_be_written_to_is_wrong(root, monkeypatch):
    may = os.access
    monkeypatch.setattr(
        doctor.os, "access", lambda path, how: str(path) != str(root) and may(path, how)
    )  # root itself may write anywhere
    (disk,) = found(root, "disk")
    assert disk.state == "wrong" and str(root) in disk.saw


def test_a_missing_browser_is_wrong_only_where_a_report_is_to_be_a_pdf(root, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("PMLIB_BROWSER", raising=False)
    (browser,) = found(root, "pdf")
    assert browser.state == "note" and browser.fix
    (root / "reports" / "catalog.toml").write_text(CATALOG + 'formats = ["pdf"]\n')
    (browser,) = found(root, "pdf")
    assert browser.state == "wrong" and browser.fix


def test_a_broken_catalog_does_not_stop_it(root):
    (root / "reports" / "catalog.toml").write_text("[cars]\n")
    (catalog,) = found(root, "catalog")
    assert catalog.state == "wrong" and "notebook is missing" in catalog.saw


def test_a_dead_mail_server_is_said_with_its_fix(root):
    (root / "reports" / "delivery.toml").write_text(
        '[mail]\nserver = "127.0.0.1"\nport = 9\nsecurity = "none"\nsender = "a@example.org"\n'
    )
    (mail,) = found(root, "delivery")
    assert mail.state == "wrong" and "127.0.0.1" in mail.saw and mail.fix
