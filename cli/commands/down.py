"""``waagent down``: stop what ``waagent up`` started."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, command_app
from waagent.i18n import t

app = command_app()


@app.command("down")
def down(
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for it.")] = 60,
    as_json: JsonFlag = False,
) -> None:
    """Stop what `waagent up` started."""
    from cli import supervisor

    running = supervisor.find(context.settings().home)
    if running is not None:
        supervisor.stop(running, timeout)
    pid = running.pid if running else None
    if as_json:
        output.json_document({"stopped": pid is not None, "pid": pid})
    else:
        output.line(t("down.not_running") if pid is None else t("down.stopped", pid=pid))
