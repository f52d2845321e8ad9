"""Databases that are files: SQLite, whose cells have types of their own, and DuckDB."""

import sqlite3

import duckdb
import pytest
from servers import declare, refused

from pmlib.data import database
from pmlib.data.part import engine

URL = 'database = "sqlite:///data/shop.db"\n'


@pytest.fixture
def home(tmp_path):
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data/shop.db") as shop:
        shop.execute("create table t (firm, units)")
        rows = [("Acme", 1), ("007", "n.a."), (7, 2.5), ("Bolt", 1e300), (None, 3.0), (2**62, 0.1 + 0.2)]
        shop.executemany("insert into t values (?, ?)", rows)
    shop.close()
    with duckdb.connect(tmp_path / "data/shop.duckdb") as shop:
        shop.execute(
            "create table t as select 'Acme' as firm, 12.50::decimal(9,2) as price, 'é' as É, 1 as é"
        )
    return tmp_path


def rows(home, settings):
    table = declare(home, settings)
    with engine() as gate, database.opened(home, "sales", table) as found:
        part = found.part(gate)
        assert part.locate(0) == "row 1"
        return part.names, part.relation.fetchall()


def refusal(home, settings) -> str:
    with refused() as said:
        rows(home, settings)
    return said[0]


def test_each_cell_of_sqlite_is_text_as_it_is(home):
    names, found = rows(home, URL + 'query = "select * from t"')
    assert names == ["firm", "units"]
    assert found == [
        ("Acme", "1"),
        ("007", "n.a."),
        ("7", "2.5"),
        ("Bolt", "1e+300"),
        (None, "3"),
        ("4611686018427387904", "0.30000000000000004"),
    ]


def test_values_are_bound(home):
    query = """query = '''select firm as ":no" from t where firm = :firm or ':no' = ':firm' -- :no'''\n"""
    assert rows(home, URL + query + """parameters = { firm = "x' or 1=1 --" }""")[1] == []
    assert rows(home, URL + query + 'parameters = { firm = "Acme" }') == ([":no"], [("Acme",)])


def test_duckdb_keeps_its_types(home):
    names, found = rows(home, 'database = "duckdb:///data/shop.duckdb"\nquery = "select * from t"')
    assert names[:2] == ["firm", "price"] and str(found[0][1]) == "12.50"


QUERIES = {
    "select firm from t; drop table t": "[sales]: query holds a second statement, 'drop table t'; keep one",
    "drop table t": "not authorized",
    "delete from t returning firm": "not authorized",
    "attach '/etc/passwd' as x": "not authorized",
    "pragma user_version": "not authorized",
    "select load_extension('x') as firm": "not authorized to use function: load_extension",
    "select firm, firm from t": "gives column 'firm' twice",
    "select x'00' as firm from t": "row 1, column 'firm': found bytes, which no column can hold",
    "select firm from no_table": "no such table: no_table",
    "select firm from t where units = :n": "[sales]: query has :n, and parameters have none",
    "select firm from t where units = ?": "[sales]: query has a ?",
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_only_reads_and_only_that_file(home, query):
    before = (home / "data/shop.db").read_bytes()
    assert QUERIES[query] in refusal(home, f'{URL}query = "{query}"')
    assert (home / "data/shop.db").read_bytes() == before


DUCKDB = {
    "select firm from t; drop table t": "holds a second statement",
    "drop table t": "it is no select but drop",
    "copy t to 'data/out.csv'": "it is no select but copy",
    "attach 'data/shop.db' as x": "it is no select but attach",
    "set enable_external_access = true": "it is no select but set",
    "select content as firm from read_text('/etc/passwd')": "Permission Error",
    "select * from 'data/sources.csv'": "disabled by configuration",
}


@pytest.mark.parametrize("query", DUCKDB)
def test_a_duckdb_query_sees_its_file_and_nothing_else(home, query):
    said = refusal(home, f'database = "duckdb:///data/shop.duckdb"\nquery = "{query}"')
    assert DUCKDB[query] in said
    assert not (home / "data/out.csv").exists()


PLACES = {
    "sqlite:///data/no.db": "data/no.db is not there",
    "sqlite:////etc/passwd": "/etc/passwd leads out of the project",
    "sqlite://": "[sales] names no file of a database",
    "duckdb:///:memory:": "[sales] names no file of a database",
    "sqlite:///data/sources.toml": "file is not a database",
    "duckdb:///data/sources.toml": "it is not a valid DuckDB database file",
    "nothing://x": "Can't load plugin: sqlalchemy.dialects:nothing",
    "not an address": "Could not parse SQLAlchemy URL",
}


@pytest.mark.parametrize("url", PLACES)
def test_no_database_is_refused_in_one_line(home, url):
    said = refusal(home, f'database = "{url}"\nquery = "select firm from t"')
    assert PLACES[url] in said and "[sales]" in said


def test_the_hash_changes_with_the_rows_and_not_with_their_order(home):
    def digest(order=""):
        return database.digest(home, "sales", declare(home, f'{URL}query = "select * from t {order}"'))

    before = digest()
    assert digest("order by units") == before
    with sqlite3.connect(home / "data/shop.db") as shop:
        shop.execute("update t set units = 2 where firm = 'Acme'")
    shop.close()
    assert digest() != before


def test_a_version_stands_for_the_rows(home):
    settings = URL + 'query = "select * from t"\nversion = "select max(rowid) from t"'
    table = declare(home, settings)
    before = database.digest(home, "sales", table)
    with sqlite3.connect(home / "data/shop.db") as shop:
        shop.execute("update t set units = 2")
        assert database.digest(home, "sales", table) == before
        shop.execute("insert into t values ('New', 1)")
        shop.commit()
    shop.close()
    assert database.digest(home, "sales", table) != before
