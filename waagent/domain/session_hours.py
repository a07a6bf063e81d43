"""How a number did, hour by hour: what it received and sent, and for how long it was away. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from waagent.domain.sessions import SessionState

HOUR = timedelta(hours=1)
_AWAY = frozenset(
    state.value
    for state in (
        SessionState.DISCONNECTED,
        SessionState.LOGGED_OUT,
        SessionState.BANNED_UNTIL,
        SessionState.REPLACED,
        SessionState.OUTDATED,
        SessionState.SUSPENDED,
    )
)
"""A number that is connecting, or lags, is on its way; one that was never linked misses nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHour:
    """An hour of the clock from ``at``: messages in and out, minutes (0 to 60) without WhatsApp."""

    at: datetime
    received: int
    sent: int
    away: int


@dataclass(frozen=True, slots=True)
class TrafficHour:
    """Messages of the hour that begins at ``hour``."""

    hour: datetime
    received: int
    sent: int


@dataclass(frozen=True, slots=True)
class StateSince:
    """A state, and when the session came to it."""

    at: datetime
    state: str


def first_hour(now: datetime, hours: int) -> datetime:
    """When the first of the last ``hours`` hours begins; the last one is that of ``now``."""
    this = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return this - (hours - 1) * HOUR


def session_hours(
    traffic: Iterable[TrafficHour], states: Sequence[StateSince], since: datetime, now: datetime
) -> list[SessionHour]:
    """Every hour from ``since`` (the begin of one, in UTC) to ``now``; ``states`` oldest first.

    Of the time before the first state nothing is known: the number is not taken to be away.
    """
    counted = {each.hour.astimezone(UTC): each for each in traffic}
    found: list[SessionHour] = []
    at = since
    while at <= now:
        row = counted.get(at)
        found.append(
            SessionHour(
                at=at,
                received=row.received if row else 0,
                sent=row.sent if row else 0,
                away=_away(states, at, min(at + HOUR, now)),
            )
        )
        at += HOUR
    return found


def _away(states: Sequence[StateSince], begin: datetime, end: datetime) -> int:
    """Minutes between two moments in which it was away, rounded up: a short loss is one too."""
    total = timedelta(0)
    ends = [each.at for each in states[1:]] + [end]
    for each, until in zip(states, ends, strict=False):
        if each.state in _AWAY:
            total += max(min(until, end) - max(each.at, begin), timedelta(0))
    return -int(-total.total_seconds() // 60)
