"""How stored messages are shown: rows of ``messages.list`` and ``messages.get`` as views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.views import MediaView, MessageView, QuotedView, ReactionView
from waagent.services.core import Scope


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as both queries give it."""

    id: str
    conversation_id: str
    direction: str
    origin: str
    kind: str
    state: str
    at: datetime
    seq: int
    body_enc: bytes
    reason: str | None
    quoted_wa_id: str | None
    edited_at: datetime | None
    revoked_at: datetime | None
    phone_enc: bytes | None


@dataclass(frozen=True, slots=True)
class _Quoted:
    message_id: str
    id: str
    direction: str
    kind: str
    body_enc: bytes


@dataclass(frozen=True, slots=True)
class _Reaction:
    message_id: str
    by_me: bool
    emoji_enc: bytes


@dataclass(frozen=True, slots=True)
class _Media:
    message_id: str
    mimetype: str
    file_name_enc: bytes | None
    size: int
    state: str


_UNSEEN = QuotedView(id=None, direction=None, kind=None, text="")


def find_message(scope: Scope, message_id: str) -> MessageView | None:
    """One message of the tenant, as it is shown; None if there is none."""
    views = message_views(scope, scope.tx.all(MessageRow, "messages.get", message_id=message_id))
    return views[0] if views else None


def message_views(scope: Scope, rows: Sequence[MessageRow]) -> list[MessageView]:
    """The rows with all that hangs on them, decrypted."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    quoted = _quoted(scope, [row.id for row in rows if row.quoted_wa_id is not None])
    reactions, media = _reactions(scope, ids), _media(scope, ids)
    return [
        MessageView(
            id=row.id,
            conversation_id=row.conversation_id,
            direction=Direction(row.direction),
            origin=Origin(row.origin),
            phone=scope.phone(row.phone_enc),
            kind=MessageKind(row.kind),
            text=scope.cipher.decrypt(row.body_enc, "messages.body"),
            state=MessageState(row.state),
            at=row.at,
            reason=row.reason,
            quoted=None if row.quoted_wa_id is None else quoted.get(row.id, _UNSEEN),
            edited_at=row.edited_at,
            revoked_at=row.revoked_at,
            reactions=() if row.revoked_at else tuple(reactions[row.id]),
            media=media.get(row.id),
        )
        for row in rows
    ]


def _quoted(scope: Scope, message_ids: Sequence[str]) -> dict[str, QuotedView]:
    if not message_ids:
        return {}
    rows = scope.tx.all(_Quoted, "messages.quoted_by", message_ids=list(message_ids))
    return {
        row.message_id: QuotedView(
            id=row.id,
            direction=Direction(row.direction),
            kind=MessageKind(row.kind),
            text=scope.cipher.decrypt(row.body_enc, "messages.body"),
        )
        for row in rows
    }


def _reactions(scope: Scope, message_ids: Sequence[str]) -> dict[str, list[ReactionView]]:
    found: dict[str, list[ReactionView]] = defaultdict(list)
    for row in scope.tx.all(_Reaction, "messages.reactions_to", message_ids=list(message_ids)):
        emoji = scope.cipher.decrypt(row.emoji_enc, "message_reactions.emoji")
        if emoji:
            direction = Direction.OUT if row.by_me else Direction.IN
            found[row.message_id].append(ReactionView(direction=direction, emoji=emoji))
    return found


def _media(scope: Scope, message_ids: Sequence[str]) -> dict[str, MediaView]:
    return {
        row.message_id: MediaView(
            mimetype=row.mimetype,
            file_name=scope.cipher.decrypt_or_none(row.file_name_enc, "message_media.file_name"),
            size=row.size,
            state=MediaState(row.state),
        )
        for row in scope.tx.all(_Media, "media.of_messages", message_ids=list(message_ids))
    }
