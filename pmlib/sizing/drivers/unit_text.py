"""Reads a unit as it is written: M EUR2025/year, order/person/year, car/thousand person, %, %/year."""

import re
from fractions import Fraction
from functools import lru_cache

from pmlib.data.words import shown
from pmlib.sizing.drivers.units import PLAIN, SHARE, SIGNS, TENS, TIMES, Money, Unit

PLAIN_WORDS = ("1", "ratio", "number")
TOKEN = re.compile(
    r"\s*(?:(?P<money>(?<!\w)(?:US|int)?[$€£¥]\s?\d*|[A-Z]{3}\d{4}\b)|(?P<word>[^\W\d_][\w]*(?:-[^\W\d_]\w*)*)"
    r"|(?P<power>(?:\*\*|\^)\s*(?:-?\d{1,2}\b|\(\s*-?\d{1,2}\s*/\s*\d{1,2}\s*\)))|(?P<sign>[*·×/%()])"
    r"|(?P<number>\d[\d.,]*)|(?P<other>\S))"
)
LONGEST = 200  # characters of a unit


@lru_cache(10_000)
def unit(text: str) -> Unit:
    """Read a unit.

    Raises
    ------
    ValueError : it is no unit; money has no year, a word is no noun.
    """
    text = text.strip()
    if not text:
        raise ValueError("the unit is empty; write one such as [person], or [1] for a plain number")
    if len(text) > LONGEST:
        raise ValueError(f"the unit is {len(text):,} characters long; write one such as [order/person/year]")
    if text in PLAIN_WORDS:
        return PLAIN
    if text.startswith("%"):
        return _percent(text)
    found, side, ready = PLAIN, 1, False  # ready: whether a word has come since the last sign
    if text.startswith("1/"):
        text = text[1:]
        ready = True
    tokens = [(match.lastgroup or "", match[0].strip()) for match in TOKEN.finditer(text)]
    for i, (kind, token) in enumerate(tokens):
        if kind == "sign" and token in "/*·×" and ready:
            side, ready = (-1 if token == "/" else 1), False
            continue
        if kind == "power" and i and tokens[i - 1][0] in ("word", "money"):
            factor = _factor(*tokens[i - 1])
            found *= factor ** ((_power(token) - 1) * side)
            continue
        found *= _factor(kind, token) ** Fraction(side)
        ready = True
    if not ready:
        raise ValueError(f"the unit {shown(text)} ends in a sign; write one such as [order/person]")
    return found


def _percent(text: str) -> Unit:
    rest = text[1:].strip()
    if not rest:
        return SHARE
    rate = unit("1" + rest) if rest.startswith("/") else None
    if rate is None or len(rate.factors) != 1 or rate.factors[0][0] not in TIMES or rate.factors[0][1] != -1:
        raise ValueError(f"the unit {shown(text)}: a % stands alone, or per time as in [%/year]")
    return Unit(rate.factors, percent=True)


def _power(token: str) -> Fraction:
    return Fraction(re.sub(r"[*^()\s]", "", token))


def _factor(kind: str, token: str) -> Unit:
    if kind == "money":
        return Unit(((_money(token), Fraction(1)),))
    if kind == "word":
        return _word(token)
    if kind == "number":
        raise ValueError(
            f"a unit holds no number, found {shown(token)}; write thousand, M or bn, and money as EUR2025"
        )
    if token == "%":
        raise ValueError("a % stands alone in a unit, or per time as in [%/year]")
    raise ValueError(f"a unit cannot hold {shown(token)}; write one such as [EUR2025/order] or [person]")


def _word(word: str) -> Unit:
    if word in TENS:
        return Unit(ten=Fraction(TENS[word]))
    if word in ("m", "b", "B", "MM", "mm"):
        raise ValueError(f"{word!r} in a unit may mean several things; write k, M or bn, or the noun in full")
    if is_currency(word):
        raise ValueError(f"{word} has no price year; write {word}2025 for money of 2025")
    if word[-4:].isascii() and word[-4:].isdigit():
        head, code = word[:-7], word[-7:-4]
        if head in TENS:
            raise ValueError(f"{word!r} is scale and money in one word; write {head} {word[-7:]}")
        raise ValueError(f"{(code if not head else word[:-4])!r} is no currency; write one such as EUR2025")
    return Unit(((word, Fraction(1)),))


def _money(token: str) -> Money:
    code, year = token[:-4], token[-4:]
    if len(token) < 5 or not year.isdigit():
        sign = re.sub(r"[\s\d]", "", token)
        raise ValueError(f"{sign} has no price year; write {sign}2025 for money of 2025")
    code = code.strip()
    code = {"US$": "USD", "int$": "INT"}.get(code) or SIGNS.get(code, code)
    if code != "INT" and not is_currency(code):
        raise ValueError(f"{code!r} is no currency; write a code such as EUR, USD or GBP with its year")
    return Money(code, _year(int(year), token))


def _year(year: int, token: str) -> int:
    if not 1800 <= year <= 2100:
        raise ValueError(f"{token} has the price year {year}; write one from 1800 to 2100")
    return year


def is_currency(word: str) -> bool:
    """Tell whether a word is a currency's code, such as EUR."""
    if len(word) != 3 or not word.isupper():
        return False
    from babel.core import get_global

    return word in get_global("all_currencies")
