"""`python -m pmlib` is the `pmlib` command."""

from pmlib.cli import main

main(prog_name="pmlib")
