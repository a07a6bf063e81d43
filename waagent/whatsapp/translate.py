"""From the library's events to waagent's own types.

Pure functions on the library's protobuf objects, which are only looked at (``HasField``,
``ListFields``, attributes), so this module needs no import of the library. Rules of this place:

* Only one-to-one chats. Groups, broadcasts, status, newsletters and bots give None, and so do
  things that are no message (reactions, deletions, settings, keys).
* A message names the *other* side: a LID never becomes a phone number.
* neonize 0.5.2 gives message times in milliseconds, and those of receipts and sends in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from waagent.domain.messages import InboundMessage, MessageKind, Receipt, ReceiptKind
from waagent.domain.sessions import SessionEvent, SessionEventKind
from waagent.whatsapp.jids import LID_SERVERS, PHONE_SERVERS

PAIR_STATUS = 2
"""The library's number for the outcome of a pairing."""
MESSAGE = 17
RECEIPT = 18
UNDECRYPTABLE = 44

_EVENT_KINDS = {
    3: SessionEventKind.CONNECTED,
    4: SessionEventKind.KEEPALIVE_TIMEOUT,
    5: SessionEventKind.KEEPALIVE_RESTORED,
    6: SessionEventKind.LOGGED_OUT,
    7: SessionEventKind.REPLACED,
    8: SessionEventKind.TEMPORARY_BAN,
    9: SessionEventKind.CONNECT_FAILURE,
    10: SessionEventKind.OUTDATED,
    11: SessionEventKind.STREAM_ERROR,
    12: SessionEventKind.DISCONNECTED,
    27: SessionEventKind.OFFLINE_SYNC_COMPLETED,
}
SUBSCRIPTIONS = frozenset({PAIR_STATUS, MESSAGE, RECEIPT, UNDECRYPTABLE, *_EVENT_KINDS})
"""The library's event numbers this module understands."""

# neonize's own numbering (Neonize.proto) → WhatsApp's codes (whatsmeow, types/events).
_FAILURE_CODES = {
    1: "400",
    2: "401",
    3: "402",
    4: "403",
    5: "406",
    6: "405",
    7: "409",
    8: "500",
    9: "501",
    10: "503",
}
_BAN_CODES = {1: "101", 2: "102", 3: "103", 4: "104", 5: "106"}
_RECEIPT_KINDS = {1: ReceiptKind.DELIVERED, 4: ReceiptKind.READ, 6: ReceiptKind.READ}
_DECRYPT_FAIL_HIDE = 2
_MESSAGE_EDIT = 14

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
    "documentMessage": "caption",
}
_MILLISECONDS_FROM = 10**11
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def message(event: Any) -> InboundMessage | None:
    """A message event; None for what is not a message of a one-to-one chat."""
    return _inbound(event.Info, *_content(_unwrapped(event.Message)))


def message_stub(event: Any) -> InboundMessage | None:
    """For an event :func:`message` stumbled over: at least that something came, and from whom."""
    return _inbound(event.Info, MessageKind.OTHER, "")


def undecryptable(event: Any) -> InboundMessage | None:
    """A message that could not be read (yet): the library has asked its sender to send it again.

    It may follow as a :func:`message` with the same id.
    """
    if event.HasField("DecryptFailMode") and event.DecryptFailMode == _DECRYPT_FAIL_HIDE:
        return None
    return _inbound(event.Info, MessageKind.UNDECRYPTABLE, "")


def receipt(event: Any) -> Receipt | None:
    """What the other side's devices did with messages of ours; None for all other receipts."""
    source = event.MessageSource
    kind = _RECEIPT_KINDS.get(event.Type) if event.HasField("Type") else None
    if kind is None or source.IsFromMe or source.IsGroup or not event.MessageIDs:
        return None
    return Receipt(wa_message_ids=tuple(event.MessageIDs), kind=kind, at=moment(event.Timestamp))


def session_event(number: int, event: Any, now: datetime) -> SessionEvent | None:
    """What the library tells of the session itself; ``now`` is aware, in UTC."""
    kind = _EVENT_KINDS.get(number)
    if kind is None:
        return None
    until = None
    if kind is SessionEventKind.TEMPORARY_BAN:
        until = now + timedelta(seconds=max(0, event.Expire))
    return SessionEvent(kind=kind, code=_code(kind, event), until=until)


