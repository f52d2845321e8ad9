"""The turns of phrase that sentences of every topic share."""

from collections.abc import Sequence


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words as a sentence does: A, B and C."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def capital(words: str) -> str:
    """Begin a sentence."""
    return words[:1].upper() + words[1:]


def lower(label: str) -> str:
    """Put a label inside a sentence: Fuel economy becomes fuel economy, ABS and Q4 stay."""
    second = label[1:2]
    stays = second.isupper() or (second != "" and not second.isalpha() and second != " ")
    return label if stays else label[:1].lower() + label[1:]
