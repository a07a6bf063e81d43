"""Builds the library's protobuf messages from waagent's own types.

The class ``Message`` is passed in, so that this module needs no import of the library. Nothing here
asks the library to build anything: its helpers fetch previews, run ffmpeg, or abort the process.
Raises :class:`InvalidInputError` for what WhatsApp would not take.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from waagent.domain.messages import (
    ChangeOfMessage,
    MessageKind,
    Outgoing,
    OutgoingChange,
    OutgoingContact,
    OutgoingLocation,
    OutgoingMedia,
    OutgoingText,
    Quoted,
)
from waagent.errors import InvalidInputError
from waagent.whatsapp.content import MESSAGE_EDIT
from waagent.whatsapp.jids import LID_SERVERS, PersonJid

MOST_TEXT = 65_536
"""Characters WhatsApp takes in one text."""
_REVOKE = 0
_FIELDS = {
    MessageKind.IMAGE: "imageMessage",
    MessageKind.VIDEO: "videoMessage",
    MessageKind.AUDIO: "audioMessage",
    MessageKind.DOCUMENT: "documentMessage",
}
_VOICE_NOTE = "audio/ogg"
_PHONE = re.compile(r"[1-9]\d{6,14}")

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Self:
    """The linked number as messages name it: digits, and the user part of its LID if known."""

    phone: str
    lid: str | None


def message(
    new: Callable[..., Any],
    outgoing: Outgoing,
    *,
    chat: PersonJid,
    me: Self,
    upload: Callable[[OutgoingMedia], Fields],
) -> Any:
    """The protobuf to send to ``chat``; ``new`` is the library's ``Message``.

    ``upload`` transmits a file and answers the fields that say where it is and how to decrypt it;
    it is called only once everything else is known to be right.
    """
    if isinstance(outgoing, OutgoingText):
        context = _context(outgoing.quoted, chat, me)
        if outgoing.media is not None:
            return new(**_file(outgoing, outgoing.media, context, upload))
        return new(**_text(outgoing.text, context))
    if isinstance(outgoing, OutgoingLocation):
        return new(locationMessage=_location(outgoing))
    if isinstance(outgoing, OutgoingContact):
        return new(contactMessage=_contact(outgoing))
    return new(**_change(outgoing, chat))


def _text(text: str, context: Fields) -> Fields:
    _check_text(text)
    if not context:
        return {"conversation": text}
    return {"extendedTextMessage": {"text": text, **context}}


def _file(
    outgoing: OutgoingText,
    media: OutgoingMedia,
    context: Fields,
    upload: Callable[[OutgoingMedia], Fields],
) -> Fields:
    field = _FIELDS.get(media.kind)
    if field is None or not media.data:
        raise InvalidInputError(
            "this cannot be sent as a file", hint="an image, video, audio or document with content"
        )
    file: Fields = {"mimetype": media.mimetype, **context}
    if media.kind is MessageKind.AUDIO:
        if outgoing.text:
            raise InvalidInputError("audio has no caption", hint="send the text by itself")
        file["PTT"] = media.mimetype.startswith(_VOICE_NOTE)
    elif outgoing.text:
        _check_text(outgoing.text)
        file["caption"] = outgoing.text
    if media.kind is MessageKind.DOCUMENT:
        file["fileName"] = file["title"] = media.file_name or "file"
    file |= upload(media)
    file["mediaKeyTimestamp"] = int(time.time())
    if media.kind is MessageKind.DOCUMENT and outgoing.text:  # as the phone's app sends it
        return {"documentWithCaptionMessage": {"message": {field: file}}}
    return {field: file}


def _context(quoted: Quoted | None, chat: PersonJid, me: Self) -> Fields:
    """The message that is answered, and who wrote it, in the chat's kind of address."""
    if quoted is None:
        return {}
    author = f"{chat.user}@{chat.server}"
    if quoted.from_me:
        by_lid = chat.server in LID_SERVERS and me.lid is not None
        author = f"{me.lid}@lid" if by_lid else f"{me.phone}@s.whatsapp.net"
    context = {
        "stanzaID": quoted.wa_message_id,
        "participant": author,
        "quotedMessage": {"conversation": quoted.text},
    }
    return {"contextInfo": context}


def _location(place: OutgoingLocation) -> Fields:
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise InvalidInputError("no such place", hint="latitude -90…90, longitude -180…180")
    fields: Fields = {"degreesLatitude": place.latitude, "degreesLongitude": place.longitude}
    return fields | ({"name": place.name} if place.name else {})


def _contact(person: OutgoingContact) -> Fields:
    if not person.name.strip() or not _PHONE.fullmatch(person.phone):
        raise InvalidInputError("a contact needs a name and a number", hint="e.g. 6281234567890")
    name = _escaped(person.name)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:;{name};;;",
        f"FN:{name}",
        f"TEL;type=CELL;waid={person.phone}:+{person.phone}",
        "END:VCARD",
    ]
    return {"displayName": person.name, "vcard": "\n".join(lines)}


def _escaped(text: str) -> str:
    """A vCard value (RFC 6350, 3.4)."""
    return re.sub(r"([\\,;])", r"\\\1", " ".join(text.split()))


def _change(change: OutgoingChange, chat: PersonJid) -> Fields:
    """An edit, deletion or reaction: a message that names another one by its key."""
    key = {
        "remoteJID": f"{chat.user}@{chat.server}",
        "fromMe": change.target_from_me,
        "ID": change.wa_message_id,
    }
    now = int(time.time() * 1000)
    if change.kind is ChangeOfMessage.REACTION:
        return {"reactionMessage": {"key": key, "text": change.text, "senderTimestampMS": now}}
    if not change.target_from_me:
        raise InvalidInputError("only one's own messages can be edited or deleted")
    if change.kind is ChangeOfMessage.REVOKE:
        return {"protocolMessage": {"key": key, "type": _REVOKE}}
    _check_text(change.text)
    edit = {
        "key": key,
        "type": MESSAGE_EDIT,
        "editedMessage": {"conversation": change.text},
        "timestampMS": now,
    }
    return {"editedMessage": {"message": {"protocolMessage": edit}}}


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > MOST_TEXT:
        raise InvalidInputError(
            "no text, or one too long for WhatsApp", hint=f"1 to {MOST_TEXT:,} characters"
        )
