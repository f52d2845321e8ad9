"""What an edition told its readers: each result, with its chart, as mail and slides tell it again."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pmlib.reports.editions import Edition
from pmlib.reports.export import RESULT, file_name

CHARTS = {kind: re.compile(rf'<svg class="{kind}".*?</svg>', re.S) for kind in ("wide", "narrow")}
HIDDEN = ' style="display:none"'  # of the narrow one, for a desk


@dataclass(frozen=True)
class Told:
    """One result of an edition.

    payload : what the result says of itself (see Result.payload).
    svg : its chart as it stands in the page, in the page's colour names; empty where there is none.
    section : the heading that it stands beneath.
    aside : whether the page folds it.
    narrow : the same chart as drawn for a phone.
    """

    payload: dict[str, Any]
    svg: str
    section: str
    aside: bool
    narrow: str = ""

    @property
    def name(self) -> str:
        """Its name, as that of the files beside the page."""
        return file_name(self.payload["name"])


def told(edition: Edition) -> list[Told]:
    """List what an edition showed, in the page's order; what is absent or hidden is left out."""
    return shown(json.loads((edition.folder / "notebook.ipynb").read_bytes()))


def shown(notebook: Mapping[str, Any]) -> list[Told]:
    """List what an executed notebook shows."""
    found, section, section_folded = list[Told](), "", False
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown" and "note" not in tags:
            heads = re.findall(r"^## (.+)$", "".join(cell["source"]), re.M)
            if heads:
                section, section_folded = heads[-1].strip(), "fold" in tags
        if cell["cell_type"] != "code" or "hide-output" in tags:
            continue
        for output in cell["outputs"]:
            data = output.get("data", {})
            payload = data.get(RESULT)
            if not payload or payload["kind"] == "absent":
                continue
            html = "".join(data.get("text/html", ""))
            wide, narrow = (chart[0] if (chart := kind.search(html)) else "" for kind in CHARTS.values())
            folded = section_folded or "fold" in tags or bool(payload.get("aside"))
            if payload not in (one.payload for one in found):
                narrow = narrow.replace(HIDDEN, "", 1)
                found.append(Told(payload, wide, section, folded, narrow))
    return found
