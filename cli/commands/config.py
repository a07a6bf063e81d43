"""``waagent config``: settings in effect."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output
from cli.options import JsonFlag, command_app

app = command_app("Settings in effect.")

_HIDDEN = "********"


@app.callback()
def group() -> None:
    """Settings in effect."""


@app.command()
def show(
    origin: Annotated[
        bool, typer.Option("--origin", help="Say where each value comes from.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show every setting. Secrets stay hidden."""
    from waagent.settings import describe, load_with_origins

    settings, origins = load_with_origins()
    values = settings.environment()
    shown = {
        info.name: _HIDDEN if info.secret and info.env in values else values.get(info.env)
        for info in describe()
    }
    if as_json:
        output.json_document(
            {name: {"value": value, "origin": origins[name]} for name, value in shown.items()}
        )
        return
    headers = ["Setting", "Value", *(["Origin"] if origin else [])]
    rows = [
        [name, value or "", *([origins[name]] if origin else [])] for name, value in shown.items()
    ]
    output.table(headers, rows)
