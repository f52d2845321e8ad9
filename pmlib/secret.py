"""Secrets and the forms in which they come back: what holds one is written without it."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, quote_plus, unquote, urlsplit

BYTES = "surrogateescape"  # an environment may hold what is no UTF-8
SHORTEST = 6  # characters; taking out a shorter value would take out half the words
LONG = 16  # characters of a line or a step of a path that is a secret by itself
SECRET = re.compile(
    r"password|passwd|secret|token|credential|passphrase|api_?key|access_?key|account_?key"
    r"|(?<![a-z])(key|pass|pwd|sas|sig|signature|auth|authorization|cookie)(?![a-z])"
)
WRITINGS: tuple[Callable[[str], str], ...] = (
    partial(quote_plus, errors=BYTES),
    *(partial(quote, safe=safe, errors=BYTES) for safe in ("", "/", "!$&'()*+,;=:@/")),
    lambda text: repr(text)[1:-1],
    lambda text: ascii(text)[1:-1],
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    html.escape,
    lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    lambda text: html.escape(text, quote=False),
    lambda text: text.replace("\\", "\\\\").replace("'", "\\'"),
    lambda text: text.encode("ascii", "backslashreplace").decode(),  # Python's own stacks
)


def is_secret(option: str) -> bool:
    """Tell by the name of an option whether its value is a secret: api_key, clientSecret."""
    return bool(SECRET.search(re.sub(r"([a-z])([A-Z])", r"\1_\2", option).lower()))


def parsed(value: str) -> SplitResult:
    """Take an address apart; all parts of another text are empty."""
    try:
        return urlsplit(value if "://" in value else "")
    except ValueError:  # brackets that do not close
        return urlsplit("")


def pieces(value: str) -> set[str]:
    """List what must not be shown of a value: itself, its long lines, and what is secret in an address."""
    found = {value, value.strip()}
    found |= {line.strip() for line in value.splitlines() if len(line.strip()) >= LONG}
    address = parsed(value)
    user, password = address.netloc.rpartition("@")[0], address.password or ""
    if password or address.scheme.startswith("http"):  # there a user without a password is a token
        found |= {user, password}
    found |= {text for option, text in parse_qsl(address.query) if is_secret(option)}
    found |= {step for step in address.path.split("/") if len(step) >= LONG}  # a token, no table's name
    return (found | {unquote(text) for text in found}) - {""}


def forms(piece: str) -> set[str]:
    """List the forms in which programs write it: quoted, escaped, escaped once more, encoded."""
    found = {piece}
    for _ in range(2):  # an address within JSON, a repr within a repr
        found |= {write(text) for text in found for write in WRITINGS}
    found |= {re.sub("%..", lambda code: code[0].lower(), text) for text in found}
    return found | set(_encoded(piece.encode(errors=BYTES)))


def scrub(what: Any, values: Mapping[str, str]) -> Any:
    """Take secrets out of a text, bytes, or anything made of lists and dicts; ${NAME} stands for each.

    values : what the variables hold, by their names.
    """
    named = {
        form: f"${{{name}}}"
        for name, value in values.items()
        for piece in pieces(value)
        if len(piece) >= SHORTEST
        for form in forms(piece)
    }
    if not named:
        return what
    longest = sorted(named, key=len, reverse=True)

    def clean(text: str) -> str:  # one after the other: an expression of so many words takes seconds
        for form in longest:
            text = text.replace(form, named[form])
        return text

    return _scrubbed(what, clean)


def _scrubbed(what: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(what, str):
        return clean(what)
    if isinstance(what, bytes):
        return clean(what.decode(errors=BYTES)).encode(errors=BYTES)
    if isinstance(what, dict):
        kept = {_scrubbed(key, clean): _scrubbed(value, clean) for key, value in what.items()}
        return type(what)(kept)  # a notebook is a dict of its own kind
    if isinstance(what, list | tuple):
        return type(what)(_scrubbed(item, clean) for item in what)
    return what


def _encoded(plain: bytes) -> Iterator[str]:
    yield base64.b64encode(plain).decode()
    if len(plain) < SHORTEST:  # any number may be its other codes
        return
    yield from (plain.hex(), plain.hex().upper())
    for before in range(3):  # within a longer text, as in user:secret, its letters hang on where it begins
        code = base64.b64encode(bytes(before) + plain)[-(-8 * before // 6) : 8 * (before + len(plain)) // 6]
        yield from (code.decode(), code.translate(bytes.maketrans(b"+/", b"-_")).decode())
