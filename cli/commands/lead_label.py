"""``waagent lead label``: set what the engine got wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, TenantOption
from cli.refs import LeadRef, lead_id
from cli.shapes import Shape, json_object
from waagent.domain.brain_views import InsightView
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.i18n import t

INSIGHT: Shape[InsightView] = Shape(
    fields=(
        "status",
        "intent",
        "sentiment",
        "needs_follow_up",
        "product",
        "product_id",
        "price",
        "need",
        "confidence",
        "status_confidence",
        "intent_confidence",
        "engine",
        "model",
        "fallback_reason",
        "corrected",
        "created_at",
    ),
    columns=(),
    empty="empty.leads",
)


def label(
    lead: LeadRef,
    tenant: TenantOption = None,
    status: Annotated[Status | None, typer.Option(help="How far from buying.")] = None,
    intent: Annotated[Intent | None, typer.Option(help="What the last message is for.")] = None,
    sentiment: Annotated[Sentiment | None, typer.Option(help="How the customer feels.")] = None,
    product: Annotated[
        str | None, typer.Option(metavar="NAME", help="What it is about; empty for nothing.")
    ] = None,
    follow_up: Annotated[
        bool | None, typer.Option("--follow-up/--no-follow-up", help="Whether to write once more.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Set labels by hand: they win over the engine until the customer changes the picture."""
    from waagent.services.corrections import Change

    change = Change(
        status=status,
        intent=intent,
        sentiment=sentiment,
        needs_follow_up=follow_up,
        product=product,
    )
    with context.shop(tenant) as (services, shop):
        insight = services.corrections.correct_lead(
            shop, lead_id(services, shop, lead), change, actor=context.actor()
        )
    if as_json:
        output.json_document(json_object(INSIGHT, insight))
    else:
        output.line(t("lead.labelled", labels=", ".join(insight.corrected)))
