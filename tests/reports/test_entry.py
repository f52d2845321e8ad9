from datetime import date, timedelta

import pytest

from pmlib.reports.entry import CATALOG, PlanError, catalog

SAID = """\
[tiny]
notebook = "tiny"
title = "The {region} market"
audience = "Planners"
time_limit = 60
memory_limit = "1.5 GB"
max_age = "6 weeks"
retries = 2
transient = ["ConnectionError", "TimeoutError"]
editions = 5
as_of = 2026-03-31
[tiny.parameters]
basis = "units"
[tiny.product]
region = ["north", "south"]
[tiny.zip]
first = [1990, 2000]
last = [1999, 2009]
"""


def read(tmp_path, text):
    (tmp_path / "reports").mkdir()
    (tmp_path / CATALOG).write_text(text)
    return catalog(tmp_path)


def test_the_catalog_says_what_is_to_be_run_and_within_which_limits(tmp_path):
    entry = read(tmp_path, SAID)["tiny"]
    assert entry.memory_limit == 1_500_000_000
    assert entry.max_age == timedelta(days=42)
    assert (entry.retries, entry.transient) == (2, ["ConnectionError", "TimeoutError"])
    assert (entry.editions, entry.as_of) == (5, date(2026, 3, 31))
    assert entry.product == {"region": ["north", "south"]}


def test_what_is_not_said_has_a_default(tmp_path):
    entry = read(tmp_path, '[tiny]\nnotebook = "tiny"\n')["tiny"]
    assert (entry.time_limit, entry.memory_limit, entry.max_age) == (300, None, None)
    assert (entry.retries, entry.editions, entry.as_of) == (0, 20, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('memory_limit = "2"', 'memory_limit is \'2\'; write it as in "2 GB" or "500 MB"'),
        ('memory_limit = "0 GB"', "memory_limit is '0 GB'; write it"),
        ("memory_limit = 2_000_000", "memory_limit is 2000000; write it"),
        ('max_age = "soon"', "max_age is 'soon'; write it as in \"40 days\""),
        ('max_age = "-1 days"', "max_age is '-1 days'; write it"),
        ("max_age = 40", "max_age is '40'; write it as in"),
        ("time_limit = 604801", "time_limit is 604801: input should be less than or equal to 604800"),
        ("editions = 1", "editions is 1: input should be greater than or equal to 2"),
        ('as_of = "31.3.2026"', "as_of is '31.3.2026'; it takes a date such as 2026-03-31"),
        ("as_of = 2026-03-31T10:00:00", "as_of is 2026-03-31T10:00:00; it takes a date"),
        ("retries = 2", "retries does nothing without transient; write both"),
        ('transient = ["OSError"]', "transient does nothing without retries; write both"),
        ('retries = 1\ntransient = ["a b"]', "transient.0 is 'a b'; it takes a name of letters"),
        (
            'schedule = "weekday 7"',
            "schedule is 'weekday 7', which is not understood; write five cron fields",
        ),
        ('schedule = "30 february"', "schedule is '30 february', which never comes; correct its day"),
        ('schedule = "hourly"\nzone = "Berlin/Europe"', "zone is 'Berlin/Europe', which is unknown"),
        ('zone = "Europe/Berlin"', 'zone does nothing without schedule; write it, as in "weekdays 07:00"'),
        ('missed = "each"', "missed does nothing without schedule; write it"),
        ('alerts = ["share = 2%"]', "alerts has 'share = 2%', which is no condition; write \"share < 20%\""),
        ('alerts = ["a < 1", "a < 1"]', "alerts holds 'a < 1' twice; keep it once"),
        ("product = {region = []}", "product.region is empty; give it values, or delete it"),
        ('product = {region = "north"}', "product.region is 'north': input should be a valid list"),
        ("product = {a = [1]}\nparameters = {a = 1}", "a stands in both parameters and product; keep one"),
        ("zip = {a = [1]}\nparameters = {a = 1}", "a stands in both parameters and zip; keep one"),
        ("zip = {a = [1]}\nproduct = {a = [1]}", "a stands in both product and zip; keep one"),
        (
            "zip = {a = [1, 2], b = [1]}",
            "zip puts values side by side, and a has 2, b has 1; give each as many",
        ),
        ("product = {a = [1, 2, 1]}", "product.a holds 1 twice; keep it once"),
        ("product = {a = [1, 1.0]}", "product.a holds 1.0 twice; keep it once"),
        ("product = {a = [[1], [1]]}", "product.a holds [1] twice; keep it once"),
        ("zip = {a = [1, 2, 1], b = [3, 3, 3]}", "zip holds the row 1, 3 twice; keep it once"),
        ("prodct = {a = [1]}", "unknown key prodct; did you mean product?"),
        (f"editions = 0x1{'0' * 5000}", "editions is a number of thousands of digits: input should be"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line_that_names_table_and_key(tmp_path, line, said):
    with pytest.raises(PlanError) as error:
        read(tmp_path, f'[tiny]\nnotebook = "tiny"\n{line}\n')
    assert str(error.value).startswith(f"reports/catalog.toml, [tiny]: {said}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["con", "nul", "com1", "Tiny", "a-b", "..", "a" * 81])
def test_a_name_that_cannot_be_a_folder_everywhere_is_refused(tmp_path, name):
    with pytest.raises(PlanError, match="a report is named by at most 80 of a-z, 0-9 and _"):
        read(tmp_path, f'["{name}"]\nnotebook = "tiny"\n')


@pytest.mark.parametrize("text", [f"a = {'[' * 100_000}", f"a = 1{'0' * 5000}", "a = '\x00'"])
def test_what_no_reader_can_take_is_refused(tmp_path, text):
    with pytest.raises(PlanError, match=r"reports/catalog\.toml cannot be read: "):
        read(tmp_path, text)
