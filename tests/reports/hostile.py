"""Pages that hold every payload, a page for each way by which text gets onto one."""

import io
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from matplotlib.figure import Figure
from nbformat import v4
from payloads import OWN, corpus

from pmlib import chart
from pmlib.reports import plan
from pmlib.reports.failure import Failure
from pmlib.reports.failure import page as failure_page
from pmlib.reports.index import write_index
from pmlib.reports.page import render
from pmlib.reports.seal import seal
from pmlib.result import Absent, Answer, Check, Html, Number, Result
from pmlib.table import Column, table


class Hostile(Result):
    """A result whose every word is a payload."""

    def plot(self, ax=None):
        frame = pd.DataFrame({"name": OWN, "share": np.linspace(0.1, 0.9, len(OWN))})
        return chart.ranked(frame, "share", "name", spec=Column(OWN[0], OWN[1]), highlight=OWN[:3], ax=ax)


def shown(data, **metadata):
    return v4.new_output("display_data", data=data, metadata=metadata)


def code(*outputs, tags=()):
    return v4.new_code_cell("1", outputs=list(outputs), metadata={"tags": list(tags)})


def prose(text, *tags):
    return v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def page(*cells, root=Path(), **settings):
    notebook = v4.new_notebook(cells=list(cells))
    notebook.metadata["pmlib"] = {"appendix": True}
    given = {"report": "tiny", "parameters": {}, "provenance": {}, "root": root}
    return render(notebook, **(given | settings))


def results(texts):
    """Results, absent ones and an answer: values, names, labels, units, titles, findings, checks, sources."""
    frame = pd.DataFrame({text: OWN[at:] + OWN[:at] for at, text in enumerate(OWN[:6])}, index=OWN)
    number = Number(
        name=OWN[0], label=OWN[1], value=0.5, unit=OWN[2], period=OWN[3], note=OWN[4], source=OWN[5]
    )
    for at in range(0, len(OWN), 6):
        few = OWN[at : at + 6]
        spec = {name: Column(text, text) for name, text in zip(frame, few, strict=False)}
        checks = tuple(Check(text, passed, text) for text in few for passed in (True, False))
        words = {"title": few[0], "subtitle": few[0], "finding": few[-1], "source": few[-1]}
        one = Result(**words, frame=frame, columns=spec, checks=checks)
        yield code(shown(one._repr_mimebundle_()), tags=["fold"])
    drawn = Hostile(
        title="Drawn", finding=" ".join(OWN), frame=frame, numbers=(number,), advice=OWN[6], unknown=OWN[7]
    )
    checks = tuple(Check(text, True, text) for text in texts)
    for one in (drawn, Result(title="Checked", finding="", frame=frame, checks=checks), Answer(drawn)):
        yield code(shown(one._repr_mimebundle_()))
    yield from (code(shown(Absent(title=text, reason=text)._repr_mimebundle_())) for text in texts)


def frames(texts):
    """Frames as analysts show them, escaped and not, styled, printed, and as pmlib's own table."""
    for at in range(0, len(texts), 50):  # few enough that an element left open is not repeated for ever
        few = texts[at : at + 50]
        frame = pd.DataFrame({few[0]: few, few[1]: 1.5}, index=pd.Index(few, name=few[-1]))
        styled = frame.reset_index().style.set_caption(few[0]).highlight_max(subset=[few[1]])
        spec = {name: Column(name, name) for name in frame}
        for html in (
            *(frame.to_html(escape=escape) for escape in (True, False)),
            styled.to_html(),
            frame.head(2).T._repr_html_(),
            Html(table(frame, spec, rows=len(frame), caption=few[0])).text,
        ):
            yield code(shown({"text/html": html, "text/plain": ""}))
        yield code(shown({"text/plain": frame.to_string()}))


