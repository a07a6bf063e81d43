"""The inbox: what a conversation in a list shows, what a search finds, and how words are matched.

Pure. Texts are plain and come from customers: a front end escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMessage:
    """The newest message of a conversation. ``text`` is empty for one that was deleted."""

    id: str
    direction: Direction
    kind: MessageKind
    state: MessageState
    text: str
    at: datetime
    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """A row of the inbox.

    ``phone`` is E.164, or None while only the customer's LID is known; ``session`` is the name of
    the shop's number. ``waiting_since``: when the customer wrote last, if nobody answered since.
    ``lead_id`` and the labels are None where there is no lead, or nothing was understood yet.
    ``place`` is what a list goes on after: see ``ConversationService.list``.
    """

    id: str
    lead_id: str | None
    name: str | None
    phone: str | None
    session: str
    last: LastMessage | None
    last_message_at: datetime
    unread: int
    waiting_since: datetime | None
    stage: Stage | None
    status: Status | None
    intent: Intent | None
    sentiment: Sentiment | None
    product: str | None
    assignee: str | None
    opted_out: bool
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFilter:
    """Only conversations that all of this is true of; None and False leave out nothing.

    ``waiting``: the customer wrote last. ``session`` is the name of one of the shop's numbers.
    """

    unread: bool = False
    waiting: bool = False
    stage: Stage | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHit:
    """A message that a search found; ``name`` and ``phone`` are the customer's."""

    id: str
    conversation_id: str
    name: str | None
    phone: str | None
    direction: Direction
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """What a search found, newest first.

    ``searched`` messages were looked at, ``complete``: those are all there are. ``more``: there
    are more hits than were asked for.
    """

    customers: tuple[ConversationView, ...]
    messages: tuple[MessageHit, ...]
    searched: int
    complete: bool
    more: bool


def search_words(text: str) -> tuple[str, ...]:
    """What a text is searched for: its words, without regard to case."""
    return tuple(text.casefold().split())


def has_words(text: str, words: Sequence[str]) -> bool:
    """Whether every one of ``words`` (of :func:`search_words`) is in ``text``."""
    folded = text.casefold()
    return all(word in folded for word in words)


def names_customer(words: Sequence[str], name: str | None, phone: str | None) -> bool:
    """Whether ``words`` are all in a customer's name or number, ``+62…`` or ``0…``."""
    known = [name or "", phone or ""]
    if phone is not None and phone.startswith("+62"):
        known.append("0" + phone.removeprefix("+62"))
    return has_words(" ".join(known), words)


def excerpt(text: str, words: Sequence[str], width: int) -> str:
    """At most ``width`` characters of ``text`` on one line, around the first of ``words``."""
    line = " ".join(text.split())
    found = [at for word in words if (at := line.casefold().find(word)) >= 0]
    if len(line) <= width or not found:
        return line[:width]
    start = min(max(min(found) - width // 3, 0), len(line) - width)
    return ("…" if start else "") + line[start : start + width].strip()
