"""How a tree refuses: one line that names the node, its line, what was found and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager


class TreeError(ValueError):
    """A tree that cannot be trusted; one line, whatever breaks lines in the text that it quotes."""

    def __init__(self, line: str) -> None:
        super().__init__(" ".join(line.splitlines()))


@contextmanager
def at(place: str) -> Iterator[None]:
    """Say where a refusal happened, unless it says so itself."""
    try:
        yield
    except TreeError:
        raise
    except ValueError as refused:
        raise TreeError(f"{place}: {refused}") from None
