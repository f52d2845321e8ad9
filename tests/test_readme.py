"""The README is true: its commands publish a page, its steps make a report of it, its links lead on."""

import json
import os
import random
import re
import runpy
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from pmlib.reports import plan

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DECLARED, PUBLISHED = (
    re.sub(r"^   ", "", block, flags=re.M).rstrip(" ")
    for block in re.findall(r"   ```toml\n(.*?)```", README, flags=re.S)
)
MATRIX, WEEKLY, DELIVERY = re.findall(r"^```toml\n(.*?)```", README, flags=re.S | re.M)
FIRST = re.findall(r"^pmlib .*$", README, flags=re.M)
COMMANDS = sorted(set(re.findall(r"`((?:pmlib|make|python make\.py|conda) [^`]+)`", README)))


def phones() -> str:
    """A table as somebody's tool exports it: three makers, thirty models."""
    chance = random.Random(1)
    rows = ["Model,Maker,Price (USD),Units sold,Battery mAh"]
    for i in range(30):
        battery = chance.randint(2500, 6000)
        price = round(battery / 10 * chance.uniform(0.8, 1.3))
        maker = ["Acme", "Globex", "Initech"][i % 3]
        rows.append(f"M{i},{maker},{price},{chance.randint(100, 9000)},{battery}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def own_project(project, pmlib, tmp_path_factory):
    """The README's two commands, followed to the letter save for --open."""
    root = project(tmp_path_factory.mktemp("readme"))
    file = tmp_path_factory.mktemp("Downloads") / "phones.csv"
    file.write_text(phones(), "utf-8")
    (root / "data" / "sources.toml").write_text("")
    (root / "reports" / "catalog.toml").write_text("")
    for line in FIRST:
        words = line.replace("~/Downloads/phones.csv", str(file)).removesuffix(" --open").split()
        done = pmlib(root, *words[1:])
        assert done.returncode == 0, done.stdout + done.stderr
    return root


def test_two_commands_publish_a_stamped_page(own_project):
    page = (own_project / "reports/published/phones/index.html").read_text("utf-8")
    assert "<h1>Phones</h1>" in page
    assert "<b>Unchecked draft.</b>" in page
    assert (own_project / "data" / "sources.toml").read_text("utf-8") == DECLARED


def test_the_steps_make_a_report_of_it(own_project, pmlib):
    shown = pmlib(own_project, "sources", "phones")
    assert shown.returncode == 0, shown.stderr
    confirmed = re.sub(r",? ?guess = \[[^]]*\]\n?", "", DECLARED)
    (own_project / "data" / "sources.toml").write_text(confirmed, "utf-8")
    (own_project / "reports" / "catalog.toml").write_text(PUBLISHED, "utf-8")
    checked = pmlib(own_project, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    done = pmlib(own_project, "run", "phones")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (own_project / "reports/published/phones/index.html").read_text("utf-8")
    assert "<h1>The phone market</h1>" in page
    assert "Unchecked draft" not in page
    listed = pmlib(own_project, "sources")
    assert listed.returncode == 0 and " ok " in listed.stdout
    assert pmlib(own_project, "sources", "phones", "--accept").returncode == 0


def test_open_opens_the_page(own_project, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    command = [sys.executable, "-m", "pmlib", "--root", str(own_project), "run", "phones", "--open"]
    subprocess.run(command, env=os.environ | {"BROWSER": f"{browser} %s"}, check=True, timeout=120)
    opened, deadline = tmp_path / "opened", time.monotonic() + 20
    while not opened.exists() and time.monotonic() < deadline:
        time.sleep(0.05)  # a browser is started, and not waited for
    assert "phones/index.html" in opened.read_text()


def test_a_value_of_ones_own_makes_a_draft_beside_the_published_page(own_project, pmlib):
    page = own_project / "reports/published/phones/index.html"
    before = page.read_bytes()
    done = pmlib(own_project, "run", "phones", "-p", "focal=Globex")
    assert done.returncode == 0, done.stdout + done.stderr
    assert page.read_bytes() == before
    (draft,) = (own_project / "reports/published/phones/drafts").glob("*/index.html")
    assert "<b>Draft.</b>" in draft.read_text("utf-8")


def test_editions_are_listed_compared_verified_and_made_again(own_project, pmlib):
    assert pmlib(own_project, "run", "phones", "--force", "--jobs", "4", "--engine", "kernel").returncode == 0
    editions = own_project / "reports/published/phones/editions"
    newest = max(path.name for path in editions.iterdir())
    for command, said in {
        "status": "fresh",
        "why phones": "fresh",
        "editions phones": newest,
        "verify": "hold what was published",
        f"run phones --reproduce {newest}": "the same to the byte",
    }.items():
        done = pmlib(own_project, *command.split())
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout, done.stdout + done.stderr
    table = own_project / "data/phones.csv"
    table.write_text(table.read_text().replace("M0,Acme,", "M0,Acme,1"))
    assert "data/phones.csv changed" in pmlib(own_project, "why", "phones").stdout
    assert pmlib(own_project, "run", "phones").returncode == 0
    assert "data/phones.csv changed" in pmlib(own_project, "diff", "phones").stdout


def test_the_catalog_of_the_readme_is_one(own_project):
    path = own_project / "reports/catalog.toml"
    before = path.read_text("utf-8")
    path.write_text(MATRIX, "utf-8")
    names = [row.name for row in plan.select(plan.catalog(own_project), ["regional"])]
    path.write_text(before, "utf-8")
    assert len(names) == 4
    (example,) = re.findall(r"such as `(regional/\S+)`", README)
    assert example in names, names


@pytest.fixture(scope="module")
def on_schedule(own_project, pmlib):
    """The README's report with a schedule, on the table of phones, and its readers; run when it was due."""
    parameters = 'source = "phones"\nfocal = "Acme"\nrivals = ["Globex", "Initech"]'
    report = WEEKLY.replace('source = "us_cars_demand"', parameters)
    (own_project / "reports" / "catalog.toml").write_text(PUBLISHED + "\n" + report, "utf-8")
    nowhere = DELIVERY.replace('"smtp.example.org"', '"127.0.0.1"\nport = 9')  # where nothing listens
    (own_project / "reports" / "delivery.toml").write_text(nowhere, "utf-8")
    done = pmlib(own_project, "run", "--due", "--at", "2026-11-30T07:00+01:00")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "weekly_cars: published" in done.stdout  # whatever becomes of its mail
    assert "127.0.0.1" in done.stderr and "CARS_SLACK" in done.stderr
    yield own_project
    (own_project / "reports" / "delivery.toml").unlink()


def test_what_is_due_is_run_once_and_what_waits_is_listed(on_schedule, pmlib):
    again = pmlib(on_schedule, "run", "--due", "--at", "2026-11-30T07:01+01:00")
    assert "weekly_cars: published" not in again.stdout
    listed = pmlib(on_schedule, "schedule", "--at", "2026-11-30T07:01+01:00").stdout
    assert "2026-12-01 07:00" in listed and "2026-11-30 07:00" in listed
    assert "car_managers" in pmlib(on_schedule, "deliver", "--list").stdout
    assert "run --due" in pmlib(on_schedule, "schedule", "install", "--print").stdout


def test_it_stands_in_the_forms_and_with_the_alerts_asked_for(on_schedule):
    home = on_schedule / "reports" / "published" / "weekly_cars"
    record = json.loads(next(home.glob("editions/*/run.json")).read_text("utf-8"))
    assert "slides.pptx" in record["files"] and record["parts"]["as of"] == "2026-11-30"
    assert [line for line in record["alerts"] if "cannot be judged" in line] == []
    assert "weekly_cars" in (on_schedule / "reports/published/index.html").read_text("utf-8")


def test_its_mail_is_seen_before_it_is_sent_and_its_forms_are_exported(on_schedule, pmlib, tmp_path):
    done = pmlib(on_schedule, "deliver", "--preview", "car_managers", str(tmp_path / "mail"))
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "mail").glob("*.eml"))
    done = pmlib(
        on_schedule, "export", "weekly_cars", "--as", "pptx", "--edition", "1", "--to", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("weekly_cars-*.pptx"))


def test_the_doctor_says_what_lets_no_mail_out(on_schedule, pmlib):
    done = pmlib(on_schedule, "doctor")
    assert done.returncode == 1 and "127.0.0.1" in done.stderr and "ok     packages" in done.stdout


def test_every_schedule_and_alert_that_it_names_is_read():
    from pmlib.reports.condition import condition
    from pmlib.reports.schedule.when import when

    rows = dict(re.findall(r"^\| `(schedule|alerts)` \| (.*) \|$", README, flags=re.M))
    for text in re.findall(r"`([^`\"]+)`", rows["schedule"]):
        when(text, "Europe/Berlin")
    alerts = [text for text in re.findall(r"`([^`]+)`", rows["alerts"]) if " " in text]
    assert len(alerts) == 5
    for text in alerts:
        assert condition(text).name == "focal_share"


def test_every_command_is_one_that_is_tested():
    # .ci/run calls make report, test and check, test_cli.py runs what `pmlib new` and `pmlib init` make; what
    # conda does cannot be tried without its channels.
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    for name in ("report", "test", "check"):
        assert f"make {name}" in ci
    tried = (
        "pmlib check",
        "pmlib run",
        "pmlib status",
        "pmlib why",
        "pmlib editions",
        "pmlib diff",
        "pmlib verify",
        "pmlib sources",
        "pmlib new",
        "pmlib init",
        "pmlib schedule",
        "pmlib deliver",
        "pmlib export",
        "pmlib doctor",
        "pmlib serve",  # test_serve.py
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


def test_the_methods_named_are_those_there_are():
    from pmlib import competitive

    table = README.partition("| Section | Methods")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert named <= set(competitive.__all__)
    # what is built on, by those who write methods and instruments of their own
    assert set(competitive.__all__) - named == {"blp_instruments", "dirichlet"}


@pytest.mark.parametrize("topic", ["sizing", "impact"])
def test_the_methods_of_a_topic_are_those_it_lists(topic):
    methods = import_module(f"pmlib.{topic}").__all__
    (table,) = re.findall(rf"`{topic}\.NAME` in a notebook \|\n\|[-|]+\|\n((?:\|.*\n)+)", README)
    named = set(re.findall(r"`(\w+)`", table))
    assert named == {name for name in methods if name[0].islower()}


def test_the_honesty_that_it_tells_is_what_was_measured():
    honesty = runpy.run_path(str(ROOT / "tests" / "honesty" / "__main__.py"))
    table = pd.read_csv(honesty["TARGET"])
    assert honesty["markdown"](table) in README
    assert table["found"].between(table["low"], table["high"]).all()


def test_the_driver_tree_that_it_shows_is_read():
    from pmlib import sizing

    (text,) = re.findall(r"^```text\n(.*?)```", README, flags=re.S | re.M)
    assert sizing.size(sizing.tree(text)).numbers[0].unit == "€ a year (2025)"


def test_the_lines_of_python_run(monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(ROOT))
    blocks = re.findall(r"^```python\n(.*?)```", README, flags=re.S | re.M)
    assert len(blocks) == 3  # competitive analysis, market sizing, feature impact
    for lines in blocks:
        exec(compile(lines, "README.md", "exec"), {})
