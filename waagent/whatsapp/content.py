"""What a message holds: its kind, its words, its file, and the message it answers.

Pure functions on the library's protobuf objects, which are only looked at (``HasField``,
``ListFields``, attributes) or copied by their own class, so no import of the library is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from waagent.domain.messages import InboundMedia, MessageKind
from waagent.whatsapp import readable
from waagent.whatsapp.readable import words

_WRAPPERS = (
    "deviceSentMessage",
    "botInvokeMessage",
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "lottieStickerMessage",
    "documentWithCaptionMessage",
    "editedMessage",
    "associatedChildMessage",
)
_MOST_WRAPPERS = 6
_NOT_CONTENT = frozenset(
    {
        "albumMessage",
        "call",
        "encCommentMessage",
        "encReactionMessage",
        "fastRatchetKeySenderKeyDistributionMessage",
        "keepInChatMessage",
        "messageContextInfo",
        "messageHistoryBundle",
        "messageHistoryNotice",
        "pinInChatMessage",
        "placeholderMessage",
        "pollUpdateMessage",
        "protocolMessage",
        "reactionMessage",
        "secretEncryptedMessage",
        "senderKeyDistributionMessage",
        "stickerSyncRmrMessage",
    }
)
_KINDS = {
    "conversation": MessageKind.TEXT,
    "extendedTextMessage": MessageKind.TEXT,
    "buttonsResponseMessage": MessageKind.TEXT,
    "listResponseMessage": MessageKind.TEXT,
    "templateButtonReplyMessage": MessageKind.TEXT,
    "imageMessage": MessageKind.IMAGE,
    "videoMessage": MessageKind.VIDEO,
    "ptvMessage": MessageKind.VIDEO,
    "audioMessage": MessageKind.AUDIO,
    "documentMessage": MessageKind.DOCUMENT,
    "stickerMessage": MessageKind.STICKER,
    "locationMessage": MessageKind.LOCATION,
    "liveLocationMessage": MessageKind.LOCATION,
    "contactMessage": MessageKind.CONTACT,
    "contactsArrayMessage": MessageKind.CONTACT,
}
_TEXT_FIELD = {
    "extendedTextMessage": "text",
    "buttonsResponseMessage": "selectedDisplayText",
    "listResponseMessage": "title",
    "templateButtonReplyMessage": "selectedDisplayText",
    "imageMessage": "caption",
    "videoMessage": "caption",
    "ptvMessage": "caption",
    "documentMessage": "caption",
}
_READABLE = {
    "locationMessage": readable.location,
    "liveLocationMessage": readable.live_location,
    "contactMessage": readable.contact,
    "contactsArrayMessage": readable.contacts,
}
# A file's field → the field the library's download looks at.
_FILES = {
    "imageMessage": "imageMessage",
    "videoMessage": "videoMessage",
    "ptvMessage": "videoMessage",
    "audioMessage": "audioMessage",
    "documentMessage": "documentMessage",
    "stickerMessage": "stickerMessage",
}
_DOWNLOAD_NEEDS = (
    "mimetype",
    "directPath",
    "mediaKey",
    "fileSHA256",
    "fileEncSHA256",
    "fileLength",
)
_UNKNOWN_TYPE = "application/octet-stream"
_SECRET_MESSAGE_EDIT = 2
MESSAGE_EDIT = 14
"""WhatsApp's number for a protocol message that edits another message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a person sent."""

    kind: MessageKind
    text: str = ""
    media: InboundMedia | None = None
    quoted_id: str | None = None


def unwrapped(content: Any) -> Any:
    """The message inside its envelopes: disappearing, view-once, edited, from another device."""
    for _ in range(_MOST_WRAPPERS):
        inner = _inside(content)
        if inner is None:
            return content
        content = inner
    return content


def latest(content: Any) -> Any:
    """As :func:`unwrapped`, and what a message was edited to instead of the edit."""
    content = unwrapped(content)
    return unwrapped(content.protocolMessage.editedMessage) if is_edit(content) else content


def is_edit(content: Any) -> bool:
    """Whether an unwrapped message edits another one."""
    protocol = content.protocolMessage
    return bool(protocol.type == MESSAGE_EDIT and protocol.HasField("editedMessage"))


def read(content: Any) -> Content | None:
    """What an unwrapped message holds; None if it is nothing a person said."""
    names = [field.name for field, _ in content.ListFields() if field.name not in _NOT_CONTENT]
    if not names:
        return _secret_edit(content)
    name = next((name for name in names if name in _KINDS), names[0])
    return Content(
        kind=_KINDS.get(name, MessageKind.OTHER),
        text=_text(name, content),
        media=_media(name, content),
        quoted_id=_quoted_id(name, content),
    )


def _inside(content: Any) -> Any:
    for name in _WRAPPERS:
        if content.HasField(name) and getattr(content, name).HasField("message"):
            return getattr(content, name).message
    return None


def _secret_edit(content: Any) -> Content | None:
    """An edit whose text neonize cannot decrypt: better seen as "something" than not at all."""
    secret = content.secretEncryptedMessage
    if secret.secretEncType != _SECRET_MESSAGE_EDIT:
        return None
    return Content(kind=MessageKind.OTHER, quoted_id=words(secret.targetMessageKey.ID) or None)


def _text(name: str, content: Any) -> str:
    if name == "conversation":
        return words(content.conversation)
    if name in _READABLE:
        return _READABLE[name](getattr(content, name))
    field = _TEXT_FIELD.get(name)
    return words(getattr(getattr(content, name), field)) if field else ""


def _media(name: str, content: Any) -> InboundMedia | None:
    """The file that came along, unless there is nothing to fetch it by.

    Its reference is a message with only what a download needs: no thumbnail, caption or quote.
    """
    if name not in _FILES:
        return None
    file = getattr(content, name)
    if not file.directPath or not file.mediaKey:
        return None
    reference = type(content)()
    wanted = getattr(reference, _FILES[name])
    for field in _DOWNLOAD_NEEDS:
        if file.HasField(field):
            setattr(wanted, field, getattr(file, field))
    return InboundMedia(
        mimetype=words(file.mimetype) or _UNKNOWN_TYPE,
        file_name=_file_name(name, file),
        size=file.fileLength,
        ref=reference.SerializeToString(),
    )


def _quoted_id(name: str, content: Any) -> str | None:
    part = getattr(content, name)
    if name == "conversation" or "contextInfo" not in part.DESCRIPTOR.fields_by_name:
        return None
    return words(part.contextInfo.stanzaID) or None


def _file_name(name: str, file: Any) -> str | None:
    return words(file.fileName or file.title) or None if name == "documentMessage" else None
