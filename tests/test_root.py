"""Where the project is found, and what is said when it is not."""

from pathlib import Path

import pytest

from pmlib.root import root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PMLIB_ROOT", raising=False)
    (tmp_path / "team" / "reports").mkdir(parents=True)
    (tmp_path / "team" / "reports" / "catalog.toml").touch()
    (tmp_path / "team" / "notebooks" / "drafts").mkdir(parents=True)
    return tmp_path / "team"


def test_is_the_nearest_folder_upwards_with_a_catalog(project, monkeypatch):
    for here in (project, project / "reports", project / "notebooks" / "drafts"):
        monkeypatch.chdir(here)
        assert root() == project


def test_is_what_the_environment_names(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PMLIB_ROOT", str(project))
    assert root() == project


def test_says_how_to_make_one_when_there_is_none(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError) as refusal:
        root()
    assert str(refusal.value) == (
        f"no project here: neither {tmp_path} nor a folder above it holds reports/catalog.toml; "
        "make one with `pmlib init DIR`, or name one with --root DIR"
    )


def test_refuses_an_environment_that_names_no_folder(project, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(project / "gone"))
    with pytest.raises(ValueError) as refusal:
        root()
    assert str(refusal.value) == (
        f"PMLIB_ROOT names {project / 'gone'}, which is not a folder; correct it or unset it"
    )
