"""Secrets are taken out of whatever a program may have written them into."""

import base64
import html
import json
import re
from functools import partial
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from pmlib.secret import scrub

AWKWARD = "pa\"ss'w/ö\\rd<&> %41+="
NASTY = [
    AWKWARD,
    "correct horse",
    "plain_token_1",
    "käse\tbrot",
    "'\"'\"'\"",
    "🚗🚗🚗🚗🚗🚗",
    "a" * 5000,
    "\udcff\udcfeabcd",
]
quoted = partial(quote, safe="", errors="surrogateescape")
WRITINGS = {
    "plain": str,
    "repr": repr,
    "ascii": ascii,
    "a stack": lambda text: text.encode("ascii", "backslashreplace").decode(),
    "JSON": json.dumps,
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON within JSON": lambda text: json.dumps(json.dumps([text])),
    "a repr within a repr": lambda text: repr(repr([text])),
    "a URL": partial(quote, errors="surrogateescape"),
    "a whole URL": lambda text: f"https://u:{quoted(text)}@host/",
    "a query": lambda text: urlencode({"token": text}, errors="surrogateescape"),
    "a form in JSON": lambda text: json.dumps({"url": f"/?t={quoted(text)}"}),
    "lower-case codes": lambda text: re.sub("%..", lambda code: code[0].lower(), quoted(text)),
    "HTML": html.escape,
    "HTML of another kind": lambda text: html.escape(text, quote=False),
    "HTML of a repr": lambda text: html.escape(repr(text)),
    "an exception": lambda text: str(KeyError(text)),
    "hex": lambda text: text.encode(errors="surrogateescape").hex(),
}


def left(text, value):
    """What of a value can be read in a text."""
    plain = [value, json.dumps(value)[1:-1], repr(value)[1:-1], quoted(value), html.escape(value)]
    return [form for form in plain if form.lower() in text.lower()]


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("writing", WRITINGS)
def test_a_secret_is_taken_out_in_every_usual_writing(writing, value):
    written = f"failed: {WRITINGS[writing](value)} at host"
    clean = scrub(written, {"TOKEN": value})
    assert "${TOKEN}" in clean
    assert left(clean, value) == []
    assert clean.startswith("failed: ") and clean.endswith(" at host")


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("user", ["", "u", "us", "use", "user"])
def test_a_secret_in_base64_is_taken_out_wherever_it_begins(value, user):
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        code = encode(f"{user}:{value}".encode(errors="surrogateescape")).decode()
        clean = scrub(f"Authorization: Basic {code}", {"TOKEN": value})
        assert "${TOKEN}" in clean
        assert len(clean) <= len("Authorization: Basic ${TOKEN}") + len(user) * 4 // 3 + 8


letters = st.characters(codec="utf-8", exclude_characters="${}T")  # what stands for a secret is none


@given(st.text(letters, min_size=6), st.text(letters), st.text(letters))
def test_no_secret_is_left_in_a_text(value, before, after):
    assert value not in scrub(before + value + after, {"T": value})


def test_all_parts_of_what_a_run_leaves_are_cleaned():
    value = "kanarienvogel"
    output = new_output(
        "display_data", data={"text/html": f"<b>{value}</b>", "application/json": [value, 1, None, (value,)]}
    )
    notebook = new_notebook(cells=[new_code_cell(f"# {value}", outputs=[output])])
    clean = scrub(notebook, {"TOKEN": value})
    assert value not in json.dumps(clean)
    assert clean.cells[0].outputs[0].data["text/html"] == "<b>${TOKEN}</b>"
    assert notebook.cells[0].source == f"# {value}"
    assert scrub({value: b"\xff" + value.encode()}, {"TOKEN": value}) == {"${TOKEN}": b"\xff${TOKEN}"}


def test_the_longer_of_two_secrets_is_taken_out_first():
    values = {"SHORT": "kanarien", "LONG": "kanarienvogel"}
    assert scrub("kanarienvogel, kanarien", values) == "${LONG}, ${SHORT}"


def test_of_an_address_what_is_secret_is_taken_out_and_the_rest_are_words():
    value = "postgresql://postgres:pa%24%24word@db.example/sales?sslmode=require&api_key=abcdefgh"
    clean = scrub("postgres pa$$word pa%24%24word abcdefgh sales db.example require", {"DSN": value})
    assert clean == "postgres ${DSN} ${DSN} ${DSN} sales db.example require"
    assert scrub("as sesame_street", {"URL": "https://sesame_street@host/"}) == "as ${URL}"
    assert scrub("as postgres", {"DSN": "postgresql://postgres@host/"}) == "as postgres"
    assert scrub("at https://[oddity!", {"ODD": "https://[oddity"}) == "at ${ODD}!"


def test_a_line_of_a_key_is_a_secret():
    key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2EAAAADAQ\nshort\n-----END KEY-----\n"
    assert scrub("at AAAAB3NzaC1yc2EAAAADAQ, short", {"KEY": key}) == "at ${KEY}, short"


def test_without_secrets_nothing_is_touched():
    what = {"a": ["b"]}
    assert scrub(what, {}) is what
