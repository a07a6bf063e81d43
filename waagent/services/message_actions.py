"""Acting on messages: edit, delete, react, and say what became of one that may have been sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from waagent.domain.messages import MessageKind, MessageState
from waagent.domain.outbox import TOO_LATE, OutboxAction, Resolution
from waagent.domain.views import MessageView, Tenant
from waagent.errors import ConflictError, InvalidInputError, RefusedError
from waagent.services.core import OUTBOX_CHANNEL, Core, Scope
from waagent.services.drafts import check_text
from waagent.services.message_ends import write_message_state
from waagent.services.message_targets import Target, find_target, require_linked
from waagent.services.message_views import find_message
from waagent.services.outbox import enqueue_action

MAX_EMOJI = 32
"""In characters: a family of four with skin tones has eleven, a flag of a region seven."""

_RESOLVED = {
    Resolution.SENT: MessageState.SENT,
    Resolution.RESEND: MessageState.QUEUED,
    Resolution.DROP: MessageState.FAILED,
}


class MessageActionService:
    """What a person does to a message that is there."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def edit(self, tenant: Tenant, message_id: str, text: str) -> MessageView:
        """Give a text of the shop's other words; one that still waits goes out with them.

        Raises:
            NotFoundError: the shop has no such message.
            RefusedError: it is the customer's, was not sent, or is too old for WhatsApp.
            InvalidInputError: it is no text, or ``text`` is none that can be sent.
            NotPairedError: the shop's number is not linked.
        """
        check_text(text)
        with self._core.tenant(tenant.id) as scope:
            target = find_target(scope, message_id)
            if target.kind != MessageKind.TEXT:
                raise InvalidInputError("only texts can be edited", hint="delete it and send anew")
            if target.outbox_state == MessageState.QUEUED:
                body = scope.cipher.encrypt(text, "messages.body")
                scope.tx.run("outbox.amend", message_id=target.id, body=body)
                scope.changed("message", target.id, target.conversation_id)
            else:
                _require_own(target, OutboxAction.EDIT)
                _queue(scope, target, OutboxAction.EDIT, text)
            return _shown(scope, target)

    def delete(self, tenant: Tenant, message_id: str) -> MessageView:
        """Delete a message of the shop's for everyone; one that still waits is not sent at all.

        Doing it again does nothing. Raises as :meth:`edit` does.
        """
        with self._core.tenant(tenant.id) as scope:
            target = find_target(scope, message_id)
            if target.outbox_state == MessageState.QUEUED:
                _settle(scope, target, MessageState.QUEUED, MessageState.CANCELLED, "deleted")
            elif not (target.revoked or _taken_back(target) or _under_way(scope, target)):
                _require_own(target, OutboxAction.REVOKE)
                _queue(scope, target, OutboxAction.REVOKE, "")
            return _shown(scope, target)

    def react(self, tenant: Tenant, message_id: str, emoji: str) -> MessageView:
        """React to any message of a chat; an empty ``emoji`` takes the shop's reaction back.

        Raises:
            NotFoundError: the shop has no such message.
            RefusedError: it was not sent, or is deleted.
            InvalidInputError: ``emoji`` is no emoji.
            NotPairedError: the shop's number is not linked.
        """
        if emoji:
            _check_emoji(emoji)
        with self._core.tenant(tenant.id) as scope:
            target = find_target(scope, message_id)
            _require_there(target)
            _queue(scope, target, OutboxAction.REACT, emoji)
            return _shown(scope, target)

    def resolve(
        self, tenant: Tenant, message_id: str, resolution: Resolution, *, actor: str
    ) -> MessageView:
        """Say what became of a message in state ``unknown``; ``actor`` is who says it.

        Saying the same again does nothing, and ``resend`` sends once more, not twice.

        Raises:
            NotFoundError: the shop has no such message.
            ConflictError: it is not in state ``unknown``.
            RefusedError: ``resend`` of a follow-up after which somebody wrote.
            NotPairedError: ``resend``, and the shop's number is not linked.
        """
        audit = f"message.resolve.{resolution.value}"
        with self._core.tenant(tenant.id) as scope:
            target = find_target(scope, message_id)
            if target.state == MessageState.UNKNOWN:
                if resolution is Resolution.RESEND:
                    _require_resendable(scope, target)
                dropped = "dropped" if resolution is Resolution.DROP else None
                _settle(scope, target, MessageState.UNKNOWN, _RESOLVED[resolution], dropped)
                scope.tx.run("outbox.audit", actor=actor, action=audit, message_id=target.id)
            elif not scope.tx.value("outbox.audited", action=audit, message_id=target.id):
                raise ConflictError(
                    f"message {target.id} is {target.state}, not unknown",
                    hint="see which are: waagent message list --state unknown",
                )
            return _shown(scope, target)


