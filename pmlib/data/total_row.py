"""What rows of totals are called, in the languages that tables come in."""

import re

TOTAL = re.compile(
    r"(grand|sub|over ?all)?[ -]?totals?( \w{1,2})?( [\d/.-]+)?|sum(me)?"
    r"|(gesamt|zwischen)[ -]?(summe|ergebnis)?|insgesamt|ergebnis|totale?s?"
    r"|total (g[ée]n[ée]ral|general|geral)|suma|soma|somme|итого|всего"
    r"|合計|总计|總計|小計|합계",
    re.IGNORECASE,
)


LIKELY = re.compile(r"(grand |sub)?totals?\b|(gesamt|zwischen)(summe|ergebnis)?\b|summe\b|totale?\b", re.I)


def is_total(label: str) -> bool:
    """Tell whether a label says that a row sums up others: Total, Gesamtergebnis."""
    return bool(TOTAL.fullmatch(label.strip(" :.*")))


def may_be_total(label: str) -> bool:
    """Tell whether a label says so of a row that lacks what others are known by: TOTAL YOGURT, of no firm."""
    return is_total(label) or bool(LIKELY.match(label.strip()))
