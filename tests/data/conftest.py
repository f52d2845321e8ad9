"""What tests of proposals share: a text becomes a declared table, and is read."""

import shutil
import tomllib

import pytest

from pmlib import data
from pmlib.data.declaration import Table
from pmlib.data.propose import propose


@pytest.fixture
def proposed(tmp_path, monkeypatch):
    """A function that proposes a declaration of a text and gives it with what it reads."""
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    (tmp_path / "data").mkdir()

    def make(text: str) -> tuple[Table, data.Source]:
        shutil.rmtree(tmp_path / ".pmlib", ignore_errors=True)
        file = tmp_path / "data" / "new.csv"
        file.write_text(text, "utf-8")
        proposal = propose(file, "data/new.csv", "new")
        (tmp_path / "data" / "sources.toml").write_text(proposal.text, "utf-8")
        return Table.model_validate(tomllib.loads(proposal.text)["new"]), data.read("new")

    return make
