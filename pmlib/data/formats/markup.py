"""The XML parts of a zip archive, walked through in bounded memory and with no entities to unfold."""

from collections.abc import Callable, Iterator
from xml.parsers import expat
from zipfile import ZipFile

from pmlib.data.words import DataError

CHUNK = 1 << 16
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def steps(
    archive: ZipFile,
    part: str,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Walk through a part, pausing after each chunk of it; names lose their prefix.

    Raises
    ------
    DataError : it declares a document type, as nothing that Excel writes does.
    ExpatError : it is not well-formed.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def root(name: str, found: dict[str, str]) -> None:
        parser.StartElementHandler, parser.EndElementHandler = start, end
        if ":" in name:  # rare; all others are spared a call for each element
            parser.StartElementHandler = lambda name, found: start(name.rpartition(":")[2], found)
            parser.EndElementHandler = end and (lambda name: end(name.rpartition(":")[2]))
        parser.StartElementHandler(name, found)

    def declares(*_: object) -> None:
        raise DataError(f"{archive.filename}: {part} declares a DOCTYPE, as Excel never does; save it again")

    parser.StartDoctypeDeclHandler = declares
    parser.StartElementHandler = root
    parser.CharacterDataHandler = text
    with archive.open(part) as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk)
            yield
        parser.Parse(b"", True)


def walk(
    archive: ZipFile,
    part: str,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through a part to its end."""
    for _ in steps(archive, part, start, end, text):
        pass
