"""Answering customers: what a person of the shop sends, into the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from waagent.domain.messages import Origin
from waagent.domain.views import MessageView, Tenant
from waagent.errors import InvalidInputError, NotFoundError, RefusedError
from waagent.phones import format_e164, parse_phone
from waagent.services.contacts import find_by_phone
from waagent.services.core import Core, Scope
from waagent.services.drafts import Draft, check_draft
from waagent.services.followup_plans import person_answered
from waagent.services.ids import require_id
from waagent.services.media import MediaStore
from waagent.services.message_targets import find_target, require_linked
from waagent.services.message_views import find_message
from waagent.services.outbox import enqueue
from waagent.services.outgoing import pack


@dataclass(frozen=True, slots=True)
class _Conversation:
    id: str
    session_id: str
    contact_id: str
    last_inbound_at: datetime | None
    paired: bool


class ReplyService:
    """Queues what a person sends."""

    def __init__(
        self, core: Core, media: MediaStore, *, quiet_period: timedelta, region: str
    ) -> None:
        self._core = core
        self._media = media
        self._quiet = quiet_period
        self._region = region

    def send(self, tenant: Tenant, phone: str, draft: Draft) -> MessageView:
        """Queue a message to a customer who wrote to the shop before.

        Raises:
            InvalidPhoneError: ``phone`` is no number.
            RefusedError: nobody with that number ever wrote: waagent replies, it does not blast.
            NotPairedError: the shop's number is not linked.
            InvalidInputError: it cannot be sent as it is; see :func:`check_draft`.
            LimitError: its file is too large.
            NotFoundError: there is no message that it could answer.
        """
        digits = parse_phone(phone, self._region)
        with self._core.tenant(tenant.id) as scope:
            contact_id = find_by_phone(scope, digits)
            conversation_id = contact_id and scope.tx.value(
                "messages.conversation_of_contact", contact_id=contact_id
            )
            if not conversation_id:
                raise _never_wrote(digits)
            return self._reply(scope, conversation_id, draft, digits)

    def reply(self, tenant: Tenant, conversation_id: str, draft: Draft) -> MessageView:
        """Queue a message in a conversation. Raises as :meth:`send` does, and NotFoundError."""
        with self._core.tenant(tenant.id) as scope:
            return self._reply(scope, require_id(conversation_id, "conversation"), draft, None)

    def _reply(
        self, scope: Scope, conversation_id: str, draft: Draft, digits: str | None
    ) -> MessageView:
        check_draft(draft)
        conversation = scope.tx.one(
            _Conversation, "messages.conversation", conversation_id=conversation_id
        )
        if conversation is None:
            raise NotFoundError(f"no conversation {conversation_id}")
        if conversation.last_inbound_at is None:
            raise _never_wrote(digits)
        require_linked(conversation.paired)
        person_answered(scope, [conversation.id])
        message_id = self._enqueue(scope, conversation, draft)
        scope.tx.run("outbox.look_again", conversation_id=conversation.id, quiet=self._quiet)
        queued = find_message(scope, message_id)
        assert queued is not None
        return queued

    def _enqueue(self, scope: Scope, conversation: _Conversation, draft: Draft) -> str:
        special = draft.location or draft.card
        message_id = enqueue(
            scope,
            session_id=conversation.session_id,
            conversation_id=conversation.id,
            text=draft.words,
            origin=Origin.HUMAN,
            dedupe_key=f"reply:{uuid4()}",
            kind=draft.kind,
            quoted_wa_id=draft.quote and _quoted(scope, draft.quote, conversation.id),
            payload=pack(special) if special else None,
        )
        if draft.attachment:
            file = draft.attachment
            self._media.put(scope, message_id, file.data, file.mimetype, file.file_name)
        return message_id


def _quoted(scope: Scope, message_id: str, conversation_id: str) -> str:
    """WhatsApp's id of a message that is to be answered."""
    target = find_target(scope, message_id)
    if target.conversation_id != conversation_id:
        raise InvalidInputError(f"message {target.id} is of another chat")
    if target.wa_message_id is None:
        raise InvalidInputError(f"message {target.id} was not sent, so nothing can answer it")
    return target.wa_message_id


def _never_wrote(digits: str | None) -> RefusedError:
    who = "this customer" if digits is None else format_e164(digits)
    return RefusedError(
        f"{who} never wrote to this shop",
        hint="waagent only replies: messages to strangers get numbers banned",
    )
