"""The outbox: what is to be sent, and how each send ended.

``queued → sending`` is committed before the network is touched; ``sending → sent | failed | queued
| unknown`` after it. A host that dies in between leaves ``sending`` behind, which becomes
``unknown``: it may have been sent, so a person decides, and nothing sends it again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from waagent.domain.followups import CancelReason, FollowUpState
from waagent.domain.messages import MessageState, Origin, SentMessage
from waagent.services.core import OUTBOX_CHANNEL, Core, Scope

_PRIORITY = {Origin.HUMAN: 0, Origin.FOLLOW_UP: 10}
RETRY_AFTER = timedelta(seconds=2)
MAX_ATTEMPTS = 30

_FOLLOW_UP_STATE = {
    MessageState.SENT: FollowUpState.SENT,
    MessageState.FAILED: FollowUpState.FAILED,
    MessageState.UNKNOWN: FollowUpState.UNKNOWN,
    MessageState.CANCELLED: FollowUpState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is next for its session."""

    session_id: str
    tenant_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message, given by a lease of that epoch."""

    tenant_id: str
    message_id: str
    conversation_id: str
    chat_jid: str
    text: str
    epoch: int
    attempt: int


@dataclass(frozen=True, slots=True)
class _Claimed:
    message_id: str
    conversation_id: str
    chat_enc: bytes
    body_enc: bytes
    origin: str
    attempt: int


@dataclass(frozen=True, slots=True)
class _Uncertain:
    tenant_id: str
    message_id: str
    epoch: int


def enqueue(
    scope: Scope,
    *,
    session_id: str,
    conversation_id: str,
    text: str,
    origin: Origin,
    dedupe_key: str,
) -> str:
    """Store a message of ours and queue it; returns its id.

    Raises:
        ConflictError: a message with that dedupe key was queued before.
    """
    message_id = str(
        scope.tx.value(
            "messages.insert_outgoing",
            session_id=session_id,
            conversation_id=conversation_id,
            origin=origin.value,
            body=scope.cipher.encrypt(text, "messages.body"),
        )
    )
    scope.tx.run(
        "outbox.enqueue",
        message_id=message_id,
        session_id=session_id,
        conversation_id=conversation_id,
        priority=_PRIORITY[origin],
        dedupe_key=dedupe_key,
    )
    scope.tx.notify(OUTBOX_CHANNEL, session_id)
    scope.changed("message", message_id, conversation_id)
    return message_id


class OutboxService:
    """The host's side of the outbox."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def waiting(self, session_ids: list[str]) -> list[Waiting]:
        """At most one message for each of these sessions: human replies first, then by age."""
        with self._core.db.system() as tx:
            return tx.all(Waiting, "outbox.next", session_ids=session_ids)

    def claim(self, waiting: Waiting, owner: str, epoch: int) -> Claim | None:
        """Take it for sending; None when it is gone or the lease is not held any more."""
        with self._core.tenant(waiting.tenant_id) as scope:
            row = scope.tx.one(
                _Claimed,
                "outbox.claim",
                message_id=waiting.message_id,
                owner=owner,
                epoch=epoch,
            )
            if row is None:
                return None
            self._set_message(scope, row.message_id, MessageState.SENDING)
            return Claim(
                tenant_id=waiting.tenant_id,
                message_id=row.message_id,
                conversation_id=row.conversation_id,
                chat_jid=scope.cipher.decrypt(row.chat_enc, "conversations.chat"),
                text=scope.cipher.decrypt(row.body_enc, "messages.body"),
                epoch=epoch,
                attempt=row.attempt,
            )

    def sent(self, claim: Claim, sent: SentMessage) -> None:
        """The server took it."""
        with self._core.tenant(claim.tenant_id) as scope:
            if self._finish(scope, claim, MessageState.SENT):
                self._set_message(scope, claim.message_id, MessageState.SENT, sent)
                scope.tx.run(
                    "outbox.conversation_sent",
                    conversation_id=claim.conversation_id,
                    at=sent.at,
                )

    def refused(self, claim: Claim, error: str) -> None:
        """The server surely did not take it, and will not."""
        self._end(claim, MessageState.FAILED, error)

    def uncertain(self, claim: Claim, error: str) -> None:
        """It may have been sent."""
        self._end(claim, MessageState.UNKNOWN, error)

    def not_sent(self, claim: Claim, error: str) -> None:
        """It surely was not sent, for a reason that passes: try again later, but not for ever.

        A follow-up is taken back if somebody wrote while it was under way.
        """
        if claim.attempt >= MAX_ATTEMPTS:
            self.refused(claim, error)
            return
        with self._core.tenant(claim.tenant_id) as scope:
            scope.tx.column("conversations.lock", conversation_ids=[claim.conversation_id])
            if scope.tx.value("outbox.overtaken", message_id=claim.message_id):
                reason = CancelReason.CUSTOMER_REPLIED.value
                if self._finish(scope, claim, MessageState.CANCELLED, reason):
                    self._set_message(scope, claim.message_id, MessageState.CANCELLED)
                return
            later = datetime.now(UTC) + RETRY_AFTER * min(claim.attempt, MAX_ATTEMPTS)
            if self._finish(scope, claim, MessageState.QUEUED, error, not_before=later):
                self._set_message(scope, claim.message_id, MessageState.QUEUED)

    def settle_uncertain(self, grace: timedelta) -> int:
        """Mark what a dead host left in ``sending``; returns how many there were."""
        with self._core.db.system() as tx:
            left = tx.all(_Uncertain, "outbox.uncertain", grace=grace)
        for each in left:
            self._end(
                Claim(each.tenant_id, each.message_id, "", "", "", each.epoch, 0),
                MessageState.UNKNOWN,
                "host_died",
            )
        return len(left)

    def _end(self, claim: Claim, state: MessageState, error: str) -> None:
        with self._core.tenant(claim.tenant_id) as scope:
            if self._finish(scope, claim, state, error):
                self._set_message(scope, claim.message_id, state)

    def _finish(
        self,
        scope: Scope,
        claim: Claim,
        state: MessageState,
        error: str | None = None,
        not_before: datetime | None = None,
    ) -> bool:
        """Write the end to the outbox, and to the follow-up if it was one; False: not ours."""
        rows = scope.tx.run(
            "outbox.finish",
            message_id=claim.message_id,
            epoch=claim.epoch,
            state=state.value,
            error=error,
            not_before=not_before,
        )
        follow_up = _FOLLOW_UP_STATE.get(state)
        if rows and follow_up is not None:
            found = scope.tx.value(
                "followups.message_ended",
                message_id=claim.message_id,
                state=follow_up.value,
                reason=error,
            )
            if found is not None:
                scope.changed("follow_up", found)
        return rows > 0

    def _set_message(
        self,
        scope: Scope,
        message_id: str,
        state: MessageState,
        sent: SentMessage | None = None,
    ) -> None:
        conversation_id = scope.tx.value(
            "outbox.message_state",
            message_id=message_id,
            state=state.value,
            wa_message_id=sent and sent.wa_message_id,
            at=sent and sent.at,
        )
        scope.changed("message", message_id, conversation_id and str(conversation_id))
