"""``waagent chat``: the inbox, and searching it; what was said is ``waagent message list``."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated

import typer

from cli import context, output
from cli.diagnostics import note
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import Shape, json_object, local_time, show_list
from waagent.domain.conversation_views import (
    ConversationFilter,
    ConversationView,
    MessageHit,
    excerpt,
    search_words,
)
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind
from waagent.i18n import t

app = command_app("Conversations: the inbox, and searching it.")
_WIDTH = 48
"""Characters shown of a message in a table."""


def _who(view: ConversationView | MessageHit, _zone: tzinfo) -> str:
    return " ".join(part for part in (view.name, view.phone) if part) or "?"


def _unread(view: ConversationView, _zone: tzinfo) -> str:
    return str(view.unread or "")


def _last(view: ConversationView, _zone: tzinfo) -> str:
    last = view.last
    if last is None:
        return ""
    if last.revoked:
        return t("message.revoked")
    kind = "" if last.kind is MessageKind.TEXT else f"[{t(f'message.kind.{last.kind}')}] "
    mark = "" if last.direction is Direction.IN else f"{t('chat.ours')} "
    return mark + kind + excerpt(last.text, (), _WIDTH)


CONVERSATION: Shape[ConversationView] = Shape(
    fields=(
        "id",
        "lead_id",
        "name",
        "phone",
        "session",
        "last",
        "last_message_at",
        "unread",
        "waiting_since",
        "stage",
        "status",
        "intent",
        "sentiment",
        "product",
        "assignee",
        "opted_out",
        "place",
    ),
    columns=(
        ("col.customer", _who),
        ("col.unread", _unread),
        ("col.last_message", lambda view, zone: local_time(view.last_message_at, zone)),
        ("col.waiting", lambda view, zone: local_time(view.waiting_since, zone)),
        ("col.text", _last),
        ("col.label", lambda view, _zone: str(view.status or "")),
        ("col.id", lambda view, _zone: str(view.id)),
    ),
    empty="empty.chats",
)

HIT: Shape[MessageHit] = Shape(
    fields=("id", "conversation_id", "name", "phone", "direction", "at", "text"),
    columns=(),
    empty="empty.chats",
)


@app.command("list")
def list_(
    tenant: TenantOption = None,
    unread: Annotated[bool, typer.Option("--unread", help="Only those with new messages.")] = False,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those where the customer wrote last.")
    ] = False,
    stage: Annotated[Stage | None, typer.Option(help="Only those in this stage.")] = None,
    session: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this number of the shop.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Go on after this place, of --json.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """List a shop's conversations, newest first."""
    only = ConversationFilter(unread=unread, waiting=waiting, stage=stage, session=session)
    with context.shop(tenant) as (services, shop):
        found = services.conversations.list(shop, only, after=after, limit=limit)
    if len(found) == limit:
        note(t("chat.truncated", limit=limit))
    show_list(CONVERSATION, found, as_json=as_json, zone=shop.timezone)


@app.command()
def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="Words, a name, or part of a number.")
    ],
    tenant: TenantOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many of each.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """Find customers and old messages that have all the words."""
    with context.shop(tenant) as (services, shop):
        found = services.conversations.search(shop, " ".join(words), limit=limit)
    if not found.complete and not found.more:
        note(t("chat.searched", n=found.searched))
    if found.more:
        note(t("chat.more", limit=limit))
    if as_json:
        output.json_document(
            {
                "customers": [json_object(CONVERSATION, view) for view in found.customers],
                "messages": [json_object(HIT, hit) for hit in found.messages],
                "searched": found.searched,
                "complete": found.complete,
                "more": found.more,
            }
        )
        return
    if not found.customers and not found.messages:
        output.line(t("chat.nothing"))
    if found.customers:
        show_list(CONVERSATION, found.customers, as_json=False, zone=shop.timezone)
    if found.messages:
        show_list(_hits(" ".join(words)), found.messages, as_json=False, zone=shop.timezone)


def _hits(words: str) -> Shape[MessageHit]:
    """The columns of hits: each text around the first word that was looked for."""
    wanted = search_words(words)
    return Shape(
        fields=HIT.fields,
        columns=(
            ("col.time", lambda hit, zone: local_time(hit.at, zone)),
            ("col.direction", lambda hit, _zone: t(f"direction.{hit.direction}")),
            ("col.customer", _who),
            ("col.text", lambda hit, _zone: excerpt(hit.text, wanted, _WIDTH)),
            ("col.conversation", lambda hit, _zone: str(hit.conversation_id)),
        ),
        empty=HIT.empty,
    )
