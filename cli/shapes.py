"""How each read model is listed: its JSON fields, and its columns for people.

The JSON fields are part of the public interface (docs/reference/cli.md): they are only added to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from cli import output
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.views import FollowUpView, LeadView, MessageView, SessionView, Tenant

View = TypeVar("View")
Cell = Callable[[Any, tzinfo], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[View]):
    """``columns`` pairs the catalogue key of a header with what is in its cells."""

    fields: tuple[str, ...]
    columns: tuple[tuple[str, Cell], ...]
    empty: str


def show_list(
    shape: Shape[View], views: Sequence[View], *, as_json: bool, zone: str = "UTC"
) -> None:
    """All of ``views``: a JSON array, or a table with times of ``zone`` (an IANA name)."""
    if as_json:
        output.json_document([json_object(shape, view) for view in views])
    elif not views:
        output.line(t(shape.empty))
    else:
        place = ZoneInfo(zone)
        rows = [[cell(view, place) for _, cell in shape.columns] for view in views]
        output.table([t(header) for header, _ in shape.columns], rows)


def show_one(shape: Shape[View], view: View, *, as_json: bool, zone: str = "UTC") -> None:
    """One of them: a JSON object, or its columns one a line."""
    if as_json:
        output.json_document(json_object(shape, view))
    else:
        place = ZoneInfo(zone)
        output.facts([(t(header), cell(view, place)) for header, cell in shape.columns])


def json_object(shape: Shape[View], view: View) -> dict[str, Any]:
    """The fields of ``view``; times as RFC 3339 in UTC."""
    return {name: _jsonable(getattr(view, name)) for name in shape.fields}


def local_time(moment: datetime | None, zone: tzinfo) -> str:
    """``2026-11-22 14:39 WIB``; nothing for no time."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}" if moment else ""


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _field(name: str) -> Cell:
    def cell(view: Any, _zone: tzinfo) -> str:
        value = getattr(view, name)
        return "" if value is None else str(value)

    return cell


def _time(name: str) -> Cell:
    return lambda view, zone: local_time(getattr(view, name), zone)


def _who(view: Any, _zone: tzinfo) -> str:
    """The name and number of a customer, as far as they are known."""
    return " ".join(part for part in (view.name, view.phone) if part) or "?"


TENANT: Shape[Tenant] = Shape(
    fields=("id", "slug", "name", "timezone"),
    columns=(
        ("col.slug", _field("slug")),
        ("col.name", _field("name")),
        ("col.timezone", _field("timezone")),
        ("col.id", _field("id")),
    ),
    empty="empty.tenants",
)

SESSION: Shape[SessionView] = Shape(
    fields=(
        "id",
        "tenant",
        "name",
        "phone",
        "state",
        "reason",
        "owner",
        "last_event_at",
        "outbox",
    ),
    columns=(
        ("col.tenant", _field("tenant")),
        ("col.session", _field("name")),
        ("col.phone", _field("phone")),
        ("col.state", _field("state")),
        ("col.reason", _field("reason")),
        ("col.last_event", _time("last_event_at")),
        ("col.outbox", _field("outbox")),
        ("col.owner", _field("owner")),
    ),
    empty="empty.sessions",
)

LEAD: Shape[LeadView] = Shape(
    fields=(
        "id",
        "conversation_id",
        "phone",
        "name",
        "stage",
        "status",
        "intent",
        "product",
        "sentiment",
        "need",
        "follow_up_at",
        "last_message_at",
        "unread",
        "updated_at",
    ),
    columns=(
        ("col.customer", _who),
        ("col.stage", _field("stage")),
        ("col.label", _field("status")),
        ("col.intent", _field("intent")),
        ("col.product", _field("product")),
        ("col.last_message", _time("last_message_at")),
        ("col.follow_up", _time("follow_up_at")),
        ("col.id", _field("id")),
    ),
    empty="empty.leads",
)

MESSAGE: Shape[MessageView] = Shape(
    fields=(
        "id",
        "conversation_id",
        "direction",
        "origin",
        "phone",
        "kind",
        "text",
        "state",
        "at",
    ),
    columns=(
        ("col.time", _time("at")),
        ("col.direction", lambda view, _zone: t(f"direction.{view.direction}")),
        ("col.phone", _field("phone")),
        ("col.text", lambda view, _zone: view.text or f"[{view.kind}]"),
        ("col.state", _field("state")),
    ),
    empty="empty.messages",
)

FOLLOW_UP: Shape[FollowUpView] = Shape(
    fields=("id", "lead", "phone", "name", "due_at", "state", "reason"),
    columns=(
        ("col.due", _time("due_at")),
        ("col.customer", _who),
        ("col.state", _field("state")),
        ("col.reason", _field("reason")),
        ("col.id", _field("id")),
    ),
    empty="empty.follow_ups",
)
