"""Options that many commands share, and the way every command app is made."""

from __future__ import annotations

from typing import Annotated

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

TenantOption = Annotated[
    str | None,
    typer.Option("--tenant", "-t", metavar="SHOP", help="The shop, its slug. [WAAGENT_TENANT]"),
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
