"""``waagent worker``: one kind of process, in place of this one."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, launch
from cli.options import command_app

app = command_app("Run one kind of process, for setups of several machines.")

Count = Annotated[int, typer.Option("-n", min=1, max=64, help="How many such processes.")]
Burst = Annotated[bool, typer.Option("--burst", help="End when nothing is left to do.")]


@app.command()
def sessions(count: Count = 1, burst: Burst = False) -> None:
    """Hold linked numbers connected to WhatsApp."""
    _run("sessions", count, burst)


@app.command()
def pairing(count: Count = 1, burst: Burst = False) -> None:
    """Link new numbers."""
    _run("pairing", count, burst)


@app.command()
def jobs(count: Count = 1, burst: Burst = False) -> None:
    """Label conversations, prepare follow-ups, and other jobs."""
    _run("jobs", count, burst)


@app.command()
def scheduler(burst: Burst = False) -> None:
    """Tick: enqueue what is due."""
    _run("scheduler", 1, burst)


def _run(kind: str, count: int, burst: bool) -> None:
    extra = ["--burst"] if burst else []
    launch.become("workers", [kind, "-n", str(count), *extra], context.settings())
