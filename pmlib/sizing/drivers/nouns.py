"""Nouns of units: which two words are one noun, and how one is written in the plural."""

from functools import lru_cache

IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
    "geese": "goose",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
    "halves": "half",
    "shelves": "shelf",
    "analyses": "analysis",
    "bases": "basis",
    "quizzes": "quiz",
}
PLURAL = {singular: plural for plural, singular in IRREGULAR.items()}
HISSING = ("s", "x", "z", "ch", "sh")


@lru_cache(10_000)
def stem(word: str) -> str:
    """Give the key by which singular and plural of a noun are the same: city and cities, house and houses.

    The key is no word of English (hous, citi); it is compared and never shown.
    """
    word = word.casefold()
    head, hyphen, last = word.rpartition("-")
    return head + hyphen + _fixed(IRREGULAR.get(last, last))


def _fixed(word: str) -> str:
    while (shorter := _shorter(word)) != word:
        word = shorter
    return word


def _shorter(word: str) -> str:
    is_short = len(word) < 3 or (len(word) == 3 and word[1] in "aeiouy")  # gas, bus, but TVs
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and not is_short:
        return word[:-1]
    if word.endswith("e") and word[:-1].endswith((*HISSING, "o", "i")) and len(word) > 3:
        return word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def plural(word: str) -> str:
    """Write more than one: cars, people, cities, boxes."""
    if word in PLURAL:
        return PLURAL[word]
    if word in IRREGULAR or (word.endswith("s") and not word.endswith("ss")):
        return word
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(HISSING) else "s")


def one(word: str) -> str:
    """Write one of it, where the plural is regular: car, person, city."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2].endswith(("x", "ch", "sh", "ss")):
        return word[:-2]
    return (
        word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
    )
