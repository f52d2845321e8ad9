"""Whoever reads while others publish sees whole pages, and finds what they link to."""

import multiprocessing
import re
import tempfile
from pathlib import Path

import pytest
from tiny import files, job

from pmlib.reports.publish import publish

READERS = 3


def number(page):
    """The edition that a page is of; it is whole from its first byte to its last."""
    said = re.fullmatch(rb"<html><body><p>edition (\d+)</p>.*</body></html>\n", page)
    return int(said[1]) if said else None


def missing(home, table, seen):
    """Tell whether a page's table is not there, though at most one edition came since the page was read."""
    return not (home / table).exists() and number((home / "index.html").read_bytes()) < seen + 2


def read(home, count, stop, wrong):
    while not stop.is_set():
        page = (home / "index.html").read_bytes()
        count.value += 1
        seen = number(page)
        if seen is None:
            wrong.put(f"a page of {len(page)} bytes that ends in {page[-30:]!r}")
            return
        for table in re.findall(r'href="(.*?)"', page.decode()):
            try:
                data = (home / table).read_bytes()
            except FileNotFoundError:
                if missing(home, table, seen):
                    wrong.put(f"edition {seen} links to {table}, which is not there")
                    return
                continue
            count.value += 1
            if not re.fullmatch(rf"{re.escape(table)} \d+", data.decode()):
                wrong.put(f"{table} holds {data!r}")
                return


@pytest.mark.parametrize(
    ("publishes", "reads"), [(60, 6_000), pytest.param(1_000, 100_000, marks=pytest.mark.slow)]
)
def test_readers_see_only_whole_pages_while_editions_are_published(publishes, reads):
    fork = multiprocessing.get_context("fork")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        root = Path(folder)
        publish(job(root), files(1), root)
        stop, wrong, done = fork.Event(), fork.Queue(), 1
        counts = [fork.Value("q", 0) for _ in range(READERS)]
        readers = [fork.Process(target=read, args=(job(root).home, n, stop, wrong)) for n in counts]
        for reader in readers:
            reader.start()
        try:
            while done <= publishes or sum(count.value for count in counts) < reads:
                done += 1
                publish(job(root), files(done), root)
                if not all(reader.is_alive() for reader in readers):
                    break
        finally:
            stop.set()
            for reader in readers:
                reader.join(10)
        assert wrong.empty(), wrong.get()
        assert done > publishes and sum(count.value for count in counts) >= reads
        assert all(count.value > reads / 100 for count in counts)
