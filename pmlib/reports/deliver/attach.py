"""The files of editions that go with a mail, and those that do not, with the reason."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pmlib.reports.deliver.item import Item
from pmlib.reports.deliver.words import size
from pmlib.reports.export import file_name
from pmlib.reports.seal import sha256

XML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be attached: what it is called, where an edition has it, and its type."""

    words: str
    path: str
    type: str

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return self.path[self.path.rindex(".") :]


KINDS = {
    "page": Kind("the whole page", "index.html", "text/html"),
    "workbook": Kind("all tables", "tables.xlsx", f"{XML}.spreadsheetml.sheet"),
    "slides": Kind("slides", "slides.pptx", f"{XML}.presentationml.presentation"),
    "pdf": Kind("the page for paper", "page.pdf", "application/pdf"),
}


@dataclass(frozen=True)
class Attachment:
    """A file of an item for a mail."""

    item: Item
    name: str
    kind: Kind
    data: bytes

    @property
    def sent(self) -> int:
        """How many bytes it takes in a mail: four for each three, and the ends of lines."""
        return -(-len(self.data) // 3) * 4 * 78 // 76 + 2


def attachments(
    items: Sequence[Item], kinds: Collection[str], limit: int
) -> tuple[list[Attachment], list[tuple[Item, str]]]:
    """Choose what is attached: the pages of all reports first, then their workbooks and so on.

    Parameters
    ----------
    limit : bytes that all of them may take as they are sent; 0 where a server refused the mail with them.

    Returns
    -------
    The attachments, and what is left out: the item that it belongs to, and why.
    """
    chosen, left, taken, names = list[Attachment](), list[tuple[Item, str]](), 0, set[str]()
    for kind in (KINDS[name] for name in KINDS if name in kinds):
        for item in items:
            if not _has(item, kind):
                left.append((item, f"{kind.words} (this report has none)"))
                continue
            one = _read(item, kind, names)
            if one is None:
                left.append((item, f"{kind.words} (no longer what was published)"))
            elif taken + one.sent > limit:
                room = f"a mail takes {size(limit)} in all" if limit else "the server takes no larger mail"
                left.append((item, f"{kind.words} ({size(one.sent)} as sent; {room})"))
            else:
                chosen.append(one)
                taken += one.sent
    return chosen, left


def _has(item: Item, kind: Kind) -> bool:
    return kind.path in item.edition.files


def _read(item: Item, kind: Kind, names: set[str]) -> Attachment | None:
    try:
        data = (item.edition.folder / kind.path).read_bytes()
    except FileNotFoundError:
        return None
    if sha256(data) != item.edition.files[kind.path]:
        return None
    name = next(name for name in _names(item.name) if f"{name}{kind.ending}".casefold() not in names)
    names.add(f"{name}{kind.ending}".casefold())
    return Attachment(item, f"{name}{kind.ending}", kind, data)


def _names(report: str) -> Iterator[str]:
    yield (name := file_name(report))
    yield from (f"{name}_{number}" for number in range(2, 10_000))
