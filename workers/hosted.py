"""The sessions of one host: what each event and each trouble does to them.

Only the host's loop calls this. Clients are started and stopped elsewhere (:mod:`workers.clients`);
a session whose client is being stopped stays here, under its lease, until that is over.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

import structlog

from waagent.domain.health import Trouble
from waagent.domain.sessions import (
    LASTED,
    UNLINKED_HERE,
    Action,
    SessionEvent,
    SessionEventKind,
    SessionState,
    react,
    retry_after,
    stops_client,
)
from waagent.errors import NotPairedError, WaagentError
from waagent.services.leases import Lease, LeaseService, StateChange
from waagent.services.sessions import HealthCounts
from workers.clients import Clients, Done
from workers.lease_keeper import LeaseKeeper
from workers.watchdog import Watchdog

log = structlog.get_logger(__name__)

OFFLINE_SYNC_S = 3.0
"""Sends wait so long for WhatsApp to say that everything missed has been delivered: a reply that
crosses a backlog can be encrypted with keys the other side is just leaving behind."""
OFFLINE_SYNC_MOST_S = 60.0
"""And so long once it has said that there is a backlog."""

_COUNTED = {
    SessionEventKind.DISCONNECTED: "disconnects",
    SessionEventKind.KEEPALIVE_TIMEOUT: "keepalive_timeouts",
    SessionEventKind.CALLBACK_FAULT: "callback_faults",
}
_FORCED = frozenset({Trouble.DEAF, Trouble.KEEPALIVE, Trouble.SILENT})


class _Phase(Enum):
    STARTING = auto()
    RUNNING = auto()
    STOPPING = auto()


@dataclass(slots=True)
class _Hosted:
    """A session that runs here."""

    lease: Lease
    jid: str
    failures: int
    """In a row."""
    replaced: bool
    """Whether those were that somebody else took the number over."""
    state: SessionState = SessionState.CONNECTING
    phase: _Phase = _Phase.STARTING
    sends_from: float = 0.0
    """Monotonic time before which nothing is sent: what was missed comes in first."""
    connected_at: float = 0.0
    stop_next: bool = False
    """To be stopped as soon as its start is over."""
    politely: bool = False
    again: bool = False
    """To be started again once it is stopped."""
    unlinking: bool = False
    dropped: bool = False
    """Everything was hung up: forgotten as soon as what is under way is over."""


class HostedSessions:
    """All of them. ``broken`` is set when a client hangs: this process can only be left."""

    def __init__(
        self,
        leases: LeaseService,
        owner: str,
        keeper: LeaseKeeper,
        watchdog: Watchdog,
        wake_sender: Callable[[], None],
    ) -> None:
        self._leases = leases
        self._owner = owner
        self._keeper = keeper
        self._watchdog = watchdog
        self._wake_sender = wake_sender
        self._all: dict[str, _Hosted] = {}
        self._unknown_counts: list[HealthCounts] = []
        self.clients: Clients
        self.broken = False

    def keys(self) -> list[str]:
        """The sessions that are here, those included that are being stopped."""
        return list(self._all)

    def jid(self, key: str) -> str:
        """The device of a session that is here."""
        return self._all[key].jid

    def epochs(self) -> dict[str, int]:
        """The lease's epoch of every session that may send now. From any thread."""
        now = time.monotonic()
        return {
            key: hosted.lease.epoch
            for key, hosted in list(self._all.items())
            if hosted.state is SessionState.CONNECTED
            and hosted.phase is not _Phase.STOPPING
            and not hosted.stop_next
            and not hosted.unlinking
            and hosted.sends_from <= now
        }

    def add(self, lease: Lease) -> None:
        """Start a session whose lease was just got.

        Raises:
            WaagentError: PostgreSQL cannot be used; the lease runs out.
        """
        found = self._leases.resume(lease)
        if found is None:
            self._leases.release(self._owner, [lease.session_id])
            return
        self._keeper.add(lease)
        hosted = _Hosted(lease, found.jid, found.failures, found.state is SessionState.REPLACED)
        self._all[lease.session_id] = hosted
        self._write(hosted, SessionState.CONNECTING)
        self.clients.start(lease.session_id)

    def event(self, key: str, event: SessionEvent) -> None:
        """WhatsApp or the library told something of a session."""
        hosted = self._all.get(key)
        if hosted is None or hosted.dropped:
            return
        if event.kind in _COUNTED:
            self._watchdog.count(key, _COUNTED[event.kind])
        if event.kind is SessionEventKind.OFFLINE_SYNC_COMPLETED:
            hosted.sends_from = 0.0
            self._wake_sender()
        elif event.kind is SessionEventKind.OFFLINE_SYNC_PREVIEW:
            hosted.sends_from = time.monotonic() + OFFLINE_SYNC_MOST_S
        else:
            self._react(hosted, event)

    def heal(self, key: str, trouble: Trouble) -> None:
        """Give a session that only seems to run a new client."""
        hosted = self._all.get(key)
        if hosted is None or hosted.phase is not _Phase.RUNNING:
            return
        if trouble in _FORCED:
            self._watchdog.count(key, "forced_reconnects")
        if trouble is Trouble.SILENT:
            self._restart_now(hosted, trouble.value)
        else:
            self._restart(hosted, trouble.value)

    def done(self, done: Done) -> None:
        """A start, a stop or an unlinking is over."""
        hosted = self._all.get(done.key)
        if hosted is None:
            return
        self.broken = self.broken or done.stuck
        if done.unlinked is not None:
            self._unlinked(hosted, done.unlinked)
        elif hosted.dropped and (done.error is not None or not done.started):
            self._forget(hosted)
        elif done.started:
            hosted.stop_next |= hosted.dropped  # got through while all was hung up: must not stay
            self._started(hosted, done.error)
        elif hosted.again and not done.stuck:
            hosted.again = False
            hosted.phase = _Phase.STARTING
            self.clients.start(done.key)
        elif not done.stuck:  # else the lease is let go of by the end of this process
            self._let_go(hosted)

    def leave(self, key: str, reason: str | None) -> None:
        """Stop it, and let others have it; with a reason, it is said to be disconnected."""
        hosted = self._all.get(key)
        if hosted is None or hosted.phase is _Phase.STOPPING or hosted.stop_next:
            return
        if reason is not None:
            self._write(hosted, SessionState.DISCONNECTED, reason=reason)
        self._stop(hosted, politely=True)

    def unlink(self, key: str) -> None:
        """Take its link off the phone, as soon as it is connected."""
        hosted = self._all.get(key)
        if hosted is None or hosted.unlinking or hosted.state is not SessionState.CONNECTED:
            return
        if hosted.phase is _Phase.RUNNING:
            hosted.unlinking = True
            self.clients.unlink(key)

    def lost(self, key: str) -> None:
        """Somebody else has its lease."""
        hosted = self._all.get(key)
        if hosted is not None:
            self._stop(hosted)

    def forget_all(self) -> None:
        """Everything was hung up, and PostgreSQL may not answer: just know nothing of it."""
        self._keeper.drop_all()
        for hosted in list(self._all.values()):
            if hosted.phase is _Phase.RUNNING:
                self._forget(hosted)
            else:
                hosted.dropped = True
                hosted.state = SessionState.DISCONNECTED

    def settle(self) -> None:
        """Connections that lasted end a row of failures."""
        now = time.monotonic()
        for hosted in self._all.values():
            lasted = now - hosted.connected_at > LASTED.total_seconds()
            if hosted.failures and hosted.state is SessionState.CONNECTED and lasted:
                self._leases.lasted(hosted.lease)
                hosted.failures = 0

    def hand_over(self, stuck: set[str]) -> None:
        """Every client is stopped, but for the ``stuck``: write so, and let others have them."""
        for key, hosted in list(self._all.items()):
            stopping = hosted.phase is _Phase.STOPPING or hosted.stop_next
            if not stopping and not hosted.dropped:
                self._write(hosted, SessionState.DISCONNECTED, reason="drained")
            if key not in stuck:
                self._keeper.release(key)

    def counted(self) -> list[HealthCounts]:
        """What there is to tell of the sessions' health."""
        counts, self._unknown_counts = self._unknown_counts, []
        return counts + self._watchdog.counted()

    def _react(self, hosted: _Hosted, event: SessionEvent) -> None:
        reaction = react(hosted.state, event)
        stopping = hosted.phase is _Phase.STOPPING or hosted.stop_next
        if stopping and not stops_client(reaction.state):
            return
        if reaction.state is hosted.state and reaction.action in (Action.NONE, Action.WAIT):
            return
        if reaction.action is Action.RESTART:
            self._restart(hosted, event.code or event.kind.value)
        elif reaction.action in (Action.RETRY, Action.PROBE):
            self._retry(hosted, reaction.state, event, reaction.action)
        else:
            self._write(
                hosted,
                reaction.state,
                reason=event.code,
                action=reaction.action,
                banned_until=event.until,
            )
            if reaction.action is Action.STOP:
                self._stop(hosted)

    def _retry(
        self, hosted: _Hosted, state: SessionState, event: SessionEvent, action: Action
    ) -> None:
        """Stop, and let whichever host try it again after a pause."""
        self._fail(hosted, replaced=state is SessionState.REPLACED)
        self._write(hosted, state, reason=event.code, action=action, retry=event.kind)
        self._stop(hosted)

    def _restart(self, hosted: _Hosted, reason: str) -> None:
        """At once the first time; then after a growing pause, and perhaps on another host."""
        self._fail(hosted, replaced=False)
        if hosted.failures == 1:
            self._restart_now(hosted, reason)
            return
        self._watchdog.count(hosted.lease.session_id, "client_restarts")
        self._write(
            hosted,
            SessionState.DISCONNECTED,
            reason=reason,
            action=Action.RETRY,
            retry=SessionEventKind.CONNECT_FAILURE,
        )
        self._stop(hosted)

    def _restart_now(self, hosted: _Hosted, reason: str) -> None:
        self._watchdog.count(hosted.lease.session_id, "client_restarts")
        self._write(hosted, SessionState.CONNECTING, reason=reason, action=Action.RESTART)
        self._stop(hosted, again=True)

    def _fail(self, hosted: _Hosted, *, replaced: bool) -> None:
        hosted.failures = hosted.failures + 1 if hosted.replaced == replaced else 1
        hosted.replaced = replaced

    def _unlinked(self, hosted: _Hosted, agreed: bool) -> None:
        hosted.unlinking = False  # asked again as long as it is wanted
        if agreed:
            self._write(hosted, SessionState.LOGGED_OUT, reason=UNLINKED_HERE, action=Action.STOP)
            self._stop(hosted)

    def _started(self, hosted: _Hosted, error: WaagentError | None) -> None:
        if error is not None:
            self._start_failed(hosted, error)
            return
        hosted.phase = _Phase.RUNNING
        if hosted.state is SessionState.CONNECTING:
            self._watchdog.state(hosted.lease.session_id, hosted.state)
        if hosted.stop_next:
            hosted.stop_next = False
            self._stop(hosted, politely=hosted.politely, again=hosted.again)

    def _start_failed(self, hosted: _Hosted, error: WaagentError) -> None:
        log.warning(
            "session.start_failed",
            tenant=hosted.lease.tenant_id,
            session=hosted.lease.session_id,
            error=error.code,
        )
        if isinstance(error, NotPairedError):
            self._write(hosted, SessionState.LOGGED_OUT, reason=error.code, action=Action.STOP)
        elif not hosted.stop_next:
            self._fail(hosted, replaced=False)
            self._write(
                hosted,
                SessionState.DISCONNECTED,
                reason=error.code,
                action=Action.RETRY,
                retry=SessionEventKind.DISCONNECTED,
            )
        if not self.broken:
            self._let_go(hosted)

    def _stop(self, hosted: _Hosted, *, politely: bool = False, again: bool = False) -> None:
        hosted.again, hosted.politely = again, politely
        if hosted.phase is _Phase.STARTING:
            hosted.stop_next = True
        elif hosted.phase is _Phase.RUNNING:
            hosted.phase = _Phase.STOPPING
            self.clients.stop(hosted.lease.session_id, politely=politely)

    def _let_go(self, hosted: _Hosted) -> None:
        """Its client is gone: others may have it."""
        self._keeper.release(hosted.lease.session_id)
        self._forget(hosted)

    def _forget(self, hosted: _Hosted) -> None:
        key = hosted.lease.session_id
        counts = self._watchdog.forget(key)
        if counts is not None:
            self._unknown_counts.append(counts)
        self._all.pop(key, None)

    def _write(
        self,
        hosted: _Hosted,
        state: SessionState,
        *,
        reason: str | None = None,
        action: Action = Action.NONE,
        banned_until: datetime | None = None,
        retry: SessionEventKind | None = None,
    ) -> None:
        """Bring it to a state. ``retry``: as what its failure counts, when it is tried again."""
        lease = hosted.lease
        hosted.state = state
        if hosted.phase is not _Phase.STARTING or state is not SessionState.CONNECTING:
            self._watchdog.state(lease.session_id, state)
        if state is SessionState.CONNECTED:
            hosted.connected_at = time.monotonic()
            hosted.sends_from = hosted.connected_at + OFFLINE_SYNC_S
        pause = retry_after(retry, hosted.failures, random.random()) if retry else None  # noqa: S311
        log.info(
            "session.state",
            action=action.value,
            tenant=lease.tenant_id,
            session=lease.session_id,
            state=state.value,
            code=reason,
            retry_s=pause and round(pause.total_seconds()),
        )
        if state is SessionState.OUTDATED:
            log.error("whatsapp.outdated", action="stop_starting", hint="upgrade waagent")
        change = StateChange(
            state=state,
            reason=reason,
            action=action,
            banned_until=banned_until,
            retry_after=pause,
            failures=hosted.failures,
        )
        try:
            self._leases.set_state(lease, self._owner, change)
        except WaagentError as error:
            log.warning("session.state_unwritten", session=lease.session_id, error=error.code)
