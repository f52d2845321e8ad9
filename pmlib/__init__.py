"""A market-research workbench: methods, honest intervals, and pages that product managers read."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Answer": "pmlib.result",
    "Result": "pmlib.result",
    "changes": "pmlib.edition",
    "competitive": "pmlib.competitive",
    "data": "pmlib.data",
    "first_present": "pmlib.result",
    "impact": "pmlib.impact",
    "sizing": "pmlib.sizing",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    # Lazy (PEP 562): `import pmlib` and the command line load neither pandas nor matplotlib.
    if name not in _HOME:
        raise AttributeError(f"pmlib has no {name!r}; it has {', '.join(__all__)}")
    home = import_module(_HOME[name])
    return getattr(home, name, home)


def __dir__() -> list[str]:
    return __all__
