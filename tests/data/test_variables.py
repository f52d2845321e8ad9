"""Secrets are named, not written: a value never leaves the process, whatever a driver says of it."""

import json
from pathlib import Path

import pytest
from servers import declare, postgres, refused, web  # noqa: F401 (fixtures)

from pmlib import data
from pmlib.data import variables

WHERE = "[sales]: url"


@pytest.fixture
def canary(monkeypatch):
    monkeypatch.setattr(variables, "_values", {})

    def put(value, name="CANARY"):
        monkeypatch.setenv(name, value)
        return value

    return put


@pytest.mark.parametrize(
    ("declared", "expanded"),
    [
        ("https://h/x.csv", "https://h/x.csv"),
        ("postgresql://u:${CANARY}@h/db", "postgresql://u:p%40s%2Fs%20w@h/db"),
        ("https://h/${CANARY}/x.csv", "https://h/p@s/s w/x.csv"),
        ("https://h/x.csv?sig=${CANARY}&n=1", "https://h/x.csv?sig=p%40s%2Fs%20w&n=1"),
        ("${CANARY}", "p@s/s w"),
        ("s3://b/$CANARY.csv", "s3://b/$CANARY.csv"),
    ],
)
def test_a_value_is_quoted_where_an_address_needs_that(canary, declared, expanded):
    canary("p@s/s w")
    assert variables.address(declared, WHERE) == expanded


@pytest.mark.parametrize("value", ["p@s/s w'\"\\é", "abc", "x+y=z%41", "a" * 200])
def test_no_form_of_a_value_is_told(canary, value):
    canary(value)
    variables.expanded("${CANARY}", WHERE)
    from base64 import b64encode
    from urllib.parse import quote, quote_plus

    forms = [value, quote(value), quote(value, safe=""), quote_plus(value), repr(value)[1:-1]]
    forms += [json.dumps(value)[1:-1], b64encode(value.encode()).decode()]
    for form in forms:
        assert variables.scrub(f"failed: {form}\nat host") == "failed: ${CANARY} at host"


def test_the_parts_of_an_address_are_not_told(canary):
    canary("postgresql://sue:p%40ss77@db.example/sales?sslpassword=keykey&x=tok77")
    variables.address("${CANARY}", WHERE)
    for told in ("sue", "p@ss77", "p%40ss77", "keykey", "tok77"):
        assert variables.scrub(f"no {told} here") == "no ${CANARY} here"
    assert variables.scrub("host db.example: no table sales") == "host db.example: no table sales"


def test_a_short_value_is_taken_out_where_it_stands_alone(canary):
    canary("db")
    variables.expanded("${CANARY}", WHERE)
    assert variables.scrub("db: feedback of 'db'") == "${CANARY}: feedback of '${CANARY}'"


@pytest.mark.parametrize(
    ("value", "text", "says"),
    [
        (None, "${CANARY}", "needs the environment variable CANARY, which is not set; set it"),
        ("", "${CANARY}", "needs the environment variable CANARY, which is empty; set it"),
        ("x", "${}", "has '${}'; write it as ${NAME}"),
        ("x", "${a b}", "has '${a b}'; write it as ${NAME}"),
    ],
)
def test_a_variable_that_is_not_there_is_named(canary, monkeypatch, value, text, says):
    monkeypatch.delenv("CANARY", raising=False)
    if value is not None:
        canary(value)
    with refused() as said:
        variables.expanded(text, WHERE)
    assert said[0].startswith(f"data/sources.toml, {WHERE} {says}")


OUTRIGHT = [
    "postgresql://u:canary@h/db",
    "https://canary@h/x.csv",
    "https://u:canary@h/x.csv",
    "https://h/x.csv?token=canary",
    "https://h/x.csv?n=1&X-Amz-Signature=canary",
    "postgresql://h/db?password=canary",
]


@pytest.mark.parametrize("declared", OUTRIGHT)
def test_a_secret_in_an_address_is_refused_and_not_repeated(declared):
    with refused() as said:
        variables.address(declared, WHERE)
    assert "itself; put it in an environment variable" in said[0] and "canary" not in said[0]


