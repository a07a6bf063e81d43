"""``waagent session show`` and ``waagent session move``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context, live, output
from cli.options import JsonFlag, SessionName, TenantOption
from cli.shapes import SESSION, Shape, json_object, local_time, show_list
from waagent.domain.views import SessionEventView, SessionHealth
from waagent.i18n import t
from waagent.services.explain import explain_session

if TYPE_CHECKING:
    from datetime import tzinfo

    from waagent.domain.views import SessionDetails, SessionView


EVENT: Shape[SessionEventView] = Shape(
    fields=("at", "state", "reason", "action"),
    columns=(
        ("col.time", lambda view, zone: local_time(view.at, zone)),
        ("col.state", lambda view, _zone: str(view.state)),
        ("col.reason", lambda view, _zone: view.reason or ""),
        ("col.action", lambda view, _zone: view.action or ""),
    ),
    empty="empty.events",
)

HEALTH: Shape[SessionHealth] = Shape(
    fields=(
        "last_inbound_at",
        "last_probe_at",
        "last_probe_ok",
        "keepalive_timeouts",
        "failed_probes",
        "forced_reconnects",
        "client_restarts",
        "callback_faults",
        "disconnects",
    ),
    columns=(),
    empty="empty.events",
)

_TIMES = ("connected_at", "down_since", "retry_at", "banned_until", "frozen_until", "last_event_at")
_COUNTS = HEALTH.fields[3:]


def show(
    name: SessionName = "main", tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Show the state of a linked number: since when, why, and what waagent did about it."""
    with context.session(tenant, name) as (services, shop):
        details = services.sessions.show(shop, name)
        if as_json:
            output.json_document(_as_json(details))
            return
        from zoneinfo import ZoneInfo

        output.facts(_facts(details, ZoneInfo(shop.timezone)))
        output.line("")
        show_list(EVENT, details.events, as_json=False, zone=shop.timezone)


def move(
    name: SessionName = "main",
    tenant: TenantOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="HOST",
            help="The host; without it, one with room.",
            autocompletion=live.hosts,
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Have another host hold a linked number, and wait until it does."""
    with context.session(tenant, name) as (services, shop):
        moved = services.sessions.move(shop, name, to, actor=context.actor())
        if as_json:
            output.json_document(json_object(SESSION, moved))
        else:
            output.line(t("session.moved", name=moved.name, host=moved.owner))


def _as_json(details: SessionDetails) -> dict[str, Any]:
    return {
        **json_object(SESSION, details.session),
        "health": json_object(HEALTH, details.health),
        "events": [json_object(EVENT, event) for event in details.events],
    }


def _facts(details: SessionDetails, zone: tzinfo) -> list[tuple[str, str]]:
    session, health = details.session, details.health
    why, todo = explain_session(session)
    first = [
        (t("col.session"), session.name),
        (t("col.phone"), session.phone or ""),
        (t("col.state"), state_text(session)),
        (t("session.why"), why),
        (t("session.todo"), todo),
        (t("col.owner"), session.owner or ""),
        (t("col.outbox"), str(session.outbox)),
    ]
    times = [(t(f"session.{name}"), local_time(getattr(session, name), zone)) for name in _TIMES]
    counts = [(t(f"session.{name}"), str(getattr(health, name))) for name in _COUNTS]
    heard = (t("session.last_inbound_at"), local_time(health.last_inbound_at, zone))
    return first + [pair for pair in [*times, heard] if pair[1]] + counts


def state_text(session: SessionView) -> str:
    """The state, and why."""
    reasons = [session.detail, session.reason]
    why = ", ".join(reason for reason in reasons if reason)
    return f"{session.state} ({why})" if why else str(session.state)
