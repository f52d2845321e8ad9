"""Set up .venv when it needs it, then run a command in it.

python make.py report [...]   publish the reports that are out of date (arguments go to `pmlib run`)
python make.py test [...]     run the tests, notebooks included (arguments go to pytest)
python make.py check          lint, format, types, and the project's own declarations
python make.py honesty [...]  measure how honest the intervals of feature impact are (some minutes)
python make.py lab            open JupyterLab
python make.py lock [...]     rewrite requirements.lock after a change of pyproject.toml (--upgrade for newer)
"""

# Standard library only, and no newer syntax: an old Python must get as far as saying that it is too old.
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / ".stamp"
TOOLS = ROOT / ".tools"
LOCK = "requirements.lock"
OLDEST = (3, 11)
OTHERS = ("python3.11", "python3.12", "python3.13", "python3.14")

TASKS = {
    "report": [["pmlib", "run"]],
    "test": [["pytest"]],
    "honesty": [["tests/honesty"]],
    "check": [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["pmlib", "check"]],
    "lab": [["jupyterlab"]],
}


class Failed(Exception):
    """A set-up step that did not work: one line, and what the tool printed."""

    def __init__(self, line, output=""):
        super().__init__(line)
        self.output = output


def main(args):
    os.chdir(str(ROOT))
    if not args or args[0] not in [*TASKS, "lock"]:
        print(__doc__.strip())
        return 0 if args in (["-h"], ["--help"]) else 2
    try:
        if args[0] == "lock":
            return lock(args[1:])
        set_up()
        return perform(TASKS[args[0]], args[1:])
    except Failed as failure:
        say(failure.output, failure)
        return 1
    except KeyboardInterrupt:
        return 130


def perform(steps, args):
    """Run each step as a module of .venv, or as a folder; the exit code is that of the first step to fail."""
    commands = [[str(PYTHON), *([] if "/" in step[0] else ["-m"]), *step, *args] for step in steps]
    if len(commands) == 1 and os.name == "posix":
        os.execv(commands[0][0], commands[0])  # signals and exit code are then the tool's own
    codes = [subprocess.call(command) for command in commands]
    return next((code for code in codes if code), 0)


def set_up():
    """Make .venv hold exactly what the lock says. Nothing to do when its stamp says so."""
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    python = find_python()
    if not (known_uv() or works(python, "-c", "import pip") or works(python, "-c", "import ensurepip")):
        raise Failed(
            "{} has neither pip nor venv. Install them (Debian and Ubuntu: apt install python3-venv) "
            "or uv, then run this again.".format(python)
        )
    say("Setting up .venv (once, about a minute) ...")
    try:
        install_with_uv(python)
    except Failed as failure:
        say(failure.output, "uv did not work. Trying pip, which takes a few minutes ...")
        install_with_pip(python)
    # Imports are several times slower without bytecode. A module that does not compile is no fault of set-up.
    subprocess.call([str(PYTHON), "-m", "compileall", "-qq", "pmlib"])
    STAMP.write_text(wanted)  # last, so that an interrupted set-up starts again


def fingerprint():
    """What .venv was made from. The folder is part of it: .venv and the editable install break when moved."""
    parts = [(ROOT / name).read_bytes() for name in (LOCK, "pyproject.toml", "make.py")]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def find_python():
    """A Python that is new enough: the one that runs this file, else the first on PATH."""
    if sys.version_info >= OLDEST:
        return getattr(sys, "_base_executable", None) or sys.executable  # .venv's own is about to go
    for name in OTHERS:
        path = shutil.which(name)
        if path and works(path, "--version"):  # a version manager's stand-in may be there for nothing
            return path
    raise Failed(
        "Python {}.{} or newer is needed, and only {}.{} ({}) was found. Install one, or name it: "
        "make PY=/path/to/python".format(*OLDEST, *sys.version_info[:2], sys.executable)
    )


def known_uv():
    """The uv on PATH, else our own in .tools, else None."""
    for place in (os.environ.get("PATH"), str(TOOLS / "bin"), str(TOOLS / "Scripts")):
        uv = shutil.which("uv", path=place)
        if uv and works(uv, "--version"):
            return uv
    return None


def find_uv(python):
    """A uv that works, put into .tools by pip where there is none: .venv is for what the lock names."""
    if not known_uv() and works(python, "-c", "import pip"):
        run(python, "-m", "pip", "install", "--upgrade", "--target", TOOLS, "uv")
    elif not known_uv():
        run(python, "-m", "venv", TOOLS)
        run(TOOLS / PYTHON.relative_to(VENV), "-m", "pip", "install", "uv")
    return known_uv()


def install_with_uv(python):
    uv = find_uv(python)
    shutil.rmtree(str(VENV), ignore_errors=True)
    run(uv, "venv", "--python", python, VENV)
    run(uv, "pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", LOCK)
    run(uv, "pip", "install", "--python", PYTHON, "--no-deps", "--no-build-isolation", "--editable", ".")


def install_with_pip(python):
    shutil.rmtree(str(VENV), ignore_errors=True)
    run(python, "-m", "venv", VENV)
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", LOCK)
    run(PYTHON, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--editable", ".")


def lock(args):
    """One lock for every system and Python; it names packages and hashes, and no place they come from."""
    command = "pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version"
    version = "{}.{}".format(*OLDEST)
    files = ["--extra", "test", "--output-file", LOCK, "pyproject.toml"]
    run(find_uv(find_python()), *command.split(), version, *files, *args)
    return 0


def run(*command):
    """Run a command quietly; raise with its output when it fails."""
    # Personal pip settings such as "only in a virtual environment" must not stop --target; a firm's own
    # certificates are in the system's store, where pip's users put them and uv does not look unasked.
    env = dict(os.environ, PIP_REQUIRE_VIRTUALENV="0", PIP_USER="0", UV_SYSTEM_CERTS="1", UV_VENV_CLEAR="1")
    words = [str(word) for word in command]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        done = subprocess.run(words, env=env, **streams)
    except OSError as error:
        raise Failed("cannot run {}: {}".format(words[0], error)) from None
    if done.returncode:
        line = "This failed, for the reason above; run the same again once it is mended: "
        raise Failed(line + " ".join(words), done.stdout.decode(errors="replace"))


def works(*command):
    """True when the command runs and succeeds."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def say(*lines):
    """Print to stderr; stdout belongs to the command."""
    for line in lines:
        if str(line).strip():
            print(str(line).rstrip(), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
