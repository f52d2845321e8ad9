"""`pmlib serve`: shows what is published in a browser on this machine."""

import click

PORT = 8000


@click.command()
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65_535), help="0 finds a free one."
)
def serve(port: int) -> None:
    """Show the published reports on 127.0.0.1, until Ctrl-C.

    Only this machine can read them. For others, have a web server show reports/published, which holds plain
    files.

    \b
    Example:
      pmlib serve
      pmlib serve --port 0
    """
    from pmlib.reports.serve import Server
    from pmlib.root import root

    with Server(root(), port) as server:
        click.echo(f"{server.address} shows what is published; Ctrl-C ends it")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
