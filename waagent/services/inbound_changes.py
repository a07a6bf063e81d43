"""What happens to messages after they were sent: edits, deletions and reactions.

Only whoever wrote a message may edit or delete it, and only in its own chat. The newest change by
its own time wins, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from waagent.domain.messages import ChangeOfMessage, Direction, MessageChange, MessageKind
from waagent.domain.texts import encodable, identifier
from waagent.services.core import Scope
from waagent.services.media import Place

_FILLS = (ChangeOfMessage.EDIT, ChangeOfMessage.REVOKE)
"""After these nothing is missing of a message that could not be read."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """When a conversation is judged anew: after a quiet period, and at the latest after
    ``longest``."""

    quiet: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class _Target:
    id: str
    conversation_id: str
    direction: str
    kind: str
    body_enc: bytes
    history: bool
    edited_at: datetime | None
    revoked_at: datetime | None


def apply_changes(
    scope: Scope, session_id: str, changes: Sequence[MessageChange], again: LookAgain
) -> tuple[list[MessageChange], list[Place]]:
    """Apply them by their time.

    Returns those whose message is not known, and files that are to be deleted after the commit.
    """
    unknown: list[MessageChange] = []
    erased: list[Place] = []
    for change in sorted(changes, key=lambda change: change.at):
        if change.kind is not ChangeOfMessage.REACTION and change.by_me != change.target_from_me:
            log.warning("change.not_theirs", tenant=scope.tenant_id, session=session_id)
            continue
        target = _find(scope, session_id, change)
        if target is None:
            unknown.append(change)
        elif target.revoked_at is None:
            erased += _apply(scope, target, change, again)
            if target.kind == MessageKind.UNDECRYPTABLE and change.kind in _FILLS:
                _fill_gap(scope, session_id, change)
    return unknown, erased


def _fill_gap(scope: Scope, session_id: str, change: MessageChange) -> None:
    scope.tx.run(
        "gaps.resolve",
        session_ids=[session_id],
        wa_message_ids=[identifier(change.wa_message_id)],
        from_mes=[change.target_from_me],
    )


def _find(scope: Scope, session_id: str, change: MessageChange) -> _Target | None:
    def index(kind: str, value: str | None) -> bytes | None:
        return scope.cipher.index(kind, encodable(value)) if value else None

    return scope.tx.one(
        _Target,
        "messages.change_target",
        session_id=session_id,
        wa_message_id=identifier(change.wa_message_id),
        from_me=change.target_from_me,
        lid=index("lid", change.lid),
        phone=index("phone", change.phone),
    )


def _apply(
    scope: Scope, target: _Target, change: MessageChange, again: LookAgain
) -> Sequence[Place]:
    erased: Sequence[Place] = ()
    if change.kind is ChangeOfMessage.EDIT:
        changed = _edit(scope, target, change, again)
    elif change.kind is ChangeOfMessage.REVOKE:
        erased, changed = _revoke(scope, target, change), True
    else:
        changed = _react(scope, target, change)
    if changed:
        scope.changed("message", target.id, target.conversation_id)
    return erased


def _edit(scope: Scope, target: _Target, change: MessageChange, again: LookAgain) -> bool:
    text = encodable(change.text)
    stale = target.edited_at is not None and change.at < target.edited_at
    if stale or scope.cipher.decrypt(target.body_enc, "messages.body") == text:
        return False
    body = scope.cipher.encrypt(text, "messages.body")
    scope.tx.run("messages.edit", message_id=target.id, body=body, at=change.at)
    if target.direction == Direction.IN and not target.history:
        scope.tx.run(
            "messages.look_again",
            conversation_id=target.conversation_id,
            quiet=again.quiet,
            longest=again.longest,
        )
    return True


def _revoke(scope: Scope, target: _Target, change: MessageChange) -> list[Place]:
    nothing = scope.cipher.encrypt("", "messages.body")
    scope.tx.run("messages.revoke", message_id=target.id, nothing=nothing, at=change.at)
    paths = scope.tx.column("media.remove", message_id=target.id)
    return [Place(blob=None, path=path) for path in paths]


def _react(scope: Scope, target: _Target, change: MessageChange) -> bool:
    emoji = scope.cipher.encrypt(encodable(change.text), "message_reactions.emoji")
    touched = scope.tx.run(
        "messages.react", message_id=target.id, by_me=change.by_me, emoji=emoji, at=change.at
    )
    return touched > 0
