"""``waagent message``: messages, both ways."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import ask, context, diagnostics, output
from cli.commands.media import media
from cli.options import JsonFlag, TenantOption, YesFlag, command_app
from cli.shapes import MESSAGE, json_object, show_list
from waagent.domain.messages import MessageState, OutgoingContact, OutgoingLocation
from waagent.domain.outbox import Resolution
from waagent.errors import InvalidInputError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.views import MessageView
    from waagent.services.attachments import Attachment

app = command_app("Messages, both ways.")
app.command()(media)

MessageId = Annotated[str, typer.Argument(metavar="ID", help="The message's id.")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What to write; - reads it from stdin.")]


@app.command("list")
def list_(
    tenant: TenantOption = None,
    contact: Annotated[
        str | None, typer.Option(metavar="PHONE", help="Only those with this customer.")
    ] = None,
    chat: Annotated[
        str | None, typer.Option(metavar="ID", help="Only those of this conversation.")
    ] = None,
    state: Annotated[
        MessageState | None, typer.Option(help="Only those in this state, such as unknown.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="ID", help="Only those older than this message.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 500,
    as_json: JsonFlag = False,
) -> None:
    """List a shop's messages, oldest first."""
    phone = _e164(contact) if contact else None
    with context.shop(tenant) as (services, shop):
        messages = services.messages.list(
            shop, phone=phone, conversation_id=chat, state=state, before=before, limit=limit
        )
    if len(messages) == limit:
        diagnostics.note(t("message.truncated", limit=limit))
    show_list(MESSAGE, messages, as_json=as_json, zone=shop.timezone)


@app.command()
def send(
    phone: Annotated[
        str, typer.Argument(metavar="PHONE", help="The customer's number: 0812… or +62….")
    ],
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXT]", help="What to write, or a file's caption; - reads it from stdin."
        ),
    ] = None,
    tenant: TenantOption = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Send this image, video, sound or document."),
    ] = None,
    quote: Annotated[
        str | None, typer.Option(metavar="ID", help="The message that it answers.")
    ] = None,
    location: Annotated[
        str | None, typer.Option(metavar="LAT,LON[,NAME]", help="Send a place, in degrees.")
    ] = None,
    card: Annotated[
        str | None, typer.Option(metavar="NAME,PHONE", help="Send somebody's contact card.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Send a message to a customer."""
    from waagent.services.drafts import Draft

    number = _e164(phone)
    draft = Draft(
        text=_body(text, required=not (file or location or card)),
        attachment=_attachment(file) if file else None,
        location=_place(location) if location else None,
        card=_card(card) if card else None,
        quote=quote,
    )
    with context.shop(tenant) as (services, shop):
        message = services.replies.send(shop, number, draft)
    _show(message, t("message.queued", phone=number), as_json=as_json)


@app.command()
def edit(
    message: MessageId, text: Text, tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Give a sent text other words: WhatsApp allows it for 15 minutes."""
    body = _body(text, required=True)
    with context.shop(tenant) as (services, shop):
        edited = services.message_actions.edit(shop, message, body)
    _show(edited, t("message.edit_queued"), as_json=as_json)


@app.command()
def delete(
    message: MessageId, tenant: TenantOption = None, yes: YesFlag = False, as_json: JsonFlag = False
) -> None:
    """Delete a message of the shop's for everyone: WhatsApp allows it for 60 hours."""
    with context.shop(tenant) as (services, shop):
        ask.confirm(t("ask.delete_message"), yes=yes)
        deleted = services.message_actions.delete(shop, message)
    taken_back = deleted.state is MessageState.CANCELLED
    words = t("message.taken_back" if taken_back else "message.delete_queued")
    _show(deleted, words, as_json=as_json)


@app.command()
def react(
    message: MessageId,
    emoji: Annotated[
        str, typer.Argument(metavar="EMOJI", help='Such as 👍; "" takes the reaction back.')
    ],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """React to a message, the customer's or the shop's."""
    with context.shop(tenant) as (services, shop):
        reacted = services.message_actions.react(shop, message, emoji)
    _show(reacted, t("message.reaction_queued"), as_json=as_json)


@app.command()
def resolve(
    message: MessageId,
    sent: Annotated[bool, typer.Option("--sent", help="It did arrive.")] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="Send it again: the customer may get it twice.")
    ] = False,
    drop: Annotated[
        bool, typer.Option("--drop", help="It did not arrive, and need not any more.")
    ] = False,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what became of a message in state unknown."""
    resolution = _resolution(sent=sent, resend=resend, drop=drop)
    if resolution is Resolution.RESEND:
        diagnostics.note(t("message.may_double"))
    with context.shop(tenant) as (services, shop):
        resolved = services.message_actions.resolve(
            shop, message, resolution, actor=context.actor()
        )
    _show(resolved, t("message.resolved", state=resolved.state), as_json=as_json)


def _resolution(**chosen: bool) -> Resolution:
    names = [name for name, wanted in chosen.items() if wanted]
    if len(names) != 1:
        raise InvalidInputError("give one of --sent, --resend and --drop")
    return Resolution(names[0])


def _show(message: MessageView, words: str, *, as_json: bool) -> None:
    if as_json:
        output.json_document(json_object(MESSAGE, message))
    else:
        output.line(words)


def _body(text: str | None, *, required: bool) -> str:
    body = (sys.stdin.read() if text == "-" else text or "").strip()
    if required and not body:
        raise InvalidInputError("the message is empty", hint="write a text, or - to read stdin")
    return body


def _attachment(path: Path) -> Attachment:
    from waagent.services.attachments import MEGABYTE, read_attachment

    return read_attachment(path, context.settings().media_limit * MEGABYTE)


def _place(text: str) -> OutgoingLocation:
    latitude, _, rest = text.partition(",")
    longitude, _, name = rest.partition(",")
    try:
        return OutgoingLocation(
            latitude=float(latitude), longitude=float(longitude), name=name.strip()
        )
    except ValueError:
        raise InvalidInputError(
            f"not a place: {text!r}", hint='write it like -6.2,106.8 or "-6.2,106.8,Dapur Bu Rini"'
        ) from None


def _card(text: str) -> OutgoingContact:
    name, comma, phone = text.rpartition(",")
    if not comma:
        raise InvalidInputError(f"not a card: {text!r}", hint='write it like "Budi,081234567890"')
    return OutgoingContact(name=name.strip(), phone=_e164(phone).removeprefix("+"))


def _e164(phone: str) -> str:
    from waagent.phones import format_e164, parse_phone

    return format_e164(parse_phone(phone, context.settings().region))
