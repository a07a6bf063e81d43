"""Searching what customers wrote and who they are, where everything is stored encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from waagent.domain.conversation_views import (
    MessageHit,
    has_words,
    names_customer,
    search_words,
)
from waagent.domain.messages import Direction
from waagent.errors import InvalidInputError
from waagent.services.core import Core, Scope

MOST_MESSAGES = 20_000
MOST_CUSTOMERS = 20_000
BATCH = 1000
"""Messages that one transaction reads: no lock or snapshot is held for longer than that takes."""


class Stop(Protocol):
    """Tells a search to end, such as a ``threading.Event``."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Conversations by their customers, and messages; see ``SearchView``."""

    customer_ids: tuple[str, ...]
    messages: tuple[MessageHit, ...]
    searched: int
    complete: bool
    more: bool


@dataclass(frozen=True, slots=True)
class _Customer:
    id: str
    name_enc: bytes | None
    phone_enc: bytes | None


@dataclass(frozen=True, slots=True)
class _Text:
    id: str
    conversation_id: str
    direction: str
    seq: int
    at: datetime
    body_enc: bytes


def search(
    core: Core, tenant_id: str, text: str, *, limit: int, most: int, stop: Stop | None
) -> Found:
    """What ``ConversationService.search`` finds, customers as ids of their conversations."""
    words = search_words(text)
    if not words:
        raise InvalidInputError("nothing to search for", hint="give a word, a name or a number")
    with core.tenant(tenant_id) as scope:
        customers = _customers(scope, words)
    hits: list[MessageHit] = []
    searched, before, complete = 0, None, False
    while searched < most and len(hits) <= limit and not (stop and stop.is_set()):
        wanted = min(BATCH, most - searched)
        with core.tenant(tenant_id) as scope:
            rows = scope.tx.all(_Text, "inbox.texts", before=before, limit=wanted)
            hits += _named(scope, list(_hits(scope, rows, words)))
        searched += len(rows)
        if len(rows) < wanted:
            complete = True
            break
        before = rows[-1].seq
    return Found(
        customer_ids=customers[:limit],
        messages=tuple(hits[:limit]),
        searched=searched,
        complete=complete,
        more=len(hits) > limit or len(customers) > limit,
    )


def _customers(scope: Scope, words: Sequence[str]) -> tuple[str, ...]:
    rows = scope.tx.all(_Customer, "inbox.customers", limit=MOST_CUSTOMERS)
    return tuple(row.id for row in rows if names_customer(words, *_who(scope, row)))


def _hits(scope: Scope, rows: Sequence[_Text], words: Sequence[str]) -> Iterator[MessageHit]:
    for row in rows:
        text = scope.cipher.decrypt(row.body_enc, "messages.body")
        if has_words(text, words):
            yield MessageHit(
                id=row.id,
                conversation_id=row.conversation_id,
                name=None,
                phone=None,
                direction=Direction(row.direction),
                at=row.at,
                text=text,
            )


def _named(scope: Scope, hits: Sequence[MessageHit]) -> list[MessageHit]:
    """The hits with their customers' names and numbers."""
    if not hits:
        return []
    ids = list({hit.conversation_id for hit in hits})
    rows = scope.tx.all(_Customer, "inbox.customers_of", ids=ids)
    known = {row.id: _who(scope, row) for row in rows}
    named = ((hit, known.get(hit.conversation_id, (None, None))) for hit in hits)
    return [replace(hit, name=name, phone=phone) for hit, (name, phone) in named]


def _who(scope: Scope, row: _Customer) -> tuple[str | None, str | None]:
    return (
        scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        scope.phone(row.phone_enc),
    )
