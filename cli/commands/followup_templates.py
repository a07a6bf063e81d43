"""``waagent followup template``: the texts of follow-ups."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import ask, context, live, output
from cli.options import JsonFlag, TenantOption, YesFlag, command_app
from cli.shapes import Shape, show_list
from waagent.domain.followup_views import TemplateView
from waagent.i18n import t

app = command_app("The texts of follow-ups.")

_Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The template's name.", autocompletion=live.templates),
]
_Text = Annotated[
    str,
    typer.Argument(metavar="TEXT", help="With {sapaan}, {nama}, {produk}, {harga}, {toko} in it."),
]

TEMPLATE: Shape[TemplateView] = Shape(
    fields=("template", "name", "body", "built_in"),
    columns=(
        ("follow_up.template", lambda view, _zone: view.name),
        ("col.text", lambda view, _zone: view.body),
        ("follow_up.built_in", lambda view, _zone: t("yes") if view.built_in else ""),
    ),
    empty="empty.follow_ups",
)


@app.callback()
def group() -> None:
    """The texts of follow-ups."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List every wording the shop's follow-ups may have."""
    with context.shop(tenant) as (services, shop):
        found = services.templates.list(shop)
    show_list(TEMPLATE, found, as_json=as_json)


@app.command()
def show(name: _Name, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Show a template's wordings."""
    with context.shop(tenant) as (services, shop):
        found = services.templates.show(shop, name)
    show_list(TEMPLATE, found, as_json=as_json)


@app.command()
def add(
    name: _Name,
    text: _Text,
    variant: Annotated[
        bool, typer.Option("--variant", help="As another wording of a template that is there.")
    ] = False,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a template; one with a built-in one's name takes its place."""
    with context.shop(tenant) as (services, shop):
        added = services.templates.add(shop, name, text, variant=variant, actor=context.actor())
    _told("follow_up.template_added", added, as_json=as_json)


@app.command()
def edit(
    name: _Name,
    text: _Text,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a wording other words; follow-ups that are planned get them too."""
    with context.shop(tenant) as (services, shop):
        services.templates.edit(shop, name, text, actor=context.actor())
    _told("follow_up.template_edited", name, as_json=as_json)


@app.command()
def remove(
    name: _Name, tenant: TenantOption = None, yes: YesFlag = False, as_json: JsonFlag = False
) -> None:
    """Remove a wording, or a template with all of its wordings."""
    with context.shop(tenant) as (services, shop):
        ask.confirm(t("ask.remove_template", name=name, shop=shop.slug), yes=yes)
        services.templates.remove(shop, name, actor=context.actor())
    _told("follow_up.template_removed", name, as_json=as_json)


def _told(key: str, name: str, *, as_json: bool) -> None:
    if as_json:
        output.json_document({"name": name})
    else:
        output.line(t(key, name=name))