def html(texts):
    """Each payload as an HTML output, after a stylesheet, within an element and within an attribute."""
    for text in texts:
        yield code(shown({"text/html": text}))
    for text in OWN:
        yield code(
            shown({"text/html": f'<style>#a {{ color: red }}</style><b id=a title="{text}">{text}</b>'})
        )
        yield code(shown({"text/html": f"<style>{text}</style><p style='{text}' class='{text}'>x</p>"}))
        yield code(shown({"text/html": f"<svg><text fill='{text}'>{text}</text><title>{text}</title></svg>"}))
        yield code(shown({"text/html": f"<a href='{text}'>x</a><img src='{text}' alt='{text}'>"}))


def own(texts):
    """The same as what a Result says its HTML is: an analyst's own class may write it."""
    said = {"kind": "result", "name": "a", "title": "t", "numbers": [], "checks": [], "columns": {}}
    said |= {"frame": {"columns": [], "data": []}, "finding": ""}
    for text in texts:
        yield code(shown({"text/html": text, "application/vnd.pmlib.result+json": said}))


def markdown(texts):
    """Markdown that a cell displays, built from data."""
    for text in texts:
        yield code(shown({"text/markdown": text, "text/plain": ""}))
    yield code(shown({"text/markdown": "\n".join(f"- **{text}** and `{text}` [x]({text})" for text in OWN)}))


def streams(texts):
    """What a cell prints, warns of, returns or raises."""
    together = "\n".join(texts)
    for name in ("stdout", "stderr"):
        yield code(v4.new_output("stream", name=name, text=together))
    yield code(v4.new_output("error", ename=together, evalue=together, traceback=texts))
    yield code(shown({"text/plain": together}))


def other(texts):
    """Outputs of other kinds, and pictures whose descriptions are payloads."""
    for kind in (
        "text/latex",
        "application/javascript",
        "text/vnd.mermaid",
        "application/vnd.plotly.v1+json",
    ):
        yield code(*(shown({kind: text}) for text in OWN))
        yield code(shown({kind: "\n".join(texts)}))
    yield code(shown({"application/json": texts}), shown({"".join(OWN[:9]): "x"}))
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    yield code(*(shown({"image/png": pixel}, alt=text) for text in OWN))
    yield code(*(shown({"image/png": text, "text/plain": "x"}) for text in OWN))


def drawings(texts):
    """SVG outputs: each payload as a document, within one, and as words of a plot."""
    start = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    for text in texts:
        yield code(shown({"image/svg+xml": text}))
        if "<" in text:
            yield code(shown({"image/svg+xml": f"{start}>{text}</svg>"}))
            yield code(shown({"image/svg+xml": text.replace("<svg", start, 1)}))
    figure = Figure(figsize=(6, 60))
    axes = figure.add_subplot()
    axes.barh(range(len(OWN)), 1)
    plain = [text.translate(dict.fromkeys(range(32)) | {127: None}) for text in OWN]
    axes.set_yticks(range(len(OWN)), plain, parse_math=False)
    drawn = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no font has every sign
        figure.savefig(drawn, format="svg")
    yield code(shown({"image/svg+xml": drawn.getvalue()}, alt=OWN[0]))


def models(texts):
    """Summaries of models whose terms are payloads."""
    rng = np.random.default_rng(1)
    for at in range(0, len(OWN), 20):
        names = OWN[at : at + 20]
        values = pd.DataFrame(rng.normal(size=(60, len(names))), columns=names)
        model = sm.OLS(pd.Series(rng.normal(size=60), name=names[0]), values).fit()
        yield code(shown({"text/html": model.summary(title=names[-1])._repr_html_()}))
        yield code(shown({"text/plain": str(model.summary()), "text/latex": model.summary().as_latex()}))


def written(texts):
    """What the analyst writes by hand: headings, words, code and notes."""
    yield prose("# " + " ".join(OWN) + "\n\n" + "\n\n".join(OWN))
    for text in texts:
        yield prose(text)
    for text in OWN:
        line = " ".join(text.split())
        yield prose(f"## {line}\n\n{text}", "fold")
        yield v4.new_code_cell(text)
        author, value = line.replace(",", " "), text.split()[0].replace(";", "")
        yield prose(f"{author}, 2026-11-20\n\n{text}\n\nRests on: tiny/share = 1{value}", "note")


