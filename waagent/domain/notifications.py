"""What an owner is told of a number without asking, and when.

A number that is away for longer than a grace time is told of, and that it is back. What does not
heal by itself is told at once. A number that keeps going up and down is told of a few times, then
once more that it does so, and after an hour how it ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from waagent.domain.sessions import SessionState


class ChannelKind(StrEnum):
    """How a notification travels."""

    EMAIL = "email"
    WHATSAPP = "whatsapp"
    APPRISE = "apprise"


class NoticeKind(StrEnum):
    """What it says."""

    DOWN = "down"
    ACTION = "action"
    """Somebody has to act: it does not heal by itself."""
    BACK = "back"
    FLAPPING = "flapping"
    FROZEN = "frozen"
    TEST = "test"


class NotificationState(StrEnum):
    """Where a notification is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It may have been sent, so it is not sent again."""
    DROPPED = "dropped"
    """It was out of date before it could be sent."""


URGENT = frozenset(
    {
        SessionState.LOGGED_OUT,
        SessionState.BANNED_UNTIL,
        SessionState.REPLACED,
        SessionState.OUTDATED,
        SessionState.SUSPENDED,
    }
)
"""States that are told at once, without grace."""
AWAY = frozenset({SessionState.CONNECTING, SessionState.DEGRADED, SessionState.DISCONNECTED})
"""States that may heal by themselves, and are told after the grace time."""
PASSKEY = "passkey_required"
"""Detail of the state ``pairing`` that is told at once."""
FINAL = URGENT - {SessionState.REPLACED}
"""States that cannot come and go many times an hour: these are never folded away."""

MOST_AN_HOUR = 6
"""So many times an hour an owner is told that a number went away or came back."""
QUIET = timedelta(hours=1)

MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """A session now. ``wanted``: it should be connected."""

    state: SessionState
    detail: str | None
    wanted: bool
    down_since: datetime | None
    frozen_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What its owner was told last. ``outage``: of the one that is not over; None: none is."""

    state: str | None = None
    outage: datetime | None = None
    frozen_until: datetime | None = None
    quiet_until: datetime | None = None


def news(
    session: SessionFacts, told: Told, *, now: datetime, grace: timedelta
) -> NoticeKind | None:
    """What there is to tell, or None. One thing at a time: ask again after telling it."""
    if not session.wanted:
        return None
    hushed = told.quiet_until is not None and told.quiet_until > now
    if not hushed or session.state in FINAL:
        if _needs_somebody(session) and (told.state != session.state or _is_new(session, told)):
            return NoticeKind.ACTION
        if _is_back(session, told):
            return NoticeKind.BACK
        if _is_away(session, now - grace) and _is_new(session, told):
            return NoticeKind.DOWN
    if _is_frozen(session, now) and not _lies_ahead(told.frozen_until, now):
        return NoticeKind.FROZEN
    return None


def may_be_folded(kind: NoticeKind, state: SessionState) -> bool:
    """Whether it is one of those that come in numbers when a number goes up and down."""
    return kind in (NoticeKind.DOWN, NoticeKind.BACK) or (
        kind is NoticeKind.ACTION and state not in FINAL
    )


def retry_after(attempt: int) -> timedelta:
    """The wait after the ``attempt``-th try (from 1) that surely sent nothing: 30 s to an hour."""
    return timedelta(seconds=min(30 * 2 ** min(attempt - 1, 16), 3600))


def _needs_somebody(session: SessionFacts) -> bool:
    asked = session.state is SessionState.PAIRING and session.detail == PASSKEY
    return asked or session.state in URGENT


def _is_away(session: SessionFacts, before: datetime) -> bool:
    return session.state in AWAY and session.down_since is not None and session.down_since <= before


def _is_back(session: SessionFacts, told: Told) -> bool:
    connected = session.state is SessionState.CONNECTED and session.down_since is None
    return connected and told.outage is not None


def _is_new(session: SessionFacts, told: Told) -> bool:
    """Whether this outage began after the one that was told."""
    if session.down_since is None:
        return False
    return told.outage is None or session.down_since > told.outage


def _is_frozen(session: SessionFacts, now: datetime) -> bool:
    """While it is away there are other things to tell; what is frozen for longer is told after."""
    return session.state is SessionState.CONNECTED and _lies_ahead(session.frozen_until, now)


def _lies_ahead(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now
