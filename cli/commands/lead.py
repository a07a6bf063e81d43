"""``waagent lead``: customers on the lead board."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import LEAD, json_object, show_list
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.i18n import t

app = command_app("Customers on the lead board.")


@app.command("list")
def list_(
    tenant: TenantOption = None,
    stage: Annotated[Stage | None, typer.Option(help="Only those in this stage.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only those with this label.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the leads of a shop."""
    with context.shop(tenant) as (services, shop):
        leads = services.leads.list(shop)
    kept = [lead for lead in leads if stage in (None, lead.stage) and status in (None, lead.status)]
    show_list(LEAD, kept, as_json=as_json, zone=shop.timezone)


@app.command()
def move(
    lead: Annotated[str, typer.Argument(metavar="ID", help="The lead's id.")],
    stage: Annotated[Stage, typer.Argument(metavar="STAGE", help="Where to.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Move a lead to another stage."""
    with context.shop(tenant) as (services, shop):
        moved = services.leads.move(shop, lead, stage)
    if as_json:
        output.json_document(json_object(LEAD, moved))
    else:
        output.line(t("lead.moved", who=moved.name or moved.phone or moved.id, stage=moved.stage))
