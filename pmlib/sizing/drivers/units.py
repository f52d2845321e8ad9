"""Units of drivers: nouns, scale, time and money of a year, multiplied and compared."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isclose
from typing import Self

from pmlib.sizing.drivers.nouns import one, plural, stem
from pmlib.table import Column

TENS = {  # words of scale: powers of ten
    **dict.fromkeys(("thousand", "thousands", "k", "K"), 3),
    **dict.fromkeys(("million", "millions", "M", "mn", "mln", "mio", "Mio"), 6),
    **dict.fromkeys(("billion", "billions", "bn"), 9),
    **dict.fromkeys(("trillion", "trillions", "tn"), 12),
}
SCALES = {3: "thousand", 6: "M", 9: "bn", 12: "tn"}
LETTERS = {3: "k", 6: "M", 9: "bn"}  # as written before an amount of money
WORDS = {3: "thousand", 6: "million", 9: "billion", 12: "trillion"}  # and before other things
YEARS = {  # of time, in years of 365.25 days
    "day": Fraction(4, 1461),
    "week": Fraction(28, 1461),
    "month": Fraction(1, 12),
    "quarter": Fraction(1, 4),
    "year": Fraction(1),
}
TIMES = {word + s: word for word in YEARS for s in ("", "s")}
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
SIGN_OF = {code: sign for sign, code in SIGNS.items()}
SHORTEST = 1e-9  # two scales closer than this are the same


@dataclass(frozen=True)
class Money:
    """A currency and the year of its prices."""

    currency: str
    year: int

    def __str__(self) -> str:
        return f"{self.currency}{self.year}"


Thing = str | Money  # a noun or a time as it is written, or money
Key = tuple[str, int]  # by which things are compared


@dataclass(frozen=True, eq=False)
class Unit:
    """A product of things with powers, times a power of ten.

    factors : things as they were first written, each with its power, never 0.
    ten : power of ten that one of it holds: 3 in "thousand car".
    percent : whether values 0–1 are written in percent, as shares ("%") and growth ("%/year") are.
    """

    factors: tuple[tuple[Thing, Fraction], ...] = ()
    ten: Fraction = Fraction(0)
    percent: bool = False

    @cached_property
    def dimensions(self) -> dict[Key, Fraction]:
        """Powers of what cannot be converted by a number: nouns, time, money of one year."""
        powers: dict[Key, Fraction] = {}
        for thing, power in self.factors:
            key = _key(thing)
            key = ("year", 0) if key[0] in YEARS else key
            powers[key] = powers.get(key, Fraction(0)) + power
        return {key: powers[key] for key in sorted(powers) if powers[key]}

    @cached_property
    def scale(self) -> float:
        """How many of the plain unit one of it is."""
        scale = 10.0 ** float(self.ten) if self.ten.denominator > 1 else float(Fraction(10) ** int(self.ten))
        for thing, power in self.factors:
            if isinstance(thing, str) and thing in TIMES:
                scale *= float(YEARS[TIMES[thing]]) ** float(power)
        return scale

    @property
    def money(self) -> dict[Money, Fraction]:
        """The money in it, each with its power."""
        return {thing: power for thing, power in self.factors if isinstance(thing, Money)}

    @property
    def nouns(self) -> frozenset[Key]:
        """The things in it that are neither money nor time."""
        return frozenset(key for key in self.dimensions if not key[1] and key[0] not in YEARS)

    @property
    def plain(self) -> bool:
        """Whether it is a number without a unit."""
        return not self.dimensions and isclose(self.scale, 1, rel_tol=SHORTEST)

    @property
    def share(self) -> bool:
        """Whether its values are shares, which cannot leave 0–1."""
        return self.percent and not self.factors

    @property
    def growth(self) -> bool:
        """Whether its values are rates of growth, which may be negative."""
        return self.percent and bool(self.factors)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Unit)
            and self.dimensions == other.dimensions
            and isclose(self.scale, other.scale, rel_tol=SHORTEST)
        )

    def __hash__(self) -> int:
        return hash(tuple(self.dimensions.items()))

    def __mul__(self, other: Self) -> "Unit":
        return _product(self, other, 1)

    def __truediv__(self, other: Self) -> "Unit":
        return _product(self, other, -1)

    def __pow__(self, power: Fraction) -> "Unit":
        factors = tuple((thing, p * power) for thing, p in self.factors if power)
        return Unit(factors, self.ten * power)

    def __str__(self) -> str:
        if self.percent:
            return "%" + _below(self.factors)
        words = [_raised(thing, power) for thing, power in self.factors if power > 0]
        if self.ten >= 0:
            return (" ".join(filter(None, [_scale(self.ten), *words])) or "1") + _below(self.factors)
        below = _below(self.factors).removeprefix("/")  # car/thousand person
        return f"{' '.join(words) or '1'}/{_scale(-self.ten)} {below}".rstrip()

    def column(self, label: str) -> Column:
        """Say how a column of such values is labelled and written."""
        per = "".join(f" {_article(thing)} {_one(thing)}" for thing, power in self.factors if power < 0)
        if self.percent:
            return Column(label + per, "%")
        money = [thing for thing, power in self.factors if isinstance(thing, Money) and power == 1]
        things = [_many(thing, power) for thing, power in self.factors if power > 0 and thing not in money]
        ten = int(self.ten) if self.ten.denominator == 1 else 0
        if not money:
            words = [WORDS[ten] if ten in WORDS else _scale(self.ten), *things]
            return Column(label, (" ".join(filter(None, words)) + per).strip())
        sign = SIGN_OF.get(money[0].currency, "")
        scale = LETTERS.get(ten, "") if sign else WORDS.get(ten, "")
        lead = sign + scale if sign else " ".join(filter(None, [scale, money[0].currency]))
        more = "".join(f" {word}" for word in things)
        return Column(label, f"{lead}{more}{per} ({money[0].year})")


PLAIN = Unit()
SHARE = Unit(percent=True)


def _key(thing: Thing) -> Key:
    if isinstance(thing, Money):
        return (thing.currency, thing.year)
    return (TIMES.get(thing) or stem(thing), 0)


def _product(left: Unit, right: Unit, sign: int) -> Unit:
    written = {_key(thing): thing for thing, _ in (*right.factors, *left.factors)}
    powers = dict.fromkeys([_key(thing) for thing, _ in (*left.factors, *right.factors)], Fraction(0))
    for unit, side in ((left, 1), (right, sign)):
        for thing, power in unit.factors:
            powers[_key(thing)] += power * side
    factors = tuple((written[key], power) for key, power in powers.items() if power)
    return Unit(factors, left.ten + sign * right.ten)


def _scale(ten: Fraction) -> str:
    if ten.denominator > 1 or ten % 3:
        return f"thousand**({ten / 3})"
    words = []
    while ten:
        largest = min(int(ten), max(SCALES))
        words.append(SCALES[largest])
        ten -= largest
    return " ".join(words)


def _raised(thing: Thing, power: Fraction) -> str:
    if power == 1:
        return str(thing)
    return f"{thing}**{power}" if power.denominator == 1 else f"{thing}**({power})"


def _below(factors: tuple[tuple[Thing, Fraction], ...]) -> str:
    return "".join(f"/{_raised(thing, -power)}" for thing, power in factors if power < 0)


def _one(thing: Thing) -> str:
    return str(thing) if isinstance(thing, Money) else one(thing)


def _many(thing: Thing, power: Fraction) -> str:
    return _raised(thing, power) if isinstance(thing, Money) or power != 1 else plural(_one(thing))


def _article(thing: Thing) -> str:
    return "an" if _one(thing)[:1].lower() in tuple("aeio") else "a"


def missing(declared: Unit, given: Unit) -> str:
    """Write what one unit must be multiplied by to be the other, where only numbers are missing."""
    factor = given.scale / declared.scale
    return f"{factor:,.10g}" if factor >= 1 else f"1/{1 / factor:,.10g}"
