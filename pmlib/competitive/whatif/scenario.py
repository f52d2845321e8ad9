"""Scenarios: what is changed, as objects that write themselves as a reader would."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pmlib.competitive.words import listed
from pmlib.table import MINUS, plain

HOLD, RESPOND = "hold", "respond"
BY = {"times": "by a percentage", "plus": "by an amount", "to": "to a value"}


@dataclass(frozen=True)
class Setting:
    """One column of an offer set anew.

    column : "price", "cost", "firm" or an attribute. value : a number, or a label. how : "to" the value;
        "plus" it; "times" 1 + it, so that −0.1 is a cut of 10 %.
    """

    column: str
    value: float | str
    how: str = "to"

    def __str__(self) -> str:
        firmly = "= " if self.how == "to" and not isinstance(self.value, str) and self.value < 0 else ""
        return f"{self.column} {firmly}{self.amount}"

    @property
    def amount(self) -> str:
        """The value as a scenario writes it: −10%, +2, 12.5, Sony."""
        if isinstance(self.value, str):
            return self.value
        if self.how == "times":
            return f"{_number(100 * self.value, sign=True)}%"
        return _number(self.value, sign=self.how == "plus")


@dataclass(frozen=True)
class Change:
    """A product, or all products of a firm, changed."""

    who: str
    settings: tuple[Setting, ...]

    def __str__(self) -> str:
        return f"{self.who}: {', '.join(map(str, self.settings))}"

    def said(self) -> str:
        """Say it in a sentence: Honda cuts its price by 10%."""
        return f"{self.who} {listed([_deed(setting) for setting in self.settings])}"


@dataclass(frozen=True)
class Delist:
    """A product taken out."""

    product: str

    def __str__(self) -> str:
        return f"delist {self.product}"

    def said(self) -> str:
        """Say it in a sentence."""
        return f"{self.product} is withdrawn"


@dataclass(frozen=True)
class Add:
    """A product that enters, like another but for what is set; without a firm it is a firm of its own."""

    product: str
    like: str
    settings: tuple[Setting, ...] = ()

    def __str__(self) -> str:
        more = f": {', '.join(map(str, self.settings))}" if self.settings else ""
        return f"add {self.product} like {self.like}{more}"

    def said(self) -> str:
        """Say it in a sentence."""
        return f"{self.product} enters"


@dataclass(frozen=True)
class Merge:
    """Firms that set their prices together."""

    firms: tuple[str, ...]

    def __str__(self) -> str:
        return f"merge {' + '.join(self.firms)}"

    def said(self) -> str:
        """Say it in a sentence."""
        return f"{listed(list(self.firms))} merge"


Step = Change | Delist | Add | Merge


@dataclass(frozen=True)
class Scenario:
    """Several changes at once.

    name : what tables call it. steps : in order. rivals : "hold" or "respond"; None leaves it to the
        question.
    """

    name: str
    steps: tuple[Step, ...]
    rivals: str | None = None

    def __str__(self) -> str:
        words = "; ".join(map(str, self.steps))
        words += f"; rivals {self.rivals}" if self.rivals else ""
        return words if self.name in (self.default_name, words) else f"{self.name} = {words}"

    @property
    def default_name(self) -> str:
        """What it is called where no name was given: its changes."""
        return "; ".join(map(str, self.steps))

    def said(self) -> str:
        """Say it after an "if": Hunt's 32 oz cuts its price by 10%."""
        return listed([step.said() for step in self.steps])


def named(steps: Sequence[Step], name: str = "", rivals: str | None = None) -> Scenario:
    """Make a scenario, called after its changes where it has no name."""
    return Scenario(name or "; ".join(map(str, steps)), tuple(steps), rivals)


def one_name_each(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Tell scenarios without names of their own apart by what rivals do; refuse two of one name."""
    every = list(scenarios)
    held = Counter(scenario.name for scenario in every)
    told = [
        replace(one, name=f"{one.name}; rivals {one.rivals}")
        if one.rivals and held[one.name] > 1 and one.name == one.default_name
        else one
        for one in every
    ]
    seen: set[str] = set()
    for scenario in told:
        if scenario.name in seen:
            raise ValueError(
                f'two scenarios are called "{scenario.name}"; name one: "Other = {scenario.default_name}"'
            )
        seen.add(scenario.name)
    return told


def _number(value: float, *, sign: bool = False) -> str:
    text = f"{abs(value):.10g}"
    return (MINUS if value < 0 else "+" if sign else "") + text


def _deed(setting: Setting) -> str:
    value, column = setting.value, setting.column
    if setting.how == "to" and column == "price":
        return f"charges {setting.amount}"
    if isinstance(value, str) or setting.how == "to":
        return f"sets {column} to {setting.amount}"
    size = f"{plain(100 * abs(value))}%" if setting.how == "times" else _number(abs(value))
    return f"{'cuts' if value < 0 else 'raises'} {'its price' if column == 'price' else column} by {size}"
