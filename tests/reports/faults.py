"""Publishes tiny pages while strace has one system call fail, once for each call, and looks at what is left.

Run as a script, it prints one line of JSON: how many faults were tried, and what went wrong after which.
"""

import ctypes
import io
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tiny import again, fail, job

from pmlib.reports import publish
from pmlib.reports.editions import editions, folders
from pmlib.reports.plan import PUBLISHED
from pmlib.reports.seal import holds
from pmlib.reports.verify import findings

CALL = re.compile(r"(\w+)\((.*)")
CHANGES = {"fsync", "mkdir", "openat", "rename", "rmdir", "unlink", "unlinkat", "write"}
ANYONE = ctypes.c_ulong(-1)  # whom prctl(PR_SET_PTRACER) lets trace this process
PR_SET_PTRACER = 0x59616D61


# What has happened before, and what is happening when the fault strikes.
SCENES = {
    "publish over a failure, and remove an old edition": ((again(1), again(2), fail), again(3)),
    "the first publication": ((), again(1)),
    "mark the page as failed": ((again(1),), fail),
    "a rerun that gives the same": ((again(1),), again(1)),
}


def traced(act, root, *options):
    """Run in a child under strace; give its exit code and what it said."""
    (read, go), (ready, say) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANYONE, 0, 0, 0)
        sys.stderr = io.StringIO()
        os.write(say, b"!")  # from here on it makes no call of its own that a fault is tried at
        select.select([read], [], [])
        try:
            act(root)
            os._exit(0)
        except (OSError, ValueError) as error:
            (root / "said").write_text(f"{getattr(error, 'filename', '')} {error}")
            os._exit(1)
        finally:
            os._exit(2)
    os.read(ready, 1)
    command = ["strace", "-y", "-p", str(child), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as tracer:
        line = tracer.stderr.readline()
        if "attached" not in line:
            os.kill(child, 9)
            raise SystemExit(f"strace does not trace: {line}{tracer.stderr.read()}")
        os.write(go, b"!")
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        tracer.communicate()
    for end in (read, go, ready, say):
        os.close(end)
    said = root / "said"
    return code, said.read_text() if said.exists() else ""


def calls(act, root, log):
    """List the calls of a run that touch the root: name, which one of that name, how it begins."""
    code, said = traced(act, root, "-o", str(log))
    assert code == 0, said
    counts, found = {}, []
    for line in log.read_text().splitlines():
        match = CALL.match(line)
        if match:
            counts[match[1]] = counts.get(match[1], 0) + 1
            if str(root) in match[2]:
                found.append((match[1], counts[match[1]], match[2]))
    return found


def faults(found, which):
    """Every fault at each of `which` calls; at calls that change nothing, "others", one in turn."""
    kinds = ("signal=KILL", "error=ENOSPC", "error=EIO")
    for turn, (name, at, text) in enumerate(found):
        changes = name in CHANGES and (name != "openat" or "O_CREAT" in text)
        if which == "all" or (changes and which == "changes"):
            tried = (*kinds, "retval=1", "retval=0") if name == "write" else kinds
        elif not changes and which == "others":
            tried = (kinds[turn % 3],)
        else:
            continue
        for fault in tried:
            yield name, at, fault


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def names(state):
    """Name the editions of a state."""
    return {path.split("/")[1] for path in state if path.startswith("editions/")}


def violations(before, after, root):
    """Say what readers could notice: `before` and `after` are the whole states that they may see."""
    home = job(root).home
    now = {path: data for path, data in tree(home).items() if "/.part-" not in f"/{path}"}
    for path in ("index.html", "numbers.json", "tables.xlsx"):
        if now.get(path) not in (before.get(path), after.get(path)):
            yield f"{path} is neither the old one nor the new"
    page = now.get("index.html", b"")
    for path in re.findall(r'href="(tables/[^"]*)"', page.decode()):
        right = {after.get(path)} if page == after["index.html"] else {before.get(path), after.get(path)}
        if now.get(path) is None or now[path] not in right:
            yield f"{path}, which the page links to, is missing or wrong"
    whole = editions(home)
    if len(whole) != len(folders(home)):
        yield "an edition is not whole"
    for one in whole:
        yield from (
            f"{one.folder.name}/{p} changed" for p, d in one.files.items() if not holds(one.folder / p, d)
        )
    kept, done = {one.folder.name for one in whole}, page == after["index.html"]
    if names(before) & names(after) - kept or (names(before) - kept and not done):
        yield "an edition is lost"
    if done and names(after) - kept:
        yield "the page is that of no edition"


def careless():
    """Have files written in place, the page first, to see that the sweep would notice."""
    publish.write = Path.write_bytes
    publish.PAGE = ""


def sweep(folder, which, scenes):
    """Try faults in the scenes, at the calls that change the disk, at the others or at all."""
    counts, wrong = {}, []
    for scene, (past, act) in scenes.items():
        model = folder / "model"
        for left in (model, root := folder / "root"):
            shutil.rmtree(left, ignore_errors=True)
        (model / PUBLISHED).mkdir(parents=True)
        for step in past:
            step(model)
        before = tree(job(model).home)
        shutil.copytree(model, root)
        found = calls(act, root, folder / "log")
        after = tree(job(root).home)
        for name, at, fault in faults(found, which):
            shutil.rmtree(root)
            shutil.copytree(model, root)
            code, said = traced(
                act, root, "-o", os.devnull, "-e", f"trace={name}", "-e", f"inject={name}:{fault}:when={at}"
            )
            label = f"{scene}: {name} {at} {fault}"
            kind = fault.split("=")[-1] if "retval" not in fault else "short"
            counts[kind] = counts.get(kind, 0) + 1
            problems = list(violations(before, after, root))
            if fault == "signal=KILL" and code != -9:
                problems.append(f"was not killed ({code})")
            if code not in (-9, 0, 1):
                problems.append(f"it ended otherwise ({code})")
            if code == 1 and (not any(place in said for place in (str(root), "reports/")) or "\n" in said):
                problems.append(f"the error does not name a file: {said}")
            act(root)  # the next run
            mended = tree(job(root).home)
            if act is not fail:
                problems += findings(job(root).home)
            if mended.keys() != after.keys() or mended["index.html"] != after["index.html"]:
                problems.append(f"the next run gave {sorted(mended.keys() ^ after.keys())}")
            wrong += [f"{label}: {problem}" for problem in problems]
    return {"calls": sum(counts.values()), "faults": counts, "violations": wrong}


if __name__ == "__main__":
    memory = Path("/dev/shm")  # where flushing costs nothing; the calls are the same
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        scenes = SCENES
        if "--careless" in sys.argv:
            careless()
            scenes = dict(list(SCENES.items())[:1])
        which = next((word for word in ("all", "others") if f"--{word}" in sys.argv), "changes")
        print(json.dumps(sweep(Path(folder).resolve(), which, scenes)))
