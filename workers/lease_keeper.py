"""Keeps a host's leases, and fences the host off when it cannot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from waagent.errors import WaagentError
from waagent.services.leases import FENCE_AFTER, RENEW_EVERY, Lease, LeaseService

log = structlog.get_logger(__name__)

RETRY_S = 0.2
"""A renewal that failed has waited for PostgreSQL already; the fence is near."""


class LeaseKeeper:
    """Renews in one thread and watches the clock in another, since a renewal may hang.

    ``on_lost`` is called with a session that somebody else has; ``on_fence`` when nothing could be
    renewed for so long that others may soon take everything, or when ``unwell`` says why this host
    should keep nothing.
    """

    def __init__(
        self,
        leases: LeaseService,
        owner: str,
        on_lost: Callable[[str], None],
        on_fence: Callable[[], None],
        unwell: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._leases = leases
        self._owner = owner
        self._on_lost = on_lost
        self._on_fence = on_fence
        self._unwell = unwell
        self._held: dict[str, Lease] = {}
        self._lock = threading.Lock()
        self._renewed_at = time.monotonic()
        self._stop = threading.Event()
        for target in (self._renew_loop, self._fence_loop):
            threading.Thread(target=target, name=target.__name__, daemon=True).start()

    def add(self, lease: Lease) -> None:
        """Keep this one as well."""
        with self._lock:
            self._held[lease.session_id] = lease

    def get(self, session_id: str) -> Lease | None:
        """The lease of a session, if it is held."""
        with self._lock:
            return self._held.get(session_id)

    def held(self) -> list[Lease]:
        """All that are held."""
        with self._lock:
            return list(self._held.values())

    def drop_all(self) -> None:
        """Keep nothing any more; what was held runs out, unless it is handed over."""
        with self._lock:
            self._held.clear()

    def release(self, session_id: str) -> None:
        """Hand one over; if PostgreSQL does not answer it simply runs out."""
        with self._lock:
            lease = self._held.pop(session_id, None)
        if lease is not None:
            try:
                self._leases.release(self._owner, [session_id])
            except WaagentError as error:
                log.warning("lease.release_failed", session=session_id, error=error.code)

    def close(self) -> None:
        """Stop renewing."""
        self._stop.set()

    def _renew_loop(self) -> None:
        pause = RENEW_EVERY.total_seconds()
        while not self._stop.wait(pause):
            pause = RETRY_S
            held = self.held()
            asked_at = time.monotonic()
            try:
                kept = self._leases.renew(self._owner, held) if held else set()
            except WaagentError as error:
                log.warning("lease.renew_failed", owner=self._owner, error=error.code)
                continue
            except Exception:  # without this thread every session would soon be nobody's
                log.exception("lease.renew_failed", owner=self._owner)
                continue
            pause = RENEW_EVERY.total_seconds()
            # The lease runs from when it was asked for, at the latest.
            self._renewed_at = asked_at
            for lease in held:
                if lease.session_id not in kept:
                    self._lose(lease)

    def _lose(self, lease: Lease) -> None:
        with self._lock:
            lost = self._held.get(lease.session_id) == lease
            if lost:
                del self._held[lease.session_id]
        if lost:
            log.warning("lease.lost", tenant=lease.tenant_id, session=lease.session_id)
            self._on_lost(lease.session_id)

    def _fence_loop(self) -> None:
        while not self._stop.wait(0.5):
            reason = self._reason() if self.held() else None
            if reason is not None:
                with self._lock:
                    self._held.clear()
                log.error("lease.fenced", owner=self._owner, reason=reason)
                try:
                    self._on_fence()
                except Exception:
                    log.exception("lease.fence_failed", owner=self._owner)
                self._renewed_at = time.monotonic()

    def _reason(self) -> str | None:
        if time.monotonic() - self._renewed_at > FENCE_AFTER.total_seconds():
            return "not_renewed"
        return self._unwell()
