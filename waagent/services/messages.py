"""Reading conversations and answering in them."""

from __future__ import annotations

from waagent.domain.messages import MessageState
from waagent.domain.views import MessageView, Tenant
from waagent.errors import NotFoundError
from waagent.phones import format_e164, parse_phone
from waagent.services.contacts import find_by_phone
from waagent.services.core import Core, Scope
from waagent.services.drafts import Draft
from waagent.services.ids import require_id
from waagent.services.message_views import MessageRow, message_views
from waagent.services.replies import ReplyService


class MessageService:
    """Lists messages; texts are queued by the reply service, which can send more than texts."""

    def __init__(self, core: Core, replies: ReplyService, *, region: str) -> None:
        self._core = core
        self._replies = replies
        self._region = region

    def list(
        self,
        tenant: Tenant,
        *,
        phone: str | None = None,
        conversation_id: str | None = None,
        state: MessageState | None = None,
        before: str | None = None,
        limit: int = 500,
    ) -> list[MessageView]:
        """The newest ``limit`` messages, oldest first; of one customer or conversation if named,
        and in one state if that is named. ``before`` is the id of a message: only older ones.

        Raises:
            InvalidPhoneError: ``phone`` is no number.
            NotFoundError: nobody with that number wrote to the shop, or no such conversation.
        """
        with self._core.tenant(tenant.id) as scope:
            contact_id = None if phone is None else self._contact(scope, phone)
            conversation = conversation_id and require_id(conversation_id, "conversation")
            rows = scope.tx.all(
                MessageRow,
                "messages.list",
                contact_id=contact_id,
                conversation_id=conversation,
                state=state and state.value,
                before=before and require_id(before, "message"),
                limit=limit,
            )
            return message_views(scope, rows)

    def send(self, tenant: Tenant, phone: str, text: str) -> MessageView:
        """Queue a text for a customer: see :meth:`ReplyService.send`."""
        return self._replies.send(tenant, phone, Draft(text=text))

    def reply(self, tenant: Tenant, conversation_id: str, text: str) -> MessageView:
        """Queue a text in a conversation: see :meth:`ReplyService.reply`."""
        return self._replies.reply(tenant, conversation_id, Draft(text=text))

    def mark_read(self, tenant: Tenant, conversation_id: str) -> None:
        """Somebody of the shop has seen the conversation. WhatsApp is not told."""
        with self._core.tenant(tenant.id) as scope:
            conversation = require_id(conversation_id, "conversation")
            lead_id = scope.tx.value("conversations.mark_read", conversation_id=conversation)
            if lead_id is not None:
                scope.changed("lead", lead_id, conversation)

    def _contact(self, scope: Scope, phone: str) -> str:
        digits = parse_phone(phone, self._region)
        contact_id = find_by_phone(scope, digits)
        if contact_id is None:
            raise NotFoundError(
                f"nobody with the number {format_e164(digits)} wrote to this shop",
                hint="see who did: waagent lead list",
            )
        return contact_id
