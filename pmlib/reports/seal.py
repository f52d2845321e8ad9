"""Hashes that tell what an edition held when it was published: run.json has the others', the seal its own."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmlib.reports.disk import read

RUN, SEAL = "run.json", "run.json.sha256"  # the seal is as sha256sum writes and checks it


def seal(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Complete the files of an edition: run.json tells what the others hold, the seal what that does."""
    record = json.loads(files[RUN]) | {"files": digests(files)}
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    return {**files, RUN: text, SEAL: f"{sha256(text)}  {RUN}\n".encode()}


def unsealed(folder: Path) -> dict[str, Any] | None:
    """Read the run.json of an edition; None where it is not as it was published.

    Raises
    ------
    OSError : the disk could not be read, which says nothing about what is on it.
    """
    try:
        text, said = read(folder / RUN), read(folder / SEAL)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    whole = not folder.is_symlink() and said == f"{sha256(text)}  {RUN}\n".encode()
    return dict(json.loads(text)) if whole else None


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Hash the files of an edition, by path, but for those that speak of the others."""
    return {path: sha256(data) for path, data in sorted(files.items()) if path not in (RUN, SEAL)}


def holds(path: Path, digest: str) -> bool:
    """Tell whether a file is there, is no link, and has this sha256."""
    return path.is_file() and not path.is_symlink() and sha256(read(path)) == digest


def sha256(data: bytes) -> str:
    """Hash bytes."""
    return hashlib.sha256(data).hexdigest()
