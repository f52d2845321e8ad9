"""Scenarios read from short texts, against the products, firms and columns that there are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pmlib.competitive.whatif.scenario import (
    HOLD,
    RESPOND,
    Add,
    Change,
    Delist,
    Merge,
    Scenario,
    Setting,
    Step,
    named,
)
from pmlib.data.words import meant
from pmlib.table import MINUS

FORMS = (
    '"Accord: price -10%", "Accord: price 12.5, air 1", "delist Accord", '
    '"add New like Accord: price 11, firm Ford", "merge Ford + Honda", "rivals respond" or "rivals hold"'
)
NAME = re.compile(r"\s*([^:;=]*[^:;=\s])\s*=\s*")
DEED = re.compile(r"(delist|add|merge|rivals)\s+", re.IGNORECASE)
NUMBER = re.compile(
    rf"(?P<sign>[+{MINUS}–-]?)\s*[$€£¥]?(?P<size>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+\.?\d*|\.\d+)"
    r"(?P<power>[eE][+-]?\d+)?\s*(?P<percent>%?)\s*(?=[,;]|$)"
)
END = r"\s*(?=;|$)"


@dataclass(frozen=True)
class Known:
    """What a scenario may speak of.

    products : labels. firms : label to its products. columns : that can be set, with the levels of those that
        hold labels (None: numbers).
    """

    products: tuple[str, ...]
    firms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """Everything that can be changed by its label."""
        return [*self.products, *(firm for firm in self.firms if firm not in self.products)]

    def members(self, who: str) -> tuple[str, ...]:
        """Products that a label stands for.

        Raises
        ------
        ValueError : a firm is called as one of several products are.
        """
        own = self.firms.get(who)
        if own is None or own == (who,):
            return (who,)
        if who in self.products:
            raise ValueError(f'"{who}" is a firm and a product; give one of them another label')
        return own

    def entered(self, entrant: Add) -> "Known":
        """Know one more product, and its firm."""
        firm = next((str(s.value) for s in entrant.settings if s.column == "firm"), entrant.product)
        held = {**self.firms, firm: (*self.firms.get(firm, ()), entrant.product)} if self.firms else {}
        return replace(self, products=(*self.products, entrant.product), firms=held)


def read(scenarios: str | Scenario | Sequence[str | Scenario], known: Known) -> list[Scenario]:
    """Read scenarios: texts, or objects that are left as they are.

    Raises
    ------
    ValueError : one line: a label, column or level that there is not (with the likely one), a value that is
        no number, a form that is not known.
    """
    if isinstance(scenarios, str | Scenario):
        scenarios = [scenarios]
    if not scenarios:
        raise ValueError(f"scenarios is empty; write one such as {FORMS}")
    return [one if isinstance(one, Scenario) else read_one(one, known) for one in scenarios]


def read_one(text: str, known: Known) -> Scenario:
    """Read one scenario."""
    if not isinstance(text, str):
        raise ValueError(f"a scenario is a text such as {FORMS}; found {text!r}")
    at, name = 0, ""
    titled = NAME.match(text)
    if titled and _label(text, _skip(text, 0), known.labels, r"\s*:") is None:
        at, name = titled.end(), titled[1]
    steps: list[Step] = []
    rivals = None
    try:
        while (at := _skip(text, at)) < len(text):
            found, at = _step(text, at, known)
            if isinstance(found, str):
                rivals = found
                continue
            steps.append(found)
            if isinstance(found, Add):
                known = known.entered(found)
    except ValueError as error:
        raise ValueError(f"scenario “{text}”: {error}") from None
    if not steps:
        raise ValueError(f"scenario “{text}” changes nothing; write {FORMS}")
    return named(steps, name, rivals)


def _skip(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip("; \t\n"))


def _step(text: str, at: int, known: Known) -> tuple[Step | str, int]:
    who = _label(text, at, known.labels, r"\s*:\s*")
    if who is not None:
        known.members(who[0])
        settings, end = _settings(text, who[1], known, entrant=False)
        return Change(who[0], settings), end
    deed = DEED.match(text, at)
    if deed is None:
        before, colon, _ = _piece(text, at).partition(":")
        if not colon:
            raise ValueError(f"“{before.strip()}” is no change; write {FORMS}")
        raise ValueError(f"“{before.strip()}” is no product or firm; {meant(before, known.labels)}")
    return {"delist": _delist, "add": _add, "merge": _merge, "rivals": _rivals}[deed[1].lower()](
        text, deed.end(), known
    )


def _piece(text: str, at: int) -> str:
    return text[at:].partition(";")[0]


def _label(text: str, at: int, labels: Iterable[str], follow: str) -> tuple[str, int] | None:
    # The longest label here that is followed as it must be; as it is written before any other case.
    ends = re.compile(follow)
    for fold in (lambda word: word, str.casefold):
        for label in sorted(labels, key=lambda word: (-len(word), word)):
            if (
                label
                and fold(text[at : at + len(label)]) == fold(label)
                and (m := ends.match(text, at + len(label)))
            ):
                return label, m.end()
    return None


def _must(
    text: str, at: int, labels: Iterable[str], follow: str, what: str, stop: str = ";"
) -> tuple[str, int]:
    found = _label(text, at, labels := list(labels), follow)
    if found is None:
        wrote = re.split(stop, text[at:], maxsplit=1)[0].strip()
        raise ValueError(f"“{wrote}” is no {what}; {meant(wrote, labels)}")
    return found


def _delist(text: str, at: int, known: Known) -> tuple[Step, int]:
    product, end = _must(text, at, known.products, END, "product")
    return Delist(product), end


def _add(text: str, at: int, known: Known) -> tuple[Step, int]:
    # The name of what enters is free: it ends where " like " and a product follow.
    for like in re.finditer(r"\s+like\s+", text[at:], re.IGNORECASE):
        found = _label(text, at + like.end(), known.products, r"\s*(:\s*|(?=;|$))")
        if found is not None:
            break
    else:
        wrote = re.split(r"\s+like\s+", _piece(text, at), flags=re.IGNORECASE)
        if len(wrote) == 1:
            raise ValueError(
                f"“add {_piece(text, at).strip()}” does not say like what; write add New like Accord"
            )
        model = wrote[-1].partition(":")[0]
        raise ValueError(f"“{model.strip()}” is no product; {meant(model, known.products)}")
    product = text[at : at + like.start()].strip()
    if product in known.labels:
        raise ValueError(f"“{product}” is there already; call what enters something else")
    settings: tuple[Setting, ...] = ()
    end = found[1]
    if ":" in text[at + like.end() + len(found[0]) : found[1]]:
        settings, end = _settings(text, found[1], known, entrant=True)
    return Add(product, found[0], settings), end


def _merge(text: str, at: int, known: Known) -> tuple[Step, int]:
    firms: list[str] = []
    labels = list(known.firms) or list(known.products)
    while True:
        plus = _label(text, at, labels, r"\s*\+\s*")
        if plus is None:
            break
        firms.append(plus[0])
        at = plus[1]
    last, end = _must(text, at, labels, END, "firm", stop=r"[;+]")
    firms.append(last)
    if len(set(firms)) != len(firms) or len(firms) < 2:
        raise ValueError("a merger is of two different firms or more; write merge Ford + Honda")
    return Merge(tuple(firms)), end


def _rivals(text: str, at: int, known: Known) -> tuple[str, int]:
    return _must(text, at, (HOLD, RESPOND), END, "way for rivals to act")


def _settings(text: str, at: int, known: Known, *, entrant: bool) -> tuple[tuple[Setting, ...], int]:
    columns = {**known.columns, "cost": None}
    if entrant:
        columns["firm"] = tuple(known.firms)
    found: list[Setting] = []
    while True:
        column, at = _must(
            text, at, columns, r"\s*=\s*|\s+", "column that can be set", stop=r"[,;=]|\s+(?=\S+\s*[,;]|\S+$)"
        )
        if column in {setting.column for setting in found}:
            raise ValueError(f"{column} is set twice")
        setting, at = _setting(text, at, column, columns[column])
        found.append(setting)
        comma = re.compile(r"\s*,\s*").match(text, at)
        if comma is None:
            break
        at = comma.end()
    return tuple(found), at


def _setting(text: str, at: int, column: str, levels: tuple[str, ...] | None) -> tuple[Setting, int]:
    wrote = re.split(r"[,;]", text[at:], maxsplit=1)[0].strip()
    if levels is not None:
        level = _label(text, at, levels, r"\s*(?=[,;]|$)")
        if level is not None:
            return Setting(column, level[0]), level[1]
        if column == "firm" and wrote:
            return Setting(column, wrote), at + len(text[at:].partition(wrote)[0]) + len(wrote)
        raise ValueError(f"“{wrote}” is no level of {column} that was seen; {meant(wrote, levels)}")
    number = NUMBER.match(text, at)
    if number is None:
        raise ValueError(f"{column} “{wrote}” is no number; write -10%, +2 or 12.5")
    value = float(number["size"].replace(",", "") + (number["power"] or ""))
    value *= -1 if number["sign"] not in ("", "+") else 1
    if not number["percent"]:
        equal = text[:at].rstrip().endswith("=")  # "x = -2" sets; "x -2" takes 2 off
        return Setting(column, value, "plus" if number["sign"] and not equal else "to"), number.end()
    if not number["sign"]:
        raise ValueError(f"{column} {wrote} may be up or down; write +{wrote} or -{wrote}")
    return Setting(column, value / 100, "times"), number.end()
