"""Editions without a run: reports published from made-up files, so that a thousand take a moment."""

import json

from pmlib.reports import key
from pmlib.reports.publish import publish

DECLARED = """\
[sales]
title = "Sales"
path = "data/sales.csv"
origin = "made up"
licence = "none"
columns.firm = { type = "text", role = "firm" }
columns.sales = { type = "number", role = "units" }
"""


def edition(job, root, modules=("pmlib", "pandas"), newest="1990", previous=None):
    """Publish a job as a run of it would that opened [sales]."""
    entry = {"name": "sales", "path": key.tables(root)["sales"].get("path", ""), "rows": 1, "newest": newest}
    inputs = key.hashed(root, [entry])
    parts = key.parts(job, root, inputs, modules, previous.numbers if previous else None)
    record = {
        "report": job.report,
        "title": job.title,
        "parameters": job.parameters,
        "headline": "",
        "key": key.digest(parts),
        "parts": parts,
        "inputs": inputs,
        "packages": {},
        "seconds": 1.0,
        "previous": previous.folder.name if previous else None,
    }
    files = {
        "index.html": b"<body></body>",
        "numbers.json": b'{"numbers": []}\n',
        "tables.xlsx": b"",
        "tables/a.csv": b"a\n",
        "notebook.ipynb": b"{}",
        "run.json": json.dumps(record).encode(),
    }
    return publish(job, files, root)[0]
