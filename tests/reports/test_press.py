import json
import os
import shutil
import signal

import pytest
from click.testing import CliRunner
from small import EMIT, PARAMETERS, RESULT, payload, rendered, tree, write

from pmlib.cli import main
from pmlib.reports import disk, plan, press
from pmlib.reports import execute as execution
from pmlib.reports.editions import newest, status
from pmlib.reports.failure import ExecutionFailed, Failure
from pmlib.reports.index import write_index
from pmlib.reports.inputs import check_steady, read_inputs
from pmlib.reports.verify import findings

pytestmark = pytest.mark.usefixtures("without_kernel")


def run(root, overrides=None, **options):
    (job,) = plan.jobs(root, ["tiny"], overrides)
    try:
        return press.run(job, root, rendered, **options)
    finally:
        write_index(root)


def home(root):
    return root / "reports/published/tiny"


def share(root, value):
    (root / "data/payload.json").write_text(json.dumps(payload(value=value)))
    (root / "data/sales.csv").write_text(f"firm,sales\nFord,{value}\n")


def test_a_run_publishes_an_edition_and_the_readers_copy(small):
    root = small()
    edition = run(root).edition
    assert edition.folder.parent == home(root) / "editions"
    assert edition.folder.name.startswith("0001-")
    public = {"index.html", "numbers.json", "tables.xlsx", "tables/answer.csv"}
    assert tree(edition.folder).keys() == public | {"notebook.ipynb", "run.json", "run.json.sha256"}
    for name in public:
        assert (home(root) / name).read_bytes() == (edition.folder / name).read_bytes()
    assert not (home(root) / "index.html").is_symlink()
    record = edition.record
    assert record["parameters"]["focal"] == "Ford"
    assert record["inputs"][0]["path"] == "data/sales.csv"
    assert record["previous"] is None
    assert record["packages"]["pandas"]
    ledger = (root / press.LEDGER).read_text().splitlines()
    assert json.loads(ledger[-1])["outcome"] == "published"
    assert not list((root / ".pmlib/runs").iterdir())


def test_what_is_fresh_is_not_run_again(small, monkeypatch):
    root = small()
    assert run(root).state == "published"
    before = tree(root / "reports")
    monkeypatch.setattr(press, "_run", None)
    assert run(root).state == "fresh"
    assert tree(root / "reports") == before


def test_a_forced_rerun_gives_the_same_edition_and_the_same_bytes(small):
    root = small()
    run(root)
    share(root, 0.5)
    first = run(root).edition
    before = tree(home(root))
    again = run(root, force=True)
    after = tree(home(root))
    assert again.repeatable
    assert again.edition.folder == first.folder
    clock = f"editions/{first.folder.name}/run.json"
    assert {name for name in after if before.get(name) != after[name]} <= {clock}
    assert again.edition.record["previous"] == first.record["previous"]


def test_two_fresh_projects_give_the_same_bytes(small):
    one, other = small(), small()
    for root in (one, other):
        run(root)
    left, right = tree(one / "reports"), tree(other / "reports")
    assert left.keys() == right.keys()
    assert [name for name in left if left[name] != right[name] and "/run.json" not in name] == []


def test_a_notebook_that_is_not_repeatable_is_noticed(small):
    root = small()
    run(root)
    (root / "data/payload.json").write_text(json.dumps(payload(value=0.9)))  # no input of the key
    assert not run(root, force=True).repeatable


def test_a_change_makes_a_new_edition_that_compares_with_the_last(small):
    root = small()
    first = run(root).edition
    share(root, 0.5)
    second = run(root).edition
    assert second.number == 2
    assert second.record["previous"] == first.folder.name
    assert (first.folder / "index.html").is_file()


def test_a_failed_run_keeps_the_last_good_page_and_says_so_on_it(small):
    root = small()
    run(root)
    good = (home(root) / "index.html").read_text()
    write(root, "1/0")
    with pytest.raises(ExecutionFailed, match="cell 1 of 1: ZeroDivisionError: division by zero"):
        run(root)
    marked = (home(root) / "index.html").read_text()
    assert 'class="banner"' in marked
    assert "data up to 1990" in marked
    assert 'href="failed.html"' in marked
    assert "FOCAL" not in marked
    explained = (home(root) / "failed.html").read_text()
    for said in ("ZeroDivisionError", "1/0", "pmlib/a.py:3, in f", "pmlib run tiny --debug"):
        assert said in explained
    assert str(root) not in explained
    assert "failed" in (root / "reports/published/index.html").read_text()
    write(root, EMIT)
    run(root)
    assert (home(root) / "index.html").read_text() == good
    assert not (home(root) / "failed.html").exists()
    assert not (home(root) / "failed.json").exists()


