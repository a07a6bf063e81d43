"""Options that many commands share, and the way every command app is made."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import live

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

TenantOption = Annotated[
    str | None,
    typer.Option(
        "--tenant",
        "-t",
        metavar="SHOP",
        help="The shop, its slug. [WAAGENT_TENANT]",
        autocompletion=live.tenants,
    ),
]
YesFlag = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRunFlag = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
]
SessionName = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The session, usually main.", autocompletion=live.sessions),
]


def command_app(text: str | None = None, *, completion: bool = False) -> typer.Typer:
    """An app for one command, or with ``text`` as its help for a group of them.

    ``completion`` adds the options that install it in a shell; only the root has them.
    """
    return typer.Typer(
        help=text,
        add_completion=completion,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
