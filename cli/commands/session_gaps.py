"""``waagent session gaps``: messages that came unreadable, empty or late."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.options import JsonFlag, TenantOption
from cli.shapes import Shape, local_time, show_list
from waagent.domain.views import GapDay, GapView
from waagent.i18n import t

DAY: Shape[GapDay] = Shape(
    fields=("day", "session", "undecryptable", "unavailable", "late", "resolved", "open"),
    columns=(
        ("col.day", lambda view, _zone: view.day.isoformat()),
        ("col.session", lambda view, _zone: view.session),
        ("gap.undecryptable", lambda view, _zone: str(view.undecryptable)),
        ("gap.unavailable", lambda view, _zone: str(view.unavailable)),
        ("gap.late", lambda view, _zone: str(view.late)),
        ("gap.resolved", lambda view, _zone: str(view.resolved)),
        ("gap.open", lambda view, _zone: str(view.open)),
    ),
    empty="empty.gaps",
)

GAP: Shape[GapView] = Shape(
    fields=("id", "session", "phone", "name", "cause", "sent_at", "noticed_at", "resolved_at"),
    columns=(
        ("col.time", lambda view, zone: local_time(view.noticed_at, zone)),
        ("col.session", lambda view, _zone: view.session),
        ("col.customer", lambda view, _zone: " ".join(filter(None, (view.name, view.phone)))),
        ("col.reason", lambda view, _zone: t(f"gap.{view.cause}")),
        ("gap.sent", lambda view, zone: local_time(view.sent_at, zone)),
        ("gap.resolved", lambda view, zone: local_time(view.resolved_at, zone)),
    ),
    empty="empty.gaps",
)


def gaps(
    tenant: TenantOption = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="So many days, with today.")] = 7,
    each: Annotated[
        bool, typer.Option("--list", help="Each message, and whom to ask again.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Count the messages of each day that came unreadable, empty or late."""
    with context.shop(tenant) as (services, shop):
        if each:
            found = services.gaps.list(shop, days)
            show_list(GAP, found, as_json=as_json, zone=shop.timezone)
        else:
            show_list(DAY, services.gaps.days(shop, days), as_json=as_json, zone=shop.timezone)
