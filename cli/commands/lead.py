"""``waagent lead``: customers on the lead board."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, output
from cli.commands import lead_details, lead_label
from cli.diagnostics import note
from cli.options import JsonFlag, TenantOption, command_app
from cli.refs import LeadRef, lead_id
from cli.shapes import LEAD, Shape, json_object, show_list
from waagent.domain.labels import Status
from waagent.domain.lead_search import LeadFilter, LeadOrder, search
from waagent.domain.lead_views import StageView
from waagent.domain.leads import Stage
from waagent.errors import InvalidInputError
from waagent.i18n import t

app = command_app("Customers on the lead board.")

STAGE: Shape[StageView] = Shape(
    fields=("stage", "name", "renamed"),
    columns=(
        ("col.stage", lambda view, _zone: str(view.stage)),
        ("col.stage_name", lambda view, _zone: view.name),
    ),
    empty="empty.stages",
)


@app.command("list")
def list_(
    tenant: TenantOption = None,
    stage: Annotated[Stage | None, typer.Option(help="Only those in this stage.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only those with this label.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    assignee: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this person; - for nobody's.")
    ] = None,
    min_score: Annotated[
        int, typer.Option(min=0, max=100, help="Only those with at least this score.")
    ] = 0,
    sort: Annotated[LeadOrder, typer.Option(help="What comes first.")] = LeadOrder.RECENT,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the leads of a shop."""
    only = LeadFilter(stage=stage, status=status, tag=tag, assignee=assignee, min_score=min_score)
    with context.shop(tenant) as (services, shop):
        found = search(services.leads.list(shop), only, sort)
    show_list(LEAD, found[:limit], as_json=as_json, zone=shop.timezone)
    if limit is not None and len(found) > limit:
        note(t("lead.more", limit=limit))


@app.command()
def move(
    lead: LeadRef,
    stage: Annotated[Stage, typer.Argument(metavar="STAGE", help="Where to.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Move a lead to another stage."""
    with context.shop(tenant) as (services, shop):
        moved = services.leads.move(shop, lead_id(services, shop, lead), stage)
    if as_json:
        output.json_document(json_object(LEAD, moved))
    else:
        who = lead_details.called(moved)
        output.line(t("lead.moved", who=who, stage=moved.stage_name or moved.stage))


@app.command()
def stages(
    tenant: TenantOption = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE=NAME", help="Call a stage something else; STAGE= undoes it."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the stages of a sale as the shop calls them, or rename some."""
    names = dict(map(_renaming, rename or ()))
    with context.shop(tenant) as (services, shop):
        found = services.leads.rename_stages(shop, names) if names else services.leads.stages(shop)
    show_list(STAGE, found, as_json=as_json)


def _renaming(text: str) -> tuple[Stage, str]:
    stage, equals, name = text.partition("=")
    if not equals or stage.strip() not in set(Stage):
        raise InvalidInputError(
            f"{text!r} does not say which stage gets which name",
            hint='for example: waagent lead stages --rename negotiation="Tawar-menawar"',
        )
    return Stage(stage.strip()), name


lead_details.register(app)
app.command()(lead_label.label)
