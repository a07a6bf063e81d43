"""Messages as telephones write them: the Message protobuf, and the attributes it travels with."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pyaileys.proto import WAProto_pb2

from waagent.errors import InvalidInputError
from waagent.sandbox.content import Change, ChangeKind, Content, Kind, Sealed
from waagent.sandbox.records import Card, FileInfo, Place

_CONVERSATION = 1
_DESTINATION, _INNER, _DEVICE_SENT = 1, 2, 31
_LENGTH_DELIMITED = 2
_PROTOCOL = WAProto_pb2.Message.ProtocolMessage
_EDIT, _TAKE_BACK = "1", "7"
"""The values of the attribute ``edit``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message ready to send: what telephones show, and its protobuf, serialised.

    ``attrs`` belong to ``<message>``, ``enc_attrs`` to its ``<enc>``.
    """

    content: Content | Change
    message: bytes
    attrs: dict[str, str] = field(default_factory=lambda: {"type": "text"})
    enc_attrs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The message that another answers: its id, its sender's address and its protobuf."""

    id: str
    sender: str
    message: bytes


def text(body: str, quote: Quote | None = None) -> Draft:
    """A text. Raises InvalidInputError for one that is not Unicode."""
    message = WAProto_pb2.Message()
    if quote is None:
        _assign(message, "conversation", body)
    else:
        _assign(message.extendedTextMessage, "text", body)
    content = Content(kind=Kind.TEXT, text=body, quoted=quote.id if quote else None)
    return _finish(content, message, message.extendedTextMessage if quote else None, quote)


def broken_text(body: bytes) -> Draft:
    """A text of bytes that need not be UTF-8, as a faulty client may send it."""
    shown = Content(kind=Kind.TEXT, text=body.decode(errors="replace"))
    return Draft(content=shown, message=_chunk(_CONVERSATION, body))


def media(
    kind: Kind, sealed: Sealed, info: FileInfo, caption: str = "", quote: Quote | None = None
) -> Draft:
    """A file that lies on the servers. Stickers and recordings have no caption."""
    message = WAProto_pb2.Message()
    body = getattr(message, f"{kind}Message")
    body.url, body.directPath, body.mediaKey = sealed.url, sealed.direct_path, sealed.key
    body.fileSha256, body.fileEncSha256 = sealed.sha256, sealed.encrypted_sha256
    body.fileLength, body.mediaKeyTimestamp = sealed.size, int(time.time())
    _assign(body, "mimetype", info.mimetype)
    if kind in (Kind.AUDIO, Kind.VIDEO):
        body.seconds = info.seconds
    if kind == Kind.AUDIO:
        body.ptt = info.voice
    elif kind == Kind.DOCUMENT:
        for name in ("fileName", "title"):
            _assign(body, name, info.file_name or "file")
    if caption:
        if kind in (Kind.AUDIO, Kind.STICKER):
            raise InvalidInputError(f"a {kind} has no caption")
        _assign(body, "caption", caption)
    content = Content(
        kind=kind, text=caption, quoted=quote.id if quote else None, file=info, sealed=sealed
    )
    carried = "ptt" if info.voice else str(kind)
    if kind == Kind.DOCUMENT and caption:  # phones wrap these
        _quote(body, quote)
        wrapper = WAProto_pb2.Message()
        wrapper.documentWithCaptionMessage.message.CopyFrom(message)
        return _finish(content, wrapper, None, None, carried)
    return _finish(content, message, body, quote, carried)


def location(place: Place, quote: Quote | None = None) -> Draft:
    """A place on the map."""
    message = WAProto_pb2.Message()
    body = message.locationMessage
    body.degreesLatitude, body.degreesLongitude = place.latitude, place.longitude
    _assign(body, "name", place.name)
    _assign(body, "address", place.address)
    content = Content(kind=Kind.LOCATION, quoted=quote.id if quote else None, location=place)
    return _finish(content, message, body, quote)


def contact(card: Card, quote: Quote | None = None) -> Draft:
    """Somebody's card."""
    message = WAProto_pb2.Message()
    body = message.contactMessage
    _assign(body, "displayName", card.name)
    _assign(body, "vcard", card.vcard)
    content = Content(kind=Kind.CONTACT, quoted=quote.id if quote else None, contact=card)
    return _finish(content, message, body, quote, "vcard")


def card_of(name: str, phone: str) -> Card:
    """The card of somebody with this number (digits)."""
    number = f"TEL;type=CELL;waid={phone}:+{phone}"
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}", number, "END:VCARD")
    return Card(name=name, vcard="\n".join(lines))


def change(wanted: Change, *, chat: str, own: bool, media_caption: Kind | None = None) -> Draft:
    """A change of a message in the chat with the address ``chat``; ``own``: the changer wrote it.

    ``media_caption`` is the kind of a message whose caption an edit replaces.
    """
    message = WAProto_pb2.Message()
    attrs = {"type": "text"}
    if wanted.kind == ChangeKind.REACTION:
        body = message.reactionMessage
        _assign(body, "text", wanted.text)
        body.senderTimestampMs = _milliseconds()
        attrs = {"type": "reaction"} | ({} if wanted.text else {"edit": _TAKE_BACK})
    elif wanted.kind == ChangeKind.REVOKE:
        body = message.protocolMessage
        body.type = _PROTOCOL.REVOKE
        attrs["edit"] = _TAKE_BACK
    else:
        body = message.editedMessage.message.protocolMessage
        body.type, body.timestampMs = _PROTOCOL.MESSAGE_EDIT, _milliseconds()
        if media_caption is None:
            _assign(body.editedMessage, "conversation", wanted.text)
        else:
            _assign(getattr(body.editedMessage, f"{media_caption}Message"), "caption", wanted.text)
        attrs["edit"] = _EDIT
    body.key.remoteJid, body.key.fromMe, body.key.id = chat, own, wanted.target
    hidden = {"decrypt-fail": "hide"}
    serialised = message.SerializeToString()
    return Draft(content=wanted, message=serialised, attrs=attrs, enc_attrs=hidden)


def sent_copy(message: bytes, destination: str) -> bytes:
    """The copy of an own message that other own devices get, serialised."""
    # By hand, for what is inside need not be a proper protobuf: see broken_text.
    inner = _chunk(_DESTINATION, destination.encode()) + _chunk(_INNER, message)
    return _chunk(_DEVICE_SENT, inner)


def _finish(
    content: Content, message: Any, body: Any, quote: Quote | None, carried: str = ""
) -> Draft:
    _quote(body, quote)
    attrs = {"type": "media" if carried else "text"}
    enc_attrs = {"mediatype": carried} if carried else {}
    serialised = message.SerializeToString()
    return Draft(content=content, message=serialised, attrs=attrs, enc_attrs=enc_attrs)


def _quote(body: Any, quote: Quote | None) -> None:
    if quote is not None and body is not None:
        context = body.contextInfo
        context.stanzaId, context.participant = quote.id, quote.sender
        with suppress(Exception):  # protobuf's DecodeError: a broken text is quoted without words
            context.quotedMessage.ParseFromString(quote.message)


def _assign(body: Any, name: str, value: str) -> None:
    try:
        setattr(body, name, value)
    except ValueError:  # UnicodeEncodeError is one: half of a surrogate pair
        raise InvalidInputError(f"{name!r} is not valid Unicode text") from None


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _chunk(number: int, data: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
