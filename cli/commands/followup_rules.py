"""``waagent followup rules``: how sales of a stage and an intent are followed up."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from cli import context, live, output
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import Shape, show_list, show_one
from waagent.domain.followup_views import FollowUpRuleView
from waagent.domain.followups import Author, Rule
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage
from waagent.durations import format_duration
from waagent.errors import InvalidInputError
from waagent.i18n import t
from waagent.moments import parse_length

app = command_app("How sales of a stage and an intent are followed up.")

_Stage = Annotated[Stage | None, typer.Option("--stage", help="Of sales in this stage.")]
_Intent = Annotated[Intent | None, typer.Option("--intent", help="Of sales with this intent.")]


class _WrittenBy(StrEnum):
    TEMPLATE = Author.TEMPLATE.value
    MODEL = Author.MODEL.value


RULE: Shape[FollowUpRuleView] = Shape(
    fields=("stage", "intent", "after_s", "most", "template", "approval", "built_in", "writer"),
    columns=(
        ("col.stage", lambda view, _zone: view.stage or "*"),
        ("col.intent", lambda view, _zone: view.intent or "*"),
        ("follow_up.after", lambda view, _zone: format_duration(timedelta(seconds=view.after_s))),
        ("follow_up.most", lambda view, _zone: str(view.most)),
        ("follow_up.template", lambda view, _zone: view.template or t("follow_up.fitting")),
        ("follow_up.approval", lambda view, _zone: t("yes") if view.approval else ""),
        ("follow_up.writer", lambda view, _zone: t(f"follow_up.author.{view.writer}")),
        ("follow_up.built_in", lambda view, _zone: t("yes") if view.built_in else ""),
    ),
    empty="empty.follow_ups",
)


@app.callback()
def group() -> None:
    """How sales of a stage and an intent are followed up."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the rules, the one that names most first; the built-in one is for all the rest."""
    with context.shop(tenant) as (services, shop):
        rules = services.follow_up_desk.rules(shop)
    show_list(RULE, rules, as_json=as_json)


@app.command("set")
def set_(
    stage: _Stage = None,
    intent: _Intent = None,
    after: Annotated[
        str | None, typer.Option(metavar="TIME", help="After the last message: 24h, 2d, '2 hari'.")
    ] = None,
    most: Annotated[
        int, typer.Option("--max", metavar="N", help="At most so many for a sale, 0 to 3.")
    ] = 1,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The text; else one that fits.", autocompletion=live.templates
        ),
    ] = None,
    approval: Annotated[
        bool | None,
        typer.Option(
            "--approval/--no-approval",
            help="Send only what a person agreed to; without it, only a model's text waits.",
        ),
    ] = None,
    writer: Annotated[
        _WrittenBy,
        typer.Option(help="Who puts it into words: the template, or a model within its bounds."),
    ] = _WrittenBy.TEMPLATE,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the rule of a stage and an intent, or replace it."""
    rule = Rule(
        stage=stage,
        intent=intent,
        after=None if after is None else _duration(after),
        most=most,
        template=template,
        approval=writer is _WrittenBy.MODEL if approval is None else approval,
        writer=Author(writer.value),
    )
    with context.shop(tenant) as (services, shop):
        view = services.follow_up_desk.set_rule(shop, rule, actor=context.actor())
    show_one(RULE, view, as_json=as_json)


@app.command()
def remove(
    stage: _Stage = None,
    intent: _Intent = None,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Forget the rule of a stage and an intent."""
    with context.shop(tenant) as (services, shop):
        services.follow_up_desk.remove_rule(shop, stage, intent, actor=context.actor())
    name = Rule(stage=stage, intent=intent).name
    if as_json:
        output.json_document({"removed": name})
    else:
        output.line(t("follow_up.rule_removed", rule=name))


def _duration(text: str) -> timedelta:
    try:
        return parse_length(text)
    except ValueError as error:
        raise InvalidInputError(
            str(error), hint="for example: --after 24h, or --after '2 hari'"
        ) from None
