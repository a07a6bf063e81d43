"""How each read model is listed: its JSON fields, and its columns for people.

The JSON fields are part of the public interface (docs/reference/cli.md): they are only added to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from cli import listing, output
from waagent.i18n import t
from waagent.services.explain import explain_session

if TYPE_CHECKING:
    from waagent.domain.views import (
        ChannelView,
        FollowUpView,
        LeadView,
        MessageView,
        NotificationView,
        SessionView,
        Tenant,
    )

View = TypeVar("View")
Cell = Callable[[Any, tzinfo], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[View]):
    """``columns`` pairs the catalogue key of a header with what is in its cells.

    ``told`` are JSON fields that are no field of the view, but told of it, in the user's language.
    """

    fields: tuple[str, ...]
    columns: tuple[tuple[str, Cell], ...]
    empty: str
    told: tuple[tuple[str, Callable[[Any], str]], ...] = ()


def show_list(
    shape: Shape[View], views: Sequence[View], *, as_json: bool, zone: str = "UTC"
) -> None:
    """All of ``views``: a JSON array, or a table with times of ``zone`` (an IANA name).

    ``--limit`` and ``--fields`` were heeded before: see :mod:`cli.listing`.
    """
    views = listing.limited(views)
    known = (*shape.fields, *(name for name, _ in shape.told))
    if listing.show_fields(known, (json_object(shape, view) for view in views), as_json=as_json):
        return
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
    found = {name: _jsonable(getattr(view, name)) for name in shape.fields}
    return found | {name: tell(view) for name, tell in shape.told}


def local_time(moment: datetime | None, zone: tzinfo) -> str:
    """``2026-11-22 14:39 WIB``; nothing for no time."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}" if moment else ""


def _jsonable(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_jsonable(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _field(name: str) -> Cell:
    def cell(view: Any, _zone: tzinfo) -> str:
        value = getattr(view, name)
        return "" if value is None else str(value)

    return cell


def _ref(view: Any, _zone: tzinfo) -> str:
    """The id of what commands find by its beginning, too."""
    return output.Ref(view.id)


def _time(name: str) -> Cell:
    return lambda view, zone: local_time(getattr(view, name), zone)


def _message_state(view: Any, _zone: tzinfo) -> str:
    """The state, and why it is not a better one."""
    return f"{view.state} ({view.reason})" if view.reason else str(view.state)


def _follow_up_state(view: FollowUpView, _zone: tzinfo) -> str:
    """The state, and what keeps a planned one back."""
    return f"{view.state} ({', '.join(view.stops)})" if view.stops else str(view.state)


def _who(view: Any, _zone: tzinfo) -> str:
    """The name and number of a customer, as far as they are known."""
    return " ".join(part for part in (view.name, view.phone) if part) or "?"


def _said(view: MessageView) -> str:
    """What a message says: its text, what it carries besides, and what became of it."""
    if view.revoked_at is not None:
        return t("message.revoked")
    parts = [] if view.kind == "text" and view.text else [f"[{t(f'message.kind.{view.kind}')}]"]
    if view.media is not None and view.media.state != "stored":
        parts.append(f"({t(f'message.media.{view.media.state}')})")
    parts += [view.text] if view.text else []
    parts += [f"({t('message.edited')})"] if view.edited_at else []
    parts += [reaction.emoji for reaction in view.reactions]
    return " ".join(parts)


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
        "detail",
        "connected_at",
        "down_since",
        "retry_at",
        "banned_until",
        "frozen_until",
        "freeze_reason",
        "move_to",
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
    told=(
        ("why", lambda session: explain_session(session)[0]),
        ("todo", lambda session: explain_session(session)[1]),
    ),
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
        "stage_name",
        "score",
        "assignee",
        "value",
        "suggested_value",
        "closed_at",
        "tags",
        "notes",
    ),
    columns=(
        ("col.customer", _who),
        ("col.stage", lambda view, _zone: view.stage_name or str(view.stage)),
        ("col.score", _field("score")),
        ("col.label", _field("status")),
        ("col.intent", _field("intent")),
        ("col.product", _field("product")),
        ("col.assignee", _field("assignee")),
        ("col.last_message", _time("last_message_at")),
        ("col.follow_up", _time("follow_up_at")),
        ("col.id", _ref),
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
        "quoted",
        "edited_at",
        "revoked_at",
        "reactions",
        "media",
        "reason",
    ),
    columns=(
        ("col.time", _time("at")),
        ("col.direction", lambda view, _zone: t(f"direction.{view.direction}")),
        ("col.phone", _field("phone")),
        ("col.text", lambda view, _zone: _said(view)),
        ("col.state", _message_state),
        ("col.id", _field("id")),
    ),
    empty="empty.messages",
)

FOLLOW_UP: Shape[FollowUpView] = Shape(
    fields=(
        "id",
        "lead",
        "phone",
        "name",
        "due_at",
        "state",
        "reason",
        "text",
        "rule",
        "stage",
        "intent",
        "template",
        "variant",
        "approval",
        "approved_by",
        "held_out",
        "stops",
        "author",
        "draft",
        "draft_reason",
    ),
    columns=(
        ("col.due", _time("due_at")),
        ("col.customer", _who),
        ("col.state", _follow_up_state),
        ("col.reason", _field("reason")),
        ("col.id", _ref),
    ),
    empty="empty.follow_ups",
)

CHANNEL: Shape[ChannelView] = Shape(
    fields=("id", "name", "kind", "target", "language", "created_at"),
    columns=(
        ("col.channel", _field("name")),
        ("col.kind", _field("kind")),
        ("col.target", _field("target")),
        ("col.language", _field("language")),
    ),
    empty="empty.channels",
)

NOTIFICATION: Shape[NotificationView] = Shape(
    fields=(
        "id",
        "channel",
        "channel_kind",
        "kind",
        "session",
        "state",
        "error",
        "attempt",
        "created_at",
        "sent_at",
    ),
    columns=(
        ("col.time", _time("created_at")),
        ("col.channel", _field("channel")),
        ("col.session", _field("session")),
        ("col.notice", _field("kind")),
        ("col.state", _field("state")),
        ("col.sent", _time("sent_at")),
        ("col.error", _field("error")),
    ),
    empty="empty.notifications",
)
