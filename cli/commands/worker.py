"""``waagent worker``: one kind of process, in place of this one."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, launch
from cli.commands.worker_hosts import drain, hosts
from cli.options import command_app

app = command_app("Run one kind of process, for setups of several machines; look after hosts.")
app.command()(hosts)
app.command()(drain)

Count = Annotated[int, typer.Option("-n", min=1, max=64, help="How many such processes.")]


@app.command()
def sessions(count: Count = 1) -> None:
    """Hold linked numbers connected to WhatsApp."""
    _run("sessions", "-n", str(count))


@app.command()
def pairing(count: Count = 1) -> None:
    """Link new numbers."""
    _run("pairing", "-n", str(count))


@app.command()
def jobs(count: Count = 1) -> None:
    """Label conversations, prepare follow-ups, send notifications, and other jobs."""
    _run("jobs", "-n", str(count))


@app.command()
def scheduler() -> None:
    """Tick: enqueue what is due."""
    _run("scheduler")


def _run(*arguments: str) -> None:
    launch.become("workers", arguments, context.settings())
