"""``waagent contact``: the shop's customers, and those that are one person under two names."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import Shape, local_time, show_list, show_one
from waagent.domain.views import ContactView, MergeView
from waagent.i18n import t

app = command_app("Customers, and merging those that are one person.")

_Ref = typer.Argument(metavar="CONTACT", help="A contact's id or phone number.")

CONTACT: Shape[ContactView] = Shape(
    fields=("id", "name", "phone", "has_lid", "opted_out", "merges", "last_message_at"),
    columns=(
        ("col.customer", lambda view, _zone: view.name or ""),
        ("col.phone", lambda view, _zone: view.phone or t("contact.no_number")),
        ("col.opted_out", lambda view, _zone: t("yes") if view.opted_out else ""),
        ("col.merges", lambda view, _zone: str(view.merges or "")),
        ("col.last_message", lambda view, zone: local_time(view.last_message_at, zone)),
        ("col.id", lambda view, _zone: view.id),
    ),
    empty="empty.contacts",
)

MERGE: Shape[MergeView] = Shape(
    fields=("id", "kept_id", "merged_id", "evidence", "actor", "at", "undone_at"),
    columns=(
        ("col.time", lambda view, zone: local_time(view.at, zone)),
        ("col.kept", lambda view, _zone: view.kept or view.kept_id),
        ("col.merged", lambda view, _zone: view.merged or view.merged_id),
        ("col.evidence", lambda view, _zone: t(f"merge.evidence.{view.evidence}")),
        ("col.undone", lambda view, zone: local_time(view.undone_at, zone)),
        ("col.id", lambda view, _zone: view.id),
    ),
    empty="empty.merges",
)


@app.callback()
def group() -> None:
    """Customers, and merging those that are one person."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List everybody who wrote to the shop."""
    with context.shop(tenant) as (services, shop):
        contacts = services.contacts.list(shop)
    show_list(CONTACT, contacts, as_json=as_json, zone=shop.timezone)


@app.command()
def show(
    contact: Annotated[str, _Ref], tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Show one contact."""
    with context.shop(tenant) as (services, shop):
        found = services.contacts.get(shop, contact)
    show_one(CONTACT, found, as_json=as_json, zone=shop.timezone)


@app.command()
def merge(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Who stays: id or number.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Who becomes part of it.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make two contacts one: conversations, insights and follow-ups move along."""
    with context.shop(tenant) as (services, shop):
        merge_id = services.contacts.merge(shop, contact, other, actor=context.actor())
        kept = services.contacts.get(shop, contact)
    if as_json:
        output.json_document({"merge": merge_id, "contact": kept.id})
    else:
        output.line(t("contact.merged", who=kept.name or kept.phone or kept.id))
        output.line(t("contact.undo_hint", command=f"waagent contact undo {merge_id}"))


@app.command("opt-out")
def opt_out(
    contact: Annotated[str, _Ref], tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Send a customer no follow-up ever again; nothing is said to them."""
    with context.shop(tenant) as (services, shop):
        found = services.contacts.opt_out(shop, contact, actor=context.actor())
    show_one(CONTACT, found, as_json=as_json, zone=shop.timezone)


@app.command("opt-in")
def opt_in(
    contact: Annotated[str, _Ref], tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Take an opt-out back, because the customer asked for it."""
    with context.shop(tenant) as (services, shop):
        found = services.contacts.opt_in(shop, contact, actor=context.actor())
    show_one(CONTACT, found, as_json=as_json, zone=shop.timezone)


@app.command()
def merges(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the merges, those made by waagent too, and what undid them."""
    with context.shop(tenant) as (services, shop):
        found = services.contacts.merges(shop)
    show_list(MERGE, found, as_json=as_json, zone=shop.timezone)


@app.command()
def undo(
    merge: Annotated[str, typer.Argument(metavar="MERGE", help="The id of a merge.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a merge back; waagent will not make it again by itself."""
    with context.shop(tenant) as (services, shop):
        services.contacts.undo(shop, merge, actor=context.actor())
    if as_json:
        output.json_document({"merge": merge, "undone": True})
    else:
        output.line(t("contact.unmerged"))
