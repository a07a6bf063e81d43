"""The states of a linked number, and what each thing WhatsApp tells us means for it.

``new → pairing → connecting → connected → degraded | disconnected | logged_out | banned_until |
replaced | outdated | suspended``. The library keeps trying in ``disconnected``; it does not
in the states that :data:`PARKED` names, so there a person or a later retry has to act. The rules
follow the measured behaviour of neonize 0.5.2: polling ``is_connected`` says nothing, events do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SessionState(StrEnum):
    """Where a session is."""

    NEW = "new"
    PAIRING = "pairing"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DEGRADED = "degraded"
    DISCONNECTED = "disconnected"
    LOGGED_OUT = "logged_out"
    BANNED_UNTIL = "banned_until"
    REPLACED = "replaced"
    OUTDATED = "outdated"
    SUSPENDED = "suspended"


class DesiredState(StrEnum):
    """What the shop wants of a session; hosts work towards it."""

    CONNECTED = "connected"
    STOPPED = "stopped"


PARKED = frozenset(
    {
        SessionState.NEW,
        SessionState.PAIRING,
        SessionState.LOGGED_OUT,
        SessionState.BANNED_UNTIL,
        SessionState.REPLACED,
        SessionState.OUTDATED,
        SessionState.SUSPENDED,
    }
)
"""States in which a host must not (re)connect a session by itself."""


class SessionEventKind(StrEnum):
    """What WhatsApp, or the library, tells of a session."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    KEEPALIVE_TIMEOUT = "keepalive_timeout"
    KEEPALIVE_RESTORED = "keepalive_restored"
    LOGGED_OUT = "logged_out"
    REPLACED = "replaced"
    TEMPORARY_BAN = "temporary_ban"
    CONNECT_FAILURE = "connect_failure"
    OUTDATED = "outdated"
    STREAM_ERROR = "stream_error"
    OFFLINE_SYNC_COMPLETED = "offline_sync_completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One such thing.

    ``code`` is WhatsApp's own; ``until`` (aware, UTC) is set for a temporary ban.
    """

    kind: SessionEventKind
    code: str | None = None
    until: datetime | None = None


_NEXT: dict[SessionEventKind, SessionState] = {
    SessionEventKind.CONNECTED: SessionState.CONNECTED,
    SessionEventKind.DISCONNECTED: SessionState.DISCONNECTED,
    SessionEventKind.KEEPALIVE_TIMEOUT: SessionState.DEGRADED,
    SessionEventKind.KEEPALIVE_RESTORED: SessionState.CONNECTED,
    SessionEventKind.LOGGED_OUT: SessionState.LOGGED_OUT,
    SessionEventKind.REPLACED: SessionState.REPLACED,
    SessionEventKind.TEMPORARY_BAN: SessionState.BANNED_UNTIL,
    SessionEventKind.CONNECT_FAILURE: SessionState.DISCONNECTED,
    SessionEventKind.OUTDATED: SessionState.OUTDATED,
}

_TERMINAL = frozenset(
    {
        SessionState.LOGGED_OUT,
        SessionState.BANNED_UNTIL,
        SessionState.REPLACED,
        SessionState.OUTDATED,
    }
)


def next_state(state: SessionState, event: SessionEvent) -> SessionState:
    """The state after ``event``.

    The socket closing after a terminal event (a logout, a ban, …) must not hide why it closed, so
    a mere disconnect leaves those states alone. Events that only inform leave every state alone.
    """
    target = _NEXT.get(event.kind, state)
    if target is SessionState.DISCONNECTED and state in _TERMINAL:
        return state
    return target


def stops_client(state: SessionState) -> bool:
    """Whether the host should stop the client: the library will not come back by itself."""
    return state in _TERMINAL
