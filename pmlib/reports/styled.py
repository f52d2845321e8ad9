"""A styled table's own <style>, moved into the cells it speaks of, so that it speaks of nothing else."""

import re
from collections import defaultdict
from html import escape
from html.parser import HTMLParser

from pmlib.reports import css

SHEET = re.compile(r"<style\b([^>]*)>(.*?)</style\s*>", re.S | re.I)
# a name, classes and ids; nothing that depends on a state
SIMPLE = re.compile(r"([\w-]+|\*)?((?:[.#][\w-]+)*)")
EMPTY = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}

Need = tuple[str, frozenset[str]]  # the element's name or "", and its classes and its id as .a and #b


def inlined(html: str) -> str:
    """Write what the stylesheets in a piece of HTML say of an element on the element itself.

    Understood are names, classes and ids, one within another, as pandas and statsmodels write them.
    What comes out is as hostile as what went in: it is to be sanitised afterwards.
    """
    # What pandas marks as scoped is the look of a plain frame, for which the page has its own.
    sheets = [sheet for words, sheet in SHEET.findall(html) if "scoped" not in words]
    if not sheets:
        return html
    writer = _Writer([rule for sheet in sheets for rule in css.rules(sheet)])
    writer.feed(SHEET.sub("", html))
    writer.close()
    return "".join(writer.written)


class _Writer(HTMLParser):
    """Writes HTML as it came, with more in its style attributes."""

    def __init__(self, rules: list[tuple[str, str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.written = list[str]()
        self.open = list[Need]()
        self.rules = defaultdict[str, list[tuple[int, list[Need], str]]](list)
        for order, (selector, declarations) in enumerate(rules):
            if path := _path(selector):
                key = next((mark for mark in path[-1][1] if mark.startswith("#")), "")
                self.rules[key].append((order, path, declarations))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        marks = {f".{name}" for name in given.get("class", "").split()} | {f"#{given.get('id', '')}"}
        self.open.append((tag, frozenset(marks)))
        said = [rule for key in ("", f"#{given.get('id', '')}") for rule in self.rules.get(key, [])]
        styles = [declarations for _, path, declarations in sorted(said) if self._are_met(path)]
        if styles:
            given["style"] = ";".join([*styles, given.get("style", "")])
            words = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
            self.written.append(f"<{tag}{words}>")
        else:
            self.written.append(self.get_starttag_text() or "")
        if tag in EMPTY:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        self.written.append(f"</{tag}>")
        places = [place for place, (name, _) in enumerate(self.open) if name == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        self.written.append(data)

    def handle_entityref(self, name: str) -> None:
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.written.append(f"&#{name};")

    def _are_met(self, path: list[Need]) -> bool:
        if not _meets(self.open[-1], path[-1]):
            return False
        above = iter(self.open[:-1])  # each need is met further in than the one before it
        return all(any(_meets(element, need) for element in above) for need in path[:-1])


def _path(selector: str) -> list[Need]:
    needs = []
    for part in selector.split():
        found = SIMPLE.fullmatch(part)
        if not found:
            return []
        name = (found[1] or "").lower().strip("*")
        needs.append((name, frozenset(re.findall(r"[.#][\w-]+", found[2]))))
    return needs


def _meets(element: Need, need: Need) -> bool:
    return need[0] in ("", element[0]) and need[1] <= element[1]
