"""Answer one question of a large table by one reader, and print seconds, megabytes at most, and the answer.

Revenue by firm and item, of three regions out of four. The clock starts before anything is imported.
"""

import os
import sys
import time

START = time.perf_counter()
KEPT = ["North", "South", "East"]
BY = ["firm", "item"]
QUERY = (
    "select firm, item, sum(revenue) as revenue from {} "
    "where region in ('North', 'South', 'East') group by 1, 2"
)


def of_pandas(table):
    import pandas as pd

    file = path(table)
    rows = pd.read_csv(file) if table == "csv" else pd.read_parquet(file)
    return rows[rows["region"].isin(KEPT)].groupby(BY)["revenue"].sum().reset_index()


def of_polars(table):
    import polars as pl

    file = path(table)
    rows = pl.scan_csv(file) if table == "csv" else pl.scan_parquet(file)
    kept = rows.filter(pl.col("region").is_in(KEPT)).group_by(BY).agg(pl.col("revenue").sum())
    return kept.collect(engine="streaming").to_pandas()


def of_duckdb(table):
    import duckdb

    duckdb.sql("set threads = 2")
    source = f"read_{'csv' if table == 'csv' else 'parquet'}('{path(table)}')"
    return duckdb.sql(QUERY.format(source)).df()


def of_sqlalchemy(table):
    import pandas as pd
    import sqlalchemy

    url = os.environ["PGURL"].replace("postgresql://", "postgresql+psycopg://")
    rows = pd.read_sql("select * from orders", sqlalchemy.create_engine(url))
    return rows[rows["region"].isin(KEPT)].groupby(BY)["revenue"].sum().reset_index()


def of_adbc(table):
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(os.environ["PGURL"]) as connection, connection.cursor() as cursor:
        cursor.execute(QUERY.format("orders"))
        return cursor.fetch_arrow_table().to_pandas()


def of_the_gate(table):
    from pmlib import data

    return data.read(table, where={"region": KEPT}, by=BY, take={"revenue": "sum"}).frame


def path(table):
    return f"data/{table}.{'csv' if table == 'csv' else 'parquet'}"


def most_memory():
    # getrusage would tell of the parent's memory too, which a child starts with
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


reader, table = sys.argv[1:]
PEERS = {
    "pandas": of_pandas,
    "polars": of_polars,
    "duckdb": of_duckdb,
    "sqlalchemy": of_sqlalchemy,
    "adbc": of_adbc,
}
answer = (
    PEERS[reader](table) if reader in PEERS else of_the_gate(f"{table}_key" if "key" in reader else table)
)
total = f"{len(answer)} groups, {answer['revenue'].sum():.2f} in all"
print(time.perf_counter() - START, most_memory(), total)
