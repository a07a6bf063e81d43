"""The inbox: a shop's conversations, newest first."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.conversation_views import (
    ConversationFilter,
    ConversationView,
    LastMessage,
    SearchView,
)
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState
from waagent.domain.views import Tenant
from waagent.errors import InvalidInputError, NotFoundError
from waagent.services.conversation_search import MOST_MESSAGES, Stop, search
from waagent.services.core import Core, Scope
from waagent.services.ids import require_id

MOST = 1000
"""Conversations that one call gives at most."""
_NOT_SENT = frozenset([MessageState.FAILED.value, MessageState.CANCELLED.value])


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    lead_id: str | None
    name_enc: bytes | None
    phone_enc: bytes | None
    session: str
    last_message_at: datetime
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    unread: int
    stage: str | None
    assignee: str | None
    status: str | None
    intent: str | None
    sentiment: str | None
    product: str | None
    opted_out: bool
    message_id: str | None
    direction: str | None
    kind: str | None
    state: str | None
    body_enc: bytes | None
    at: datetime | None
    revoked_at: datetime | None


class ConversationService:
    """Lists and searches conversations. Reading and answering one is for ``MessageService``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(
        self,
        tenant: Tenant,
        only: ConversationFilter | None = None,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> builtins.list[ConversationView]:
        """The newest ``limit`` conversations (at most 1000) that ``only`` lets through.

        ``after`` is the ``place`` of the last one of the page before. A conversation in which
        somebody writes meanwhile moves to the front, so it may be on both pages, or on none.

        Raises:
            InvalidInputError: ``after`` is no place.
        """
        only = only or ConversationFilter()
        at, conversation_id = (None, None) if after is None else _read_place(after)
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(
                _Row,
                "inbox.list",
                ids=None,
                after_at=at,
                after_id=conversation_id,
                unread=only.unread,
                waiting=only.waiting,
                stage=only.stage and only.stage.value,
                session=only.session,
                limit=min(limit, MOST),
            )
            return [_view(scope, row) for row in rows]

    def get(self, tenant: Tenant, conversation_id: str) -> ConversationView:
        """One conversation. Raises NotFoundError where the shop has none of that id."""
        with self._core.tenant(tenant.id) as scope:
            found = _of_ids(scope, [require_id(conversation_id, "conversation")])
        if not found:
            raise NotFoundError(f"no conversation {conversation_id}", hint="see: waagent chat list")
        return found[0]

    def mark_unread(self, tenant: Tenant, conversation_id: str) -> None:
        """Somebody of the shop wants to come back to it. Raises NotFoundError for no such."""
        with self._core.tenant(tenant.id) as scope:
            found = _of_ids(scope, [require_id(conversation_id, "conversation")])
            if not found:
                raise NotFoundError(
                    f"no conversation {conversation_id}", hint="see: waagent chat list"
                )
            scope.tx.run("inbox.mark_unread", conversation_id=found[0].id)
            if found[0].lead_id is not None:
                scope.changed("lead", found[0].lead_id, found[0].id)

    def search(
        self,
        tenant: Tenant,
        text: str,
        *,
        limit: int = 50,
        most: int = MOST_MESSAGES,
        stop: Stop | None = None,
    ) -> SearchView:
        """Customers and messages that have all words of ``text``, newest first.

        Texts are stored encrypted, so they are read and looked through here: the newest ``most``
        messages, a batch a transaction. ``stop`` is asked between batches; when it is set, what
        was found so far is the answer.

        Raises:
            InvalidInputError: ``text`` has no word.
        """
        found = search(self._core, tenant.id, text, limit=limit, most=most, stop=stop)
        with self._core.tenant(tenant.id) as scope:
            customers = _of_ids(scope, found.customer_ids)
        return SearchView(
            customers=tuple(customers),
            messages=found.messages,
            searched=found.searched,
            complete=found.complete,
            more=found.more,
        )


def _of_ids(scope: Scope, ids: Sequence[str]) -> builtins.list[ConversationView]:
    rows = scope.tx.all(
        _Row,
        "inbox.list",
        ids=[*ids],
        after_at=None,
        after_id=None,
        unread=False,
        waiting=False,
        stage=None,
        session=None,
        limit=MOST,
    )
    return [_view(scope, row) for row in rows]


def _view(scope: Scope, row: _Row) -> ConversationView:
    return ConversationView(
        id=row.id,
        lead_id=row.lead_id,
        name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        phone=scope.phone(row.phone_enc),
        session=row.session,
        last=_last(scope, row),
        last_message_at=row.last_message_at,
        unread=row.unread,
        waiting_since=row.last_inbound_at if _is_waiting(row) else None,
        stage=None if row.stage is None else Stage(row.stage),
        status=None if row.status is None else Status(row.status),
        intent=None if row.intent is None else Intent(row.intent),
        sentiment=None if row.sentiment is None else Sentiment(row.sentiment),
        product=row.product,
        assignee=row.assignee,
        opted_out=row.opted_out,
        place=f"{row.last_message_at.isoformat()}/{row.id}",
    )


def _last(scope: Scope, row: _Row) -> LastMessage | None:
    if row.message_id is None:
        return None
    assert row.direction is not None
    assert row.kind is not None
    assert row.state is not None
    assert row.body_enc is not None
    assert row.at is not None
    return LastMessage(
        id=row.message_id,
        direction=Direction(row.direction),
        kind=MessageKind(row.kind),
        state=MessageState(row.state),
        text=scope.cipher.decrypt(row.body_enc, "messages.body"),
        at=row.at,
        revoked=row.revoked_at is not None,
    )


def _is_waiting(row: _Row) -> bool:
    """Whether the customer wrote last: what was surely not sent is no answer.

    The same as the condition in ``inbox.list``.
    """
    if row.direction == Direction.IN.value:
        return True
    if row.state not in _NOT_SENT or row.last_inbound_at is None:
        return False
    return row.last_outbound_at is None or row.last_inbound_at > row.last_outbound_at


def _read_place(text: str) -> tuple[datetime, str]:
    at, slash, conversation_id = text.partition("/")
    try:
        moment = datetime.fromisoformat(at)
        if not slash or moment.tzinfo is None:
            raise ValueError
        return moment, require_id(conversation_id, "conversation")
    except (ValueError, NotFoundError) as error:
        raise InvalidInputError(
            f"not a place in the list: {text!r}", hint="give the place of the last one listed"
        ) from error