def test_a_page_that_cannot_be_made_is_a_failed_run(small):
    root = small()
    run(root)
    good = (home(root) / "index.html").read_bytes()
    path = root / "notebooks/tiny.ipynb"
    document = json.loads(path.read_text())
    note = {"cell_type": "markdown", "id": "n", "metadata": {"tags": ["note"]}, "source": "Not signed."}
    document["cells"].insert(1, note)
    path.write_text(json.dumps(document))
    with pytest.raises(ExecutionFailed, match="a note's first line is its author and date"):
        run(root)
    assert b'class="banner"' in (home(root) / "index.html").read_bytes()
    assert (newest(home(root)).folder / "index.html").read_bytes() == good


def test_output_that_is_no_result_is_a_failed_run(small):
    root = small()
    (root / "data/payload.json").write_text(json.dumps({RESULT: {}, "text/plain": ""}))
    with pytest.raises(ExecutionFailed, match="the page cannot be made: KeyError"):
        run(root)
    assert (home(root) / "failed.html").is_file()


def test_whatever_stops_a_run_marks_the_page(small, monkeypatch):
    root = small()
    run(root)

    def broken(*_):
        raise LookupError("odd")

    monkeypatch.setattr(execution, "execute", broken)
    with pytest.raises(ExecutionFailed, match="the page cannot be made: LookupError: odd"):
        run(root, force=True)
    assert b'class="banner"' in (home(root) / "index.html").read_bytes()
    assert status(home(root)).startswith("failed on ")
    assert json.loads((root / press.LEDGER).read_text().splitlines()[-1])["outcome"] == "failed"


def test_an_unattended_run_marks_what_cannot_start_and_runs_the_others(small, monkeypatch):
    root = small()
    monkeypatch.setenv("PMLIB_ROOT", str(root))
    run(root)
    (root / plan.CATALOG).write_text(
        '[gone]\nnotebook = "gone"\n[tiny]\nnotebook = "gone"\n[well]\nnotebook = "tiny"\n'
    )
    done = CliRunner().invoke(main, ["run"])
    assert done.exit_code == 1
    assert "gone: there is no notebooks/gone.ipynb" in done.output
    assert "well: published" in done.output
    assert status(home(root)).startswith("failed on ")
    assert b'class="banner"' in (home(root) / "index.html").read_bytes()
    assert not (home(root).parent / "gone").exists()
    before = tree(home(root))
    assert CliRunner().invoke(main, ["run", "tiny"]).exit_code == 2
    assert tree(home(root)) == before
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\n')
    assert run(root).state == "published"
    assert status(home(root)) == "published"


@pytest.mark.parametrize("text", ["", '{"key"', "{}", "[]"])
def test_a_damaged_edition_is_named_and_its_number_stays_taken(small, capsys, text):
    root = small()
    damaged = run(root).edition.folder / "run.json"
    damaged.write_text(text)
    assert run(root).edition.number == 2
    assert capsys.readouterr().err.count(str(damaged)) == 1
    assert run(root).state == "fresh"


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_a_damaged_note_of_a_failure_counts_as_one_until_a_good_run(small, text):
    root = small()
    run(root)
    (home(root) / "failed.json").write_text(text)
    assert status(home(root)) == "failed"
    assert run(root).state == "published"
    assert status(home(root)) == "published"


@pytest.mark.parametrize("name", ["numbers.json", "tables.xlsx", "tables/answer.csv", "tables/more.csv"])
def test_any_file_that_somebody_changed_is_restored(small, name):
    root = small()
    run(root)
    before = tree(home(root))
    (home(root) / name).write_text("changed")
    assert run(root).state == "fresh"
    assert tree(home(root)) == before