CHANNELS = {
    f.__name__: f for f in (results, frames, html, own, markdown, streams, other, drawings, models, written)
}


def heading(texts):
    """The head and foot of a page: title, parameters, names of inputs and files, versions, key."""
    inputs = [{"name": t, "path": t, "sha256": t, "rows": t, "newest": t, "guesses": [t]} for t in texts]
    parameters = {"title": " ".join(OWN), "owner": OWN[0], "decision": OWN[1], "next_edition": OWN[2]}
    return page(
        *results(OWN[:1]),
        report=OWN[0],
        parameters=parameters | {text: [text, {text: text}] for text in texts},
        provenance={"inputs": inputs, "key": OWN[3], "packages": {"pandas": OWN[4]}},
        draft=True,
    )


def failure(texts, root):
    """The page of a run that failed."""
    title = " ".join(OWN).replace("{", "{{").replace("}", "}}")  # a brace is one in a title's template
    entry = plan.Entry(notebook="tiny", title=title)
    together = "\n".join(texts)
    overrides = {"focal": together, OWN[0]: OWN[1]}
    job = plan.Job(OWN[0], entry, {"cells": []}, {}, {}, overrides, root / "reports" / "published" / "tiny")
    failed = Failure(1, 2, together, OWN[2], together, frame=OWN[3], traceback=together)
    inputs = [{"name": t, "path": t, "rows": t, "newest": t} for t in texts]
    return failure_page(job, failed, inputs, OWN[4], root)


def index(texts, root):
    """The page that lists reports, with one that failed, one that is published, and a matrix."""
    words = json.dumps(" ".join(texts), ensure_ascii=False).replace("\x7f", "\\u007f")
    entry = f"notebook = 'tiny'\ntitle = {words}\naudience = {words}\n"
    topic = json.dumps(OWN[0][:100], ensure_ascii=False).replace("\x7f", "\\u007f")
    (root / "reports").mkdir()
    (root / plan.CATALOG).write_text(
        f"[broken]\n{entry}topic = {topic}\n[tiny]\n{entry}[many]\nnotebook = 'tiny'\nproduct.a = ['b']\n",
        "utf-8",
    )
    for home in ("tiny", "many/b"):
        for number in (1, 2, 3, 4):
            _edition(root / plan.PUBLISHED / home / "editions" / f"{number:04d}-00000000", words, number)
    broken = root / plan.PUBLISHED / "broken"
    broken.mkdir()
    (broken / "failed.json").write_text(
        json.dumps(dict.fromkeys(("title", "when", "error", "message"), words))
    )
    write_index(root)
    return (root / plan.PUBLISHED / "index.html").read_text("utf-8")


def _edition(folder, words, number):
    """An edition of which every word is hostile."""
    folder.mkdir(parents=True)
    said = dict.fromkeys(("name", "label", "unit", "period", "source", "note", "result"), words)
    record = dict.fromkeys(("key", "parts", "previous"), "") | {"title": words, "headline": words}
    record |= {"parameters": {"owner": words, "next_edition": words}, "inputs": [{"newest": words}]}
    tile = {"name": words, "written": words, "words": words, "range": words}
    record["answer"] = {"tiles": [tile], "lines": [["Changed since last edition:", words]]}
    record |= {"alerts": [words], "started": words}
    files = {
        "index.html": b"",
        "numbers.json": json.dumps({"numbers": [said | {"value": number, "low": 0, "high": 9}]}).encode(),
        "run.json": json.dumps(record).encode(),
    }
    for path, data in seal(files).items():
        (folder / path).write_bytes(data)


def build(channel, root):
    """The page of a channel, with the whole corpus."""
    if channel in CHANNELS:
        return page(*CHANNELS[channel](corpus()))
    return (
        heading(corpus())
        if channel == "heading"
        else {"failure": failure, "index": index}[channel](corpus(), root)
    )
