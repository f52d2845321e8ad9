"""An edition as slides: the answer, then one a finding: a chart that can be edited, its table, its source."""

import io
import re
from typing import Any

from pmlib.chart.theme import CATEGORIES, INK, MUTED, RULE, WORSE
from pmlib.reports.editions import Edition, newest_data
from pmlib.reports.exports.deck import grid, native
from pmlib.reports.exports.deck.fits import LINE, clean, cut, fit, height
from pmlib.reports.exports.deck.paper import (
    EDGE,
    FOOT,
    ROOM,
    WIDE,
    Box,
    blank_deck,
    blank_slide,
    describe,
    number_slide,
    rule,
    saved,
    speak,
    write,
)
from pmlib.reports.exports.deck.tiles import tiles
from pmlib.reports.told import Told, told

TOP = 0.42  # inches: where a slide's words begin
TITLES, SAID, SMALL, NOTE = (28.0, 26.0, 24.0, 22.0, 20.0), 14.0, 11.0, 10.0  # points
BESIDE = 5.7  # inches that a table beside a chart takes at most
BETWEEN = 0.3  # inches between a chart and its table
DOTS, TALLEST = 1800, 2.0  # pixels across a picture; how high one may be, of its width
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
ROW = 0.62  # inches that a row of a chart takes at most


def slides(edition: Edition) -> bytes:
    """Write an edition as a PowerPoint file; the same edition gives the same bytes.

    Raises
    ------
    ValueError : python-pptx is not installed.
    """
    _check_installed()
    every = told(edition)
    answer = next((one.payload for one in every if one.payload["kind"] == "answer"), None)
    shown = [one for one in every if one.payload is not answer and _has_something(one)]
    title = str(edition.record["title"])
    deck = blank_deck(title)
    _first(deck, edition, title, answer)
    for one in shown:
        if not one.aside:
            _finding(deck, edition, one)
    aside = [one for one in shown if one.aside]
    if aside:
        _divider(deck, edition, "Appendix", f"{len(aside)} more results, which describe or check")
    for one in aside:
        _finding(deck, edition, one)
    return saved(deck)


def _check_installed() -> None:
    try:
        import pptx  # noqa: F401
    except ImportError:
        raise ValueError("slides need python-pptx: pip install 'pmlib[slides]'") from None


def _has_something(one: Told) -> bool:
    return bool(one.svg or one.payload.get("table"))


def _first(deck: Any, edition: Edition, title: str, answer: dict[str, Any] | None) -> None:
    title, size = fit(clean(title), (32.0, 28.0, 24.0), ROOM, 2, bold=True)
    top = TOP + 0.1
    slide = blank_slide(deck, title, (EDGE, top, ROOM, 1.2), size)
    top += height(title, size, ROOM, bold=True) + 0.12
    about = " · ".join(part[0].upper() + part[1:] for part in _about(edition))
    write(slide, (EDGE, top, ROOM, 0.3), [[(about, MUTED, False)]], SAID)
    top += 0.42
    rule(slide, (EDGE, top, 1.2, 0.05), CATEGORIES[0])
    top += 0.3
    if answer:
        bottom = tiles(slide, answer.get("tiles", []))
        _words(slide, answer, top, bottom - 0.15)
    _foot(slide, edition, "")


def _words(slide: Any, answer: dict[str, Any], top: float, bottom: float) -> None:
    """Write the answer, then what it means; each as large as there is room, cut where there is none."""
    head, size = fit(
        clean(answer.get("headline") or answer["finding"]), (22.0, 20.0, 18.0), ROOM, 3, bold=True
    )
    write(slide, (EDGE, top, ROOM, 1.2), [[(head, INK, True)]], size)
    top += height(head, size, ROOM, bold=True) + 0.12
    parts = [("", answer.get("rest", "")), *answer.get("lines", [])]
    parts = [(label, clean(said)) for label, said in parts if said]
    for size in (16.0, 15.0, 14.0, 13.0, 12.0):
        if sum(height(f"{label} {said}", size, ROOM) + 0.08 for label, said in parts) <= bottom - top:
            break
    for label, said in parts:
        most = int((bottom - top) / (size * LINE / 72))
        if most < 1:
            break
        whole = cut(f"{label} {said}".strip(), size, ROOM, most)
        runs = [(f"{label} ", INK, True)] if label else []
        write(slide, (EDGE, top, ROOM, 0.4), [[*runs, (whole.removeprefix(f"{label} "), INK, False)]], size)
        top += height(whole, size, ROOM) + 0.08


def _divider(deck: Any, edition: Edition, title: str, said: str) -> None:
    slide = blank_slide(deck, title, (EDGE, 2.9, ROOM, 0.8), 40.0)
    rule(slide, (EDGE, 3.75, 1.2, 0.05), CATEGORIES[0])
    write(slide, (EDGE, 3.95, ROOM, 0.4), [[(said, MUTED, False)]], 16.0)
    _foot(slide, edition, "")


