"""The ``waagent`` command: parses, runs one command, ends with its exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, Any

import typer

import cli.ask
import cli.context
import cli.output
from cli.diagnostics import Reporter, asks_for
from cli.lazy import LazyGroup
from cli.options import command_app
from waagent.hangup import on_hang_up

_BY_SIGNAL = 128
SWITCHES = ("--debug", "--plain", "--no-color", "--no-input")
"""Options of the root that may stand behind a command as well."""

HELP = """A terminal-first WhatsApp CRM for small shops.

\b
  waagent up --sandbox                try it on this machine, without a phone
  waagent tenant create "Kopi Senja"  add a shop
  waagent connect kopi-senja          link its WhatsApp number
  waagent                             open the lead board
"""

app = command_app(HELP, completion=True)


@app.callback(cls=LazyGroup, invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks and logs; works after a command too.")
    ] = False,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Tables as lines that name what they say; anywhere, too."),
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours and no bold; anywhere, too.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing, fail instead; anywhere, too.")
    ] = False,
) -> None:
    """Run without a command: the board on a terminal, this help elsewhere."""
    if version:
        from cli.commands.version import show_version

        show_version(as_json=False)
    elif context.invoked_subcommand is None:
        _bare(context)


def _bare(context: typer.Context) -> None:
    from cli import launch, output

    if sys.stdin.isatty() and output.is_terminal():
        launch.board(None, None)
    output.text(context.get_help())
    raise typer.Exit(2)


def run(arguments: Sequence[str]) -> int:
    """Run the command line ``arguments``; the exit code."""
    given = {switch for switch in SWITCHES if asks_for(switch, arguments)}
    cli.context.debug = "--debug" in given
    cli.output.plain = "--plain" in given
    cli.ask.no_input = "--no-input" in given
    if "--no-color" in given:
        os.environ["NO_COLOR"] = "1"  # what a later process of ours heeds too
    reporter = Reporter(as_json=asks_for("--json", arguments), debug=cli.context.debug)
    command: Any = typer.main.get_command(app)
    return reporter.run(
        lambda: command.main(
            args=_without_switches(arguments), prog_name="waagent", standalone_mode=False
        )
    )


def _without_switches(arguments: Sequence[str]) -> list[str]:
    """The arguments without what may stand anywhere before a ``--``."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return [*(each for each in arguments[:at] if each not in SWITCHES), *arguments[at:]]


def main() -> None:
    """The entry point of the installed command."""
    signal.signal(signal.SIGTERM, _ended)
    on_hang_up(_ended)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


def _ended(number: int, _frame: FrameType | None) -> None:
    """Unwind, so that the terminal and half-done pairings are put in order."""
    raise SystemExit(_BY_SIGNAL + number)
