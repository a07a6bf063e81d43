"""What a row of the inbox says: a conversation, or a message that a search found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.phrasing import Moment, age, customer, product, stage_name, status
from tui.safe import one_line
from tui.strings import t
from tui.widgets.bubble import TICKS
from waagent.domain.conversation_views import (
    ConversationView,
    LastMessage,
    MessageHit,
    excerpt,
    names_customer,
    search_words,
)
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind

_TEXT = 200
"""Characters of a message that may be shown of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """``key`` is the conversation's id, or ``hit:`` and that of a message.

    ``sign`` stands at the end: how many are unread, or that the customer waits for an answer.
    ``stamp`` changes with every new message.
    """

    key: str
    conversation_id: str
    message_id: str | None
    name: str
    age: str
    tick: str
    tick_style: str
    text: str
    labels: str
    sign: str
    unread: bool
    stamp: str


def chat_row(view: ConversationView, moment: Moment, stages: dict[Stage, str]) -> InboxRow:
    """A conversation."""
    last = view.last
    tick, style = ("", "muted")
    if last is not None and last.direction is Direction.OUT and not last.revoked:
        tick, style = TICKS.get(last.state, ("", "muted"))
    return InboxRow(
        key=view.id,
        conversation_id=view.id,
        message_id=None,
        name=customer(view.name, view.phone),
        age=age(view.last_message_at, moment.now),
        tick=tick,
        tick_style=style,
        text=_said(last),
        labels=" · ".join(_labels(view, stages)),
        sign=_sign(view),
        unread=view.unread > 0,
        stamp=last.id if last else "",
    )


def hit_row(hit: MessageHit, words: Sequence[str], moment: Moment) -> InboxRow:
    """A message, around the first word that was looked for."""
    ours = hit.direction is Direction.OUT
    return InboxRow(
        key=f"hit:{hit.id}",
        conversation_id=hit.conversation_id,
        message_id=hit.id,
        name=customer(hit.name, hit.phone),
        age=age(hit.at, moment.now),
        tick=f"{t('inbox.ours')} " if ours else "",
        tick_style="muted",
        text=one_line(excerpt(hit.text, words, _TEXT // 3)),
        labels=t("inbox.hit"),
        sign="",
        unread=False,
        stamp=hit.id,
    )


def named(views: Iterable[ConversationView], query: str) -> list[ConversationView]:
    """Those whose customer's name or number has all words of ``query``."""
    words = search_words(query)
    return [view for view in views if names_customer(words, view.name, view.phone)]


def _said(last: LastMessage | None) -> str:
    if last is None:
        return ""
    if last.revoked:
        return t("chat.deleted")
    text = one_line(last.text, limit=_TEXT)
    if last.kind is MessageKind.TEXT:
        return text
    return f"[{t(f'kind.{last.kind}')}] {text}".rstrip()


def _sign(view: ConversationView) -> str:
    if view.unread:
        return f"●{view.unread}"
    return t("inbox.waits") if view.waiting_since is not None else ""


def _labels(view: ConversationView, stages: dict[Stage, str]) -> Iterable[str]:
    if view.opted_out:
        yield t("inbox.opted_out")
    if view.stage is not None:
        yield stage_name(view.stage, stages)
    if view.status is not None:
        yield status(view.status)
    if view.product:
        yield product(view.product)
    if view.assignee:
        yield f"@{one_line(view.assignee)}"
