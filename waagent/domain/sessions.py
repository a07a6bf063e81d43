"""The states of a linked number, and what each thing WhatsApp tells us means for it.

``new → pairing → connecting → connected → degraded | disconnected | logged_out | banned_until |
replaced | outdated | suspended``. The library keeps trying in ``disconnected``; it does not
in the states that :data:`PARKED` names, so there a person or a later retry has to act. The rules
follow the measured behaviour of neonize 0.5.2: polling ``is_connected`` says nothing, events do.

:func:`react` is the whole table: from a state and an event to the next state and what the host
does about it. When a failed session is tried again is :func:`retry_after`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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
"""States in which a host must not (re)connect a session by itself, unless its row says when."""


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
    OFFLINE_SYNC_PREVIEW = "offline_sync_preview"
    OFFLINE_SYNC_COMPLETED = "offline_sync_completed"
    CALLBACK_FAULT = "callback_fault"
    """Code of ours failed on the library's thread; what it was called with is logged."""


ENDED = "ended"
"""The code of a disconnect after which the library's thread has returned, asked by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One such thing.

    ``code`` is WhatsApp's own, or :data:`ENDED`; ``until`` (aware, UTC) is set for a temporary ban.
    """

    kind: SessionEventKind
    code: str | None = None
    until: datetime | None = None


class Action(StrEnum):
    """What the host does about an event, besides writing the state. Shown in a session's events."""

    NONE = "none"
    WAIT = "wait"
    """The library tries by itself; the watchdog restarts the client if that takes too long."""
    RETRY = "retry"
    """Stop the client; any host starts it again once :func:`retry_after` has passed."""
    RESTART = "restart"
    """Stop the client and start it anew: its thread in the library is gone, or it does not heal."""
    STOP = "stop"
    """Stop the client: a person has to link the number again, or to wait."""
    PROBE = "probe"
    """Stop the client, and all starting of clients but for one session now and then."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """The state a session goes to, and what is done."""

    state: SessionState
    action: Action


_K, _S = SessionEventKind, SessionState
_REACTIONS: dict[SessionEventKind, Reaction] = {
    _K.CONNECTED: Reaction(_S.CONNECTED, Action.NONE),
    _K.DISCONNECTED: Reaction(_S.DISCONNECTED, Action.WAIT),
    _K.KEEPALIVE_TIMEOUT: Reaction(_S.DEGRADED, Action.WAIT),
    _K.KEEPALIVE_RESTORED: Reaction(_S.CONNECTED, Action.NONE),
    _K.LOGGED_OUT: Reaction(_S.LOGGED_OUT, Action.STOP),
    _K.REPLACED: Reaction(_S.REPLACED, Action.RETRY),
    _K.TEMPORARY_BAN: Reaction(_S.BANNED_UNTIL, Action.STOP),
    _K.CONNECT_FAILURE: Reaction(_S.DISCONNECTED, Action.RETRY),
    _K.OUTDATED: Reaction(_S.OUTDATED, Action.PROBE),
}

_TERMINAL = frozenset({_S.LOGGED_OUT, _S.BANNED_UNTIL, _S.REPLACED, _S.OUTDATED})
_ONLINE = frozenset({_S.CONNECTED, _S.DEGRADED})
_ABOUT_KEEPALIVE = frozenset({_K.KEEPALIVE_TIMEOUT, _K.KEEPALIVE_RESTORED})
_MERELY_CLOSED = frozenset({_K.DISCONNECTED, _K.CONNECT_FAILURE})


def react(state: SessionState, event: SessionEvent) -> Reaction:
    """The state after ``event``, and what the host does.

    The socket closing after a terminal event (a logout, a ban, …) must not hide why it closed, so
    a mere disconnect leaves those states alone. News of keepalives means something only of a
    connection that is there. Events that only inform leave every state alone.
    """
    stay = Reaction(state, Action.NONE)
    if event.kind in _MERELY_CLOSED and state in _TERMINAL:
        return stay
    if event.kind in _ABOUT_KEEPALIVE and state not in _ONLINE:
        return stay
    if event.kind is _K.DISCONNECTED and event.code == ENDED:
        return Reaction(_S.DISCONNECTED, Action.RESTART)
    return _REACTIONS.get(event.kind, stay)


REPLACED_PAUSE = timedelta(seconds=30)
"""Whoever took the number over may be another host of a broken set-up, or the owner's other
program: two that take it back at once would push each other out for ever."""
REPLACED_MOST = 3
"""So often in a row; then it stays replaced until a person connects it."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
LONGEST_OUT_OF_REACH = timedelta(minutes=1)
"""Where WhatsApp was not even reached there is nobody to annoy."""
UNLINKED_HERE = "unlinked_here"
"""Why a number is logged out that somebody logged out by waagent."""
LASTED = timedelta(minutes=10)
"""A connection this long ends a row of failures."""
FREEZE_AFTER_BAN = timedelta(hours=24)
"""After a temporary ban nothing is sent to people who did not write first, for so long."""


def retry_after(kind: SessionEventKind, failures: int, jitter: float) -> timedelta | None:
    """How long to wait after failure number ``failures`` in a row (from 1); None: for a person.

    ``jitter`` (0 to 1) spreads sessions that failed together: the wait doubles with each failure,
    up to a longest one, and is between three quarters and five quarters of that.
    """
    if kind is SessionEventKind.REPLACED and failures >= REPLACED_MOST:
        return None
    first = REPLACED_PAUSE if kind is SessionEventKind.REPLACED else FIRST_PAUSE
    out_of_reach = kind is SessionEventKind.DISCONNECTED
    longest = LONGEST_OUT_OF_REACH if out_of_reach else LONGEST_PAUSE
    pause: timedelta = min(first * 2 ** min(failures - 1, 16), longest)
    return pause * (0.75 + jitter / 2)


def stops_client(state: SessionState) -> bool:
    """Whether the host should stop the client: the library will not come back by itself."""
    return state in _TERMINAL
