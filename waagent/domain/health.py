"""When a session that seems to run does not: the watchdog's rules, on signs of life. Pure.

All times are seconds of one monotonic clock. A host that cannot reach WhatsApp at all leaves its
sessions alone (restarting them heals no network), so most rules hold only while it can.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from waagent.domain.sessions import SessionState

MOST_DOUBLED = 10
"""More would wait for weeks."""


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
    silence_least: float = 15 * 60.0
    """No silence is suspicious before that, however busy the number is."""
    suspicious: float = 5.0
    """So many customers usually write in such a time, and none did. By chance that happens once in
    150 times (see :mod:`waagent.domain.traffic`): WhatsApp is asked at once."""
    surely_deaf: float = 10.0
    """Once in 20,000 times. WhatsApp answers and yet nothing comes: connected anew, to be sure. The
    next time only after twice as many, and so on: a holiday has every shop silent."""
    silent: float = 6 * 3600.0
    """The same where it is not known what is usual. A shop that hears nothing for so long sleeps; a
    reconnect then disturbs nobody."""
    unstored: float = 15.0
    """What came is tried to be stored for so long: a lock, a full disk. WhatsApp has been told that
    it arrived, so no more is taken meanwhile."""
    stalled: float = 60.0
    """The host's loop has not turned: nobody would see what happens to its sessions."""
    silent_most: float = 24 * 3600.0
    """And after so long in any case: for a number that few people write to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a session: since when it is in its state, and when it last had traffic.

    ``expected`` is how many customers usually write in the time since then, None where that is not
    known; ``in_vain`` how often it was connected anew for being silent, and heard nothing since.
    """

    state: SessionState
    since: float
    heard_at: float
    failed_probes: int
    expected: float | None = None
    in_vain: int = 0

    def silence(self, now: float) -> float:
        """Seconds of this connection in which nothing was heard."""
        return now - max(self.heard_at, self.since)


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
    return Trouble.SILENT if _too_silent(signs, signs.silence(now), limits) else None


def suspicious(signs: Signs, now: float, limits: Limits) -> bool:
    """Whether it is connected and so silent that WhatsApp is to be asked, now and until it ends."""
    return (
        signs.state is SessionState.CONNECTED
        and signs.expected is not None
        and signs.silence(now) > limits.silence_least
        and signs.expected >= limits.suspicious
    )


def _too_silent(signs: Signs, silence: float, limits: Limits) -> bool:
    if signs.expected is None:
        return silence > limits.silent
    surely = limits.surely_deaf * 2 ** min(signs.in_vain, MOST_DOUBLED)
    known = silence > limits.silence_least and signs.expected >= surely
    return known or silence > limits.silent_most
