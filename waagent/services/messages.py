"""Reading conversations and answering in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from waagent.domain.followups import CancelReason
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.views import MessageView, Tenant
from waagent.errors import InvalidInputError, NotFoundError, NotPairedError, RefusedError
from waagent.phones import format_e164, parse_phone
from waagent.services.contacts import find_by_phone
from waagent.services.core import Core, Scope
from waagent.services.followups import cancel_follow_ups
from waagent.services.ids import require_id
from waagent.services.outbox import enqueue

MAX_TEXT = 4096


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    conversation_id: str
    direction: str
    origin: str
    kind: str
    state: str
    at: datetime
    seq: int
    body_enc: bytes
    phone_enc: bytes | None


@dataclass(frozen=True, slots=True)
class _Conversation:
    id: str
    session_id: str
    contact_id: str
    last_inbound_at: datetime | None
    paired: bool


class MessageService:
    """Lists messages and queues replies."""

    def __init__(self, core: Core, *, quiet_period: timedelta, region: str) -> None:
        self._core = core
        self._quiet = quiet_period
        self._region = region

    def list(
        self,
        tenant: Tenant,
        *,
        phone: str | None = None,
        conversation_id: str | None = None,
        limit: int = 500,
    ) -> list[MessageView]:
        """The newest ``limit`` messages, oldest first; of one customer or conversation if named.

        Raises:
            InvalidPhoneError: ``phone`` is no number.
            NotFoundError: nobody with that number wrote to the shop, or no such conversation.
        """
        with self._core.tenant(tenant.id) as scope:
            contact_id = None if phone is None else self._contact(scope, phone)
            conversation = conversation_id and require_id(conversation_id, "conversation")
            rows = scope.tx.all(
                _Row,
                "messages.list",
                contact_id=contact_id,
                conversation_id=conversation,
                limit=limit,
            )
        return [_view(scope, row) for row in rows]

    def send(self, tenant: Tenant, phone: str, text: str) -> MessageView:
        """Queue a reply to a customer who wrote to the shop before.

        Raises:
            InvalidPhoneError: ``phone`` is no number.
            RefusedError: nobody with that number ever wrote: waagent replies, it does not blast.
            NotPairedError: the shop's number is not linked.
            InvalidInputError: the text is empty or too long.
        """
        digits = parse_phone(phone, self._region)
        with self._core.tenant(tenant.id) as scope:
            contact_id = find_by_phone(scope, digits)
            conversation_id = contact_id and scope.tx.value(
                "messages.conversation_of_contact", contact_id=contact_id
            )
            if not conversation_id:
                raise _never_wrote(digits)
            return self._reply(scope, conversation_id, text, digits)

    def reply(self, tenant: Tenant, conversation_id: str, text: str) -> MessageView:
        """Queue a reply in a conversation. Raises as :meth:`send` does, and NotFoundError."""
        with self._core.tenant(tenant.id) as scope:
            return self._reply(scope, require_id(conversation_id, "conversation"), text, None)

    def mark_read(self, tenant: Tenant, conversation_id: str) -> None:
        """Somebody of the shop has seen the conversation. WhatsApp is not told."""
        with self._core.tenant(tenant.id) as scope:
            conversation = require_id(conversation_id, "conversation")
            lead_id = scope.tx.value("conversations.mark_read", conversation_id=conversation)
            if lead_id is not None:
                scope.changed("lead", lead_id, conversation)

    def _reply(
        self, scope: Scope, conversation_id: str, text: str, digits: str | None
    ) -> MessageView:
        _check_text(text)
        conversation = scope.tx.one(
            _Conversation, "messages.conversation", conversation_id=conversation_id
        )
        if conversation is None:
            raise NotFoundError(f"no conversation {conversation_id}")
        if conversation.last_inbound_at is None:
            raise _never_wrote(digits)
        if not conversation.paired:
            raise NotPairedError(
                "the shop's number is not linked", hint="link it: waagent connect SHOP"
            )
        cancel_follow_ups(scope, [conversation.id], CancelReason.BUSINESS_REPLIED)
        message_id = enqueue(
            scope,
            session_id=conversation.session_id,
            conversation_id=conversation.id,
            text=text,
            origin=Origin.HUMAN,
            dedupe_key=f"reply:{uuid4()}",
        )
        scope.tx.run("outbox.look_again", conversation_id=conversation.id, quiet=self._quiet)
        row = scope.tx.one(_Row, "messages.get", message_id=message_id)
        assert row is not None
        return _view(scope, row)

    def _contact(self, scope: Scope, phone: str) -> str:
        digits = parse_phone(phone, self._region)
        contact_id = find_by_phone(scope, digits)
        if contact_id is None:
            raise NotFoundError(
                f"nobody with the number {format_e164(digits)} wrote to this shop",
                hint="see who did: waagent lead list",
            )
        return contact_id


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidInputError("the message is empty")
    if len(text) > MAX_TEXT:
        raise InvalidInputError(
            f"the message has {len(text)} characters; the most is {MAX_TEXT}",
            hint="send it in parts",
        )
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInputError("the message holds a character that is none of text")


def _never_wrote(digits: str | None) -> RefusedError:
    who = "this customer" if digits is None else format_e164(digits)
    return RefusedError(
        f"{who} never wrote to this shop",
        hint="waagent only replies: messages to strangers get numbers banned",
    )


def _view(scope: Scope, row: _Row) -> MessageView:
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        direction=Direction(row.direction),
        origin=Origin(row.origin),
        phone=scope.phone(row.phone_enc),
        kind=MessageKind(row.kind),
        text=scope.cipher.decrypt(row.body_enc, "messages.body"),
        state=MessageState(row.state),
        at=row.at,
    )
