"""The outbox: what is to be sent, and how each send ended.

``queued → sending`` is committed before the network is touched; ``sending → sent | failed | queued
| unknown`` after it. A host that dies in between leaves ``sending`` behind. A message then becomes
``unknown``: it may have been sent, so a person decides, and nothing sends it again by itself. An
edit, a deletion or a reaction goes back to ``queued``: done twice, it does no harm.

Within a conversation everything goes out in the order of queueing, so an action finds its message
sent; what waits in one conversation keeps no other from going on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from waagent.domain.followups import CancelReason
from waagent.domain.messages import (
    MessageKind,
    MessageState,
    Origin,
    OutgoingChange,
    OutgoingMedia,
    OutgoingText,
    SentMessage,
)
from waagent.domain.outbox import OutboxAction
from waagent.services import outgoing
from waagent.services.claims import (
    Claim,
    ClaimedRow,
    Pace,
    Taken,
    Waiting,
    claim_of,
    message_of,
    reason_against,
)
from waagent.services.core import OUTBOX_CHANNEL, Core, Scope
from waagent.services.media import MediaStore
from waagent.services.message_ends import write_change, write_message_state

_PRIORITY = {Origin.HUMAN: 0, Origin.CONFIRMATION: 5, Origin.FOLLOW_UP: 10}
RETRY_AFTER = timedelta(seconds=2)
MAX_ATTEMPTS = 30


@dataclass(frozen=True, slots=True)
class _Look:
    origin: str
    body_enc: bytes
    payload_enc: bytes | None
    chat_enc: bytes


@dataclass(frozen=True, slots=True)
class _Uncertain:
    tenant_id: str
    id: str
    message_id: str
    action: str
    epoch: int


def enqueue(
    scope: Scope,
    *,
    session_id: str,
    conversation_id: str,
    text: str,
    origin: Origin,
    dedupe_key: str,
    kind: MessageKind = MessageKind.TEXT,
    quoted_wa_id: str | None = None,
    payload: str | None = None,
) -> str:
    """Store a message of ours and queue it; returns its id.

    ``payload`` is a packed place or card (:func:`waagent.services.outgoing.pack`). The file of a
    message that has one is to be stored in the same transaction.

    Raises:
        ConflictError: a message with that dedupe key was queued before.
    """
    message_id = str(
        scope.tx.value(
            "outbox.insert_message",
            session_id=session_id,
            conversation_id=conversation_id,
            origin=origin.value,
            kind=kind.value,
            body=scope.cipher.encrypt(text, "messages.body"),
            quoted_wa_id=quoted_wa_id,
        )
    )
    scope.tx.run(
        "outbox.enqueue",
        message_id=message_id,
        session_id=session_id,
        conversation_id=conversation_id,
        priority=_PRIORITY[origin],
        dedupe_key=dedupe_key,
        payload=scope.cipher.encrypt_or_none(payload, "outbox.payload"),
    )
    scope.tx.notify(OUTBOX_CHANNEL, session_id)
    scope.changed("message", message_id, conversation_id)
    return message_id


def enqueue_action(
    scope: Scope, *, message_id: str, action: OutboxAction, payload: str, dedupe_key: str
) -> None:
    """Queue something to be done to a message; ``payload`` is the new text, or the emoji.

    Raises:
        ConflictError: an action with that dedupe key was queued before.
    """
    session_id = scope.tx.value(
        "outbox.enqueue_action",
        message_id=message_id,
        action=action.value,
        payload=scope.cipher.encrypt(payload, "outbox.payload"),
        dedupe_key=dedupe_key,
    )
    scope.tx.notify(OUTBOX_CHANNEL, str(session_id))


class OutboxService:
    """The host's side of the outbox."""

    def __init__(self, core: Core, media: MediaStore) -> None:
        self._core = core
        self._media = media

    def waiting(self, session_ids: list[str]) -> list[Waiting]:
        """At most one for each of these sessions: the oldest of a chat, people's first."""
        with self._core.db.system() as tx:
            return tx.all(Waiting, "outbox.next", session_ids=session_ids)

    def look(self, waiting: Waiting) -> Pace | None:
        """What its pace depends on; None when it does not wait any more."""
        with self._core.tenant(waiting.tenant_id) as scope:
            row = scope.tx.one(_Look, "outbox.look", id=waiting.id)
            if row is None:
                return None
            sealed = (row.body_enc, "messages.body")
            if waiting.action != OutboxAction.SEND:
                sealed = (row.payload_enc or b"", "outbox.payload")
            return Pace(
                origin=Origin(row.origin),
                length=len(scope.cipher.decrypt(*sealed)),
                chat_jid=scope.cipher.decrypt(row.chat_enc, "conversations.chat"),
            )

    def hold(self, waiting: Waiting, until: datetime, reason: str) -> None:
        """Let it, and what follows in its conversation, wait until then."""
        with self._core.tenant(waiting.tenant_id) as scope:
            if scope.tx.run("outbox.hold", id=waiting.id, until=until, reason=reason):
                scope.changed("message", waiting.message_id, waiting.conversation_id)

    def never(self, waiting: Waiting, reason: str) -> None:
        """A rule that protects the number refuses it for good."""
        with self._core.tenant(waiting.tenant_id) as scope:
            if scope.tx.run("outbox.refuse", id=waiting.id, error=reason):
                _tell(scope, waiting, MessageState.FAILED, reason)

    def claim(self, waiting: Waiting, owner: str, epoch: int) -> Claim | None:
        """Take it for sending; None when it is gone, or held, or the lease is not held any more."""
        with self._core.tenant(waiting.tenant_id) as scope:
            row = scope.tx.one(ClaimedRow, "outbox.claim", id=waiting.id, owner=owner, epoch=epoch)
            if row is None:
                return None
            taken = Taken(
                tenant_id=waiting.tenant_id,
                id=waiting.id,
                message_id=waiting.message_id,
                action=OutboxAction(row.action),
                epoch=epoch,
            )
            if taken.action is OutboxAction.SEND:
                write_message_state(scope, taken.message_id, MessageState.SENDING)
                return claim_of(scope, taken, row, message_of(scope, row))
            reason = reason_against(taken.action, row)
            if reason is not None or row.wa_message_id is None:
                _finish(scope, taken, MessageState.FAILED, reason)
                return None
            payload = scope.cipher.decrypt_or_none(row.payload_enc, "outbox.payload")
            change = outgoing.change(taken.action, row.wa_message_id, row.from_me, payload)
            return claim_of(scope, taken, row, change)

    def with_file(self, claim: Claim) -> Claim:
        """The claim with the file of its message, if it has one.

        Raises:
            NotFoundError, RefusedError: the file is not there to be sent.
        """
        if claim.kind not in outgoing.FILE_KINDS or not isinstance(claim.outgoing, OutgoingText):
            return claim
        data, mimetype, name = self._media.read(claim.tenant_id, claim.message_id)
        file = OutgoingMedia(kind=claim.kind, data=data, mimetype=mimetype, file_name=name)
        return replace(claim, outgoing=replace(claim.outgoing, media=file))

    def sent(self, claim: Claim, sent: SentMessage) -> None:
        """The server took it."""
        with self._core.tenant(claim.tenant_id) as scope:
            if not _finish(scope, claim, MessageState.SENT):
                return
            if isinstance(claim.outgoing, OutgoingChange):
                write_change(scope, claim.message_id, claim.action, claim.outgoing.text, sent.at)
                scope.changed("message", claim.message_id, claim.conversation_id)
            else:
                write_message_state(scope, claim.message_id, MessageState.SENT, sent=sent)
                scope.tx.run(
                    "outbox.conversation_sent", conversation_id=claim.conversation_id, at=sent.at
                )

    def refused(self, claim: Claim, error: str) -> None:
        """The server surely did not take it, and will not."""
        with self._core.tenant(claim.tenant_id) as scope:
            _finish(scope, claim, MessageState.FAILED, error)

    def uncertain(self, claim: Claim, error: str) -> None:
        """It may have been sent. What does no harm when it is done twice is tried again."""
        if claim.action is not OutboxAction.SEND:
            self.not_sent(claim, error)
            return
        with self._core.tenant(claim.tenant_id) as scope:
            _finish(scope, claim, MessageState.UNKNOWN, error)

    def not_sent(
        self,
        claim: Claim,
        error: str,
        *,
        until: datetime | None = None,
        held: str | None = None,
    ) -> None:
        """It surely was not sent, for a reason that passes: try again later, but not for ever.

        Not before ``until``, or else after a while that grows with the attempts. ``held`` says why,
        if a limit does it. A follow-up is taken back if somebody wrote while it was under way.
        """
        if claim.attempt >= MAX_ATTEMPTS:
            self.refused(claim, error)
            return
        with self._core.tenant(claim.tenant_id) as scope:
            scope.tx.column("conversations.lock", conversation_ids=[claim.conversation_id])
            is_send = claim.action is OutboxAction.SEND
            if is_send and scope.tx.value("outbox.overtaken", message_id=claim.message_id):
                reason = CancelReason.CUSTOMER_REPLIED.value
                _finish(scope, claim, MessageState.CANCELLED, reason)
                return
            later = until or datetime.now(UTC) + RETRY_AFTER * claim.attempt
            _finish(scope, claim, MessageState.QUEUED, error, not_before=later, held=held)

    def settle_uncertain(self, lapsed: list[str]) -> int:
        """Settle what a dead host left in ``sending``; returns how many may have been sent.

        ``lapsed`` are the sessions that :meth:`LeaseService.lapsed` tells of.
        """
        with self._core.db.system() as tx:
            left = tx.all(_Uncertain, "outbox.uncertain", lapsed=lapsed)
        for each in left:
            taken = Taken(
                tenant_id=each.tenant_id,
                id=each.id,
                message_id=each.message_id,
                action=OutboxAction(each.action),
                epoch=each.epoch,
            )
            is_send = taken.action is OutboxAction.SEND
            state = MessageState.UNKNOWN if is_send else MessageState.QUEUED
            with self._core.tenant(each.tenant_id) as scope:
                _finish(scope, taken, state, "host_died")
        return sum(each.action == OutboxAction.SEND for each in left)


def _finish(
    scope: Scope,
    taken: Taken,
    state: MessageState,
    error: str | None = None,
    *,
    not_before: datetime | None = None,
    held: str | None = None,
) -> bool:
    """Write how it ended, to the outbox and to its message; False: it was not ours to end."""
    rows = scope.tx.run(
        "outbox.finish",
        id=taken.id,
        epoch=taken.epoch,
        state=state.value,
        error=error,
        not_before=not_before,
        held=held,
    )
    if rows and state is not MessageState.SENT:
        _tell(scope, taken, state, error)
    return rows > 0


def _tell(scope: Scope, what: Taken | Waiting, state: MessageState, reason: str | None) -> None:
    """Let the message have the state of its send. An action leaves its message as it is."""
    if what.action == OutboxAction.SEND:
        write_message_state(scope, what.message_id, state, reason=reason)
    else:
        scope.changed("message", what.message_id)
