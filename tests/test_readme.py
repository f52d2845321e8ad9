"""The README is true: its five steps publish a page, and every command in it exists and works."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
TOML = re.findall(r"```toml\n(.*?)```", README, flags=re.S)
COMMANDS = sorted(set(re.findall(r"`((?:pmlib|make|python make\.py|conda) [^`]+)`", README)))


def phones() -> str:
    """A table as the README declares it: three makers, thirty models."""
    chance = random.Random(1)
    rows = ["model,maker,price,units,battery_mah"]
    for i in range(30):
        battery = chance.randint(2500, 6000)
        price = round(battery / 10 * chance.uniform(0.8, 1.3))
        rows.append(
            f"M{i},{['Acme', 'Globex', 'Initech'][i % 3]},{price},{chance.randint(100, 9000)},{battery}"
        )
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def own_project(project, tmp_path_factory):
    """The README's steps one to three, followed to the letter."""
    root = project(tmp_path_factory.mktemp("readme"))
    (root / "data" / "phones.csv").write_text(phones(), "utf-8")
    source, report = (re.sub(r"^   ", "", block, flags=re.M) for block in TOML)
    for path, text in ((root / "data" / "sources.toml", source), (root / "reports" / "catalog.toml", report)):
        path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
    return root


def test_the_five_steps_publish_a_page(own_project, pmlib):
    checked = pmlib(own_project, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    done = pmlib(own_project, "run", "phones")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (own_project / "reports/published/phones/index.html").read_text("utf-8")
    assert "<h1>The phone market</h1>" in page
    assert "Acme" in page


def test_open_opens_the_page(own_project, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    command = [sys.executable, "-m", "pmlib", "--root", str(own_project), "run", "phones", "--open"]
    subprocess.run(command, env=os.environ | {"BROWSER": f"{browser} %s"}, check=True, timeout=120)
    assert "phones/index.html" in (tmp_path / "opened").read_text()


def test_a_value_of_ones_own_makes_a_draft_beside_the_published_page(own_project, pmlib):
    page = own_project / "reports/published/phones/index.html"
    before = page.read_bytes()
    done = pmlib(own_project, "run", "phones", "-p", "focal=Globex")
    assert done.returncode == 0, done.stdout + done.stderr
    assert page.read_bytes() == before
    (draft,) = (own_project / "reports/published/phones/drafts").glob("*/index.html")
    assert "<b>Draft.</b>" in draft.read_text("utf-8")


def test_every_command_is_one_that_is_tested():
    # .ci/run calls make report, test and check, test_cli.py runs what `pmlib new` and `pmlib init` make; what
    # conda does cannot be tried without its channels.
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    for name in ("report", "test", "check"):
        assert f"make {name}" in ci
    tried = (
        "pmlib check",
        "pmlib run phones",
        "pmlib new",
        "pmlib init",
        "make ",
        "python make.py report",
        "conda ",
    )
    assert [command for command in COMMANDS if not command.startswith(tried)] == []
    targets = re.findall(r"^(\w+)\b", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)
    asked = {command.split()[1] for command in COMMANDS if command.startswith("make ")}
    asked |= set(re.findall(r"^make (\w+)", README, flags=re.M))
    assert asked <= {*targets, *re.findall(r"\.PHONY: (.*)", (ROOT / "Makefile").read_text())[0].split()}


def test_every_link_and_picture_leads_to_a_file():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
