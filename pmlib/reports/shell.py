"""A plain IPython shell whose cells leave the outputs that a kernel's would, without another process."""

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import json_packer, json_unpacker
from nbformat import NotebookNode
from traitlets import Any as AnyTrait
from traitlets import Type as TypeTrait
from traitlets.config import Config

QUIET = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"banner1": ""}})


class Outputs:
    """What the cell that is on has shown so far."""

    def __init__(self) -> None:
        self.shown: list[NotebookNode] = []
        self._named: dict[str, list[NotebookNode]] = {}  # by display id, of all cells
        self._clears = False
        self._stream, self._pieces = "", list[str]()  # that the next text joins, if it has that name

    def begin(self) -> None:
        """Start a cell."""
        self.shown, self._clears, self._stream = [], False, ""

    def end(self) -> list[NotebookNode]:
        """Give what the cell has shown."""
        for output in self.shown:
            if output.output_type == "stream":
                output.text = "".join(output.pop("pieces"))
        return self.shown

    def write(self, name: str, text: str) -> None:
        """Add to a stream; a cell that prints a million times leaves one output."""
        if name != self._stream:
            pieces = list[str]()
            self._add(NotebookNode(output_type="stream", name=name, pieces=pieces))
            self._stream, self._pieces = name, pieces
        self._pieces.append(text)

    def show(self, kind: str, content: dict[str, Any], display_id: str | None = None) -> None:
        """Add an output as a kernel's message would carry it."""
        output = NotebookNode(output_type=kind, **_sent(content))
        self._add(output)
        if display_id:
            self._named.setdefault(display_id, []).append(output)

    def update(self, display_id: str, content: dict[str, Any]) -> None:
        """Replace what was shown under an id, in whichever cell."""
        for output in self._named.get(display_id, []):
            output.update(_sent(content))

    def clear(self, wait: bool) -> None:
        """Take away what the cell has shown, at once or when it shows more."""
        self._clears, self._stream = wait, ""
        if not wait:
            self.shown.clear()

    def _add(self, output: NotebookNode) -> None:
        if self._clears:
            self.clear(wait=False)
        self._stream = ""
        self.shown.append(output)


def _sent(content: dict[str, Any]) -> dict[str, Any]:
    return json_unpacker(json_packer(content))


class Publisher(DisplayPublisher):
    """Where `display` sends what it shows."""

    shell: Any

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: Any = False,
        **_: Any,
    ) -> None:
        content, shown_as = {"data": data, "metadata": metadata or {}}, (transient or {}).get("display_id")
        if update:
            self.shell.outputs.update(shown_as, content)
        else:
            self.shell.outputs.show("display_data", content, shown_as)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class Hook(DisplayHook):
    """Where the value of a cell's last line goes."""

    shell: Any

    def write_output_prompt(self) -> None:
        self._content: dict[str, Any] = {"execution_count": self.prompt_count}

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self._content |= {"data": format_dict, "metadata": md_dict or {}}

    def finish_displayhook(self) -> None:
        if self._content.get("data"):
            self.shell.outputs.show("execute_result", self._content)


class Stream(io.TextIOBase):
    """A standard stream that ends up among the outputs."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, outputs: Outputs, descriptor: int) -> None:
        self.name, self._outputs, self._descriptor = name, outputs, descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        text.encode(self.encoding, self.errors)  # what no file can hold is refused here, where it is printed
        if text:
            self._outputs.write(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        """Stay open: what a cell closes is closed for the cells after it too, and for no reader's good."""


class Shell(InteractiveShell):
    """An IPython shell that keeps outputs instead of printing them."""

    display_pub_class = TypeTrait(Publisher)
    displayhook_class = TypeTrait(Hook)
    outputs: Any = AnyTrait()

    def enable_gui(self, gui: Any = None) -> None:
        """Have no windows; `%matplotlib inline` asks."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.outputs.show("error", described(evalue, stb))


def described(error: BaseException, traceback: Sequence[str] = ()) -> dict[str, Any]:
    """Put an error into words that a file can hold: of half a character of UTF-16 they hold the code."""

    def written(text: str) -> str:
        return text.encode("utf-8", "backslashreplace").decode()

    lines = [written(line) for line in traceback]
    return {"ename": type(error).__name__, "evalue": written(str(error)), "traceback": lines}


class Session:
    """A shell for one notebook, and what programs below Python print.

    log : a file that descriptors 1 and 2 of this process lead to, or None.
    """

    def __init__(self, log: Path | None = None) -> None:
        self.outputs = Outputs()
        self.shell = Shell.instance(config=QUIET, outputs=self.outputs)
        self._log, self._read = log, log.stat().st_size if log else 0

    def run(self, source: str) -> tuple[int, list[NotebookNode]]:
        """Run one cell; give its number and what it shows."""
        self.outputs.begin()
        count = self.shell.execution_count
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (
            Stream(name, self.outputs, at) for name, at in (("stdout", 1), ("stderr", 2))
        )
        try:
            ended = self.shell.run_cell(source, store_history=True)
        finally:
            sys.stdout, sys.stderr = streams
        error = ended.error_before_exec or ended.error_in_exec
        if error and not any(output.output_type == "error" for output in self.outputs.shown):
            self.outputs.show("error", described(error))  # IPython could not, or was kept from it
        if self._log and (text := self._printed_below()):
            self.outputs.write("stdout", text)
        return count, self.outputs.end()

    def _printed_below(self) -> str:
        assert self._log is not None
        if os.stat(self._log).st_size <= self._read:
            return ""
        with self._log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
        self._read += len(text)
        return text.decode("utf-8", "replace")
