"""A real PostgreSQL: values as they are, one state, nothing changed, totals added up in the server."""

import datetime

import pandas as pd
import pytest
from servers import declare, postgres, refused  # noqa: F401 (a fixture)

from pmlib.data import database, drivers
from pmlib.data.checked import Checked
from pmlib.data.part import engine

COLUMNS = """[sales.columns]
day = { type = "date", role = "period" }
region = { type = "category" }
maker = { type = "text", role = "firm", nullable = true }
amount = { type = "integer", role = "units" }
list = { type = "number", role = "price" }
rate = { type = "number", scale = 0.01 }
promo = { type = "flag" }
"""
ROWS = """create table sales as select date '2020-01-01' + g % 700 as day, 'region ' || g % 7 as region,
    case when g % 11 > 0 then 'mäker ' || g % 5 end as maker, g % 1000 as amount,
    round((random() * 1000)::numeric, 2) as list, exp(30 * random() - 10) as rate, g % 2 = 0 as promo
    from generate_series(1, 40000) as g"""


@pytest.fixture(scope="module")
def url(postgres):  # noqa: F811
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute(ROWS)
        cursor.execute("create role reader login password 'right'")
        connection.commit()
    return postgres


@pytest.fixture
def ask(url, tmp_path):
    def table(query, settings="", columns='[sales.columns]\nx = { type = "text" }\n'):
        return declare(tmp_path, f'database = "{url}"\nquery = """{query}"""\n{settings}', columns)

    def opened(*words):
        return database.opened(tmp_path, "sales", table(*words))

    def rows(*words):
        with engine() as gate, opened(*words) as found:
            part = found.part(gate)
            return part.names, part.relation.to_arrow_table().to_pylist()

    def digest(*words):
        return database.digest(tmp_path, "sales", table(*words))

    ask = type("Ask", (), {"opened": staticmethod(opened), "rows": staticmethod(rows)})
    ask.digest = staticmethod(digest)
    return ask


def cell(ask, value):
    (row,) = ask.rows(f"select {value} as x")[1]
    return row["c0"]


VALUES = {
    "12345678901234567890.1234500": "12345678901234567890.12345",  # a float would lose digits
    "12.00": "12",
    "'NaN'::numeric": "NaN",
    "0.1::real": 0.1,
    "2::smallint": 2,
    "9007199254740993": 9007199254740993,
    "1234.5::money": "1234.50",  # the driver gives cents
    "'ab'::char(5)": "ab",
    "'007'::varchar": "007",
    "date '2020-02-29'": datetime.date(2020, 2, 29),
    "timestamp '2020-02-29 12:30'": datetime.datetime(2020, 2, 29, 12, 30),
    "true": True,
    "null": None,
    "'{\"a\": 1}'::jsonb": '{"a": 1}',
    "interval '1 day'": "1 day",
}


@pytest.mark.parametrize("value", VALUES)
def test_values_arrive_as_they_are(ask, value):
    assert cell(ask, value) == VALUES[value]


