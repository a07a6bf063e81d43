"""``waagent tui``: the lead board, in place of this process."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import launch
from cli.options import TenantOption, command_app

app = command_app()


@app.command("tui")
def tui(
    link: Annotated[
        str | None,
        typer.Argument(metavar="LINK", help="Where to open it: lead/ID, chat/ID or session/NAME."),
    ] = None,
    tenant: TenantOption = None,
) -> None:
    """Open the lead board."""
    launch.board(link, tenant)