def moment(timestamp: int) -> datetime:
    """A library timestamp, in seconds or milliseconds since 1970, as an aware time in UTC.

    The two are told apart by size: 10**11 is March 1973 in milliseconds and the year 5138 in
    seconds. A time that cannot be is taken as 1970.
    """
    seconds = timestamp / 1000 if timestamp >= _MILLISECONDS_FROM else timestamp
    if not 0 <= seconds < _MILLISECONDS_FROM:
        return _EPOCH
    return _EPOCH + timedelta(seconds=seconds)


def _inbound(info: Any, kind: MessageKind | None, text: str) -> InboundMessage | None:
    source = info.MessageSource
    chat = source.Chat
    if kind is None or source.IsGroup or chat.Server not in PHONE_SERVERS | LID_SERVERS:
        return None
    if source.IsFromMe and chat.User in {source.Sender.User, source.SenderAlt.User}:
        return None  # a note to self has no other side
    lid, phone = _other_side(info)
    if lid is None and phone is None:
        return None
    return InboundMessage(
        wa_message_id=info.ID,
        chat_jid=f"{chat.User}@{chat.Server}",
        lid=lid,
        phone=phone,
        from_me=source.IsFromMe,
        push_name=None if source.IsFromMe else info.Pushname or None,
        kind=kind,
        text=text,
        sent_at=moment(info.Timestamp),
    )


def _other_side(info: Any) -> tuple[str | None, str | None]:
    """The LID and the phone number of whom the chat is with, as far as they are known."""
    lid = phone = None
    for user, server in _names_of_other_side(info):
        if server in LID_SERVERS:
            lid = lid or user
        elif server in PHONE_SERVERS and user.isdecimal() and user != "0":
            phone = phone or user
    return lid, phone


def _names_of_other_side(info: Any) -> Iterator[tuple[str, str]]:
    """(user, server) pairs; for a message of the owner's, the sender is not the other side."""
    source = info.MessageSource
    yield source.Chat.User, source.Chat.Server
    if not source.IsFromMe:
        for jid in (source.Sender, source.SenderAlt):
            yield jid.User, jid.Server
        return
    yield source.RecipientAlt.User, source.RecipientAlt.Server
    destination, _, server = info.DeviceSentMeta.DestinationJID.partition("@")
    yield destination.partition(":")[0], server


def _unwrapped(content: Any) -> Any:
    """The message inside its envelopes: disappearing, view-once, edited, from another device."""
    for _ in range(_MOST_WRAPPERS):
        inner = _inside(content)
        if inner is None:
            return content
        content = inner
    return content


def _inside(content: Any) -> Any:
    for name in _WRAPPERS:
        if content.HasField(name) and getattr(content, name).HasField("message"):
            return getattr(content, name).message
    protocol = content.protocolMessage
    is_edit = protocol.HasField("editedMessage") and protocol.type == _MESSAGE_EDIT
    return protocol.editedMessage if is_edit else None


def _content(content: Any) -> tuple[MessageKind | None, str]:
    """The kind (None: nothing a person said) and the text or caption."""
    names = [field.name for field, _ in content.ListFields() if field.name not in _NOT_CONTENT]
    if not names:
        return None, ""
    name = next((name for name in names if name in _KINDS), names[0])
    return _KINDS.get(name, MessageKind.OTHER), _text(name, content)


def _text(name: str, content: Any) -> str:
    if name == "conversation":
        return str(content.conversation)
    field = _TEXT_FIELD.get(name)
    return str(getattr(getattr(content, name), field)) if field else ""


def _code(kind: SessionEventKind, event: Any) -> str | None:
    if kind is SessionEventKind.TEMPORARY_BAN:
        return _BAN_CODES.get(event.Code) if event.HasField("Code") else None
    if kind is SessionEventKind.STREAM_ERROR:
        return event.Code or None
    if kind is SessionEventKind.OUTDATED:
        return "405"
    if kind is SessionEventKind.LOGGED_OUT and not event.OnConnect:
        return "device_removed"
    if kind in {SessionEventKind.LOGGED_OUT, SessionEventKind.CONNECT_FAILURE}:
        return _failure_code(event)
    return None


def _failure_code(event: Any) -> str | None:
    """WhatsApp's own code; ones neonize has no number for are in the raw node it passes on."""
    if event.HasField("Reason"):
        return _FAILURE_CODES.get(event.Reason)
    if not event.DESCRIPTOR.fields_by_name.get("Raw"):
        return None
    reasons = (attr for attr in event.Raw.Attrs if attr.name == "reason")
    return next((attr.text or str(attr.integer) for attr in reasons), None)
