"""``waagent version``."""

from __future__ import annotations

from importlib.metadata import version as installed_version

from cli import output
from cli.options import JsonFlag, command_app

app = command_app()


@app.command("version")
def version(as_json: JsonFlag = False) -> None:
    """Show the version."""
    show_version(as_json=as_json)


def show_version(*, as_json: bool) -> None:
    """The installed version."""
    number = installed_version("waagent")
    if as_json:
        output.json_document({"version": number})
    else:
        output.line(f"waagent {number}")