@pytest.mark.parametrize(
    "storage",
    [
        {"key": "canary"},
        {"secret": "canary"},
        {"client_kwargs": {"aws_secret_access_key": "canary"}},
        {"headers": {"Authorization": "Bearer canary"}},
        {"accountKey": "canary"},
        {"nested": [{"sas_token": "canary"}]},
    ],
)
def test_a_secret_in_an_option_is_refused_and_not_repeated(storage):
    with refused() as said:
        variables.options(storage, "[sales]: storage")
    assert "itself; put it in an environment variable" in said[0] and "canary" not in said[0]


def test_options_that_are_no_secrets_pass(canary):
    canary("tok77")
    given = {"anon": True, "token": "anon", "endpoint_url": "http://h", "monkey": "x", "n": 3}
    assert variables.options(given, WHERE) == given
    assert variables.options({"headers": {"Authorization": "Bearer ${CANARY}"}}, WHERE) == {
        "headers": {"Authorization": "Bearer tok77"}
    }


def test_a_declaration_shows_names_only(tmp_path, canary):
    canary("tok77")
    table = declare(tmp_path, 'url = "https://h/x.csv?sig=${CANARY}"\nstorage = { key = "${CANARY}" }')
    assert "${CANARY}" in repr(table) and "tok77" not in repr(table)


READ = """\
import json, pathlib
from IPython.display import publish_display_data
from pmlib import data
source = data.read("sales")
print(source.fingerprint)
text = pathlib.Path("data/payload.json").read_text()
publish_display_data(json.loads(text.replace("FOCAL", source.frame["firm"].iloc[0])))
"""
HEAD = '[sales]\ntitle = "Sales"\norigin = "Us"\nlicence = "ours"\n'


@pytest.fixture
def press(tmp_path, pmlib, monkeypatch):
    """A function that publishes a report on a declared table, and gives all that can be read of the run."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "reports")
    import small

    def run(settings, *words):
        root = tmp_path / "root"
        if not root.exists():
            root.mkdir()
            small.make(root, READ)
        (root / "data/sources.toml").write_text(f"{HEAD}{settings}\n[sales.columns]\nfirm = {FIRM}\n")
        done = pmlib(root, "run", *words)
        files = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
        return done, b"\n".join([*files, done.stdout.encode(), done.stderr.encode()])

    return run


FIRM = '{ type = "text", role = "firm" }'


def test_a_published_page_and_a_failed_one_hold_no_secret(press, web, postgres, monkeypatch):  # noqa: F811
    monkeypatch.setenv("CANARY", "canary/77+x")
    web.answers["/sales.csv"] = (200, {}, b"firm\nAcme\n")
    host = postgres.partition("host=")[2]
    database = 'database = "postgresql://{}:${{CANARY}}@{}"\nquery = "select \'Acme\' as firm"'
    for settings, fails in {
        f'url = "{web.url}/sales.csv?sig=${{CANARY}}"': False,
        database.format("postgres", f"/postgres?host={host}"): False,
        f'url = "{web.url}/no.csv?sig=${{CANARY}}"': True,
        database.format("postgres", "127.0.0.1:1/postgres"): True,
        database.format("postgres", f"/no?host={host}"): True,
    }.items():
        done, everything = press(settings, "--debug")
        assert bool(done.returncode) == fails, done.stderr
        assert b"CANARY" in everything
        for form in (b"canary/77", b"canary%2F77", b"canary%2f77"):
            assert form not in everything


def test_a_notebook_gets_what_a_variable_holds_and_errors_do_not_show_it(canary):
    value = canary("kanarienvogel")
    assert data.secret("CANARY") == value
    assert variables.scrub(f"failed: {value}") == "failed: ${CANARY}"


@pytest.mark.parametrize("name", ["GONE", "kanarienvogel", ""])
def test_a_variable_that_is_not_set_is_not_named_for_it_may_be_the_secret(name):
    with pytest.raises(
        data.DataError, match="the environment variable that this secret names is not set"
    ) as error:
        data.secret(name)
    assert not name or name not in str(error.value)
