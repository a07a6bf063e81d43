"""Looks after the sessions of a host: finds those that only seem to run, and counts what happens.

All of it happens in the host's loop but what waits: for WhatsApp's answers to probes, and for what
is usual for a number that has fallen silent. The rules are in :mod:`waagent.domain.health`.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog

from waagent.domain.health import Limits, Signs, Trouble, diagnose, suspicious
from waagent.domain.sessions import SessionState
from waagent.domain.traffic import Rhythm
from waagent.services.sessions import HealthCounts
from waagent.whatsapp.endpoint import Endpoint

log = structlog.get_logger(__name__)

THREADS = 8
"""Probes at once. Deaf sessions keep one each for the whole time-out."""
LOOK_EVERY_S = 5.0
"""How often this host sees whether it can reach WhatsApp, while a session is in trouble."""
REACH_TIMEOUT_S = 3.0
LEARN_EVERY_S = 24 * 3600.0
"""What is usual for a number is learnt when it falls silent, and then holds for so long."""
LEARN_AGAIN_S = 300.0
"""After it could not be learnt."""
WHATSAPP = ("web.whatsapp.com", 443)
COUNTERS = (
    "keepalive_timeouts",
    "failed_probes",
    "forced_reconnects",
    "client_restarts",
    "callback_faults",
    "disconnects",
)

Inbox = Callable[[Callable[[], None]], None]
"""Has something done in the host's loop."""


@dataclass(slots=True)
class _Watched:
    state: SessionState
    since: float
    heard_at: float
    probe_at: float
    failed_probes: int = 0
    probing: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    inbound_at: datetime | None = None
    probed_at: datetime | None = None
    probe_ok: bool | None = None
    usual: Rhythm | None = None
    learn_at: float = 0.0
    in_vain: int = 0
    """Connected anew for its silence, and nothing was heard since."""
    suspected: bool = False
    """Of this silence; it was asked about."""


