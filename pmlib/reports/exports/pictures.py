"""Every chart of an executed notebook as a picture, under the names of the tables beside them."""

from collections.abc import Collection

from nbformat import NotebookNode

from pmlib.reports.export import results
from pmlib.reports.exports.png import png
from pmlib.reports.told import shown


def pictures(
    notebook: NotebookNode, known: Collection[str] = ()
) -> tuple[dict[str, bytes], dict[str, ValueError]]:
    """Draw the charts of a notebook; give the pictures by name, and why others could not be drawn.

    known : names of charts that need no picture.
    """
    drawn, failed = dict[str, bytes](), dict[str, ValueError]()
    listed = [(said["name"], said | {"name": ""}) for said in results(notebook)]
    for one in shown(notebook):
        name = next(name for name, said in listed if said == one.payload | {"name": ""})
        if one.svg and name not in known:
            try:
                drawn[name] = png(one.svg)
            except ValueError as error:
                failed[name] = error
    return drawn, failed
