"""How a tree refuses: one line that names the node, its line, what was found and what to do."""

from collections.abc import Iterable, Iterator
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


def shown(found: object) -> str:
    """Quote what was found, shortened, on one line."""
    from pmlib.data import words  # with the whole gate, which a tree that is right does not need

    return words.shown(found)


def meant(name: object, options: Iterable[str], says: str) -> str:
    """Say what there is instead, the likely one first."""
    from pmlib.data import words

    return words.meant(name, options, says)
