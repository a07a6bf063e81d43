"""Who keeps which session connected: leases with a fencing number.

A host renews its leases every few seconds. When it cannot, it stops its clients by itself before
anybody else may take them: ``FENCE_AFTER`` < ``TTL``, and takers watch a lease that ran out for
``GRACE`` before they take it, by their own clock: PostgreSQL's may be set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.sessions import FREEZE_AFTER_BAN, PARKED, Action, SessionState
from waagent.services.core import Core, Scope
from waagent.services.hosts import SILENT

TTL = timedelta(seconds=12)
RENEW_EVERY = timedelta(seconds=3)
FENCE_AFTER = timedelta(seconds=9)
GRACE = timedelta(seconds=4)
PROBE_EVERY = timedelta(minutes=10)
"""While WhatsApp calls the library outdated, all hosts together try one session so often: waagent
has to be upgraded, and a fleet that hammers WhatsApp until then may get its numbers banned."""
KEEP_EVENTS = 200
"""Of each session; what happened before is in the logs."""

_PARKED = [state.value for state in PARKED]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to keep a session connected, until somebody gets a greater epoch."""

    session_id: str
    tenant_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class _Expired:
    """A lease as it was when it was found to have run out; a renewal makes it another."""

    session_id: str
    epoch: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Renewed:
    session_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Undesired:
    """A session to be stopped here: so that another host can have it (``moving``), because it waits
    for a person (``parked``), to be taken off its phone (``unlink``), or because it is not to be
    connected at all.
    """

    session_id: str
    moving: bool
    parked: bool
    unlink: bool


@dataclass(frozen=True, slots=True)
class Resume:
    """What a host needs to start a session: its device, and how the last tries ended."""

    jid: str
    state: SessionState
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """What is written of a session. ``retry_after``: no host starts it before; None means that it
    may be started at once, or never where ``state`` is a parked one. ``failures``: in a row."""

    state: SessionState
    reason: str | None = None
    action: Action = Action.NONE
    banned_until: datetime | None = None
    retry_after: timedelta | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Credentials:
    jid_enc: bytes
    state: str
    failures: int


class LeaseService:
    """The host's side of session ownership."""

    def __init__(self, core: Core, clock: Callable[[], float] = time.monotonic) -> None:
        self._core = core
        self._clock = clock
        self._expired: dict[_Expired, float] = {}

    def claim(self, owner: str, capacity: int, excluding: Collection[str]) -> list[Lease]:
        """Take up to ``capacity`` sessions that nobody keeps."""
        lapsed = self.lapsed()
        with self._core.db.system() as tx:
            return tx.all(
                Lease,
                "leases.claim",
                owner=owner,
                capacity=capacity,
                except_ids=list(excluding),
                lapsed=lapsed,
                ttl=TTL,
                parked=_PARKED,
                silent=SILENT,
                probe_every=PROBE_EVERY,
            )

    def lapsed(self) -> list[str]:
        """Sessions whose lease has stood unrenewed for the grace, by this process's own clock.

        PostgreSQL's clock may be set forward, and then every lease looks as if it had run out. To
        be asked again and again: what it saw is what it compares with.
        """
        now = self._clock()
        with self._core.db.system() as tx:
            found = tx.all(_Expired, "leases.expired")
        self._expired = {each: self._expired.get(each, now) for each in found}
        grace = GRACE.total_seconds()
        return [each.session_id for each, since in self._expired.items() if now - since >= grace]

    def renew(self, owner: str, leases: Collection[Lease]) -> set[str]:
        """Renew; returns the ids of the sessions that are still one's own."""
        with self._core.db.system() as tx:
            renewed = tx.all(
                _Renewed,
                "leases.renew",
                owner=owner,
                session_ids=[lease.session_id for lease in leases],
                ttl=TTL,
            )
        held = {(lease.session_id, lease.epoch) for lease in leases}
        return {row.session_id for row in renewed if (row.session_id, row.epoch) in held}

    def release(self, owner: str, session_ids: Collection[str]) -> None:
        """Hand sessions over: others may take them at once."""
        with self._core.db.system() as tx:
            tx.run("leases.release", owner=owner, session_ids=list(session_ids))

    def release_all(self, owner: str) -> int:
        """Hand over everything of an owner that certainly keeps nothing connected; how many."""
        with self._core.db.system() as tx:
            return tx.run("leases.release_all", owner=owner)

    def undesired(self, owner: str, session_ids: Collection[str]) -> list[Undesired]:
        """Which of these should not be connected by ``owner`` any more."""
        with self._core.db.system() as tx:
            return tx.all(
                Undesired,
                "leases.undesired",
                session_ids=list(session_ids),
                parked=_PARKED,
                owner=owner,
            )

    def unowned(self, since: timedelta) -> int:
        """How many sessions should be connected and were in nobody's hands for that long."""
        with self._core.db.system() as tx:
            return int(tx.value("leases.unowned", parked=_PARKED, since=since))

    def resume(self, lease: Lease) -> Resume | None:
        """What to start it with; None if the session was unlinked meanwhile."""
        with self._core.tenant(lease.tenant_id) as scope:
            found = scope.tx.one(_Credentials, "sessions.credentials", session_id=lease.session_id)
            if found is None:
                return None
            jid = scope.cipher.decrypt(found.jid_enc, "sessions.jid")
        return Resume(jid, SessionState(found.state), found.failures)

    def set_state(self, lease: Lease, owner: str, change: StateChange) -> bool:
        """Write a session's state; False (and nothing written) when the lease is not held."""
        with self._core.tenant(lease.tenant_id) as scope:
            rows = scope.tx.run(
                "sessions.set_state",
                session_id=lease.session_id,
                owner=owner,
                epoch=lease.epoch,
                state=change.state.value,
                reason=change.reason,
                action=None if change.action is Action.NONE else change.action.value,
                banned_until=change.banned_until,
                retry_after=change.retry_after,
                failures=change.failures,
                freeze=FREEZE_AFTER_BAN,
            )
            if rows:
                self._after(scope, lease, change.state)
        return rows > 0

    def lasted(self, lease: Lease) -> None:
        """A connection lasted: what failed before counts no more."""
        with self._core.tenant(lease.tenant_id) as scope:
            scope.tx.run("sessions.lasted", session_id=lease.session_id)

    def _after(self, scope: Scope, lease: Lease, state: SessionState) -> None:
        """What a state means beyond its session."""
        scope.changed("session", lease.session_id)
        if state is SessionState.OUTDATED:
            scope.tx.run("leases.outdated", probe_every=PROBE_EVERY)
        elif state is SessionState.CONNECTED:
            scope.tx.run("leases.not_outdated")
        elif state is SessionState.CONNECTING:
            scope.tx.run("sessions.prune_events", session_id=lease.session_id, keep=KEEP_EVENTS)
