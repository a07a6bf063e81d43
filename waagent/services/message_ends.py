"""What a message's new place in the outbox means for the message and for what hangs on it."""

from __future__ import annotations

from datetime import datetime

from waagent.domain.followups import FollowUpState
from waagent.domain.messages import MessageState, SentMessage
from waagent.domain.outbox import OutboxAction
from waagent.services.core import Scope

_FOLLOW_UP_STATE = {
    MessageState.SENT: FollowUpState.SENT,
    MessageState.FAILED: FollowUpState.FAILED,
    MessageState.UNKNOWN: FollowUpState.UNKNOWN,
    MessageState.CANCELLED: FollowUpState.CANCELLED,
}
_NOT_SENT = frozenset({MessageState.FAILED, MessageState.UNKNOWN, MessageState.CANCELLED})


def write_message_state(
    scope: Scope,
    message_id: str,
    state: MessageState,
    *,
    reason: str | None = None,
    sent: SentMessage | None = None,
) -> None:
    """Write the state of a message of ours, and of the follow-up that it is, if it is one.

    What waits to be done to a message that was not sent is cancelled.
    """
    conversation_id = scope.tx.value(
        "outbox.message_state",
        message_id=message_id,
        state=state.value,
        wa_message_id=sent and sent.wa_message_id,
        at=sent and sent.at,
    )
    scope.changed("message", message_id, conversation_id and str(conversation_id))
    if state in _NOT_SENT:
        scope.tx.run("outbox.cancel_actions", message_id=message_id)
    follow_up = _FOLLOW_UP_STATE.get(state)
    if follow_up is not None:
        found = scope.tx.value(
            "followups.message_ended",
            message_id=message_id,
            state=follow_up.value,
            reason=reason,
        )
        if found is not None:
            scope.changed("follow_up", str(found))


def write_change(
    scope: Scope, message_id: str, action: OutboxAction, text: str, at: datetime
) -> None:
    """An edit (``text`` is the new one), a deletion, or a reaction (the emoji) of ours went out."""
    if action is OutboxAction.EDIT:
        body = scope.cipher.encrypt(text, "messages.body")
        scope.tx.run("messages.edit", message_id=message_id, body=body, at=at)
    elif action is OutboxAction.REVOKE:
        nothing = scope.cipher.encrypt("", "messages.body")
        scope.tx.run("messages.revoke", message_id=message_id, nothing=nothing, at=at)
    else:
        emoji = scope.cipher.encrypt(text, "message_reactions.emoji")
        scope.tx.run("messages.react", message_id=message_id, by_me=True, emoji=emoji, at=at)
