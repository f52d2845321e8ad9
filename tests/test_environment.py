"""requirements.lock, environment.yml and this environment say what pyproject.toml says."""

import re
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "python-duckdb": "duckdb",
    "python-tzdata": "tzdata",
}  # conda-forge's name where it differs


def specifiers(lines):
    found = (Requirement(line) for line in lines)
    return {canonicalize_name(one.name): one.specifier for one in found}


RUNTIME = specifiers(PROJECT["dependencies"])
OPTIONAL = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
DIRECT = RUNTIME | specifiers(line for line in OPTIONAL if not line.startswith("pmlib["))
ENTRY = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<rest>(?:.*\\\n)*.*)", re.MULTILINE)
LOCKED = [entry.groupdict() for entry in ENTRY.finditer(LOCK)]


def test_conda_has_the_same_bounds():
    conda = specifiers(line for line in CONDA if isinstance(line, str))
    conda = {CONDA_NAMES.get(name, name): bounds for name, bounds in conda.items()}
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda.pop("pip") == ""
    assert conda == RUNTIME


def test_conda_adds_the_project_and_its_test_tools():
    # An option such as --no-deps here is refused by pip, which reads these lines as a requirements file.
    assert CONDA[-1] == {"pip": ["-e .[test]"]}


def test_the_lock_names_no_place():
    assert not re.search(r"://|file:|^-|@", LOCK, re.MULTILINE)


def test_every_locked_package_has_hashes():
    assert len(LOCKED) == LOCK.count("==") - LOCK.count("'==") - len(re.findall(r"\w == '", LOCK))
    assert [entry["name"] for entry in LOCKED if "--hash=sha256:" not in entry["rest"]] == []


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_every_direct_dependency_is_locked_within_its_bounds(name):
    locked = [entry["version"] for entry in LOCKED if entry["name"] == name]
    assert locked, f"{name} is not in requirements.lock: python make.py lock"
    assert list(DIRECT[name].filter(locked)) == locked


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_what_is_installed_is_within_the_bounds(name):
    assert version(name) in DIRECT[name]


def test_the_wheel_can_start_a_new_root(tmp_path):
    wheels = pytest.importorskip("hatchling.builders.wheel")
    [built] = wheels.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(built).namelist()
    for kept in (
        "pmlib/cli/__init__.py",
        "pmlib/_templates/",
        "pmlib/_notebooks/",
        "pmlib-0.1.0.dist-info/licenses/LICENSE",
    ):
        assert any(name.startswith(kept) for name in names), kept
    assert {name.split("/")[0] for name in names} == {"pmlib", "pmlib-0.1.0.dist-info"}