def _settle(
    scope: Scope, target: Target, before: MessageState, after: MessageState, error: str | None
) -> None:
    """Move a message's send from one state to another, with what hangs on it."""
    scope.tx.run(
        "outbox.settle",
        message_id=target.id,
        from_state=before.value,
        state=after.value,
        error=error,
    )
    write_message_state(scope, target.id, after, reason=error)
    if after is MessageState.SENT:
        scope.tx.run(
            "outbox.conversation_sent", conversation_id=target.conversation_id, at=target.at
        )
    elif after is MessageState.QUEUED:
        scope.tx.notify(OUTBOX_CHANNEL, target.session_id)


def _queue(scope: Scope, target: Target, action: OutboxAction, payload: str) -> None:
    require_linked(target.paired)
    enqueue_action(
        scope,
        message_id=target.id,
        action=action,
        payload=payload,
        dedupe_key=f"{action.value}:{uuid4()}",
    )
    scope.changed("message", target.id, target.conversation_id)


def _require_own(target: Target, action: OutboxAction) -> None:
    """Raises RefusedError unless WhatsApp will let the shop change the message now."""
    if not target.from_me:
        raise RefusedError(
            "this message is the customer's", hint="only the shop's own can be edited or deleted"
        )
    _require_there(target)
    age, within = datetime.now(UTC) - target.at, TOO_LATE[action]
    if target.state != MessageState.SENDING and age > within:
        raise RefusedError(
            f"the message is too old: WhatsApp takes this for {_in_words(within)} after it was sent"
        )


def _require_there(target: Target) -> None:
    """Raises RefusedError unless WhatsApp has the message, or is just being given it."""
    if target.revoked:
        raise RefusedError("the message is deleted")
    if target.wa_message_id is None and target.state != MessageState.SENDING:
        raise RefusedError(f"the message was not sent: it is {target.state}")


def _require_resendable(scope: Scope, target: Target) -> None:
    require_linked(target.paired)
    if scope.tx.value("outbox.overtaken", message_id=target.id):
        raise RefusedError(
            "somebody wrote in this chat after the follow-up", hint="resolve it with --drop"
        )


def _taken_back(target: Target) -> bool:
    return target.state == MessageState.CANCELLED


def _under_way(scope: Scope, target: Target) -> bool:
    action = OutboxAction.REVOKE.value
    return bool(scope.tx.value("outbox.open_action", message_id=target.id, action=action))


def _check_emoji(emoji: str) -> None:
    check_text(emoji, longest=MAX_EMOJI)
    odd = any(character.isalpha() or character.isspace() for character in emoji)
    if odd or emoji.isascii():
        raise InvalidInputError(f"not an emoji: {emoji!r}", hint='such as 👍; "" takes it back')


def _in_words(within: timedelta) -> str:
    hours = int(within.total_seconds() // 3600)
    return f"{hours} hours" if hours else f"{int(within.total_seconds() // 60)} minutes"


def _shown(scope: Scope, target: Target) -> MessageView:
    view = find_message(scope, target.id)
    assert view is not None
    return view