def _finding(deck: Any, edition: Edition, one: Told) -> None:
    payload = one.payload
    write_top = TOP
    title, size = fit(clean(payload["title"]), TITLES, ROOM, 2, bold=True)
    section = cut(clean(one.section), SMALL, ROOM, 1, bold=True)
    if section:
        write_top += 0.26
    slide = blank_slide(deck, title, (EDGE, write_top, ROOM, 0.9), size)
    if section:
        write(slide, (EDGE, TOP, ROOM, 0.22), [[(section, CATEGORIES[0], True)]], SMALL)
    top = write_top + height(title, size, ROOM, bold=True) + 0.1
    said, size = fit(clean(payload["finding"]), (16.0, 15.0, SAID, 13.0, 12.0), ROOM, 3)
    write(slide, (EDGE, top, ROOM, 0.8), [[(said, INK, False)]], size)
    top += height(said, size, ROOM) + 0.16
    bottom = _failures(slide, payload)
    _body(slide, one, top, bottom - 0.1)
    _foot(slide, edition, payload["source"])
    speak(slide, _notes(payload))


def _body(slide: Any, one: Told, top: float, bottom: float) -> None:
    payload = one.payload
    subtitle = cut(clean(payload["subtitle"]), SMALL, ROOM, 1)
    if subtitle:
        write(slide, (EDGE, top, ROOM, 0.22), [[(subtitle, MUTED, False)]], SMALL)
        top += 0.3
    high, table = bottom - top, payload.get("table")
    room = BESIDE if one.svg else ROOM
    found = grid.Grid(table, room, high - 0.25) if table else None
    if found:
        left = WIDE - EDGE - found.width if one.svg else EDGE
        grid.draw(slide, found, left, top, f"Table: {payload['title']}")
        if more := _more(found):
            write(slide, (left, top + found.height + 0.08, found.width, 0.2), [[(more, MUTED, False)]], 9.0)
    if one.svg:
        wide = ROOM - (found.width + BETWEEN if found else 0.0)
        rows = len((payload.get("chart") or {}).get("categories", []))
        _chart(slide, one, (EDGE, top, wide, min(high, rows * ROW + 0.8) if rows else high))


def _more(found: grid.Grid) -> str:
    if found.more > 0:
        return f"{found.more:,} more rows are in the workbook."
    return "More columns are in the workbook." if found.narrowed else ""


def _chart(slide: Any, one: Told, box: Box) -> None:
    chart, alt = one.payload.get("chart"), str(one.payload["alt"])
    if chart and native.can_draw(chart, box[3]):
        native.draw(slide, chart, box, alt)
        return
    try:
        picture = _picture(one.svg)
    except ValueError as lack:
        words = cut(clean(f"This chart is on the page only: {lack}"), SAID, box[2], 6)
        write(slide, box, [[(words, MUTED, False)]], SAID)
        return
    from pptx.util import Inches

    left, top, wide, high = box
    shape = slide.shapes.add_picture(io.BytesIO(picture), Inches(left), Inches(top))
    shrink = min(wide / shape.width.inches, high / shape.height.inches)
    shape.width, shape.height = round(shape.width * shrink), round(shape.height * shrink)
    describe(shape, alt)


def _picture(svg: str) -> bytes:
    """Draw a chart as a picture, where its words can still be read and some font here has their letters."""
    from pmlib.reports.exports.png import png

    size = VIEW.search(svg)
    if size and float(size[2]) > TALLEST * float(size[1]):
        raise ValueError("it has more rows than a slide has room for.")
    return png(svg, width=DOTS)


def _failures(slide: Any, payload: dict[str, Any]) -> float:
    """Say at the foot which checks do not hold; gives where they begin."""
    failed = [f"{check['label']}: {check['saw']}" for check in payload["checks"] if not check["passed"]]
    if not failed:
        return FOOT
    words = cut(clean("Does not hold: " + "; ".join(failed)), SMALL, ROOM, 2)
    top = FOOT - height(words, SMALL, ROOM) - 0.08
    write(slide, (EDGE, top, ROOM, 0.4), [[(words, WORSE, True)]], SMALL)
    return top


def _about(edition: Edition) -> list[str]:
    """Say which edition it is; one that is being made has no number yet, so the same inputs give the same."""
    number, data = edition.number, newest_data(edition.record)
    return [f"edition {number}"] * bool(number) + [f"data up to {data}"] * bool(data)


def _foot(slide: Any, edition: Edition, source: str) -> None:
    rule(slide, (EDGE, FOOT + 0.05, ROOM, 0.01), RULE)
    name = ", ".join([str(edition.record["title"]), *_about(edition)])
    said = f"Source: {source} · {name}" if source else name
    words, size = fit(clean(said), (NOTE, 9.0, 8.0), ROOM - 0.9, 2)
    write(slide, (EDGE, FOOT + 0.12, ROOM - 0.9, 0.36), [[(words, MUTED, False)]], size)
    number_slide(slide, (WIDE - EDGE - 0.7, FOOT + 0.12, 0.7, 0.2), NOTE)


def _notes(payload: dict[str, Any]) -> list[str]:
    checks = [
        f"{'Holds' if c['passed'] else 'Does not hold'}: {c['label']}: {c['saw']}" for c in payload["checks"]
    ]
    return [payload["finding"], payload["subtitle"], *checks]
