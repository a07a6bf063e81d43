"""What a message holds: text, a file, a place, a card; or a change of an earlier message.

Reads the Message protobuf as a telephone does; ``drafts.py`` writes it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pyaileys.proto import WAProto_pb2

from waagent.sandbox.records import Card, FileInfo, Place

_WRAPPERS = (
    "deviceSentMessage",
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "editedMessage",
)
_PROTOCOL = WAProto_pb2.Message.ProtocolMessage


class Kind(StrEnum):
    """What a message carries."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"


MEDIA = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.STICKER)


class ChangeKind(StrEnum):
    """What can be done to a message that was sent."""

    EDIT = "edit"
    REVOKE = "revoke"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An encrypted file on the servers: where it lies, and what it takes to read and check it.

    ``size`` is that of the readable file, in bytes; hashes are SHA-256.
    """

    direct_path: str
    url: str
    key: bytes
    sha256: bytes
    encrypted_sha256: bytes
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a telephone shows of a message. A file's ``text`` is its caption.

    ``sealed`` is there in a message with a file, and never stored with an inbox.
    """

    kind: Kind
    text: str = ""
    quoted: str | None = None
    file: FileInfo | None = None
    location: Place | None = None
    contact: Card | None = None
    sealed: Sealed | None = None

    def details(self) -> dict[str, Any]:
        """What an inbox stores beside kind, text and quote, as plain JSON values."""
        parts = {"media": self.file, "location": self.location, "contact": self.contact}
        return {name: asdict(part) for name, part in parts.items() if part is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An edit, a deletion for everyone, or a reaction to the message ``target``.

    ``text`` is the new text, or the emoji; "" takes a reaction back.
    """

    kind: ChangeKind
    target: str
    text: str = ""


def read(message: Any) -> Content | Change | None:
    """What is in a Message protobuf, whatever wraps it; None when a telephone shows nothing."""
    for wrapper in _WRAPPERS:
        if message.HasField(wrapper):
            return read(getattr(message, wrapper).message)
    if message.HasField("reactionMessage"):
        reaction = message.reactionMessage
        return Change(kind=ChangeKind.REACTION, target=reaction.key.id, text=reaction.text)
    if message.HasField("protocolMessage"):
        return _protocol(message.protocolMessage)
    for kind in MEDIA:
        if message.HasField(f"{kind}Message"):
            return _file(kind, getattr(message, f"{kind}Message"))
    return _plain(message)


def without_own_wrapper(message: Any) -> bytes:
    """A Message protobuf, serialised, without what marks the copy for one's own telephone."""
    if message.HasField("deviceSentMessage"):
        message = message.deviceSentMessage.message
    return bytes(message.SerializeToString())


def _protocol(protocol: Any) -> Change | None:
    if protocol.type == _PROTOCOL.REVOKE and protocol.HasField("key"):
        return Change(kind=ChangeKind.REVOKE, target=protocol.key.id)
    if protocol.type == _PROTOCOL.MESSAGE_EDIT:
        new = read(protocol.editedMessage)
        if isinstance(new, Content):
            return Change(kind=ChangeKind.EDIT, target=protocol.key.id, text=new.text)
    return None


def _plain(message: Any) -> Content | None:
    if message.HasField("extendedTextMessage"):
        body = message.extendedTextMessage
        return Content(kind=Kind.TEXT, text=body.text, quoted=_quoted(body))
    if message.HasField("conversation"):
        return Content(kind=Kind.TEXT, text=message.conversation)
    if message.HasField("locationMessage"):
        body = message.locationMessage
        place = Place(
            latitude=body.degreesLatitude,
            longitude=body.degreesLongitude,
            name=body.name,
            address=body.address,
        )
        return Content(kind=Kind.LOCATION, quoted=_quoted(body), location=place)
    if message.HasField("contactMessage"):
        body = message.contactMessage
        card = Card(name=body.displayName, vcard=body.vcard)
        return Content(kind=Kind.CONTACT, quoted=_quoted(body), contact=card)
    return None


def _file(kind: Kind, body: Any) -> Content:
    named = kind == Kind.DOCUMENT
    info = FileInfo(
        mimetype=body.mimetype,
        size=body.fileLength,
        sha256=body.fileSha256.hex(),
        file_name=(body.fileName or body.title or None) if named else None,
        seconds=body.seconds if kind in (Kind.AUDIO, Kind.VIDEO) else 0,
        voice=kind == Kind.AUDIO and body.ptt,
    )
    sealed = Sealed(
        direct_path=body.directPath,
        url=body.url,
        key=body.mediaKey,
        sha256=body.fileSha256,
        encrypted_sha256=body.fileEncSha256,
        size=body.fileLength,
    )
    caption = body.caption if kind in (Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT) else ""
    return Content(kind=kind, text=caption, quoted=_quoted(body), file=info, sealed=sealed)


def _quoted(body: Any) -> str | None:
    """The id of the message that this one answers."""
    return body.contextInfo.stanzaId or None
