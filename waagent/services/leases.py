"""Who keeps which session connected: leases with a fencing number.

A host renews its leases every few seconds. When it cannot, it stops its clients by itself before
anybody else may take them: ``FENCE_AFTER`` < ``TTL``, and takers wait ``GRACE`` beyond that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.sessions import PARKED, SessionState
from waagent.services.core import Core

TTL = timedelta(seconds=12)
RENEW_EVERY = timedelta(seconds=3)
FENCE_AFTER = timedelta(seconds=9)
GRACE = timedelta(seconds=4)

_PARKED = [state.value for state in PARKED]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to keep a session connected, until somebody gets a greater epoch."""

    session_id: str
    tenant_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class _Renewed:
    session_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class _Credentials:
    jid_enc: bytes
    state: str
    desired: str


class LeaseService:
    """The host's side of session ownership."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def claim(self, owner: str, capacity: int, excluding: Collection[str]) -> list[Lease]:
        """Take up to ``capacity`` sessions that nobody keeps."""
        with self._core.db.system() as tx:
            return tx.all(
                Lease,
                "leases.claim",
                owner=owner,
                capacity=capacity,
                except_ids=list(excluding),
                ttl=TTL,
                grace=GRACE,
                parked=_PARKED,
            )

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

    def undesired(self, session_ids: Collection[str]) -> set[str]:
        """Which of these should not be connected any more."""
        with self._core.db.system() as tx:
            found = tx.column("leases.undesired", session_ids=list(session_ids), parked=_PARKED)
        return set(found)

    def unowned(self, since: timedelta) -> int:
        """How many sessions should be connected and were in nobody's hands for that long."""
        with self._core.db.system() as tx:
            return int(tx.value("leases.unowned", parked=_PARKED, since=since))

    def jid(self, lease: Lease) -> str | None:
        """The device to resume; None if the session was unlinked meanwhile."""
        with self._core.tenant(lease.tenant_id) as scope:
            found = scope.tx.one(_Credentials, "sessions.credentials", session_id=lease.session_id)
            return None if found is None else scope.cipher.decrypt(found.jid_enc, "sessions.jid")

    def set_state(
        self,
        lease: Lease,
        owner: str,
        state: SessionState,
        *,
        reason: str | None = None,
        banned_until: datetime | None = None,
    ) -> bool:
        """Write a session's state; False (and nothing written) when the lease is not held."""
        with self._core.tenant(lease.tenant_id) as scope:
            rows = scope.tx.run(
                "sessions.set_state",
                session_id=lease.session_id,
                owner=owner,
                epoch=lease.epoch,
                state=state.value,
                reason=reason,
                banned_until=banned_until,
            )
            if rows:
                scope.changed("session", lease.session_id)
        return rows > 0
