"""`pmlib schedule install`: who calls `pmlib run --due`."""

import shlex
import shutil

import click


@click.command()
@click.option("--cron", "kind", flag_value="cron", help="A line in your crontab.")
@click.option("--systemd", "kind", flag_value="systemd", help="A timer of systemd that runs as you.")
@click.option("--print", "only_print", is_flag=True, help="Print it, and change nothing.")
@click.option("--remove", is_flag=True, help="Take it away again.")
def install(kind: str | None, only_print: bool, remove: bool) -> None:
    """Have `pmlib run --due` called each minute: by cron where it is here, or else by systemd.

    What stands in your crontab stays as it is, and a second call changes nothing. Neither cron nor systemd
    knows your shell's variables: write those that deliveries need above the line in the crontab, as in
    SMTP_PASSWORD=..., or with `systemctl --user edit`.

    \b
    Example:
      pmlib schedule install --print
      pmlib schedule install --systemd
    """
    from pmlib.reports.schedule import caller, crontab, systemd
    from pmlib.root import root

    here = root().resolve()
    if only_print:
        click.echo(_printed(systemd.units(here)) if kind == "systemd" else crontab.line(here))
        return
    tools = {"cron": "crontab", "systemd": "systemctl"}
    found = [name for name, tool in tools.items() if shutil.which(tool) and kind in (None, name)]
    if not found:
        missing = tools[kind] if kind else "neither crontab nor systemctl"
        by_hand = shlex.join(caller.command(here))
        raise ValueError(
            f"{missing} is {'not ' if kind else ''}here; let what you have call this each minute: {by_hand}; "
            "or leave `pmlib schedule run` running"
        )
    by = {"cron": crontab, "systemd": systemd}
    where = {"cron": "your crontab", "systemd": f"your systemd units, as {caller.mark(here)}"}
    if remove:
        for name in found:
            gone = by[name].remove(here)
            click.echo(f"{where[name]}: {'taken away' if gone else 'nothing there for this project'}")
        return
    changed = by[found[0]].install(here)
    click.echo(f"{where[found[0]]}: {'put there' if changed else 'there already, unchanged'}")
    if found[0] == "systemd":
        click.echo("so that it runs while you are logged out: loginctl enable-linger")


def _printed(units: dict[str, str]) -> str:
    return "\n".join(f"# {name}\n{text}" for name, text in units.items()).rstrip()
