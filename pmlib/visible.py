"""Characters that a reader cannot see but that change what he sees: shown by their numbers, or taken out."""

import re

# Colours, titles and links of terminals: ESC [ …, ESC ] … BEL, and the two-character rest of them.
TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-9;:?<=>]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]"
)
# Controls, marks and overrides of direction, halves of characters, and code points that are none.
UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Write what could turn a line around, or end it early, by its number: [U+202E].

    A right-to-left override in a product's name would otherwise swap the two ends of a range beside it.
    """
    return UNSEEN.sub(lambda m: f"[U+{ord(m[0]):04X}]", text)


def without_terminal(text: str) -> str:
    """Take out what only a terminal understands."""
    return TERMINAL.sub("", text)
