"""``waagent message``: messages, both ways."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import context, diagnostics, output
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import MESSAGE, json_object, show_list
from waagent.errors import InvalidInputError
from waagent.i18n import t

app = command_app("Messages, both ways.")


@app.command("list")
def list_(
    tenant: TenantOption = None,
    contact: Annotated[
        str | None, typer.Option(metavar="PHONE", help="Only those with this customer.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 500,
    as_json: JsonFlag = False,
) -> None:
    """List a shop's messages, oldest first."""
    phone = _e164(contact) if contact else None
    with context.shop(tenant) as (services, shop):
        messages = services.messages.list(shop, phone=phone, limit=limit)
    if len(messages) == limit:
        diagnostics.note(t("message.truncated", limit=limit))
    show_list(MESSAGE, messages, as_json=as_json, zone=shop.timezone)


@app.command()
def send(
    phone: Annotated[
        str, typer.Argument(metavar="PHONE", help="The customer's number: 0812… or +62….")
    ],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to write; - reads it from stdin.")
    ],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Send a message to a customer."""
    number = _e164(phone)
    body = sys.stdin.read() if text == "-" else text
    if not body.strip():
        raise InvalidInputError("the message is empty", hint="write a text, or - to read stdin")
    with context.shop(tenant) as (services, shop):
        message = services.messages.send(shop, number, body.strip())
    if as_json:
        output.json_document(json_object(MESSAGE, message))
    else:
        output.line(t("message.queued", phone=number))


def _e164(phone: str) -> str:
    from waagent.phones import format_e164, parse_phone

    return format_e164(parse_phone(phone, context.settings().region))
