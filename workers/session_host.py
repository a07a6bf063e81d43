"""The job ``host_sessions``: leases sessions and keeps them connected until it is told to drain.

Runs in a forked work-horse with no time-out. Everything that starts or stops a client happens in
its main loop; the library's callbacks only put things into queues.
"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from waagent.domain.messages import InboundMessage, Receipt
from waagent.domain.sessions import (
    SessionEvent,
    SessionEventKind,
    SessionState,
    next_state,
    stops_client,
)
from waagent.errors import NotPairedError, WaagentError
from waagent.services.leases import Lease
from workers.horse import StopFlag, open_gateway
from workers.ingest import Ingest
from workers.lease_keeper import LeaseKeeper
from workers.runtime import services, start_logging
from workers.sender import Sender

if TYPE_CHECKING:
    from waagent.bootstrap import HostServices
    from waagent.whatsapp.gateway import Gateway

log = structlog.get_logger(__name__)

RECONCILE_S = 1.0
IDLE_S = 30.0
"""A host without a session ends, so that its worker is free for another job."""
RETRY_START_S = 5.0
OFFLINE_SYNC_S = 3.0
"""Sends wait so long for WhatsApp to say that everything missed has been delivered: a reply that
crosses a backlog can be encrypted with keys the other side is just leaving behind."""
STOP_TIMEOUT_S = 20.0
FLUSH_TIMEOUT_S = 30.0
SEND_TIMEOUT_S = 10.0


@dataclass(slots=True)
class _Running:
    """A session that runs here."""

    lease: Lease
    state: SessionState = SessionState.CONNECTING
    sends_from: float = 0.0
    """Monotonic time before which nothing is sent: what was missed comes in first."""


def host_sessions() -> None:
    """Host sessions until drained, orphaned or idle."""
    start_logging("session host")
    stop = StopFlag()
    opened = services()
    owner = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
    gateway = open_gateway(opened, opened.core.db.url, f"waagent-host-{os.getpid()}")
    SessionHost(opened, gateway, owner, stop).run()


class SessionHost:
    """The main loop of one host. Also the library's listener."""

    def __init__(self, opened: HostServices, gateway: Gateway, owner: str, stop: StopFlag) -> None:
        self._services = opened
        self._gateway = gateway
        self._owner = owner
        self._stop = stop
        self._running: dict[str, _Running] = {}
        self._tenants: dict[str, str] = {}
        self._retry_at: dict[str, float] = {}
        self._events: SimpleQueue[tuple[str, SessionEvent | None]] = SimpleQueue()
        self._ingest = Ingest(opened.inbound)
        self._keeper = LeaseKeeper(opened.leases, owner, self._on_lost, self._on_fence)
        self._sender = Sender(
            opened.outbox, gateway, owner, opened.core.db.url, self._sending_epochs
        )
        self._idle_since = time.monotonic()

    def on_message(self, key: str, message: InboundMessage) -> None:
        """From the library: store it. A session that is gone still knows its tenant."""
        self._put(key, message)

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        """From the library: apply it."""
        self._put(key, receipt)

    def on_event(self, key: str, event: SessionEvent) -> None:
        """From the library: let the main loop see it."""
        self._events.put((key, event))

    def run(self) -> None:
        """Until drained, idle or stuck."""
        log.info("host.started", action="host", owner=self._owner)
        try:
            while not (self._stop.is_set() or self._idle() or self._gateway.stuck()):
                self._handle_events(RECONCILE_S)
                try:
                    self._reconcile()
                except WaagentError as error:
                    log.warning("host.reconcile_failed", owner=self._owner, error=error.code)
        finally:
            self._drain()

    def _put(self, key: str, what: InboundMessage | Receipt) -> None:
        self._ingest.put(self._tenants[key], key, what)

    def _on_lost(self, session_id: str) -> None:
        self._events.put((session_id, None))

    def _on_fence(self) -> None:
        """Nothing can be renewed: disconnect everything before anybody else connects it."""
        for session_id in list(self._running):
            self._events.put((session_id, None))
        self._gateway.close(timeout=STOP_TIMEOUT_S)

    def _sending_epochs(self) -> dict[str, int]:
        now = time.monotonic()
        return {
            key: running.lease.epoch
            for key, running in list(self._running.items())
            if running.state is SessionState.CONNECTED and running.sends_from <= now
        }

    def _idle(self) -> bool:
        if self._running:
            self._idle_since = time.monotonic()
        return time.monotonic() - self._idle_since > IDLE_S

    def _handle_events(self, seconds: float) -> None:
        """Handle events for about that long, or until it is time to stop."""
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            try:
                key, event = self._events.get(timeout=min(left, 0.2))
            except Empty:
                continue
            self._handle(key, event)

    def _handle(self, key: str, event: SessionEvent | None) -> None:
        running = self._running.get(key)
        if running is None:
            return
        if event is None:
            self._stop_session(key)
        elif event.kind is SessionEventKind.OFFLINE_SYNC_COMPLETED:
            running.sends_from = 0.0
            self._sender.wake()
        elif event.kind is SessionEventKind.DISCONNECTED and event.code == "ended":
            self._stop_session(key)  # the library gave up; the next reconcile starts it anew
        else:
            self._to_state(running, next_state(running.state, event), event)

    def _to_state(self, running: _Running, state: SessionState, event: SessionEvent) -> None:
        if state is running.state:
            return
        running.state = state
        lease = running.lease
        log.info(
            "session.state",
            action="state",
            tenant=lease.tenant_id,
            session=lease.session_id,
            state=state.value,
            code=event.code,
        )
        self._write_state(lease, state, event)
        if stops_client(state):
            self._stop_session(lease.session_id)
        elif state is SessionState.CONNECTED:
            running.sends_from = time.monotonic() + OFFLINE_SYNC_S

    def _write_state(
        self, lease: Lease, state: SessionState, event: SessionEvent | None = None
    ) -> None:
        try:
            self._services.leases.set_state(
                lease,
                self._owner,
                state,
                reason=event.code if event else None,
                banned_until=event.until if event else None,
            )
        except WaagentError as error:
            log.warning("session.state_unwritten", session=lease.session_id, error=error.code)

    def _reconcile(self) -> None:
        for session_id in self._services.leases.undesired(list(self._running)):
            lease = self._running[session_id].lease
            self._stop_session(session_id, then=SessionState.DISCONNECTED)
            log.info("session.stopped", tenant=lease.tenant_id, session=session_id)
        capacity = self._services.settings.sessions_per_host - len(self._running)
        if capacity > 0:
            claimed = self._services.leases.claim(
                self._owner, capacity, [*self._running, *self._cooling()]
            )
            for lease in claimed:
                self._keeper.add(lease)
            for lease in claimed:
                self._start(lease)

    def _start(self, lease: Lease) -> None:
        if self._stop.is_set():
            self._keeper.release(lease.session_id)
            return
        self._running[lease.session_id] = _Running(lease)
        self._tenants[lease.session_id] = lease.tenant_id
        self._write_state(lease, SessionState.CONNECTING)
        try:
            jid = self._services.leases.jid(lease)
            if jid is None:
                raise NotPairedError("the session was unlinked")
            self._services.pairing.check_whatsapp(lease.tenant_id)
            self._gateway.start(lease.session_id, jid, self)
        except WaagentError as error:
            log.warning(
                "session.start_failed",
                tenant=lease.tenant_id,
                session=lease.session_id,
                error=error.code,
            )
            gone = isinstance(error, NotPairedError)
            state = SessionState.LOGGED_OUT if gone else SessionState.DISCONNECTED
            self._write_state(
                lease, state, SessionEvent(kind=SessionEventKind.DISCONNECTED, code=error.code)
            )
            del self._running[lease.session_id]
            self._retry_at[lease.session_id] = time.monotonic() + RETRY_START_S
            self._keeper.release(lease.session_id)

    def _cooling(self) -> list[str]:
        """Sessions that could not be started a moment ago; others may try meanwhile."""
        now = time.monotonic()
        self._retry_at = {key: at for key, at in self._retry_at.items() if at > now}
        return list(self._retry_at)

    def _stop_session(self, session_id: str, then: SessionState | None = None) -> None:
        """Stop the client, and only then let anybody else have the session."""
        running = self._running[session_id]
        if session_id in set(self._gateway.keys()):
            self._gateway.stop(session_id, timeout=STOP_TIMEOUT_S)
        if then is not None:
            self._write_state(running.lease, then)
        self._keeper.release(session_id)
        del self._running[session_id]

    def _drain(self) -> None:
        """Hand everything over: sends, then clients, then what is not stored, then the leases."""
        log.info("host.draining", action="drain", owner=self._owner, sessions=len(self._running))
        self._sender.close(SEND_TIMEOUT_S)
        self._gateway.close(timeout=STOP_TIMEOUT_S)
        if not self._ingest.close(FLUSH_TIMEOUT_S):
            log.error("host.unstored", owner=self._owner)
        for session_id, running in list(self._running.items()):
            if running.state in (SessionState.CONNECTED, SessionState.CONNECTING):
                self._write_state(running.lease, SessionState.DISCONNECTED)
            self._keeper.release(session_id)
        self._keeper.close()
        log.info("host.drained", action="drain", owner=self._owner)
