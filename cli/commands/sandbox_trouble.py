"""``waagent sandbox``: what can go wrong on WhatsApp's side, by hand, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import output
from cli.options import JsonFlag
from cli.sandbox_access import (
    Account,
    Customer,
    Folder,
    sandbox_client,
    show_facts,
    show_record,
    the_account,
)
from waagent.errors import InvalidInputError
from waagent.moments import parse_length

OneOrAll = Annotated[
    str | None, typer.Option("--account", help="The shop's number; by default all shops.")
]
Length = Annotated[str | None, typer.Option("--expire", help="How long the ban lasts, like 1h.")]
BanCode = Annotated[
    int | None, typer.Option("--code", min=0, help="The reason of a ban: 101 to 104, or 106.")
]


def link(
    phone: Annotated[str, typer.Option(help="The shop's number.")],
    code: Annotated[str, typer.Option(help="The code shown, like ABCD-1234.")],
    name: Annotated[str | None, typer.Option(help="The shop's name on WhatsApp.")] = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Type a pairing code on the shop's phone."""
    show_record(sandbox_client(folder).enter_code(code, phone=phone, name=name), as_json)


def fault(
    name: Annotated[str, typer.Argument(metavar="FAULT", help="See the sandbox's reference.")],
    value: Annotated[
        float, typer.Argument(metavar="VALUE", min=0, help="How much; the reference says.")
    ] = 1,
    account: OneOrAll = None,
    times: Annotated[int | None, typer.Option(min=1, help="Only so often.")] = None,
    code: BanCode = None,
    expire: Length = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the sandbox misbehave until told otherwise."""
    client = sandbox_client(folder)
    client.fault(name, account=account, value=value, times=times, code=code, expire=seconds(expire))
    faults(folder, as_json)


def faults(folder: Folder = None, as_json: JsonFlag = False) -> None:
    """List what the sandbox does wrong now."""
    listed = [asdict(fault) for fault in sandbox_client(folder).faults()]
    if as_json:
        output.json_document(listed)
    else:
        numbers = ("value", "times", "code", "expire")
        rows = [[row["account"], row["name"], *(f"{row[n]:g}" for n in numbers)] for row in listed]
        output.table(["Account", "Fault", *(n.capitalize() for n in numbers)], rows)


def clear_faults(
    name: Annotated[
        str | None, typer.Argument(metavar="FAULT", help="Only this one; by default all.")
    ] = None,
    account: OneOrAll = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the sandbox behave again."""
    sandbox_client(folder).clear_faults(account, name=name)
    faults(folder, as_json)


def ban(
    account: Account = None,
    code: BanCode = None,
    expire: Length = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Ban a shop's number for a while, as WhatsApp does with spammers."""
    client = sandbox_client(folder)
    dropped = client.ban(
        the_account(client, account), code=code or 101, expire=seconds(expire) or 3600
    )
    show_facts({"dropped": dropped}, as_json)


def stream_error(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="replaced, device_removed or a code like 503.")
    ],
    account: Account = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """End a shop's open connections with an error."""
    client = sandbox_client(folder)
    show_facts({"sent": client.stream_error(the_account(client, account), kind)}, as_json)


def drop(account: OneOrAll = None, folder: Folder = None, as_json: JsonFlag = False) -> None:
    """Cut open connections without a word."""
    show_facts({"dropped": sandbox_client(folder).drop(account)}, as_json)


def unlink(account: Account = None, folder: Folder = None, as_json: JsonFlag = False) -> None:
    """Remove a shop's linked devices on its phone."""
    client = sandbox_client(folder)
    show_facts({"unlinked": client.unlink(the_account(client, account))}, as_json)


def burst(
    count: Annotated[int, typer.Argument(metavar="COUNT", min=1, help="How many messages.")] = 100,
    people: Annotated[int, typer.Option(min=1, help="How many customers write.")] = 10,
    account: Account = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Many customers write at once."""
    client = sandbox_client(folder)
    ids = client.burst(the_account(client, account), count, people=people)
    show_facts({"messages": len(ids)}, as_json)


def counters(account: Account = None, folder: Folder = None, as_json: JsonFlag = False) -> None:
    """Show what happened to a shop's number since the sandbox started."""
    client = sandbox_client(folder)
    show_record(client.counters(the_account(client, account)), as_json)


def chat_states(phone: Customer, folder: Folder = None, as_json: JsonFlag = False) -> None:
    """Show when a customer saw shops typing and writing."""
    seen = [asdict(state) for state in sandbox_client(folder).chat_states(phone)]
    if as_json:
        output.json_document(seen)
    else:
        columns = ("at", "account", "state", "id")
        output.table(
            [column.capitalize() for column in columns],
            [[f"{row['at']:.1f}", row["account"], row["state"], row["id"]] for row in seen],
        )


def seconds(length: str | None) -> float | None:
    """A length of time in seconds. Raises InvalidInputError."""
    if length is None:
        return None
    try:
        return parse_length(length).total_seconds()
    except ValueError as error:
        raise InvalidInputError(str(error)) from None


COMMANDS = (
    link,
    fault,
    faults,
    clear_faults,
    ban,
    stream_error,
    drop,
    unlink,
    burst,
    counters,
    chat_states,
)
"""All of them, for the app of ``waagent sandbox``."""
