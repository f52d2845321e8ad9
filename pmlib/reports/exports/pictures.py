"""Every chart of an executed notebook as a picture, under the names of the tables beside them."""

from collections.abc import Mapping
from typing import Any

from pmlib.reports.export import unique
from pmlib.reports.exports.png import png
from pmlib.reports.told import shown


def pictures(notebook: Mapping[str, Any]) -> tuple[dict[str, bytes], dict[str, ValueError]]:
    """Draw the charts of a notebook; give the pictures by name, and why others could not be drawn."""
    drawn, failed, names = dict[str, bytes](), dict[str, ValueError](), set[str]()
    for one in shown(notebook):
        if one.svg:
            name = unique(one.name, names)
            try:
                drawn[name] = png(one.svg)
            except ValueError as error:
                failed[name] = error
    return drawn, failed
