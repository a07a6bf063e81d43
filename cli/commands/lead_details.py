"""The ``waagent lead`` commands about one lead: all of it, its moves, and what people add to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperCommand

from cli import context, output
from cli.options import JsonFlag, TenantOption
from cli.refs import LeadRef, lead_id
from cli.shapes import LEAD, Shape, json_object, local_time, show_list
from waagent.domain.lead_views import LeadFollowUp, NoteView, StageMoveView
from waagent.domain.rupiah import format_rupiah
from waagent.errors import InvalidInputError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.brain_views import InsightView
    from waagent.domain.lead_views import LeadDetails
    from waagent.domain.views import LeadView

MOVE: Shape[StageMoveView] = Shape(
    fields=("at", "before", "after", "moved_by"),
    columns=(
        ("col.time", lambda move, zone: local_time(move.at, zone)),
        ("col.from", lambda move, _zone: move.before or ""),
        ("col.to", lambda move, _zone: move.after),
        ("col.by", lambda move, _zone: t(f"moved_by.{move.moved_by}")),
    ),
    empty="empty.history",
)
NOTE: Shape[NoteView] = Shape(
    fields=("id", "text", "author", "at"),
    columns=(
        ("col.time", lambda note, zone: local_time(note.at, zone)),
        ("col.author", lambda note, _zone: note.author),
        ("col.note", lambda note, _zone: note.text),
    ),
    empty="empty.notes",
)
INSIGHT: Shape[InsightView] = Shape(
    fields=(
        *("status", "intent", "sentiment", "product", "need", "needs_follow_up", "confidence"),
        *("engine", "model", "created_at"),
    ),
    columns=(),
    empty="empty.leads",
)
LEAD_FOLLOW_UP: Shape[LeadFollowUp] = Shape(
    fields=("id", "due_at", "state", "reason", "template", "sent_at"),
    columns=(
        ("col.due", lambda each, zone: local_time(each.due_at, zone)),
        ("col.state", lambda each, _zone: str(each.state)),
        ("col.reason", lambda each, _zone: each.reason or ""),
        ("col.sent", lambda each, zone: local_time(each.sent_at, zone)),
    ),
    empty="empty.follow_ups",
)


class TagCommand(TyperCommand):
    """Takes ``-lama`` for a tag to take away, and not for the options ``-l -a -m -a``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the tags to take away behind a ``--``, where nothing is read as an option."""
        away = [each for each in args if _takes_away(each)]
        rest = [each for each in args if not _takes_away(each)]
        return super().parse_args(ctx, [*rest, *(["--"] if "--" not in rest else []), *away])


def _takes_away(word: str) -> bool:
    return len(word) > 2 and word[0] == "-" and word[1] != "-"


def show(lead: LeadRef, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Show everything about a lead."""
    with context.shop(tenant) as (services, shop):
        details = services.lead_details.show(shop, lead_id(services, shop, lead))
    if as_json:
        output.json_document(_details_json(details))
        return
    output.facts(_facts(details.lead, ZoneInfo(shop.timezone)))
    parts: list[tuple[str, Shape[Any], Sequence[Any]]] = [
        ("lead.history", MOVE, details.history),
        ("lead.notes", NOTE, details.notes),
        ("lead.follow_ups", LEAD_FOLLOW_UP, details.follow_ups),
    ]
    for title, shape, found in parts:
        if found:
            output.line("")
            output.line(t(title))
            show_list(shape, found, as_json=False, zone=shop.timezone)


