"""From a file to its rows: one module a format, each with an `open_`."""

from importlib import import_module
from pathlib import Path

import duckdb

from pmlib.data.declaration import Table
from pmlib.data.part import Part
from pmlib.data.words import DataError

MODULES = {
    "delimited": (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"),
    "excel": (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    "parquet": (".parquet", ".pq"),
    "records": (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"),
    "spss": (".sav", ".zsav"),
}
RUNS_CODE = (".pkl", ".pickle", ".joblib", ".npy", ".npz", ".dill")
ENDINGS = {ending: module for module, endings in MODULES.items() for ending in endings}


def open_file(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open a local file as the format that its name says.

    Raises
    ------
    DataError : no format has that ending, or the file is not what its name says.
    """
    module = format_of(path if "://" not in path else file.name)  # an address may be a variable
    return import_module(f"pmlib.data.formats.{module}").open_(gate, file, path, table)


def format_of(path: str) -> str:
    """Name the module that reads files with such a name.

    Raises
    ------
    DataError : there is none.
    """
    name = path.lower()
    if name.endswith(RUNS_CODE):
        raise DataError(f"{path} is a pickle or the like, which can run code; save it as Parquet or CSV")
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if name.endswith(ending):
            return ENDINGS[ending]
    known = ", ".join(sorted(ENDINGS))
    raise DataError(f"{path}: the ending of its name says no format; it may be {known}")
