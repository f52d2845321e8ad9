"""Publications so small that thousands can be tried: made-up files, no notebook."""

import json

from pmlib.reports.failure import Failure
from pmlib.reports.plan import PUBLISHED, Entry, Job
from pmlib.reports.publish import clear, publish, publish_failure

WHEN = "2026-01-01 00:00 UTC"


def job(root):
    return Job(
        "tiny", Entry(notebook="tiny", editions=2), {"cells": []}, {}, {}, {}, root / PUBLISHED / "tiny"
    )


def files(number):
    """What an edition holds; every file tells of which edition it is, and the page links to its tables."""
    tables = ("tables/both.csv", f"tables/only_{number}.csv")
    links = "".join(f'<a href="{path}">table</a>' for path in tables)
    record = {"key": f"{number:064x}", "parts": {}, "inputs": [], "parameters": {}, "title": "Tiny"}
    record["previous"] = f"{number - 1:04d}-00000000" if number > 1 else None
    return {
        "index.html": f"<html><body><p>edition {number}</p>{links}</body></html>\n".encode(),
        "numbers.json": json.dumps({"edition": number}).encode(),
        "tables.xlsx": f"workbook {number}".encode(),
        **{path: f"{path} {number}".encode() for path in tables},
        "notebook.ipynb": b"{}",
        "run.json": json.dumps(record).encode(),
    }


def fail(root):
    clear(job(root).home)  # as the press does before each run
    publish_failure(job(root), Failure(1, 1, "1/0", "ZeroDivisionError", "no"), [], WHEN, root)


def again(number):
    def run(root):
        clear(job(root).home)
        publish(job(root), files(number), root)

    return run
