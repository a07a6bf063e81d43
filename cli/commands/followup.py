"""``waagent followup``: follow-ups to open sales."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cli import context, output
from cli.commands import followup_rules, followup_templates
from cli.options import JsonFlag, TenantOption, command_app
from cli.refs import FollowUpRef, follow_up_id
from cli.shapes import FOLLOW_UP, Shape, json_object, local_time, show_list
from waagent.domain.followup_views import FollowUpSettingsView
from waagent.domain.followups import Draft, FollowUpState
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.views import FollowUpView, Tenant

app = command_app("Follow-ups to open sales.")
app.add_typer(followup_rules.app, name="rules")
app.add_typer(followup_templates.app, name="template")

SETTINGS: Shape[FollowUpSettingsView] = Shape(
    fields=("paused_until", "hold_out_percent", "hold_out_default", "calendar"),
    columns=(),
    empty="empty.follow_ups",
)
_NO_END = 2199

_Until = Annotated[
    str,
    typer.Option(metavar="WHEN", help="'besok 9:00', 'senin pagi', '2 jam', 2h, 2026-12-25 08:00."),
]


@app.callback()
def group() -> None:
    """Follow-ups to open sales."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List a shop's follow-ups."""
    with context.shop(tenant) as (services, shop):
        follow_ups = services.followups.list(shop)
    show_list(FOLLOW_UP, follow_ups, as_json=as_json, zone=shop.timezone)


@app.command()
def show(follow_up: FollowUpRef, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Show the text that will be sent, when, why, and what keeps it back."""
    with context.shop(tenant) as (services, shop):
        found = services.followups.get(shop, follow_up_id(services, shop, follow_up))
    _show(found, shop, as_json=as_json)


@app.command()
def approve(
    follow_up: FollowUpRef,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Other words than those shown.")
    ] = None,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Agree that a follow-up is sent as shown, or with other words."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.approve(
            shop, follow_up_id(services, shop, follow_up), text=text, actor=context.actor()
        )
    _show(found, shop, as_json=as_json)


@app.command()
def snooze(
    follow_up: FollowUpRef, until: _Until, tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Put a follow-up off, until then or the next proper hour after it."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.snooze(
            shop, follow_up_id(services, shop, follow_up), until=until, actor=context.actor()
        )
    _show(found, shop, as_json=as_json)


@app.command()
def cancel(follow_up: FollowUpRef, tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Cancel a follow-up that has not gone out."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.cancel(
            shop, follow_up_id(services, shop, follow_up), actor=context.actor()
        )
    _show(found, shop, as_json=as_json)


@app.command()
def pause(
    until: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Until when, such as 'senin 9:00'; else until resumed."),
    ] = None,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Let no follow-up of the shop go out for a while."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.pause(shop, until=until, actor=context.actor())
    _show_settings(found, shop, as_json=as_json)


@app.command()
def resume(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Let the shop's follow-ups go out again."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.resume(shop, actor=context.actor())
    _show_settings(found, shop, as_json=as_json)


@app.command()
def holdout(
    percent: Annotated[
        int, typer.Argument(metavar="PERCENT", help="From 0 (send every one) to 50.")
    ],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Leave out a part of the follow-ups by lot, to see what the others are worth."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.hold_out(shop, percent, actor=context.actor())
    _show_settings(found, shop, as_json=as_json)


@app.command()
def calendar(
    kept: Annotated[str, typer.Argument(metavar="on|off", help="Whether it is kept.")],
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Keep public holidays, Friday noon and Ramadan free of follow-ups, or do not."""
    if kept not in ("on", "off"):
        raise typer.BadParameter("give on or off")
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.calendar(shop, on=kept == "on", actor=context.actor())
    _show_settings(found, shop, as_json=as_json)


@app.command()
def settings(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Show what holds for all follow-ups of the shop."""
    with context.shop(tenant) as (services, shop):
        found = services.follow_up_desk.settings(shop)
    _show_settings(found, shop, as_json=as_json)


def _show(view: FollowUpView, shop: Tenant, *, as_json: bool) -> None:
    if as_json:
        output.json_document(json_object(FOLLOW_UP, view))
    else:
        output.facts(_facts(view, shop))


def _facts(view: FollowUpView, shop: Tenant) -> Iterator[tuple[str, str]]:
    who = " ".join(part for part in (view.name, view.phone) if part)
    yield t("col.customer"), who or "?"
    yield t("col.state"), f"{view.state} ({view.reason})" if view.reason else str(view.state)
    yield t("col.due"), local_time(view.due_at, ZoneInfo(shop.timezone))
    if view.text is not None:
        yield t("col.text"), view.text
    sale = " · ".join(str(part) for part in (view.stage, view.intent) if part)
    yield t("follow_up.rule"), f"{view.rule} ({sale})"
    if view.variant is not None:
        yield t("follow_up.template"), view.variant
    if view.author is not None:
        yield t("follow_up.writer"), _author(view)
    if view.approved_by is not None:
        yield t("follow_up.approved"), view.approved_by
    if view.state is FollowUpState.PENDING:
        for number, stop in enumerate(view.stops):
            yield t("follow_up.stops") if number == 0 else "", t(f"follow_up.stop.{stop}")
        yield t("follow_up.cancelled_by"), t("follow_up.cancels")


def _author(view: FollowUpView) -> str:
    """Who wrote it, and why that is not the model that was to."""
    who = t(f"follow_up.author.{view.author}")
    if view.draft is Draft.WANTED:
        return f"{who} ({t('follow_up.draft.wanted')})"
    if view.draft is Draft.REFUSED:
        return f"{who} ({t('follow_up.draft.refused', reason=view.draft_reason or '?')})"
    return who


def _show_settings(view: FollowUpSettingsView, shop: Tenant, *, as_json: bool) -> None:
    if as_json:
        output.json_document(json_object(SETTINGS, view))
        return
    output.facts(
        [
            (t("follow_up.paused"), _pause(view.paused_until, shop)),
            (t("follow_up.hold_out"), _hold_out(view, shop)),
            (t("follow_up.calendar"), t("yes") if view.calendar else t("no")),
        ]
    )


def _pause(until: datetime | None, shop: Tenant) -> str:
    if until is None:
        return t("no")
    if until.year >= _NO_END:
        return t("follow_up.paused_for_good", command=f"waagent followup resume -t {shop.slug}")
    return t("follow_up.paused_until", time=local_time(until, ZoneInfo(shop.timezone)))


def _hold_out(view: FollowUpSettingsView, shop: Tenant) -> str:
    if view.hold_out_percent == 0:
        return t("follow_up.hold_out_none")
    command = f"waagent followup holdout 0 -t {shop.slug}"
    return t("follow_up.hold_out_some", percent=view.hold_out_percent, command=command)
