"""A conversation as a list of things to draw: day separators and messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.phrasing import day, local_date
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.views import MessageView, QuotedView

LOCAL = "local-"
"""Ids of replies that are shown before the service has given them one start with this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A row of the conversation; ``message`` is None for a day separator."""

    key: str
    text: str
    message: MessageView | None


def is_local(message: MessageView) -> bool:
    """Whether the service does not know it yet."""
    return message.id.startswith(LOCAL)


def echo(
    number: int,
    conversation_id: str,
    text: str,
    at: datetime,
    quoted: MessageView | None = None,
) -> MessageView:
    """A reply as it is shown while it is on its way to the service."""
    answers = None
    if quoted is not None:
        answers = QuotedView(
            id=quoted.id, direction=quoted.direction, kind=quoted.kind, text=quoted.text
        )
    return MessageView(
        id=f"{LOCAL}{number}",
        conversation_id=conversation_id,
        direction=Direction.OUT,
        origin=Origin.HUMAN,
        phone=None,
        kind=MessageKind.TEXT,
        text=text,
        state=MessageState.QUEUED,
        at=at,
        quoted=answers,
    )


def with_echoes(
    messages: Sequence[MessageView], echoes: Iterable[MessageView], known: Iterable[str]
) -> list[MessageView]:
    """``messages`` followed by those ``echoes`` that are not among them yet.

    A reply may come back through the change feed before its own call has returned: a new message
    (its id not in ``known``) of ours with the same text is that echo.
    """
    seen = set(known)
    arrived = [
        message.text
        for message in messages
        if message.id not in seen and message.origin is Origin.HUMAN
    ]
    rows = list(messages)
    for local in echoes:
        if local.text in arrived:
            arrived.remove(local.text)
        else:
            rows.append(local)
    return rows


def joined(
    known: Sequence[MessageView], newest: Sequence[MessageView], limit: int
) -> tuple[MessageView, ...]:
    """``newest`` (up to ``limit``, as just fetched) after the older ones of ``known``.

    Where more came in between than were fetched, the older ones are forgotten: there would be a
    hole between them.
    """
    if len(newest) < limit or not newest:
        return tuple(newest)
    first = next((at for at, each in enumerate(known) if each.id == newest[0].id), None)
    return tuple(newest) if first is None else (*known[:first], *newest)


def replaced(known: Sequence[MessageView], changed: MessageView) -> tuple[MessageView, ...]:
    """``known`` with one message as it is now."""
    return tuple(changed if each.id == changed.id else each for each in known)


def items(messages: Iterable[MessageView], now: datetime, zone: str) -> list[Item]:
    """What to draw, oldest first, with a separator before the first message of each day."""
    rows: list[Item] = []
    last = None
    for message in messages:
        date = local_date(message.at, zone)
        if date != last:
            key = f"day-{date.isoformat()}"
            rows.append(Item(key=key, text=day(message.at, now, zone), message=None))
            last = date
        rows.append(Item(key=message.id, text=message.text, message=message))
    return _unique(rows)


def _unique(rows: Iterable[Item]) -> list[Item]:
    """Messages out of order could name a day twice; the first separator stays."""
    return list({row.key: row for row in reversed(list(rows))}.values())[::-1]


def incoming(messages: Iterable[MessageView]) -> int:
    """How many are from the customer."""
    return sum(message.direction is Direction.IN for message in messages)


def came_below(
    fresh: Sequence[Item], items: Sequence[Item], newest: str | None
) -> list[MessageView]:
    """The messages of ``fresh`` that stand below the one that was the newest."""
    keys = [item.key for item in items]
    start = keys.index(newest) + 1 if newest in keys else 0
    below = set(keys[start:])
    return [item.message for item in fresh if item.message is not None and item.key in below]
