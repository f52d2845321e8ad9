"""What several test files share: the shipped reports, published once, and a browser."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# A landing is judged by the same examples each time; what nobody thought of is sought at the desk.
settings.register_profile("same", derandomize=True)
if os.environ.get("PMLIB_SAME_EXAMPLES"):
    settings.load_profile("same")

REPOSITORY = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    """Files that take long come first, so that no core is left alone with one of them at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(autouse=True)
def no_root_is_left_set():
    """A command that runs in this process says which project it is for; the next test is for none."""
    before = os.environ.get("PMLIB_ROOT")
    yield
    os.environ.pop("PMLIB_ROOT", None) if before is None else os.environ.update(PMLIB_ROOT=before)


@pytest.fixture(scope="session")
def read_shipped():
    """Read a shipped table by its name."""
    from pmlib import data

    def read(name: str):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PMLIB_ROOT", str(REPOSITORY))
            patch.delenv("PMLIB_RUN_DIR", raising=False)
            return data.read(name)

    return read


@pytest.fixture(scope="session")
def project():
    """A function that copies this project's own files, without anything published, to a folder."""

    def copy(folder: Path) -> Path:
        for name in ("notebooks", "data"):
            shutil.copytree(
                REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
            )
        (folder / "reports").mkdir()
        shutil.copy(REPOSITORY / "reports" / "catalog.toml", folder / "reports")
        return folder

    return copy


@pytest.fixture(scope="session")
def pmlib():
    """A function that runs the command line in a project, as a shell would."""

    def run(root: Path, *words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "pmlib", "--root", str(root), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)

    return run


@pytest.fixture(scope="session")
def shipped(project, pmlib, tmp_path_factory, worker_id):
    """A project in which all shipped reports are published, once for all workers: leave its pages alone."""
    base = tmp_path_factory.getbasetemp()
    with (base if worker_id == "master" else base.parent).joinpath("shipped.txt").open("a+") as known:
        fcntl.flock(known, fcntl.LOCK_EX)  # the others wait for the one that publishes
        known.seek(0)
        if said := known.read():
            return Path(said)
        root = project(tmp_path_factory.mktemp("shipped"))
        done = pmlib(root, "run")
        assert done.returncode == 0, done.stdout + done.stderr
        known.write(str(root))
        return root


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    if CHROMIUM is None:
        reason = (
            "no Chromium found: install it (Debian and Ubuntu: apt install chromium) to run the browser tests"
        )
        if os.environ.get("PMLIB_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
