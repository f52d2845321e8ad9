"""Settings as lines of TOML, valid whatever names and values hold."""

import json
import re
from collections.abc import Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")


def pairs(settings: Mapping[str, Any]) -> list[str]:
    """Write one `name = value` line for each setting."""
    return [f"{_key(name)} = {_value(value)}" for name, value in settings.items()]


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(pairs(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):  # JSON escapes what TOML does, save for one character
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
