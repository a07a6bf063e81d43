"""``waagent sandbox``: what people send each other, and what their telephones show, by hand."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output
from cli.commands.sandbox_trouble import seconds
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
from waagent.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from waagent.sandbox.client import SandboxClient
    from waagent.sandbox.records import Received

Text = Annotated[
    str, typer.Argument(metavar="TEXT", help="What they write; with a file, its caption.")
]
File = Path | None
Image = Annotated[File, typer.Option("--image", help="Send this picture.")]
Video = Annotated[File, typer.Option("--video", help="Send this film.")]
Audio = Annotated[File, typer.Option("--audio", help="Send this audio file.")]
Voice = Annotated[File, typer.Option("--voice", help="Send this as recorded in the chat.")]
Document = Annotated[File, typer.Option("--document", help="Send this file as a document.")]
Sticker = Annotated[File, typer.Option("--sticker", help="Send this as a sticker.")]
Location = Annotated[
    str | None, typer.Option("--location", metavar="LAT,LON", help="Send a place, in degrees.")
]
Contact = Annotated[
    str | None, typer.Option("--contact", metavar="NAME,PHONE", help="Send somebody's card.")
]
Quote = Annotated[
    str | None, typer.Option("--quote", metavar="ID", help="Answer the message with this id.")
]
Who = Annotated[
    str, typer.Argument(metavar="PHONE", help="On whose telephone, a customer's or a shop's.")
]
MessageId = Annotated[str, typer.Argument(metavar="ID", help="The message: see `inbox`.")]
_SHORT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    """What is to be sent. ``files`` are by kind, and ``voice``."""

    text: str
    files: dict[str, Path | None]
    location: str | None
    contact: str | None
    quote: str | None

    def send(self, client: SandboxClient, sender: str, to: str) -> str | None:
        """The id of what was sent; None for a plain text. Raises InvalidInputError."""
        chosen = {kind: path for kind, path in self.files.items() if path is not None}
        if len(chosen) + (self.location is not None) + (self.contact is not None) > 1:
            raise InvalidInputError("a message holds one file, place or card")
        for kind, path in chosen.items():
            return client.send_file(
                sender,
                to,
                path,
                kind="audio" if kind == "voice" else kind,
                voice=kind == "voice",
                caption=self.text or None,
                quote=self.quote,
            )
        if self.location is not None:
            latitude, longitude = _degrees(self.location)
            return client.send_location(
                sender, to, latitude, longitude, name=self.text or None, quote=self.quote
            )
        if self.contact is not None:
            name, _, phone = self.contact.rpartition(",")
            return client.send_contact(sender, to, name, phone, quote=self.quote)
        return client.reply(sender, to, self.text, self.quote) if self.quote else None


def _what_is_sent(
    text: Text = "",
    image: Image = None,
    video: Video = None,
    audio: Audio = None,
    voice: Voice = None,
    document: Document = None,
    sticker: Sticker = None,
    location: Location = None,
    contact: Contact = None,
    quote: Quote = None,
) -> _Parcel:
    """The parcel of these options; see :func:`_sends`."""
    files = {"image": image, "video": video, "audio": audio, "voice": voice}
    files |= {"document": document, "sticker": sticker}
    return _Parcel(text=text, files=files, location=location, contact=contact, quote=quote)


def _sends(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a ``parcel`` the parameters of :func:`_what_is_sent` instead."""
    ours = list(inspect.signature(_what_is_sent, eval_str=True).parameters.values())
    theirs = list(inspect.signature(command, eval_str=True).parameters.values())
    first, *others = [each for each in theirs if each.name != "parcel"]
    text, *options = ours
    together = [first, text, *options, *others]

    @wraps(command)
    def run(**given: Any) -> None:
        what = {each.name: given.pop(each.name) for each in ours}
        command(parcel=_what_is_sent(**what), **given)

    signature = inspect.Signature(together)
    vars(run)["__signature__"] = signature
    run.__annotations__ = {each.name: each.annotation for each in together}
    return run


