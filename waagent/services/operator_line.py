"""Notifications over WhatsApp, through a number of the operator's own.

They go through that number's ordinary outbox, under a key of their own and at its pace: handing one
over twice queues it once. The owner must have written to that number before; strangers get nothing.
"""

from __future__ import annotations

from waagent.domain.messages import MessageState, Origin
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.notify.port import DeliveryError, Letter, MaybeSent, NotSent
from waagent.services.contacts import find_by_phone
from waagent.services.core import Core, Scope
from waagent.services.outbox import enqueue
from waagent.services.tenants import TenantService


class StillWaiting(DeliveryError):
    """It stands in the operator's outbox."""


_DONE = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.READ})


class OperatorLine:
    """The operator's number; ``ref`` is ``SHOP/SESSION``, None where there is none."""

    def __init__(self, core: Core, ref: str | None) -> None:
        self._core = core
        self._ref = ref

    def send(self, phone: str, letter: Letter, *, about_session: str | None) -> None:
        """Queue it once, and tell how it ended. ``phone`` is digits.

        Raises:
            StillWaiting: ask again later.
            NotSent: it surely was not sent, and will not be.
            MaybeSent: it may have been.
        """
        tenant_id = self._tenant()
        try:
            with self._core.tenant(tenant_id) as scope:
                state = self._state(scope, letter)
                if state is None:
                    self._queue(scope, phone, letter, about_session)
        except ConflictError:
            state = None  # another worker has just queued it
        if state in _DONE:
            return
        if state == MessageState.UNKNOWN:
            raise MaybeSent("whatsapp_unknown")
        if state in (MessageState.FAILED, MessageState.CANCELLED):
            raise NotSent(f"whatsapp_{state}", permanent=True)
        raise StillWaiting("whatsapp_waiting")

    def withdraw(self, letter_id: str) -> bool:
        """Take it back; False when it is being sent, or was."""
        with self._core.tenant(self._tenant()) as scope:
            return scope.tx.run("notifications.line_withdraw", dedupe_key=_key(letter_id)) > 0

    def _tenant(self) -> str:
        if self._ref is None:
            raise NotSent("notify_session_not_configured", permanent=True)
        try:
            return TenantService(self._core).get(self._ref.partition("/")[0]).id
        except NotFoundError:
            raise NotSent("notify_session_unknown", permanent=True) from None

    def _state(self, scope: Scope, letter: Letter) -> str | None:
        state: str | None = scope.tx.value("notifications.line_state", dedupe_key=_key(letter.id))
        return state

    def _queue(self, scope: Scope, phone: str, letter: Letter, about_session: str | None) -> None:
        session_id = scope.tx.value("notifications.line", name=(self._ref or "").partition("/")[2])
        if session_id is None:
            raise NotSent("notify_session_unknown", permanent=True)
        if session_id == about_session:
            raise NotSent("notify_session_is_this_number", permanent=True)
        contact_id = find_by_phone(scope, phone)
        conversation_id = contact_id and scope.tx.value(
            "notifications.line_conversation", session_id=session_id, contact_id=contact_id
        )
        if not conversation_id:
            raise NotSent("owner_never_wrote", permanent=True)
        try:
            enqueue(
                scope,
                session_id=session_id,
                conversation_id=conversation_id,
                text=f"*{letter.subject}*\n\n{letter.body}".strip(),
                origin=Origin.HUMAN,
                dedupe_key=_key(letter.id),
            )
        except InvalidInputError:
            raise NotSent("whatsapp_text", permanent=True) from None


def _key(letter_id: str) -> str:
    return f"notification:{letter_id}"