def test_a_moment_keeps_its_offset(ask):
    moment = cell(ask, "timestamptz '2020-01-01 00:30+02'")
    assert moment == datetime.datetime(2019, 12, 31, 22, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize("value", ["''::bytea", "'{1}'::int[]", "row(1, 2)"])
def test_what_no_column_can_hold_is_refused_where_it_is_declared(ask, value):
    with refused() as said:
        cell(ask, value)
    assert said[0].startswith("the query of [sales], column 'x': it holds")
    assert ask.rows(f"select 1 as x, {value} as y")[0] == ["x"]


@pytest.mark.parametrize("value", ["date 'infinity'", "timestamp '-infinity'", "timestamptz 'infinity'"])
def test_a_date_without_end_is_refused(ask, value):
    with refused() as said:
        ask.rows(f"select now()::date as x where false union all select {value}")
        ask.rows(f"select x from (values (null), ({value})) as v (x)")
    assert "row 1, column 'x': found a date without end" in said[0]


def test_all_columns_are_named_where_one_is_missing(ask):
    assert ask.rows("select 1 as a, 2 as b")[0] == ["a", "b"]


QUERIES = {
    "select 1 as x; drop table sales": "holds a second statement, 'drop table sales'",
    "drop table sales": "syntax error",
    "delete from sales returning 1 as x": "syntax error",
    "with gone as (delete from sales returning 1) select 1 as x": "WITH clause containing a data-modifying",
    "select setval('s', 1) as x": 'relation "s" does not exist',
    "select pg_advisory_lock(1), lo_create(0) as x": "cannot execute lo_create() in a read-only transaction",
    "select 1) as y; drop table sales; select (1 as x": "holds a second statement",
    "select x from nothing": 'relation "nothing" does not exist',
    "select 1 as x, 2 as x": "gives column 'x' twice",
    "select 1 as x where :n = 1": "query has :n, and parameters have none",
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_can_change_nothing(ask, query):
    with refused() as said:
        ask.rows(query)
    assert QUERIES[query] in said[0] and "[sales]" in said[0]
    assert ask.rows("select count(*) as x from sales")[1] == [{"c0": 40000}]


def test_values_are_bound_and_casts_and_quotes_left_alone(ask):
    query = "select :text || '::' as x where 2::int = :two and ':two' <> '?' and day > :day -- :no"
    parameters = """parameters = { text = "'; drop table sales --", two = 2, day = 2021-11-01 }"""
    found = ask.rows(query.replace("where", "from sales where"), parameters)[1]
    assert found and {row["c0"] for row in found} == {"'; drop table sales --::"}


def test_the_hash_is_of_the_rows_in_any_order(ask):
    query = "select g as x from generate_series(1, 999) as g order by {}"
    assert ask.digest(query.format("g")) == ask.digest(query.format("-g"))
    assert ask.digest(query.format("g").replace("999", "998")) != ask.digest(query.format("g"))
    assert ask.digest("select 1 as x union all select 1") != ask.digest("select 1 as x")


def test_a_version_stands_for_the_rows(ask):
    by_version = [
        ask.digest(f"select {n} as x", f'version = "select {v}"') for n, v in ((1, 1), (2, 1), (1, 2))
    ]
    assert by_version[0] == by_version[1] != by_version[2]


TAKE = {
    "amount": "mean",
    "list": "sum",
    "rate": "sum",
    "maker": "distinct",
    "rows": "count",
    "promo": "sum",
    "day": "max",
}
WHERE = {"day": ("2020-03", "2021-05"), "region": ["region 1", "region 3"]}


def test_totals_of_the_server_are_those_of_the_engine_to_the_last_bit(ask):
    from pmlib.data.totals import totals

    by = ["maker", "day:month"]
    with engine() as gate, ask.opened("select * from sales", "", COLUMNS) as found:
        assert found.pushes(list(found.table.columns))
        here, _ = totals(found, by, TAKE, WHERE)
        today = datetime.date(2030, 1, 1)
        checked = Checked(gate, found.table, [found.part(gate)], today, checks=False)
        there, _ = totals(checked, by, TAKE, WHERE)
    assert here.num_rows > 50
    pd.testing.assert_frame_equal(here.to_pandas(), there.to_pandas(), check_exact=True)


def test_moments_of_the_server_are_those_of_the_engine_to_the_last_bit(ask):
    from pmlib.data.moments import moments

    with engine() as gate, ask.opened("select * from sales", "", COLUMNS) as found:
        checked = Checked(gate, found.table, [found.part(gate)], datetime.date(2030, 1, 1), checks=False)
        asked = (["maker"], ["amount", "rate", "promo"], WHERE)
        (here, these), (there, those) = moments(found, *asked), moments(checked, *asked)
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert (these.grouped.scatter == those.grouped.scatter).all()
    assert these.grouped.scatter[:, 1, 1].min() > 0


def test_text_that_holds_dates_is_left_to_the_engine(ask):
    with ask.opened("select '2020-01-01' as x", "", '[sales.columns]\nx = { type = "date" }\n') as found:
        assert not found.pushes(["x"])


CONNECTIONS = {
    "postgresql://nobody:${CANARY}@127.0.0.1:1/db": "Connection refused",
    "postgresql://${CANARY}@127.0.0.1:1/db": "Connection refused",
    "postgresql://reader:${CANARY}@/no?host={}": 'database "no" does not exist',
    "postgresql://reader:${NOT_SET}@127.0.0.1:1/db": "environment variable NOT_SET, which is not set",
    "postgresql://reader:literal@127.0.0.1:1/db": "database holds its password itself",
}


@pytest.mark.parametrize("declared", CONNECTIONS)
def test_no_connection_is_refused_without_the_secret(url, tmp_path, monkeypatch, declared):
    monkeypatch.setenv("CANARY", "can@ry/77")
    host = url.partition("host=")[2]
    table = declare(tmp_path, f'database = "{declared.replace("{}", host)}"\nquery = "select 1 as firm"')
    with refused() as said, database.opened(tmp_path, "sales", table):
        pass
    assert CONNECTIONS[declared] in said[0]
    assert "can@ry" not in said[0] and "can%40ry" not in said[0] and "literal" not in said[0]


def test_any_other_database_is_read_row_by_row(ask, monkeypatch):
    # No other server is at hand; SQLAlchemy's rows of this one stand in for its dialects.
    monkeypatch.setattr(drivers, "is_postgres", lambda url: False)
    monkeypatch.setattr(database.drivers, "postgres", None)
    query = "select amount as x, day, list, promo, ':x y' as q, null as n from sales where amount < :n"
    url_of = drivers.connected
    monkeypatch.setattr(
        drivers, "connected", lambda home, name, url: url_of(home, name, url.replace(":", "+psycopg:", 1))
    )
    names, found = ask.rows(query + " order by 1, 2", "parameters = { n = 2 }")
    assert names == ["x", "day", "list", "promo", "q", "n"] and len(found) == 80
    assert found[0]["c0"] == "0" and found[0]["c4"] == ":x y" and found[0]["c5"] is None
    assert found[0]["c3"] in ("0", "1") and len(found[0]["c1"]) == 10
