"""``waagent up``: everything on this machine, here or in the background."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, launch, output
from cli.options import JsonFlag, command_app
from waagent.i18n import t

app = command_app()


@app.command("up")
def up(
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="With a WhatsApp sandbox in place of WhatsApp.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="With a shop and customers to watch; needs --sandbox.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Run in the background; return when ready.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=1, help="With --detach: seconds to wait until it is ready.")
    ] = 180,
    as_json: JsonFlag = False,
) -> None:
    """Start everything on this machine."""
    _check(sandbox=sandbox, demo=demo, detach=detach)
    if demo:
        from cli import demo as demonstration

        raise typer.Exit(demonstration.run())
    settings = context.settings(sandbox=sandbox)
    chosen = {"--sandbox": sandbox, "--json": as_json or detach}
    arguments = [flag for flag, given in chosen.items() if given]
    if not detach:
        launch.become("workers", ["up", *arguments], settings)
    from cli import supervisor

    started = supervisor.start(settings, arguments, timeout)
    if as_json:
        output.json_document(started.state)
    else:
        output.line(t("up.running", pid=started.pid))


def _check(*, sandbox: bool, demo: bool, detach: bool) -> None:
    if demo and not sandbox:
        raise typer.BadParameter("needs --sandbox: its customers are not real", param_hint="--demo")
    if demo and detach:
        raise typer.BadParameter(
            "is there to be watched, so not with --detach", param_hint="--demo"
        )
