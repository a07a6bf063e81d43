"""From the library's events about messages to waagent's own types.

Pure functions on the library's protobuf objects, which are only looked at, so this module needs no
import of the library. Rules of this place:

* Only one-to-one chats. Groups, broadcasts, status, newsletters and bots give None, and so do
  things that neither are a message nor change one (settings, keys).
* A message names the *other* side: a LID never becomes a phone number.
* neonize 0.5.2 gives message times in milliseconds, and those of receipts and sends in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from waagent.domain.messages import (
    ChangeOfMessage,
    GapCause,
    InboundMessage,
    MessageChange,
    MessageKind,
    Receipt,
    ReceiptKind,
)
from waagent.whatsapp import content, jids, session_events
from waagent.whatsapp.content import Content
from waagent.whatsapp.jids import LID_SERVERS, PHONE_SERVERS
from waagent.whatsapp.readable import words

PAIR_STATUS = 2
"""The library's number for the outcome of a pairing."""
HISTORY_SYNC = 13
MESSAGE = 17
RECEIPT = 18
UNDECRYPTABLE = 44
SUBSCRIPTIONS = frozenset(
    {PAIR_STATUS, HISTORY_SYNC, MESSAGE, RECEIPT, UNDECRYPTABLE, *session_events.NUMBERS}
)
"""The library's event numbers that are of interest."""

_RECEIPT_KINDS = {1: ReceiptKind.DELIVERED, 4: ReceiptKind.READ, 6: ReceiptKind.READ}
_DECRYPT_FAIL_HIDE = 2
_REVOKE = 0
_MILLISECONDS_FROM = 10**11
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Chat(NamedTuple):
    """A one-to-one chat: what answers are addressed to, and whom it is with."""

    jid: str
    lid: str | None
    phone: str | None


def message(event: Any) -> InboundMessage | MessageChange | None:
    """A message event; None for what is neither a message of a one-to-one chat nor a change."""
    chat = _chat(event.Info)
    if chat is None:
        return None
    said = content.unwrapped(event.Message)
    changed = _change(event.Info, chat, said)
    if changed is not None:
        return changed
    found = content.read(said)
    if found is None:
        return None
    if event.IsEdit and not event.HasField("SourceWebMsg"):  # the new words without an envelope
        return _changed(
            ChangeOfMessage.EDIT, event.Info, chat, event.Info.ID, text=found.text, own=True
        )
    return _inbound(event.Info, chat, found)


def announces_history(event: Any) -> bool:
    """Whether a message event says that the owner's phone has put a history blob in store.

    The library then fetches it, which takes a while, and delivers it as an event of its own.
    """
    said = content.unwrapped(event.Message)
    from_me = event.Info.MessageSource.IsFromMe
    return bool(from_me and said.protocolMessage.HasField("historySyncNotification"))


def message_stub(event: Any) -> InboundMessage | None:
    """For an event :func:`message` stumbled over: at least that something came, and from whom."""
    chat = _chat(event.Info)
    return None if chat is None else _inbound(event.Info, chat, Content(kind=MessageKind.OTHER))


def undecryptable(event: Any) -> InboundMessage | None:
    """A message that could not be read (yet).

    The library has asked its sender to send it again, and it may follow as a :func:`message` with
    the same id; unless WhatsApp gave this device nothing to decrypt (``GapCause.UNAVAILABLE``).
    """
    if event.HasField("DecryptFailMode") and event.DecryptFailMode == _DECRYPT_FAIL_HIDE:
        return None
    chat = _chat(event.Info)
    if chat is None:
        return None
    cause = GapCause.UNAVAILABLE if event.IsUnavailable else GapCause.UNDECRYPTABLE
    return _inbound(event.Info, chat, Content(kind=MessageKind.UNDECRYPTABLE), gap=cause)


