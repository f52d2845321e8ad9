"""An edition in a few lines, for a chat and for a command."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from pmlib.reports.deliver.brief import Brief, brief, news
from pmlib.reports.deliver.item import Item


@dataclass(frozen=True)
class Short:
    """What is said of an edition; link : its page, where that is served."""

    item: Item
    brief: Brief
    changed: list[str]
    link: str

    @property
    def title(self) -> str:
        """Its title."""
        return self.brief.title

    def lines(self, *, with_title: bool) -> list[str]:
        """Write it as lines of plain text."""
        brief = self.brief
        tiles = [
            " ".join(filter(None, (value, words, span and f"({span})"))) for value, words, span in brief.tiles
        ]
        return [
            *([brief.title] if with_title else []),
            *(f"Alert: {line}" for line in brief.alerts),
            *filter(None, [brief.headline]),
            *(f"• {line}" for line in tiles),
            *(f"Changed: {line}" for line in self.changed),
            *filter(None, [self.link]),
        ]

    def data(self) -> dict[str, Any]:
        """Give it as JSON takes it, with all its Numbers."""
        told = {name: value for name, value in asdict(self.brief).items() if name not in ("charts", "name")}
        tiles = [dict(zip(("written", "words", "range"), tile, strict=True)) for tile in self.brief.tiles]
        numbers = json.loads(self.item.edition.numbers)["numbers"]
        edition = {"report": self.item.name, "edition": self.item.edition.folder.name, "link": self.link}
        return edition | told | {"tiles": tiles, "changed": self.changed, "numbers": numbers}


def short(item: Item, link: str) -> Short:
    """Say an edition in short."""
    return Short(item, brief(item), news(item.edition), link)
