"""The job ``host_sessions``: leases sessions and keeps them connected until it is told to drain.

Runs in a forked work-horse with no time-out. One loop decides everything; the library's callbacks,
the threads that start and stop clients, the lease keeper and the probes only put into its inbox.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import structlog

from waagent.domain.health import Limits
from waagent.domain.messages import InboundMessage, MessageChange, Receipt
from waagent.domain.sessions import SessionEvent
from waagent.errors import WaagentError
from waagent.services.hosts import BEAT_EVERY
from waagent.whatsapp.endpoint import load_endpoint
from workers.clients import Clients, Done
from workers.database_watch import DatabaseWatch
from workers.horse import StopFlag, open_gateway
from workers.hosted import HostedSessions
from workers.identity import MACHINE, host_name
from workers.ingest import Ingest
from workers.lease_keeper import LeaseKeeper
from workers.media_fetch import MediaFetcher
from workers.runtime import services, start_logging
from workers.sender import Sender
from workers.watchdog import Watchdog, reaches

if TYPE_CHECKING:
    from waagent.bootstrap import HostServices
    from waagent.whatsapp.gateway import Gateway

log = structlog.get_logger(__name__)

RECONCILE_S = 1.0
IDLE_S = 30.0
"""A host without a session ends, so that its worker is free for another job."""
CLAIM_AT_ONCE = 25
"""In one round: several hosts that start together share what there is."""
WORN_OUT_AFTER = 400
"""Starts of clients, beyond one for each number it may hold, after which a host makes way for a
fresh one: each leaves some 50 kB and two descriptors behind (docs/explanation/neonize.md)."""
HEALTH_EVERY_S = 5.0
FLUSH_TIMEOUT_S = 30.0
SEND_TIMEOUT_S = 10.0


def host_sessions() -> None:
    """Host sessions until drained, orphaned or idle."""
    start_logging("session host")
    stop = StopFlag()
    opened = services()
    gateway = open_gateway(opened, opened.core.db.url, f"waagent-host-{os.getpid()}")
    SessionHost(opened, gateway, host_name(), stop).run()


class SessionHost:
    """The main loop of one host. Also the library's listener."""

    def __init__(
        self,
        opened: HostServices,
        gateway: Gateway,
        owner: str,
        stop: StopFlag,
        limits: Limits | None = None,
    ) -> None:
        self._services = opened
        self._gateway = gateway
        self._owner = owner
        self._stop = stop
        self._tenants: dict[str, str] = {}
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._ingest = Ingest(opened.inbound)
        self._limits = limits or Limits()
        self._turned_at = time.monotonic()
        self._draining = False
        self._keeper = LeaseKeeper(opened.leases, owner, self._on_lost, self._on_gone, self._unwell)
        descriptor = opened.settings.whatsapp_endpoint
        endpoint = load_endpoint(descriptor) if descriptor else None
        self._watchdog = Watchdog(
            lambda key, timeout_s: gateway.probe(key, timeout_s=timeout_s),
            partial(reaches, endpoint),
            lambda key: opened.traffic.usual(self._tenants[key], key),
            self._inbox.put,
            self._limits,
        )
        self._sessions = HostedSessions(
            opened.leases, owner, self._keeper, self._watchdog, lambda: self._sender.wake()
        )
        self._clients = Clients(gateway, self, self._prepare, self._on_done)
        self._sessions.clients = self._clients
        self._sender = Sender(
            opened.outbox,
            opened.pacing,
            self._clients.sends,
            owner,
            opened.core.db.url,
            self._sessions.epochs,
        )
        self._media = MediaFetcher(opened.media_inbox, gateway, self._sessions.epochs)
        self._database = DatabaseWatch(opened.core.db.url, self._on_call, self._on_gone)
        self._away = False
        self._drain_asked = False
        self._call = False
        self._idle_since = time.monotonic()
        self._beat_at = self._health_at = 0.0

    # From other threads --------------------------------------------------------------------------

    def on_message(self, key: str, message: InboundMessage) -> None:
        """From the library: store it. A session that is gone still knows its tenant."""
        self._watchdog.heard(key)
        self._ingest.put(self._tenants[key], key, message)

    def on_change(self, key: str, change: MessageChange) -> None:
        """From the library: apply it to the message it is about."""
        self._watchdog.heard(key)
        self._ingest.put(self._tenants[key], key, change)

    def on_history(self, key: str, messages: Sequence[InboundMessage]) -> None:
        """From the library: store old messages."""
        for message in messages:
            self._ingest.put(self._tenants[key], key, message)

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        """From the library: apply it."""
        self._watchdog.heard(key)
        self._ingest.put(self._tenants[key], key, receipt)

    def on_event(self, key: str, event: SessionEvent) -> None:
        """From the library: let the loop see it."""
        self._inbox.put(partial(self._sessions.event, key, event))

    def _on_done(self, done: Done) -> None:
        self._inbox.put(partial(self._sessions.done, done))

    def _on_lost(self, session_id: str) -> None:
        self._inbox.put(partial(self._sessions.lost, session_id))

    def _on_call(self) -> None:
        self._inbox.put(self._called)

    def _on_gone(self) -> None:
        """PostgreSQL is away, or nothing can be renewed: disconnect everything at once, before
        messages come that cannot be decrypted, and before anybody else connects it."""
        self._clients.hang_up()
        self._inbox.put(self._hung_up)

    def _unwell(self) -> str | None:
        if self._draining:
            return None
        if self._ingest.waited() > self._limits.unstored:
            return "not_stored"
        return "stalled" if time.monotonic() - self._turned_at > self._limits.stalled else None

    def _prepare(self, key: str) -> str:
        self._services.pairing.check_whatsapp(self._tenants[key])
        return self._sessions.jid(key)

    # The loop ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until drained, idle or stuck."""
        log.info("host.started", action="host", owner=self._owner)
        try:
            while not self._over():
                self._guarded(self._reconcile)
                self._work(RECONCILE_S)
        finally:
            self._drain()

    def _over(self) -> bool:
        if self._sessions.broken or not self._ingest.alive():
            log.error("host.broken", action="drain", owner=self._owner)
            return True
        return self._stop.is_set() or self._drain_asked or self._worn_out() or self._idle()

    def _worn_out(self) -> bool:
        if self._clients.starts <= self._services.settings.sessions_per_host + WORN_OUT_AFTER:
            return False
        log.info("host.worn_out", action="drain", owner=self._owner, starts=self._clients.starts)
        return True

    def _idle(self) -> bool:
        if self._sessions.keys():
            self._idle_since = time.monotonic()
        return time.monotonic() - self._idle_since > IDLE_S

    def _work(self, seconds: float) -> None:
        """Do what comes in for about that long, or until something else is more urgent."""
        until = time.monotonic() + seconds
        self._call = False
        while not (self._stop.is_set() or self._call) and (left := until - time.monotonic()) > 0:
            self._turned_at = time.monotonic()
            try:
                act = self._inbox.get(timeout=min(left, 0.2))
            except Empty:
                continue
            self._guarded(act)

    def _guarded(self, act: Callable[[], None]) -> None:
        """What fails for one session, or for a moment, must not take the others down."""
        try:
            act()
        except WaagentError as error:
            log.warning("host.waiting", owner=self._owner, error=error.code)
        except Exception:
            log.exception("host.failed", owner=self._owner)

    def _called(self) -> None:
        self._call = True

    def _hung_up(self) -> None:
        self._sessions.forget_all()
        self._away = True

    def _reconcile(self) -> None:
        if self._away and self._unwell() is not None:
            self._beat()
            return  # what came before is to be stored first
        if self._away:  # raises for as long as PostgreSQL is away
            self._services.leases.release_all(self._owner)
            self._away = False
            self._clients.resume()
            log.info("database.back", action="connect", owner=self._owner)
        self._beat()
        if self._drain_asked:
            return
        for key, trouble in self._watchdog.check():
            log.warning("session.trouble", action="restart", session=key, trouble=trouble.value)
            self._sessions.heal(key, trouble)
        self._sessions.settle()
        for each in self._services.leases.undesired(self._owner, self._sessions.keys()):
            if each.unlink:
                self._sessions.unlink(each.session_id)
                continue
            reason = None if each.parked else "moving" if each.moving else "stopped"
            self._sessions.leave(each.session_id, reason)
        self._claim()

    def _claim(self) -> None:
        here = self._sessions.keys()
        room = min(self._services.settings.sessions_per_host - len(here), CLAIM_AT_ONCE)
        if room <= 0 or self._clients.hung_up:
            return
        for lease in self._services.leases.claim(self._owner, room, here):
            self._tenants[lease.session_id] = lease.tenant_id
            self._sessions.add(lease)

    def _beat(self, *, draining: bool = False) -> None:
        """Say that this host lives, hear whether it should, and tell what was counted."""
        now = time.monotonic()
        if now >= self._beat_at or draining:
            self._beat_at = now + BEAT_EVERY.total_seconds()
            self._drain_asked = self._services.hosts.beat(
                self._owner,
                machine=MACHINE,
                pid=os.getpid(),
                sessions=len(self._sessions.keys()),
                capacity=self._services.settings.sessions_per_host,
                draining=draining,
            )
        if now >= self._health_at or draining:
            self._health_at = now + HEALTH_EVERY_S
            counted = self._sessions.counted()
            if counted:
                self._services.sessions.record_health(counted)

    # The end -------------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Hand everything over: sends, then clients, then what is not stored, then the leases."""
        self._draining = True
        here = self._sessions.keys()
        log.info("host.draining", action="drain", owner=self._owner, sessions=len(here))
        self._guarded(partial(self._beat, draining=True))
        self._database.close()
        self._watchdog.close()
        self._sender.close(SEND_TIMEOUT_S)
        self._media.close(SEND_TIMEOUT_S)
        self._clients.close()
        if not self._ingest.close(FLUSH_TIMEOUT_S):
            log.error("host.unstored", owner=self._owner)
        self._work_off()
        self._sessions.hand_over(self._gateway.keys())
        self._keeper.close()
        self._guarded(partial(self._services.hosts.leave, self._owner))
        log.info("host.drained", action="drain", owner=self._owner)

    def _work_off(self) -> None:
        """What came in while everything was stopped: a logout must not be taken for a drain."""
        while True:
            try:
                act = self._inbox.get_nowait()
            except Empty:
                return
            self._guarded(act)
