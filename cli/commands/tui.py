"""``waagent tui``: the lead board, in place of this process; or in browsers."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import launch
from cli.options import TenantOption, command_app
from waagent.errors import InvalidInputError

app = command_app()


@app.command("tui")
def tui(
    link: Annotated[
        str | None,
        typer.Argument(metavar="LINK", help="Where to open it: lead/ID, chat/ID or session/NAME."),
    ] = None,
    tenant: TenantOption = None,
    web: Annotated[
        bool, typer.Option("--web", help="Serve it to browsers, behind a login.")
    ] = False,
    host: Annotated[
        str | None, typer.Option(help="With --web: the address to listen on. [127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="With --web: the port. [8899]")
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="With --web: where browsers find it, https://…"),
    ] = None,
) -> None:
    """Open the lead board.

    With --web it is served to browsers, for the users of `waagent user`.
    """
    if not web:
        if (host, port, public_url) != (None, None, None):
            raise InvalidInputError(
                "--host, --port and --public-url are for the board in a browser", hint="add --web"
            )
        launch.board(link, tenant)
    if link is not None or tenant is not None:
        raise InvalidInputError(
            "in a browser everybody sees the shop of their login",
            hint="leave LINK and --tenant out; links are opened as /?link=lead/ID",
        )
    given = {"--host": host, "--port": port, "--public-url": public_url}
    launch.web([f"{name}={value}" for name, value in given.items() if value is not None])
