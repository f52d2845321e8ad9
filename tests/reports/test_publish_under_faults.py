"""A system call that fails, or a kill at it, never costs readers their page."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def sweep():
    """A function that sweeps faults over the calls of a publication, in processes of its own."""
    if shutil.which("strace") is None:
        reason = "no strace found: install it (Debian and Ubuntu: apt install strace) to inject faults"
        if os.environ.get("PMLIB_REQUIRE_STRACE"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(*options):
        driver = Path(__file__).with_name("faults.py")
        done = subprocess.run(
            [sys.executable, driver, *options], capture_output=True, text=True, timeout=900, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_no_fault_at_a_call_that_changes_the_disk_costs_a_page(sweep):
    found = sweep()
    assert found["violations"] == []
    assert all(found["faults"][fault] > 100 for fault in ("KILL", "ENOSPC", "EIO"))
    assert found["faults"]["short"] > 40


@pytest.mark.slow
def test_no_fault_at_any_other_call_costs_a_page(sweep):
    # A kill leaves there what one at the next change leaves, and any error is an OSError: one fault a call.
    found = sweep("--others")
    assert found["violations"] == []
    assert all(found["faults"][fault] > 250 for fault in ("KILL", "ENOSPC", "EIO"))


def test_the_sweep_notices_a_publication_that_is_not_safe(sweep):
    found = sweep("--careless")
    assert any("index.html is neither the old one nor the new" in line for line in found["violations"])
    assert any("which the page links to, is missing or wrong" in line for line in found["violations"])
