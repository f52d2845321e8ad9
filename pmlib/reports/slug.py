"""Names of folders made from the values of parameters: readable, legal everywhere, no two the same."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

LONGEST = 60  # characters: with a report's name and a draft's, a lock's name stays below 255 bytes
HASH = 8
HASHED = re.compile(rf"(.*-)?[0-9a-f]{{{HASH}}}")
TAKEN = {
    "drafts",
    "editions",
    "figures",
    "tables",
}  # folders of a report's own; its files have a dot, a slug has none
DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")  # no names for files on Windows


def slug(values: Iterable[Any]) -> str:
    """Name the folder of one job of a matrix after the values that set it apart.

    What a value's words leave out, be it a capital, an accent or an end too long, a hash of the values stands
    for. It hangs on these values alone: a value more in the matrix changes no other folder's name.
    """
    values = list(values)
    texts = [_text(value) for value in values]
    words = [_words(text) for text in texts]
    name = "--".join(words)
    is_whole = words == texts and all(words) and len(name) <= LONGEST and not HASHED.fullmatch(name)
    is_taken = name in TAKEN or DEVICES.fullmatch(name)
    return name if is_whole and not is_taken else _hashed(name, values)


def draft_slug(values: Mapping[str, Any]) -> str:
    """Name a draft's folder after the parameters that were given for it, one for each set of values."""
    return _hashed(_words("-".join(f"{name}-{_text(value)}" for name, value in values.items())), dict(values))


def canonical(value: Any) -> str:
    """Write JSON in the one way that equal values share; a date is the text that a parameter takes."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=_iso)


def _iso(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _hashed(words: str, values: Any) -> str:
    digest = hashlib.sha256(canonical(values).encode()).hexdigest()[:HASH]
    words = words[: LONGEST - HASH - 1].strip("-_")
    return f"{words}-{digest}" if words else digest


def _text(value: Any) -> str:
    if isinstance(value, str | date | time):
        return value if isinstance(value, str) else value.isoformat()
    text = canonical(value)
    return text.replace(".", "_") if isinstance(value, float) else text  # 0.95 is 0_95: a folder has no dot


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
