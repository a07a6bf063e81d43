"""``waagent tenant``: shops."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, diagnostics, live, output
from cli.options import JsonFlag, command_app
from cli.shapes import TENANT, json_object, show_list, show_one
from waagent.i18n import t

app = command_app("Shops.")


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The shop's name as its customers know it.")
    ],
    timezone: Annotated[
        str, typer.Option(help="IANA name: Asia/Jakarta, Asia/Makassar or Asia/Jayapura.")
    ] = "Asia/Jakarta",
    as_json: JsonFlag = False,
) -> None:
    """Add a shop."""
    with context.services() as services:
        shop = services.tenants.create(name, timezone=timezone)
    if as_json:
        output.json_document(json_object(TENANT, shop))
        return
    output.line(t("tenant.created", name=shop.name, slug=shop.slug))
    diagnostics.note(t("next", command=f"waagent connect {shop.slug}"))


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """List the shops."""
    with context.services() as services:
        shops = services.tenants.list()
    show_list(TENANT, shops, as_json=as_json)


@app.command()
def show(
    shop: Annotated[
        str, typer.Argument(metavar="SHOP", help="Slug or id.", autocompletion=live.tenants)
    ],
    as_json: JsonFlag = False,
) -> None:
    """Show one shop."""
    with context.services() as services:
        found = context.find_shop(services, shop)
    show_one(TENANT, found, as_json=as_json)
