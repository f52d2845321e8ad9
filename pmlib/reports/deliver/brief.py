"""An edition in short: what a mail says of it, in the words and the numbers of its page."""

import json
from dataclasses import dataclass
from typing import Any

from pmlib.reports.deliver.item import Item
from pmlib.reports.deliver.words import clean
from pmlib.reports.editions import Edition, compared, newest_data, unchecked
from pmlib.reports.told import Told, told

CHARTS, ALERTS = 2, 6
# Characters of each text: more than pages say, and few enough that no mail program cuts the mail.
TITLE, HEADLINE, REST, LINE, TILE, ALT, SOURCE = 120, 400, 1600, 700, 160, 500, 200
FIRST, GONE = "This is the first edition.", "The edition that this one is compared with is no longer there."
APART = "No Number of this edition can be compared with one of the last."
OTHER = "It has no Numbers to compare, and holds something else than before."
FACTS = {"owner": "Owner", "next_edition": "Next edition"}


@dataclass(frozen=True)
class Chart:
    """A chart of an edition.

    alt : its finding, for whoever sees no pictures. svg : as drawn for a phone, where most mail is read.
    """

    title: str
    subtitle: str
    alt: str
    source: str
    svg: str


@dataclass(frozen=True)
class Brief:
    """What a mail says of an edition; all of it is plain text on one line, and not yet escaped.

    lines : label and words, as in ("For you:", "defend small cars").
    tiles : value, words and range, as the page has them.
    facts : label and words, such as how far the data reach.
    doubts : what the page marks at its top: guesses that nobody has confirmed.
    """

    name: str
    title: str
    headline: str
    rest: str
    lines: list[tuple[str, str]]
    tiles: list[tuple[str, str, str]]
    charts: list[Chart]
    alerts: list[str]
    facts: list[tuple[str, str]]
    doubts: list[str]


def brief(item: Item, *, named: bool = False) -> Brief:
    """Take from an edition what a reader of mail needs; charts are its first two that are not folded.

    named : whether the mail only names it, for which its notebook need not be read.
    """
    record, results = item.edition.record, [] if named else told(item.edition)
    answer = next((one.payload for one in results if one.payload["kind"] == "answer"), {})
    parameters = record["parameters"]
    data = newest_data(record)
    facts = [("Data up to", data)] if data else []
    facts += [(label, parameters[name]) for name, label in FACTS.items() if parameters.get(name)]
    return Brief(
        name=item.name,
        title=clean(record["title"] or item.name, TITLE),
        headline=clean(answer.get("headline") or record.get("headline") or "", HEADLINE),
        rest=clean(answer.get("rest", ""), REST),
        lines=[(clean(label, TITLE), clean(said, LINE)) for label, said in answer.get("lines", [])],
        tiles=[_tile(tile) for tile in answer.get("tiles", [])],
        charts=[_chart(one) for one in results if one.svg and not one.aside][:CHARTS],
        alerts=_first(item.alerts, ALERTS),
        facts=[(label, clean(said, TITLE)) for label, said in facts],
        doubts=[clean(f"{guesses} about {name} open", LINE) for name, guesses in unchecked(record["inputs"])],
    )


def news(edition: Edition, since: Edition | None = None) -> list[str]:
    """Say which Numbers moved beyond their interval, or a count of everything by the report's materiality.

    It is what the page has as news under "What changed since the last edition", where it has such a list, and
    what it cannot compare: a share that is another firm's now may be as large as the last one's.

    Parameters
    ----------
    since : the edition to compare with, such as the last one that was sent; by default the one that the page
        compares itself with.

    Returns
    -------
    A line each; none where nothing moved. Where nothing can be compared, that is news.
    """
    from pmlib.edition import news as verdict  # loads pandas

    before = since or compared(edition)
    if before is None:
        return [GONE if edition.record["previous"] else FIRST]
    then, now = _numbers(before), _numbers(edition)
    names = _watched(edition) or [*now, *then]
    material = float(edition.record["parameters"].get("materiality") or 0)
    found = [(name, verdict(then.get(name), now.get(name), material)) for name in dict.fromkeys(names)]
    if not found:
        return [OTHER] if before.public != edition.public else []
    if all(how not in ("yes", "no") for _, how in found):
        return [APART]
    told = [name for name, how in found if how != "no"]
    return [clean(_change(then.get(name), now.get(name)), LINE) for name in told]


def _change(then: Any, now: Any) -> str:
    """Say how a Number moved, or that it is of something else than it was, such as another leader's."""
    if then is None or now is None:
        return f"{now.label}: new, {now}" if then is None else f"{then.label}: gone, was {then}"
    if then.label != now.label:
        return f"{now.label}: {now} now; {then.label}: {then} then"
    return f"{now.label}: {then} then, {now} now"


def _tile(tile: dict[str, Any]) -> tuple[str, str, str]:
    return clean(tile["written"], TILE), clean(tile["words"], TILE), clean(tile["range"], TILE)


def _chart(one: Told) -> Chart:
    said = {name: clean(one.payload[name], ALT) for name in ("title", "subtitle", "alt")}
    source = one.payload["source"] and clean(f"Source: {one.payload['source']}", SOURCE)
    return Chart(**said, source=source, svg=one.narrow or one.svg)


def _first(texts: tuple[str, ...], most: int) -> list[str]:
    more = [f"{len(texts) - most} more in the report"] if len(texts) > most else []
    return [clean(text, LINE) for text in texts[:most]] + more


def _numbers(edition: Edition) -> dict[str, Any]:
    from pmlib.result import Number  # loads pandas

    return {item["name"]: Number(**item) for item in json.loads(edition.numbers)["numbers"]}


def _watched(edition: Edition) -> list[str]:
    """Name the Numbers that the notebook compares between editions, where it does."""
    for one in told(edition):
        frame = one.payload["frame"]
        if one.name == "changes" and "name" in frame["columns"]:
            return [row[frame["columns"].index("name")] for row in frame["data"]]
    return []
