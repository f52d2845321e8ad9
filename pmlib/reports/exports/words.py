"""The words of a page that its print shows."""

from html.parser import HTMLParser

UNSEEN = {"head", "style", "script", "nav"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def words(html: str) -> str:
    """Give the text of a page, without what is folded and what is there for the screen only."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = list[str]()
        self._hidden = list[str]()  # the element that hides what stands in it, and those open within

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        folded = tag == "details" and "open" not in dict(attrs)
        if (self._hidden or folded or tag in UNSEEN) and tag not in VOID:
            self._hidden.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open nothing: such an element of a drawing has nothing in it."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            place = len(self._hidden) - 1 - self._hidden[::-1].index(tag)
            del self._hidden[place:]

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)