def receipt(event: Any) -> Receipt | None:
    """What the other side's devices did with messages of ours; None for all other receipts."""
    source = event.MessageSource
    kind = _RECEIPT_KINDS.get(event.Type) if event.HasField("Type") else None
    if kind is None or source.IsFromMe or source.IsGroup or not event.MessageIDs:
        return None
    return Receipt(wa_message_ids=tuple(event.MessageIDs), kind=kind, at=moment(event.Timestamp))


def moment(timestamp: int) -> datetime:
    """A library timestamp, in seconds or milliseconds since 1970, as an aware time in UTC.

    The two are told apart by size: 10**11 is March 1973 in milliseconds and the year 5138 in
    seconds. A time that cannot be is taken as 1970.
    """
    seconds = timestamp / 1000 if timestamp >= _MILLISECONDS_FROM else timestamp
    if not 0 <= seconds < _MILLISECONDS_FROM:
        return _EPOCH
    return _EPOCH + timedelta(seconds=seconds)


def _inbound(
    info: Any, chat: _Chat, found: Content, *, gap: GapCause | None = None
) -> InboundMessage:
    from_me = info.MessageSource.IsFromMe
    return InboundMessage(
        wa_message_id=words(info.ID),
        chat_jid=chat.jid,
        lid=chat.lid,
        phone=chat.phone,
        from_me=from_me,
        push_name=None if from_me else words(info.Pushname) or None,
        kind=found.kind,
        text=found.text,
        sent_at=moment(info.Timestamp),
        media=found.media,
        quoted_id=found.quoted_id,
        gap=gap,
    )


def _change(info: Any, chat: _Chat, said: Any) -> MessageChange | None:
    """An edit, a deletion or a reaction; None for anything else."""
    if said.HasField("reactionMessage"):
        kind, key = ChangeOfMessage.REACTION, said.reactionMessage.key
        return _changed(kind, info, chat, key.ID, text=said.reactionMessage.text, own=key.fromMe)
    key = said.protocolMessage.key
    if content.is_edit(said):
        new = content.read(content.latest(said))
        text = new.text if new else ""
        return _changed(ChangeOfMessage.EDIT, info, chat, key.ID, text=text, own=key.fromMe)
    if said.protocolMessage.type == _REVOKE:  # also what an absent type reads as; then no id
        return _changed(ChangeOfMessage.REVOKE, info, chat, key.ID, text="", own=key.fromMe)
    return None


def _changed(
    kind: ChangeOfMessage, info: Any, chat: _Chat, target: str, *, text: str, own: bool
) -> MessageChange | None:
    """``own``: whether whoever sent the change wrote the target too (a key is the sender's view).

    Only one's own messages can be edited or deleted in a one-to-one chat, so a customer who claims
    to have done that to one of the shop's is not believed.
    """
    by_me = info.MessageSource.IsFromMe
    if not target or not (own or kind is ChangeOfMessage.REACTION):
        return None
    return MessageChange(
        kind=kind,
        wa_message_id=words(target),
        target_from_me=own == by_me,
        by_me=by_me,
        chat_jid=chat.jid,
        lid=chat.lid,
        phone=chat.phone,
        text=words(text),
        at=moment(info.Timestamp),
    )


def _chat(info: Any) -> _Chat | None:
    """The one-to-one chat a message belongs to; None for all others."""
    source = info.MessageSource
    chat = source.Chat
    if source.IsGroup or chat.Server not in PHONE_SERVERS | LID_SERVERS:
        return None
    if source.IsFromMe and chat.User in {source.Sender.User, source.SenderAlt.User}:
        return None  # a note to self has no other side
    lid, phone = lid_and_phone(_names_of_other_side(info))
    if lid is None and phone is None:
        return None
    return _Chat(f"{chat.User}@{chat.Server}", lid, phone)


def lid_and_phone(names: Iterable[tuple[str, str]]) -> tuple[str | None, str | None]:
    """The first LID and the first phone number among (user, server) pairs."""
    lid = phone = None
    for user, server in names:
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
    yield jids.user_and_server(info.DeviceSentMeta.DestinationJID)
