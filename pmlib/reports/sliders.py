"""Sliders beside a figure: what a reader may move in a result's formula, and the script that computes it."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from pmlib.formula.model import Input, Model, Output
from pmlib.formula.written import bare, pattern, written
from pmlib.table import interval
from pmlib.visible import visible

SCRIPT, TEMPLATE = "sliders.js", "sliders.html.j2"
Controls = Callable[[Mapping[str, Any]], str]


def script(made: Environment) -> Markup:
    """Give the script, without its comments and indents; it is the same on every page."""
    assert made.loader is not None
    source, *_ = made.loader.get_source(made, SCRIPT)
    lines = (re.sub(r"^\s+|(^|\s)//.*$", "", line) for line in source.splitlines())
    return Markup("\n".join(filter(None, lines)))


def allowed(text: str) -> str:
    """Write the directive of a content security policy that lets this script run, and no other."""
    return f"script-src 'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def controls(made: Environment) -> Controls:
    """Give a function that writes the sliders of a result's model."""
    template = made.get_template(TEMPLATE)

    def html(plain: Mapping[str, Any]) -> str:
        try:
            model = _reader().validate_python(plain)
        except ValidationError as error:
            raise ValueError(f"a result's model is none: {error.errors()[0]['msg']}") from None
        found, spans = model.at(), model.spans()
        return template.render(
            about=model.about,
            model=_attribute(json.dumps(_program(model, spans), ensure_ascii=False, separators=(",", ":"))),
            inputs=[_input(at, one) for at, one in enumerate(model.inputs)],
            outputs=[_output(one, found[one.name], *spans[one.name]) for one in model.outputs],
        )

    return html


def _attribute(text: str) -> Markup:
    """Make text inert between single quotes, in which JSON's own quotes need no more room."""
    return Markup(escape(text, quote=False).replace("'", "&#39;"))


@cache
def _reader() -> TypeAdapter[Model]:
    return TypeAdapter(Model)


def _program(model: Model, spans: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    return {
        "inputs": [
            {
                "stops": [_short(stop) for stop in one.stops],
                "start": one.start,
                "words": [visible(word) for word in one.words],
                "sign": one.sign,
                **_form(one),
            }
            for one in model.inputs
        ],
        "constants": [
            [_short(one) for one in value] if isinstance(value, tuple) else _short(value)
            for value in model.constants
        ],
        "steps": model.steps,
        "outputs": [{"slot": one.slot, "span": spans[one.name], **_form(one)} for one in model.outputs],
    }


def _form(one: Input | Output) -> dict[str, Any]:
    return {"digits": one.digits, **pattern(visible(one.unit))}


def _short(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _input(at: int, one: Input) -> dict[str, Any]:
    def said(stop: int, unit: str = one.unit) -> str:
        return one.words[stop] if one.words else written(one.stops[stop], unit, one.digits, sign=one.sign)

    left, right = (_place(one.stops, end) for end in one.likely or (0.0, 0.0))
    return {
        "at": at,
        "is_flag": one.is_flag,
        "label": one.label,
        "said": said(one.start),
        "value": one.value,
        "start": one.start,
        "last": len(one.stops) - 1,
        "low": said(0, bare(one.unit)),
        "high": said(-1, bare(one.unit)),
        "likely": interval(*one.likely, one.unit, one.digits) if one.likely else "",
        "from": left,
        "to": right,
    }


def _place(stops: tuple[float, ...], value: float) -> float:
    """Find a value on a track: 0 at its left end, 1 at its right."""
    if value <= stops[0]:
        return 0.0
    for at, (low, high) in enumerate(pairwise(stops)):
        if value <= high:
            return round((at + (value - low) / (high - low)) / (len(stops) - 1), 4)
    return 1.0


def _output(one: Output, value: float, least: float, most: float) -> dict[str, Any]:
    # As the script draws a bar: from 0, on a scale from the least to the most.
    place, zero = (_part(end, least, most) for end in (value, 0.0))
    return {
        "label": one.label,
        "said": written(value, one.unit, one.digits),
        "value": value,
        "left": min(place, zero),
        "width": round(abs(place - zero), 2),
        "place": place,
    }


def _part(value: float, least: float, most: float) -> float:
    share = (value - least) / (most - least) if most > least else 0.0
    return round(100 * min(1.0, max(0.0, share)), 2)