@_sends
def send(
    phone: Customer,
    parcel: _Parcel,
    account: Account = None,
    addressing: Annotated[
        str,
        typer.Option(help="What a text tells the shop of them: lid (and number), pn or lid_only."),
    ] = "lid",
    age: Annotated[
        str | None, typer.Option(help="A text written so long ago, like 2h, that comes now.")
    ] = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """A customer writes to a shop."""
    client = sandbox_client(folder)
    shop = the_account(client, account)
    message = parcel.send(client, phone, shop)
    if message is None:
        late = seconds(age) or 0
        message = client.send(phone, shop, parcel.text, addressing=addressing, age=late)
    show_facts({"id": message}, as_json)


@_sends
def owner_send(
    phone: Customer,
    parcel: _Parcel,
    account: Account = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """The shop's owner answers a customer on the phone."""
    client = sandbox_client(folder)
    shop = the_account(client, account)
    message = parcel.send(client, shop, phone) or client.owner_send(shop, phone, parcel.text)
    show_facts({"id": message}, as_json)


def react(
    phone: Who,
    message: MessageId,
    emoji: Annotated[str, typer.Argument(metavar="EMOJI", help="None takes it back.")] = "",
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """React to a message with an emoji, or take that back."""
    show_facts({"id": sandbox_client(folder).react(phone, message, emoji)}, as_json)


def edit(
    phone: Who,
    message: MessageId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The new text.")],
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Edit one's own message."""
    show_facts({"id": sandbox_client(folder).edit(phone, message, text)}, as_json)


def delete(
    phone: Who, message: MessageId, folder: Folder = None, as_json: JsonFlag = False
) -> None:
    """Delete one's own message for everyone."""
    show_facts({"id": sandbox_client(folder).delete(phone, message)}, as_json)


def inbox(phone: Who, folder: Folder = None, as_json: JsonFlag = False) -> None:
    """List all that a telephone shows."""
    messages = sandbox_client(folder).inbox(phone)
    if as_json:
        output.json_document([asdict(message) for message in messages])
    else:
        rows = [
            [m.id, "→" if m.from_me else "←", m.peer, m.kind, _summary(m), _marks(m)]
            for m in messages
        ]
        output.table(["Id", "", "Phone", "Kind", "Text", ""], rows)


def save(
    phone: Who,
    message: MessageId,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where to.")],
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Save the file in a message."""
    client = sandbox_client(folder)
    found = next((m for m in client.inbox(phone) if m.id == message), None)
    if found is None or found.media is None:
        raise NotFoundError(f"{phone} shows no file in a message {message}", hint="see `inbox`")
    target.write_bytes(client.file(found.media.sha256))
    show_record(found.media, as_json)


def history(
    account: Account = None,
    name: Annotated[str | None, typer.Option(help="Of the shop, if it is not there yet.")] = None,
    chats: Annotated[int, typer.Option(min=0, help="Make up so many chats.")] = 0,
    messages: Annotated[int, typer.Option(min=1, help="In each of them.")] = 20,
    days: Annotated[float, typer.Option(min=0.1, help="How far they reach back.")] = 30,
    conversations: Annotated[
        Path | None, typer.Option("--file", help="Chats, as JSON: see the sandbox's reference.")
    ] = None,
    addressing: Annotated[str, typer.Option(help="Chats go by lid or pn.")] = "lid",
    now: Annotated[bool, typer.Option("--now", help="Send it to linked devices, too.")] = False,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a shop a past, which devices linked from now on get."""
    client = sandbox_client(folder)
    past = client.history(
        the_account(client, account),
        name=name,
        conversations=None if conversations is None else _read(conversations),
        chats=chats,
        messages=messages,
        days=days,
        addressing=addressing,
        now=now,
    )
    show_record(past, as_json)


def _degrees(place: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in place.split(","))
    except ValueError:
        raise InvalidInputError(f"not a place: {place!r}", hint="like -6.2088,106.8456") from None
    return latitude, longitude


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise NotFoundError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise InvalidInputError(f"{path} is not JSON: {error}") from None


def _summary(message: Received) -> str:
    text = message.text.replace("\n", " ")
    if message.location is not None:
        text = f"{message.location.latitude:g},{message.location.longitude:g}"
    elif message.contact is not None:
        text = message.contact.name
    elif message.media is not None:
        text = " ".join(part for part in (message.media.file_name, text) if part)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _marks(message: Received) -> str:
    states = [name for name in ("edited", "revoked", "read") if getattr(message, name)]
    return " ".join([*message.reactions.values(), *states])


COMMANDS = (send, owner_send, react, edit, delete, inbox, save, history)
"""All of them, for the app of ``waagent sandbox``."""
