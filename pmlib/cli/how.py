"""How a batch is run, as the command line says, and what is delivered of it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmlib.reports.batch import End, Turn
    from pmlib.reports.job import Job


@dataclass(frozen=True)
class How:
    """What `pmlib run` was told of how to run a batch."""

    jobs: int | None
    keep_going: bool
    engine: str
    dask: str | None
    debug: bool
    force: bool = False

    @property
    def here(self) -> int:
        """Count the reports that run at a time on this machine."""
        return self.jobs or len(os.sched_getaffinity(0))

    @contextmanager
    def run(
        self, root: Path, planned: Sequence["Job"], turn: "Turn | None" = None
    ) -> Iterator[Iterator[tuple["Job", "End"]]]:
        """Run a batch; give what became of each job.

        turn : what a scheduler does about each.
        """
        from pmlib.cli.progress import listener
        from pmlib.reports.batch import Batch
        from pmlib.reports.schedule.places import place

        with (
            _where(self.dask, root) as elsewhere,
            listener(root, len(planned), self.debug, brief=turn is not None) as told,
        ):
            count = self.jobs or elsewhere.workers if elsewhere else self.here
            room = partial(place, root, count) if turn else None
            batch = Batch(root, count, told, self.engine, self.force, self.keep_going, turn, room)
            yield batch.run(planned, elsewhere.render if elsewhere else None)


def _where(dask: str | None, root: Path) -> AbstractContextManager[Any]:
    """Connect to the cluster that is asked for; None stands for this machine."""
    if not dask:
        return nullcontext()
    from pmlib.reports.cluster import Cluster

    return Cluster(dask, root)