class Watchdog:
    """``probe`` asks WhatsApp something over a session's connection: whether an answer came.
    ``usual`` tells what a session usually hears, None where that is not known."""

    def __init__(
        self,
        probe: Callable[[str, float], bool],
        reach: Callable[[], bool],
        usual: Callable[[str], Rhythm | None],
        inbox: Inbox,
        limits: Limits | None = None,
    ) -> None:
        self._probe = probe
        self._reach = reach
        self._usual = usual
        self._inbox = inbox
        self._limits = limits or Limits()
        self._watched: dict[str, _Watched] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="probe")
        self._reached_at = -LOOK_EVERY_S
        self._looking_until = 0.0

    def state(self, key: str, state: SessionState) -> None:
        """A session has come to a state; :meth:`forget` when it is not run here any more."""
        now = time.monotonic()
        watched = self._watched.get(key)
        if watched is None:
            watched = self._watched[key] = _Watched(state, now, now, now)
        watched.state, watched.since, watched.failed_probes = state, now, 0
        watched.suspected = False
        watched.probe_at = now + random.uniform(  # noqa: S311  no secret
            self._limits.probe_least, self._limits.probe_most
        )

    def forget(self, key: str) -> HealthCounts | None:
        """It is not run here any more; what was counted of it and not told yet."""
        watched = self._watched.pop(key, None)
        return None if watched is None else _counted(key, watched)

    def heard(self, key: str) -> None:
        """Something came over its connection. Called on the library's threads."""
        watched = self._watched.get(key)
        if watched is not None:
            watched.heard_at = time.monotonic()
            watched.inbound_at = datetime.now(UTC)
            watched.in_vain, watched.suspected = 0, False

    def count(self, key: str, what: str) -> None:
        """One more of the :data:`COUNTERS`."""
        watched = self._watched.get(key)
        if watched is not None:
            watched.counts[what] = watched.counts.get(what, 0) + 1

    def check(self) -> list[tuple[str, Trouble]]:
        """Send the probes that are due; the sessions whose clients are to be restarted."""
        now = time.monotonic()
        found = []
        for key, watched in self._watched.items():
            signs = self._signs(key, watched, now)
            if watched.state is SessionState.CONNECTED and not watched.probing:
                self._probe_if_due(key, watched, signs, now)
            trouble = diagnose(signs, now, reachable=True, limits=self._limits)
            if trouble is not None:
                found.append((key, trouble))
        if not found or not self._can_reach(now):
            return []
        for key, trouble in found:
            self._watched[key].in_vain += trouble is Trouble.SILENT
        return found

    def counted(self) -> list[HealthCounts]:
        """What was counted since the last time, of the sessions that have something to tell."""
        told = [_counted(key, watched) for key, watched in self._watched.items()]
        return [each for each in told if each is not None]

    def close(self) -> None:
        """Send no more probes."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _signs(self, key: str, watched: _Watched, now: float) -> Signs:
        signs = Signs(
            state=watched.state,
            since=watched.since,
            heard_at=watched.heard_at,
            failed_probes=watched.failed_probes,
            in_vain=watched.in_vain,
        )
        silence = signs.silence(now)
        if watched.state is not SessionState.CONNECTED or silence <= self._limits.silence_least:
            return signs
        if now >= watched.learn_at:
            watched.learn_at = now + LEARN_EVERY_S
            self._pool.submit(self._learn, key, watched)
        if watched.usual is None:
            return signs
        end = datetime.now(UTC)
        expected = watched.usual.expected(end - timedelta(seconds=silence), end)
        return replace(signs, expected=expected)

    def _probe_if_due(self, key: str, watched: _Watched, signs: Signs, now: float) -> None:
        if not watched.suspected and suspicious(signs, now, self._limits):
            log.info("session.silent", action="probe", session=key)
            watched.suspected, watched.probe_at = True, now
        if now >= watched.probe_at:
            watched.probing = True
            self._pool.submit(self._run_probe, key, watched)

    def _can_reach(self, now: float) -> bool:
        """Whether WhatsApp was reached a moment ago; if not known, that is found out meanwhile."""
        if now - self._reached_at <= LOOK_EVERY_S:
            return True
        if now >= self._looking_until:
            self._looking_until = now + LOOK_EVERY_S
            self._pool.submit(self._look)
        return False

    def _learn(self, key: str, watched: _Watched) -> None:
        try:
            usual = self._usual(key)
        except Exception as error:
            log.warning("session.usual_unknown", session=key, error=type(error).__name__)
            self._inbox(partial(self._learnt, watched, watched.usual, LEARN_AGAIN_S))
        else:
            self._inbox(partial(self._learnt, watched, usual, LEARN_EVERY_S))

    def _learnt(self, watched: _Watched, usual: Rhythm | None, for_s: float) -> None:
        watched.usual, watched.learn_at = usual, time.monotonic() + for_s

    def _run_probe(self, key: str, watched: _Watched) -> None:
        begun = watched.since
        try:
            ok = self._probe(key, self._limits.probe_timeout)
        except Exception:
            log.exception("session.probe_failed", session=key)
            ok = False
        self._inbox(partial(self._probed, key, watched, begun, ok))

    def _probed(self, key: str, watched: _Watched, begun: float, ok: bool) -> None:
        watched.probing = False
        if watched.since != begun:
            return  # it has been disconnected meanwhile: that is not news of this connection
        now, limits = time.monotonic(), self._limits
        watched.probed_at, watched.probe_ok = datetime.now(UTC), ok
        watched.failed_probes = 0 if ok else watched.failed_probes + 1
        pause = random.uniform(limits.probe_least, limits.probe_most)  # noqa: S311  no secret
        watched.probe_at = now + (pause if ok else limits.probe_again)
        if not ok:
            log.warning("session.probe_unanswered", action="probe", session=key)
            self.count(key, "failed_probes")

    def _look(self) -> None:
        reached = self._reach()
        if reached:
            self._reached_at = time.monotonic()
        else:
            log.warning("whatsapp.unreachable", action="wait")


def _counted(key: str, watched: _Watched) -> HealthCounts | None:
    """Take what was counted; None if that is nothing."""
    counts, watched.counts = watched.counts, {}
    inbound_at, watched.inbound_at = watched.inbound_at, None
    probed_at, watched.probed_at = watched.probed_at, None
    if not counts and inbound_at is None and probed_at is None:
        return None
    return HealthCounts(
        session_id=key,
        last_inbound_at=inbound_at,
        last_probe_at=probed_at,
        last_probe_ok=watched.probe_ok if probed_at else None,
        **{name: counts.get(name, 0) for name in COUNTERS},
    )


def reaches(endpoint: Endpoint | None) -> bool:
    """Whether a connection to WhatsApp, or to what stands in its place, can be opened from here."""
    address: Sequence[str | int] = WHATSAPP
    if endpoint is not None:
        parts = urlsplit(endpoint.proxy_url)
        address = (parts.hostname or "", parts.port or 80)
    try:
        socket.create_connection((str(address[0]), int(address[1])), REACH_TIMEOUT_S).close()
    except OSError:
        return False
    return True
