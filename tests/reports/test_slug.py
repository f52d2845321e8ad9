import re
import unicodedata
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pmlib.reports.slug import LONGEST, TAKEN, draft_slug, slug

HASH = "[0-9a-f]{8}"
values = st.one_of(
    st.text(),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.lists(st.text(), max_size=3),
)
PATHS = ["..", "../../etc", "/etc/passwd", "C:\\x", "a/b", ".", "", " ", "-", "a\0b", "a\nb", "~", "$HOME"]
TAKEN_NAMES = ["con", "NUL", "com1", "aux.txt", "drafts", "editions", "tables", "index.html", ".part-1"]
ALIKE = [
    "é",
    "e\u0301",
    "\ufb01",
    "fi",
    "ß",
    "ss",
    "İ",
    "\u212a",
    "k",
    "x" * 300,
    "x" * 299,
    "🚗" * 300,
    "\ud800",
]
HASHES = ["a-12345678", "deadbeef", 12345678, "--", "a--b"]
hostile = st.sampled_from([*PATHS, *TAKEN_NAMES, *ALIKE, *HASHES])


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("units", "units"),
        ("us_cars", "us_cars"),
        ("eu-west", "eu-west"),
        (1990, "1990"),
        (0.95, "0_95"),
        (True, "true"),
        (date(2026, 3, 31), "2026-03-31"),
    ],
)
def test_a_plain_value_is_its_own_name(value, name):
    assert slug([value]) == name


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Ford", "ford"),
        ("General Motors", "general-motors"),
        ("São Paulo", "sao-paulo"),
        ("Straße", "strasse"),
        (["GM", "Honda"], "gm-honda"),
        (-5, "5"),
        ("con", "con"),
        ("drafts", "drafts"),
        ("index.html", "index-html"),
        ("x" * 300, "x" * 51),
    ],
)
def test_what_words_leave_out_a_hash_stands_for(value, words):
    assert re.fullmatch(f"{words}-{HASH}", slug([value]))


def test_what_has_no_words_is_a_hash():
    assert all(re.fullmatch(HASH, slug([value])) for value in ("东京", "🚗", "", ".."))


@given(st.lists(values | hostile, min_size=1, max_size=4))
@example(["x" * 28, "y" * 29, "z"])
def test_a_name_is_one_legal_folder_on_every_system(row):
    name = slug(row)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?", name)
    assert len(name) <= LONGEST
    assert name not in TAKEN
    assert not PureWindowsPath(name).is_reserved()
    assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)


@given(st.lists(values | hostile, min_size=1, max_size=2), st.lists(values | hostile, min_size=1, max_size=2))
@example(["a", "b-c"], ["a-b", "c"])
@example(["a", "b"], ["a--b"])
@example(["a"], ["a", ""])
def test_rows_of_one_kind_that_differ_have_names_that_differ(one, other):
    if list(map(type, one)) == list(map(type, other)) or len(one) != len(other):
        assert (slug(one) == slug(other)) == (one == other)


@given(st.text())
def test_case_and_unicode_form_do_not_make_two_values_one(text):
    kin = {text, text.upper(), text.lower(), text.title(), f"{text} "}
    kin |= {unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len({slug([one]) for one in kin}) == len(kin)


def test_a_value_that_looks_like_a_name_with_a_hash_gets_its_own():
    taken = slug(["Ford"])
    assert re.fullmatch(f"{taken}-{HASH}", slug([taken]))


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), values | hostile, min_size=1))
def test_a_draft_is_a_legal_folder_whatever_the_values(given):
    name = draft_slug(given)
    assert re.fullmatch(rf"([a-z0-9_-]+-)?{HASH}", name)
    assert len(name) <= LONGEST


def test_drafts_of_values_that_look_alike_differ():
    alike = ["a", "A", "a ", "\u00e1", "a\u0301", 1, "1", 1.0, True]
    assert len({draft_slug({"x": value}) for value in alike}) == len(alike)
