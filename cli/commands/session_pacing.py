"""``waagent session pacing``: how fast a number may write, what decides it, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cli import context, live, output
from cli.options import JsonFlag, TenantOption
from cli.shapes import Shape, json_object, local_time
from waagent.domain.calendar import QUIET_FROM, QUIET_UNTIL
from waagent.domain.pacing import DecidedBy
from waagent.domain.views import HeldView, PacingView
from waagent.i18n import keys, t

if TYPE_CHECKING:
    from waagent.domain.views import Tenant

HELD: Shape[HeldView] = Shape(
    fields=("reason", "messages", "first", "last"), columns=(), empty="pacing.nothing_waits"
)
PACING: Shape[PacingView] = Shape(
    fields=(
        "session",
        "tenant",
        "pacing",
        "number_since",
        "age_days",
        "decided_by",
        "sent_today",
        "day_cap",
        "unasked_today",
        "follow_up_cap",
        "grows_in_days",
        "grows_to",
        "next_reply_at",
        "next_follow_up_at",
        "quiet_hours",
        "quiet_now",
        "frozen_until",
        "freeze_reason",
        "follow_ups_moved",
        "held",
    ),
    columns=(),
    empty="empty.sessions",
)


def pacing(
    session: Annotated[
        str,
        typer.Argument(
            metavar="SESSION", help="The session's name or id.", autocompletion=live.sessions
        ),
    ] = "main",
    tenant: TenantOption = None,
    number_since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Since when the number is in use on WhatsApp: 2023-05-31, or its age as 10d, 3w,"
            " 8mo, 2y. Decides how much it may send.",
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show how fast a number may write, what decides it, and what waits."""
    with context.session(tenant, session) as (services, shop):
        if number_since is not None:
            services.pacing.set_number_since(shop, session, number_since, actor=context.actor())
        view = services.pacing.report(shop, session)
    if as_json:
        held = [json_object(HELD, each) for each in view.held]
        output.json_document({**json_object(PACING, view), "held": held})
        return
    if number_since is not None:
        output.line(t("pacing.declared", session=view.session, since=view.number_since))
    if view.pacing == "off":
        output.line(t("pacing.off"))
        return
    output.facts(_facts(view, shop))


def _facts(view: PacingView, shop: Tenant) -> Iterator[tuple[str, str]]:
    zone = ZoneInfo(shop.timezone)
    yield t("pacing.number"), _age(view)
    yield t("pacing.today"), t("pacing.of_cap", sent=view.sent_today, cap=view.day_cap)
    yield (
        t("pacing.follow_ups"),
        t("pacing.follow_ups_of_cap", sent=view.unasked_today, cap=view.follow_up_cap),
    )
    yield t("pacing.next_step"), _growth(view)
    yield t("pacing.next_reply"), _when(view.next_reply_at, zone)
    yield t("pacing.next_follow_up"), _when(view.next_follow_up_at, zone)
    yield t("pacing.quiet"), _quiet(view)
    yield t("pacing.freeze"), _freeze(view, zone)
    yield from _waiting(view, zone)


def _age(view: PacingView) -> str:
    if view.decided_by is DecidedBy.NUMBER_SINCE:
        return t("pacing.number_since", days=view.age_days, since=view.number_since)
    if view.decided_by is DecidedBy.NEVER_PAIRED:
        return t("pacing.never_paired")
    command = f"waagent session pacing {view.session} -t {view.tenant} --number-since 2y"
    return t("pacing.first_paired_at", days=view.age_days, command=command)


def _growth(view: PacingView) -> str:
    if view.grows_to is None:
        return t("pacing.full_grown")
    return t("pacing.grows", cap=view.grows_to, days=view.grows_in_days)


def _when(moment: datetime, zone: tzinfo) -> str:
    if moment <= datetime.now(UTC):
        return t("pacing.now")
    return t("pacing.at", time=local_time(moment, zone))


def _quiet(view: PacingView) -> str:
    if not view.quiet_hours:
        return t("pacing.no_quiet_hours")
    key = "pacing.quiet_now" if view.quiet_now else "pacing.quiet_hours"
    return t(key, begin=f"{QUIET_FROM:%H:%M}", end=f"{QUIET_UNTIL:%H:%M}")


def _freeze(view: PacingView, zone: tzinfo) -> str:
    if view.frozen_until is None:
        return t("pacing.not_frozen")
    from waagent.services.explain import explain

    why, _ = explain("frozen", view.freeze_reason)
    return t("pacing.frozen", time=local_time(view.frozen_until, zone), why=why)


def _waiting(view: PacingView, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """What waits, a line for each reason; the first has the name of them all."""
    lines = [_held(each, zone) for each in view.held]
    if view.frozen_until is not None and view.follow_ups_moved:
        day = f"{view.next_follow_up_at.astimezone(zone):%Y-%m-%d}"
        lines.append(t("pacing.moved", count=view.follow_ups_moved, day=day))
    yield t("pacing.waiting"), lines[0] if lines else t("pacing.nothing_waits")
    yield from (("", line) for line in lines[1:])


def _held(held: HeldView, zone: tzinfo) -> str:
    key = f"pacing.held.{held.reason}"
    why = t(key if key in keys() else "pacing.held.other")
    first, last = local_time(held.first, zone), local_time(held.last, zone)
    if first == last:
        return t("pacing.held", count=held.messages, why=why, time=last)
    return t("pacing.held_spread", count=held.messages, why=why, first=first, last=last)
