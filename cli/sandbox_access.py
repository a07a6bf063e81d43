"""What the commands of ``waagent sandbox`` share: which sandbox, which shop, and how to show it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context, output
from waagent.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from waagent.sandbox.client import SandboxClient

Folder = Annotated[
    Path | None,
    typer.Option("--dir", help="The sandbox's state folder; by default the one of `waagent up`."),
]
Customer = Annotated[str, typer.Argument(metavar="PHONE", help="The customer's number.")]
Account = Annotated[
    str | None, typer.Option("--account", help="The shop's number; needed if there are several.")
]


def state_dir(folder: Path | None) -> Path:
    """The folder given, or the one of ``waagent up``."""
    return folder or context.settings().sandbox_dir


def sandbox_client(folder: Path | None) -> SandboxClient:
    """Talks to the sandbox of that folder."""
    from waagent.sandbox.client import SandboxClient

    return SandboxClient(state_dir(folder))


def the_account(client: SandboxClient, given: str | None) -> str:
    """The shop meant: the one given, or the only one there is."""
    if given is not None:
        return given
    phones = [account.phone for account in client.accounts()]
    if not phones:
        raise NotFoundError(
            "no shop is linked in this sandbox", hint="link one with waagent connect and scan"
        )
    if len(phones) > 1:
        raise InvalidInputError(
            "several shops are linked in this sandbox", hint="name one with --account PHONE"
        )
    return phones[0]


def show_record(record: Any, as_json: bool) -> None:
    """One record of the sandbox's control client."""
    show_facts(asdict(record), as_json)


def show_facts(values: dict[str, Any], as_json: bool) -> None:
    """Names and values."""
    if as_json:
        output.json_document(values)
    else:
        output.facts((name, str(value)) for name, value in values.items())
