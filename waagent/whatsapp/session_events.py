"""From the library's events about a session to :class:`waagent.domain.sessions.SessionEvent`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from waagent.domain.sessions import SessionEvent, SessionEventKind

_EVENT_KINDS = {
    3: SessionEventKind.CONNECTED,
    4: SessionEventKind.KEEPALIVE_TIMEOUT,
    5: SessionEventKind.KEEPALIVE_RESTORED,
    6: SessionEventKind.LOGGED_OUT,
    7: SessionEventKind.REPLACED,
    8: SessionEventKind.TEMPORARY_BAN,
    9: SessionEventKind.CONNECT_FAILURE,
    10: SessionEventKind.OUTDATED,
    11: SessionEventKind.STREAM_ERROR,
    12: SessionEventKind.DISCONNECTED,
    26: SessionEventKind.OFFLINE_SYNC_PREVIEW,
    27: SessionEventKind.OFFLINE_SYNC_COMPLETED,
}
NUMBERS = frozenset(_EVENT_KINDS)
"""The library's numbers for the events this module understands."""

# neonize's own numbering (Neonize.proto) → WhatsApp's codes (whatsmeow, types/events).
_FAILURE_CODES = {
    1: "400",
    2: "401",
    3: "402",
    4: "403",
    5: "406",
    6: "405",
    7: "409",
    8: "500",
    9: "501",
    10: "503",
}
_BAN_CODES = {1: "101", 2: "102", 3: "103", 4: "104", 5: "106"}


def session_event(number: int, event: Any, now: datetime) -> SessionEvent | None:
    """What the library tells of the session itself; ``now`` is aware, in UTC."""
    kind = _EVENT_KINDS.get(number)
    if kind is None:
        return None
    until = None
    if kind is SessionEventKind.TEMPORARY_BAN:
        until = now + timedelta(seconds=max(0, event.Expire))
    return SessionEvent(kind=kind, code=_code(kind, event), until=until)


def _code(kind: SessionEventKind, event: Any) -> str | None:
    if kind is SessionEventKind.TEMPORARY_BAN:
        return _BAN_CODES.get(event.Code) if event.HasField("Code") else None
    if kind is SessionEventKind.STREAM_ERROR:
        return event.Code or None
    if kind is SessionEventKind.OFFLINE_SYNC_PREVIEW:
        return str(event.Message)
    if kind is SessionEventKind.OUTDATED:
        return "405"
    if kind is SessionEventKind.LOGGED_OUT and not event.OnConnect:
        return "device_removed"
    if kind in {SessionEventKind.LOGGED_OUT, SessionEventKind.CONNECT_FAILURE}:
        return _failure_code(event)
    return None


def _failure_code(event: Any) -> str | None:
    """WhatsApp's own code; ones neonize has no number for are in the raw node it passes on."""
    if event.HasField("Reason"):
        return _FAILURE_CODES.get(event.Reason)
    if not event.DESCRIPTOR.fields_by_name.get("Raw"):
        return None
    reasons = (attr for attr in event.Raw.Attrs if attr.name == "reason")
    return next((attr.text or str(attr.integer) for attr in reasons), None)
