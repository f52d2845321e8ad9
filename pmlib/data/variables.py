"""Environment variables that declarations name: secrets, which are written nowhere."""

import os
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from pmlib.data.words import SOURCES, DataError, shown
from pmlib.secret import forms, is_secret, parsed, pieces

NAMED = re.compile(r"\$\{([^{}]*)\}")
ADDRESS = re.compile(r"(?P<scheme>[^/?#]*://)?(?P<user>[^/?#@]*@)?(?P<place>[^?#]*)(?P<rest>.*)", re.DOTALL)
PUBLIC = {"", "anon", "cloud", "browser", "cache", "google_default"}  # what such an option may say outright
LONG = 4  # characters; a shorter value is taken out of a text only where it stands alone

_values: dict[str, str] = {}  # what was expanded in this process, in each form it may come back in: ${NAME}


def address(text: str, where: str) -> str:
    """Put the environment's values into an address, quoted where an address needs that.

    Parameters
    ----------
    where : as errors name it, such as "[sales]: url".

    Raises
    ------
    DataError : a variable is not set, or a secret stands there outright.
    """
    found = ADDRESS.fullmatch(text)
    assert found is not None  # it matches anything
    user, rest = found["user"] or "", found["rest"]
    _, colon, password = user.rstrip("@").partition(":")
    bare = user and (found["scheme"] or "").startswith("http")  # there a user without a password is a token
    if bare or (colon and password):
        _refuse_literal(password if colon else user.rstrip("@"), where, "its password")
    for option, value in parse_qsl(rest[1:]):
        if is_secret(option):
            _refuse_literal(value, where, shown(option))
    return (
        (found["scheme"] or "")
        + expanded(user, where, quoted=True)
        + expanded(found["place"], where)
        + expanded(rest, where, quoted=True)
    )


def options(given: Any, where: str, name: str = "") -> Any:
    """Put the environment's values into the options of a file system, however deep.

    Raises
    ------
    DataError : a variable is not set, or a secret stands there outright.
    """
    if isinstance(given, dict):
        return {key: options(value, where, key) for key, value in given.items()}
    if isinstance(given, list):
        return [options(value, where, name) for value in given]
    if not isinstance(given, str):
        return given
    if is_secret(name):
        _refuse_literal(given, where, shown(name))
    return expanded(given, where)


def expanded(text: str, where: str, quoted: bool = False) -> str:
    """Replace each ${NAME} by that environment variable, which is kept out of all errors from then on.

    Raises
    ------
    DataError : a variable is not set.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise DataError(f"{SOURCES}, {where} has {shown(found[0])}; write it as ${{NAME}}")
        if not os.environ.get(name):
            state = "is empty" if name in os.environ else "is not set"
            remedy = "set it before the run, outside this project's files"
            raise DataError(
                f"{SOURCES}, {where} needs the environment variable {name}, which {state}; {remedy}"
            )
        hide(name, os.environ[name])
        return quote(os.environ[name], safe="") if quoted else os.environ[name]

    return NAMED.sub(value, text)


def scrub(text: str) -> str:
    """Take every expanded value out of a text, and make one line of it."""
    for value in sorted(_values, key=len, reverse=True):
        if len(value) >= LONG:
            text = text.replace(value, _values[value])
        else:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", lambda found: _values[found[0]], text)
    return " ".join(text.split())


def hide(name: str, value: str) -> None:
    """Keep the value of a variable out of all errors from now on; of an address any part that may be told."""
    address = parsed(value)
    told = {text for _, text in parse_qsl(address.query)} | {address.username or ""}
    for piece in (pieces(value) | told | set(map(unquote, told))) - {""}:
        _values.update(dict.fromkeys(forms(piece), f"${{{name}}}"))


def _refuse_literal(value: str, where: str, what: str) -> None:
    if NAMED.search(value) is None and value not in PUBLIC:
        raise DataError(
            f"{SOURCES}, {where} holds {what} itself; put it in an environment variable and write ${{NAME}}"
        )
