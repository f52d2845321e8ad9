"""A command as a way to readers: words run without a shell, with the edition as JSON on their input."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from pmlib.reports.deliver.answer import LATER, SENT, Answer
from pmlib.visible import visible

TIMEOUT = 300.0  # seconds
PLACE = re.compile(r"\{(\w+)\}")
TAIL = 4_000  # bytes of what it printed


def filled(words: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Put an edition's values into the words; none of them can become an option, or more than one word."""
    return [PLACE.sub(lambda found: _tame(values[found[1]]), word) for word in words]


def run(words: Sequence[str], root: Path, told: Mapping[str, Any], hidden: Collection[str]) -> Answer:
    """Run a command at the root; it has delivered if it ends with 0.

    Parameters
    ----------
    told : what it reads as JSON.
    hidden : variables that are others' secrets, and that it does not get.
    """
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    with (
        TemporaryFile() as given,
        TemporaryFile() as printed,
    ):  # no pipes: whoever else holds them cannot hang us
        given.write(json.dumps(told, ensure_ascii=False).encode())
        given.seek(0)
        try:
            process = subprocess.Popen(
                words,
                cwd=root,
                env=environment,
                stdin=given,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        except OSError as error:
            return Answer(LATER, f"{words[0]} cannot be started: {error.strerror}")
        try:
            code = process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            return Answer(LATER, f"{words[0]} did not end within {TIMEOUT:g} seconds")
        finally:  # also what it left running
            _end(process)
        if not code:
            return Answer(SENT)
        printed.seek(max(0, printed.seek(0, os.SEEK_END) - TAIL))
        lines = printed.read().decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")
    return Answer(LATER, f"{words[0]} ended with {code}: {last}")


def _tame(text: str) -> str:
    text = " ".join(visible(text).split())
    return text if re.match(r"[\w/]|\Z", text) else f" {text}"  # no - of an option, no @ of a file to be read


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
