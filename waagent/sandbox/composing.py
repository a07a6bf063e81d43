"""Makes drafts of what a request describes, as the person with the telephone would."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path

from waagent.errors import InvalidInputError, NotFoundError
from waagent.sandbox import drafts
from waagent.sandbox.addresses import phone_number
from waagent.sandbox.arguments import Arguments
from waagent.sandbox.content import MEDIA, Change, ChangeKind, Kind
from waagent.sandbox.drafts import Draft, Quote
from waagent.sandbox.media import MediaStore
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset
from waagent.sandbox.records import FileInfo, Place
from waagent.sandbox.store_messages import InboxRow

_POLES, _DATE_LINE = 90.0, 180.0
_USUAL = {
    Kind.IMAGE: "image/jpeg",
    Kind.VIDEO: "video/mp4",
    Kind.AUDIO: "audio/mpeg",
    Kind.DOCUMENT: "application/octet-stream",
    Kind.STICKER: "image/webp",
}
_VOICE = "audio/ogg; codecs=opus"


class Composer:
    """Reads the fields of the ops ``post`` and ``change``."""

    def __init__(self, network: Network, media: MediaStore) -> None:
        self._network = network
        self._media = media

    async def message(self, args: Arguments, writer: Handset, account: str) -> Draft:
        """A new message of ``writer`` in a chat of the shop ``account``. Raises WaagentError."""
        kind = args.text("kind", Kind.TEXT)
        quote = self._quote(args, writer)
        if kind in MEDIA:
            return await self._file(Kind(kind), args, account, quote)
        if kind == Kind.LOCATION:
            return drafts.location(_place(args), quote)
        if kind == Kind.CONTACT:
            name, phone = args.text("name"), phone_number(args.text("phone"))
            return drafts.contact(drafts.card_of(name, phone), quote)
        if kind != Kind.TEXT:
            raise InvalidInputError(f"no such kind: {kind!r}", hint="one of " + ", ".join(Kind))
        if args.has("text_hex"):
            return drafts.broken_text(_bytes(args.text("text_hex")))
        if not args.body("text"):
            raise InvalidInputError("an empty text cannot be sent")
        return drafts.text(args.body("text"), quote)

    def change(self, args: Arguments, writer: Handset) -> tuple[Draft, InboxRow]:
        """An edit, a deletion or a reaction, and the message it is of. Raises WaagentError."""
        name = args.text("change")
        if name not in set(ChangeKind):
            raise InvalidInputError(
                f"no such change: {name!r}", hint="one of " + ", ".join(ChangeKind)
            )
        kind = ChangeKind(name)
        row = self._shown(writer, args.text("id"))
        if row.revoked or (kind != ChangeKind.REACTION and not row.from_me):
            raise InvalidInputError(
                f"{writer.phone} cannot {kind} this message",
                hint="only own messages can be edited or deleted, and deleted ones not at all",
            )
        if kind == ChangeKind.EDIT and not args.body("text"):
            raise InvalidInputError("an edit needs a text", hint="delete the message instead")
        wanted = Change(kind=kind, target=row.id, text=args.body("text"))
        caption = Kind(row.kind) if row.kind in MEDIA else None
        chat = self._network.handset(row.peer).lid
        return drafts.change(wanted, chat=chat, own=row.from_me, media_caption=caption), row

    async def _file(self, kind: Kind, args: Arguments, account: str, quote: Quote | None) -> Draft:
        path = Path(args.text("path"))
        voice = kind == Kind.AUDIO and args.flag("voice")
        sealed = await asyncio.to_thread(self._media.seal, path, kind, account)
        name = args.text("file_name", path.name)
        guessed = _VOICE if voice else mimetypes.guess_type(name)[0] or _USUAL[kind]
        info = FileInfo(
            mimetype=args.text("mimetype", guessed),
            size=sealed.size,
            sha256=sealed.sha256.hex(),
            file_name=name if kind == Kind.DOCUMENT else None,
            seconds=int(args.number("seconds", 0)),
            voice=voice,
        )
        return drafts.media(kind, sealed, info, args.body("text"), quote)

    def _quote(self, args: Arguments, writer: Handset) -> Quote | None:
        if not args.has("quote"):
            return None
        row = self._shown(writer, args.text("quote"))
        author = writer if row.from_me else self._network.handset(row.peer)
        return Quote(id=row.id, sender=author.lid, message=row.message or b"")

    def _shown(self, handset: Handset, message_id: str) -> InboxRow:
        row = self._network.store.inbox_message(handset.phone, message_id)
        if row is None:
            raise NotFoundError(
                f"{handset.phone} has no message {message_id}", hint="see the op `inbox`"
            )
        return row


def _place(args: Arguments) -> Place:
    return Place(
        latitude=args.degrees("latitude", _POLES),
        longitude=args.degrees("longitude", _DATE_LINE),
        name=args.body("name"),
        address=args.body("address"),
    )


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise InvalidInputError("'text_hex' must be hexadecimal") from None
