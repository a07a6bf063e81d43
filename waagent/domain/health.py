"""When a session that seems to run does not: the watchdog's rules, on signs of life. Pure.

All times are seconds of one monotonic clock. A host that cannot reach WhatsApp at all leaves its
sessions alone (restarting them heals no network), so most rules hold only while it can.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from waagent.domain.sessions import SessionState


class Trouble(StrEnum):
    """What is wrong with a session, as its events name it."""

    NEVER_CONNECTED = "never_connected"
    OFFLINE = "offline"
    KEEPALIVE = "keepalive"
    DEAF = "deaf"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long is too long, in seconds. The library's own keepalive takes 20 to 30 s to notice a
    dead socket and three minutes to act; its pause between attempts grows without a bound.
    """

    connect: float = 60.0
    """From the start to the first login: on a slow network it takes a few seconds."""
    offline: float = 60.0
    """The library has tried about eight times by then, and would soon try once in minutes."""
    degraded: float = 45.0
    """After a keepalive that was not answered; two more are due in that time."""
    failed_probes: int = 2
    """In a row: one alone may be lost to a busy moment."""
    probe_least: float = 60.0
    probe_most: float = 120.0
    """Between probes of one session; spread, so that a host's do not come together."""
    probe_again: float = 5.0
    """After one that failed."""
    probe_timeout: float = 10.0
    silent: float = 6 * 3600.0
    """Without a single message, though probes are answered: connected anew, to be sure. A shop that
    hears nothing for so long sleeps; a reconnect then disturbs nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a session: since when it is in its state, and when it last had traffic."""

    state: SessionState
    since: float
    heard_at: float
    failed_probes: int


def diagnose(signs: Signs, now: float, *, reachable: bool, limits: Limits) -> Trouble | None:
    """What is wrong enough to restart the session's client; None: nothing, or nothing of its own.

    ``reachable`` tells whether this host can reach WhatsApp at all.
    """
    if not reachable:
        return None
    lasted = now - signs.since
    if signs.state is SessionState.CONNECTING and lasted > limits.connect:
        return Trouble.NEVER_CONNECTED
    if signs.state is SessionState.DISCONNECTED and lasted > limits.offline:
        return Trouble.OFFLINE
    if signs.state is SessionState.DEGRADED and lasted > limits.degraded:
        return Trouble.KEEPALIVE
    if signs.state is not SessionState.CONNECTED:
        return None
    if signs.failed_probes >= limits.failed_probes:
        return Trouble.DEAF
    if now - max(signs.heard_at, signs.since) > limits.silent:
        return Trouble.SILENT
    return None
