"""Room for scheduled runs: however many schedulers are on, no more reports run at a time than have places."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pmlib.reports.disk import LOOK, Busy, lock

FOLDER = Path(".pmlib", "places")


@contextmanager
def place(root: Path, count: int, wait: Callable[[], None]) -> Iterator[None]:
    """Hold one of `count` places; wait : called again and again while none is free, may end the wait."""
    with ExitStack() as held:
        while not _taken(root, count, held):
            wait()
            time.sleep(LOOK)
        yield


def is_free(root: Path, count: int) -> bool:
    """Tell whether there is a place: a scheduler that finds none leaves all to those that are on."""
    with ExitStack() as held:
        return _taken(root, count, held)


def are_free(root: Path) -> bool:
    """Tell whether no scheduled run is on."""
    count = len(list((root / FOLDER).glob("*")))
    with ExitStack() as held:
        return all(_taken(root, count, held) for _ in range(count))


def _taken(root: Path, count: int, held: ExitStack) -> bool:
    for number in range(count):
        with suppress(Busy):
            held.enter_context(lock(root / FOLDER / str(number), root, patient=False))
            return True
    return False