def history(lead: LeadRef, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the moves of a lead, oldest first."""
    with context.shop(tenant) as (services, shop):
        moves = services.lead_details.history(shop, lead_id(services, shop, lead))
    show_list(MOVE, moves, as_json=as_json, zone=shop.timezone)


def undo(lead: LeadRef, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Take a lead's last move back."""
    with context.shop(tenant) as (services, shop):
        found = services.lead_details.undo(shop, lead_id(services, shop, lead))
    _said(found, as_json, t("lead.undone", who=called(found), stage=found.stage_name))


def assign(
    lead: LeadRef,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who looks after it; - for nobody.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a lead to somebody of the shop."""
    with context.shop(tenant) as (services, shop):
        found = services.lead_details.assign(shop, lead_id(services, shop, lead), name)
    key = "lead.unassigned" if found.assignee is None else "lead.assigned"
    _said(found, as_json, t(key, who=called(found), name=found.assignee))


def value(
    lead: LeadRef,
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="1,5jt, 'Rp 250.000', 250rb; - for not known.")
    ],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what a sale is worth, in rupiah."""
    with context.shop(tenant) as (services, shop):
        found = services.lead_details.set_value(shop, lead_id(services, shop, lead), amount)
    if found.value is None:
        _said(found, as_json, t("lead.unvalued", who=called(found)))
    else:
        worth = format_rupiah(found.value)
        _said(found, as_json, t("lead.valued", who=called(found), value=worth))


def tag(
    lead: LeadRef,
    tags: Annotated[
        list[str], typer.Argument(metavar="TAGS", help="+vip (or vip) adds, -lama takes away.")
    ],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Add tags to a lead, and take others away."""
    add, remove = _sorted_out(tags)
    with context.shop(tenant) as (services, shop):
        found = services.lead_details.tag(
            shop, lead_id(services, shop, lead), add=add, remove=remove
        )
    key = "lead.tagged" if found.tags else "lead.untagged"
    _said(found, as_json, t(key, who=called(found), tags=", ".join(found.tags)))


def note(
    lead: LeadRef,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Note something about a lead; only the shop sees it."""
    with context.shop(tenant) as (services, shop):
        found = services.lead_details.add_note(
            shop, lead_id(services, shop, lead), text, author=context.actor()
        )
    _said(found, as_json, t("lead.noted", who=called(found)))


def notes(lead: LeadRef, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the notes on a lead, newest first."""
    with context.shop(tenant) as (services, shop):
        found = services.lead_details.notes(shop, lead_id(services, shop, lead))
    show_list(NOTE, found, as_json=as_json, zone=shop.timezone)


def register(app: typer.Typer) -> None:
    """Make these commands of ``app``."""
    for command in (show, history, undo, assign, value, note, notes):
        app.command()(command)
    app.command(cls=TagCommand)(tag)


def called(lead: LeadView) -> str:
    """What to call the customer of a lead."""
    return lead.name or lead.phone or lead.id


def _said(lead: LeadView, as_json: bool, sentence: str) -> None:
    if as_json:
        output.json_document(json_object(LEAD, lead))
    else:
        output.line(sentence)


def _sorted_out(tags: Sequence[str]) -> tuple[list[str], list[str]]:
    remove = [each[1:] for each in tags if each.startswith("-")]
    add = [each.removeprefix("+") for each in tags if not each.startswith("-")]
    if not add and not remove:
        raise InvalidInputError("no tag is named", hint="waagent lead tag ID +vip -lama")
    return add, remove


def _details_json(details: LeadDetails) -> dict[str, Any]:
    insight = details.insight
    return {
        "lead": json_object(LEAD, details.lead),
        "insight": None if insight is None else json_object(INSIGHT, insight),
        "history": [json_object(MOVE, each) for each in details.history],
        "notes": [json_object(NOTE, each) for each in details.notes],
        "follow_ups": [json_object(LEAD_FOLLOW_UP, each) for each in details.follow_ups],
    }


def _facts(lead: LeadView, zone: ZoneInfo) -> list[tuple[str, str]]:
    """What the list shows, and what it has no room for where that is known."""
    listed = [(t(header), cell(lead, zone)) for header, cell in LEAD.columns]
    suggested = lead.suggested_value if lead.value is None else None
    more = [
        ("col.value", "" if lead.value is None else format_rupiah(lead.value)),
        ("col.suggested_value", "" if suggested is None else format_rupiah(suggested)),
        ("col.tags", ", ".join(lead.tags)),
        ("col.sentiment", lead.sentiment or ""),
        ("col.need", lead.need or ""),
        ("col.closed", local_time(lead.closed_at, zone)),
    ]
    return listed + [(t(header), shown) for header, shown in more if shown]
