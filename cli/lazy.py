"""A command group that imports a command's module only when that command is run.

The root help needs no more than names and one line each, so those stand here in a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("cli.commands.up", "Start everything on this machine."),
    "down": ("cli.commands.down", "Stop what `waagent up` started."),
    "status": (
        "cli.commands.status",
        "Show what runs, the linked numbers, shops, hosts, queues and workers.",
    ),
    "doctor": ("cli.commands.doctor", "See what is wrong, and the next step."),
    "tui": ("cli.commands.tui", "Open the lead board."),
    "connect": (
        "cli.commands.connect",
        "Link a shop's WhatsApp number by QR code, or by a code to type on the phone.",
    ),
    "tenant": ("cli.commands.tenant", "Shops."),
    "session": ("cli.commands.session", "Linked WhatsApp numbers."),
    "lead": ("cli.commands.lead", "Customers on the lead board."),
    "contact": ("cli.commands.contact", "Customers, and merging those that are one person."),
    "chat": ("cli.commands.chat", "Conversations: the inbox, and searching it."),
    "message": ("cli.commands.message", "Messages, both ways."),
    "followup": ("cli.commands.followup", "Follow-ups to open sales."),
    "report": (
        "cli.commands.report",
        "What was achieved: today, follow-ups, leads, response times, the funnel.",
    ),
    "catalog": ("cli.commands.catalog", "What a shop sells: names, aliases, prices."),
    "ai": (
        "cli.commands.ai",
        "How good labels are, what they cost, and learning from corrections.",
    ),
    "export": ("cli.commands.export", "Take a shop's data out, as CSV, JSON lines or for Excel."),
    "import": ("cli.commands.import_", "Bring an address book along."),
    "notify": ("cli.commands.notify", "Tell the owner when a number is away."),
    "user": ("cli.commands.user", "Users of the board in a browser."),
    "worker": (
        "cli.commands.worker",
        "Run one kind of process, for setups of several machines; look after hosts.",
    ),
    "db": ("cli.commands.db", "The database's schema."),
    "sandbox": ("cli.commands.sandbox", "A WhatsApp server and people for trying things out."),
    "bench": ("cli.commands.bench", "Measure waagent on this machine, against its sandbox."),
    "spec": (
        "cli.commands.spec",
        "List every command; with --json also its parameters and JSON fields, and all codes.",
    ),
    "config": ("cli.commands.config", "Settings in effect."),
    "version": ("cli.commands.version", "Show the version."),
}


class LazyGroup(TyperGroup):
    """The root group: a stub for each command, replaced by the real one when it is run."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = {
            name: TyperCommand(name, help=text) for name, (_, text) in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command as usual, then put the real one in the stub's place."""
        name, _, rest = super().resolve_command(ctx, args)
        if name is None:
            return None, None, rest
        self.commands[name] = load_command(name)
        return name, self.commands[name], rest


def load_command(name: str) -> Any:
    """The real command of that name, from its module's ``app``."""
    from cli import listing

    app: typer.Typer = import_module(COMMANDS[name][0]).app
    command = typer.main.get_command(app)
    command.name = name
    listing.reset()
    listing.add_options(command)
    return command


def load_all() -> Mapping[str, Any]:
    """Every command, loaded; for the reference and its tests."""
    return {name: load_command(name) for name in COMMANDS}
