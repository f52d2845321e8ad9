"""Editions that hold results, without a run: what mail is written from."""

import json
from pathlib import Path

import pandas as pd
from nbformat import v4

from pmlib import chart
from pmlib.reports import export, page
from pmlib.reports.plan import PUBLISHED, Entry, Job
from pmlib.reports.publish import publish
from pmlib.reports.workbook import workbook
from pmlib.result import Answer, Number, Result
from pmlib.table import Column


class Shares(Result):
    """A result with a chart."""

    def plot(self, ax=None):
        return chart.ranked(self.frame, "share", "firm", spec=self.columns["share"], ax=ax)


def shares(value=0.375, low=None, high=None, name="leader_share", firm="GM", **words):
    """A leader's share of a market: of a census, or of a sample where it has a range."""
    frame = pd.DataFrame({"firm": [firm, "Other"], "share": [value, 1 - value]})
    level = None if low is None else 0.95
    number = Number(
        name=name, label=f"of cars sold are {firm}'s", value=value, low=low, high=high, level=level,
        unit="%", period="1990",
    )  # fmt: skip
    said = {
        "title": f"{firm} leads",
        "finding": f"{firm} leads with {number}.",
        "subtitle": "Share of cars sold, 1990",
        "source": "A count",
        "advice": "Defend small cars.",
        "unknown": "A survey would change this.",
    }
    columns = {"firm": Column("Firm"), "share": Column("Share", "%")}
    return Shares(**(said | words), frame=frame, columns=columns, numbers=(number,))


def edition(root, *results, name="cars", title="The car market", parameters=(), inputs=(), more=()):
    """Publish results as the next edition of a report, as a run would.

    results : whatever a cell may show; their Answer comes first, unless one is among them.
    more : files beside those that every edition holds.
    """
    root.mkdir(exist_ok=True)
    home = root / PUBLISHED / name
    earlier = sorted(home.glob("editions/0*"))
    answers = any(isinstance(one, Answer) for one in results)
    shown = results if answers or not results else (Answer(*results), *results)
    cells = [
        v4.new_code_cell("1", outputs=[v4.new_output("display_data", data=one._repr_mimebundle_())])
        for one in shown
    ]
    notebook = v4.new_notebook(cells=cells)
    kept = export.results(notebook)
    html = page.render(notebook, report=name, parameters={}, provenance={}, root=Path())
    record = {
        "report": name,
        "title": title,
        "headline": "",
        "parameters": dict(parameters),
        "key": f"{len(earlier) + 1:08x}",
        "parts": {},
        "inputs": list(inputs),
        "previous": earlier[-1].name if earlier else None,
    }
    files = {
        "index.html": html.encode(),
        "numbers.json": export.numbers(name, kept),
        "tables.xlsx": workbook(kept),
        "notebook.ipynb": json.dumps(notebook).encode(),
        "run.json": json.dumps(record).encode(),
        **dict(more),
    }
    job = Job(name, Entry(notebook="tiny"), {"cells": []}, {}, {}, {}, home)
    return publish(job, files, root)[0]
