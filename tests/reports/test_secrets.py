import json

import pytest
from click.testing import CliRunner
from small import tree

from pmlib.cli import main
from pmlib.reports.failure import ExecutionFailed
from pmlib.reports.plan import PlanError, attempt, jobs
from pmlib.reports.render import Work
from pmlib.reports.secrets import secrets
from pmlib.reports.supervise import Server, render

READS = 'token: "Secret" = "CRM_TOKEN"\nother: "Secret | None" = None\nfocal = "Ford"\n'
CANARY = "kanarienvogel_47"


@pytest.fixture
def root(small, monkeypatch):
    monkeypatch.setenv("CRM_TOKEN", CANARY)
    return small(parameters=READS)


def test_a_secret_is_given_by_the_name_of_its_variable(root, monkeypatch):
    (job,) = jobs(root)
    assert job.parameters == {"token": "CRM_TOKEN", "other": None, "focal": "Ford"}
    assert secrets(job) == {"CRM_TOKEN": CANARY}
    assert CANARY not in repr(job)
    monkeypatch.setenv("OTHER_TOKEN", "another canary")
    (job,) = jobs(root, overrides={"other": "OTHER_TOKEN"})
    assert secrets(job) == {"CRM_TOKEN": CANARY, "OTHER_TOKEN": "another canary"}


def test_a_variable_that_is_not_set_is_refused(root, monkeypatch):
    monkeypatch.delenv("CRM_TOKEN")
    said = "parameter token: the environment variable CRM_TOKEN is not set; set it before the run, in no file"
    assert attempt(root)[1]["tiny"][0].startswith(said)
    monkeypatch.setenv("CRM_TOKEN", "")
    assert attempt(root)[1]["tiny"][0].startswith(said)


@pytest.mark.parametrize(
    "pasted",
    [CANARY, "kanarien-vogel", "kanarien vogel", '"kanarienvogel', '["kanarienvogel"]', "KANARIENVOGEL"],
)
def test_a_secret_that_somebody_typed_is_refused_and_shown_and_kept_nowhere(root, monkeypatch, pasted):
    monkeypatch.setenv("PMLIB_ROOT", str(root))
    before = tree(root)
    for words in (["run", "tiny", "-p", f"token={pasted}"], ["run", "-p", f"other={pasted}", "--debug"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code != 0
        assert "kanarien" not in f"{done.output}{done.exception}".lower()
        assert "environment variable" in f"{done.output}{done.exception}"
    assert tree(root) == before


@pytest.mark.parametrize("given", [CANARY + "/", [CANARY], {"a": CANARY}, f"{CANARY}\n"])
def test_a_secret_in_the_catalog_is_refused_and_not_repeated(small, given):
    said = json.dumps(given).replace(":", " =")
    with pytest.raises(PlanError) as error:
        jobs(small(parameters=READS, entry=f"[tiny.parameters]\ntoken = {said}\n"))
    assert "tiny: parameter token takes the name of the environment variable" in str(error.value)
    assert CANARY not in str(error.value)


def test_a_secret_in_the_notebook_is_refused_and_not_repeated(small):
    with pytest.raises(PlanError) as error:
        jobs(small(parameters=f'token: "Secret" = "{CANARY}!"\n'))
    assert "parameters cell, line 1: token takes the name of the environment variable" in str(error.value)
    assert CANARY not in str(error.value)


@pytest.mark.parametrize("value", ["short", "a", "      ", " five5 "])
def test_a_short_secret_is_refused_by_the_name_of_its_parameter(root, monkeypatch, value):
    monkeypatch.setenv("CRM_TOKEN", value)
    with pytest.raises(PlanError) as error:
        jobs(root)
    said = str(error.value)
    assert said.startswith(
        "tiny: parameter token: the environment variable CRM_TOKEN holds fewer than 6 char"
    )
    assert repr(value) not in said


def test_a_list_of_secrets_is_no_type(small):
    with pytest.raises(PlanError, match=r"the annotation list\[Secret\] is not one of"):
        jobs(small(parameters='tokens: "list[Secret]" = []\n'))


def test_a_secret_is_in_no_stack_of_a_run_that_was_ended(small, monkeypatch):
    monkeypatch.setenv("CRM_TOKEN", "kanarienvögel_47")
    code = "import os\nexec(compile('while True: pass', '/x/' + os.environ[token], 'exec'))"
    root = small(code, parameters=READS, entry="time_limit = 1\n")
    (root / "run").mkdir()
    (job,) = jobs(root)
    with Server() as server, pytest.raises(ExecutionFailed, match="Timeout") as error:
        render(server, Work(job, root, root / "run", "pmlib", None))
    assert "/x/${CRM_TOKEN}" in error.value.failure.traceback
    assert "kanarien" not in repr(error.value.failure)