def test_a_file_that_changes_while_it_is_read_is_a_failed_run(tmp_path):
    lines = [{"name": "a", "path": "a.csv", "sha256": sha256} for sha256 in ("1", "2")]
    (tmp_path / "inputs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(ExecutionFailed, match=r"a.csv changed while it was read; run again"):
        check_steady(read_inputs(tmp_path))


def test_a_first_run_that_fails_leaves_no_page(small):
    root = small("1/0")
    with pytest.raises(ExecutionFailed):
        run(root)
    assert not (home(root) / "index.html").exists()
    assert (home(root) / "failed.html").is_file()


def test_after_a_failure_the_next_run_is_not_skipped(small):
    root = small()
    run(root)
    write(root, "1/0")
    with pytest.raises(ExecutionFailed):
        run(root)
    write(root, EMIT)  # as it was: fresh by its key, but marked as failed
    assert run(root).state == "published"


def test_a_draft_never_touches_the_published_page(small):
    root = small()
    run(root)
    before = tree(home(root))
    outcome = run(root, {"focal": "GM"})
    after = tree(home(root))
    assert {name: after[name] for name in before} == before
    added = after.keys() - before.keys()
    assert all(name.startswith("drafts/focal-gm-") for name in added)
    page = (outcome.edition.folder / "index.html").read_text()
    assert "Draft" in page
    assert "GM" in page
    assert run(root, {"focal": "GM"}).state == "fresh"


def test_hostile_text_is_inert_on_our_pages(small):
    evil = "<script>alert(1)</script>"
    root = small(entry=f"title = '{evil}'\naudience = '{evil}'\n[tiny.parameters]\nowner = '{evil}'\n")
    (root / "data/payload.json").write_text(json.dumps(payload(headline=evil)))
    run(root)
    write(root, "1/0", parameters=PARAMETERS.replace("Ann", evil))
    with pytest.raises(ExecutionFailed):
        run(root)
    for page in ("index.html", "tiny/failed.html", "tiny/index.html"):
        text = (root / "reports/published" / page).read_text()
        assert evil not in text
        assert text.count("<script") == (page == "index.html"), "the list has one of its own"


def test_the_index_lists_what_each_report_found(small):
    root = small(entry="audience = 'Planners'\n[other]\nnotebook = 'tiny'\n")
    run(root)
    text = (root / "reports/published/index.html").read_text()
    for said in (
        "Ford leads the market.",
        "Planners",
        "Ann",
        "1990",
        'href="tiny/index.html"',
        "not yet run",
    ):
        assert said in text


@pytest.mark.parametrize(
    "at",
    [
        ".pmlib",
        ".pmlib/runs",
        ".pmlib/locks",
        ".pmlib/ledger.jsonl",
        "reports/published",
        "reports/published/tiny",
        "reports/published/tiny/index.html",
    ],
)
def test_nothing_is_written_through_a_symbolic_link(small, tmp_path, at):
    root = small()
    elsewhere = tmp_path / "elsewhere"
    if at.endswith(("html", "jsonl")):
        elsewhere.write_text("mine")
    else:
        elsewhere.mkdir()
    (root / at).parent.mkdir(parents=True, exist_ok=True)
    (root / at).symlink_to(elsewhere)
    with pytest.raises(ValueError, match=f"{at} is a symbolic link"):
        run(root)
    assert elsewhere.read_text() == "mine" if elsewhere.is_file() else not list(elsewhere.iterdir())


def test_a_page_that_somebody_changed_is_restored(small):
    root = small()
    good = tree(run(root).edition.folder)["index.html"]
    (home(root) / "index.html").write_text("changed")
    assert run(root).state == "fresh"
    assert (home(root) / "index.html").read_bytes() == good


def killed_at(step, root):
    """Run a job in a process that is killed at the given call that touches the disk; tell whether it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    calls = 0

    def counting(call):
        def counted(*args, **options):
            nonlocal calls
            calls += 1
            if calls == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **options)

        return counted

    for name in ("fsync", "replace", "rename", "unlink", "mkdir"):
        setattr(os, name, counting(getattr(os, name)))
    try:
        run(root)
    finally:
        os._exit(0)


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_a_whole_page_and_the_next_run_mends_it(small):
    # Every call that flushes, renames, removes or makes a file is a place where the power may go.
    root = small()
    old = tree(run(root).edition.folder)["index.html"]
    share(root, 0.5)
    start = shutil.copytree(root, root.with_name(root.name + "-start"))
    new = tree(run(root).edition.folder)["index.html"]
    assert old != new
    step = 0
    while True:
        step += 1
        shutil.rmtree(root)
        shutil.copytree(start, root)
        if not killed_at(step, root):
            break
        assert (home(root) / "index.html").read_bytes() in (old, new)
        for folder in (home(root) / "editions").glob("[0-9]*"):
            assert {"index.html", "run.json", "numbers.json"} <= tree(folder).keys()
        run(root)
        assert (home(root) / "index.html").read_bytes() == new
        assert not [name for name in tree(root) if disk.MARK in name]
    assert step > 30


def test_a_page_says_since_when_its_runs_fail(small, monkeypatch):
    root = small()
    run(root)
    write(root, "1/0")
    for day in ("2026-01-01", "2026-01-02"):
        monkeypatch.setattr(press, "CLOCK", day)
        with pytest.raises(ExecutionFailed):
            run(root)
    page = (home(root) / "index.html").read_text()
    assert "The run of 2026-01-02 failed, as all have since 2026-01-01;" in page
    assert list(findings(home(root))) == []


def test_data_that_are_not_as_declared_read_otherwise_than_a_bug(small, monkeypatch):
    root = small()

    def refused(*_):
        raise ExecutionFailed(Failure(2, 3, "data.read(source)", "DataError", "data/sales.csv, row 2: no"))

    monkeypatch.setattr(execution, "execute", refused)
    with pytest.raises(ExecutionFailed):
        run(root)
    page = (home(root) / "failed.html").read_text()
    assert "the data are not as declared" in page
    assert "No code is at fault" in page


def test_an_edition_that_was_changed_is_made_anew(small):
    root = small()
    changed = run(root).edition.folder / "index.html"
    changed.write_text("changed")
    assert run(root).state == "published"
    assert "Ford" in (home(root) / "index.html").read_text()
