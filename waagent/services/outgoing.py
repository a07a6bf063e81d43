"""From what the outbox keeps of a message to what is transmitted, and back.

A place or a card is kept as JSON beside the message's text, which says the same in words.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from waagent.domain.messages import (
    ChangeOfMessage,
    MessageKind,
    Outgoing,
    OutgoingChange,
    OutgoingContact,
    OutgoingLocation,
    OutgoingText,
    Quoted,
)
from waagent.domain.outbox import OutboxAction

FILE_KINDS = frozenset(
    {MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.AUDIO, MessageKind.DOCUMENT}
)
_CHANGES = {
    OutboxAction.EDIT: ChangeOfMessage.EDIT,
    OutboxAction.REVOKE: ChangeOfMessage.REVOKE,
    OutboxAction.REACT: ChangeOfMessage.REACTION,
}


def pack(content: OutgoingLocation | OutgoingContact) -> str:
    """A place or a card as the outbox keeps it."""
    return json.dumps(asdict(content))


def in_words(content: OutgoingLocation | OutgoingContact) -> str:
    """The same for people, as one that a customer sends is written."""
    if isinstance(content, OutgoingContact):
        return f"{content.name}: +{content.phone}"
    degrees = f"{content.latitude:.6f}, {content.longitude:.6f}"
    link = f"https://maps.google.com/?q={degrees.replace(' ', '')}"
    return "\n".join(part for part in (content.name, degrees, link) if part)


def message(kind: MessageKind, text: str, payload: str | None, quoted: Quoted | None) -> Outgoing:
    """What a message is to transmit; its file, if it has one, is added later."""
    if kind is MessageKind.LOCATION:
        return OutgoingLocation(**json.loads(payload or ""))
    if kind is MessageKind.CONTACT:
        return OutgoingContact(**json.loads(payload or ""))
    return OutgoingText(text=text, quoted=quoted)


def change(
    action: OutboxAction, wa_message_id: str, from_me: bool, payload: str | None
) -> OutgoingChange:
    """What an action on the message ``wa_message_id`` is to transmit."""
    return OutgoingChange(
        kind=_CHANGES[action],
        wa_message_id=wa_message_id,
        target_from_me=from_me,
        text=payload or "",
    )
