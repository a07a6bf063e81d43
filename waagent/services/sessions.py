"""Linked numbers: as they are shown, and moved from host to host."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from waagent.domain.session_hours import (
    SessionHour,
    StateSince,
    TrafficHour,
    first_hour,
    session_hours,
)
from waagent.domain.sessions import SessionState
from waagent.domain.views import (
    HostView,
    SessionDetails,
    SessionEventView,
    SessionHealth,
    SessionView,
    Tenant,
)
from waagent.errors import ConflictError, NotFoundError, NotPairedError, TimedOutError
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.services.core import Core, Scope
from waagent.services.hosts import HOSTS_CHANNEL, HostService

_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCounts(SessionHealth):
    """What a host counted of one session since it last told."""

    session_id: str


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    tenant: str
    name: str
    phone_enc: bytes | None
    state: str
    reason: str | None
    last_event_at: datetime | None
    owner: str | None
    outbox: int
    detail: str | None
    connected_at: datetime | None
    down_since: datetime | None
    retry_at: datetime | None
    banned_until: datetime | None
    frozen_until: datetime | None
    freeze_reason: str | None
    move_to: str | None


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    state: str
    reason: str | None
    action: str | None


class SessionService:
    """Lists, shows and moves sessions; takes the hosts' counts."""

    def __init__(self, core: Core, hosts: HostService, jobs: JobQueue) -> None:
        self._core = core
        self._hosts = hosts
        self._jobs = jobs

    def _of(self, tenant_id: str) -> list[SessionView]:
        with self._core.tenant(tenant_id) as scope:
            rows = scope.tx.all(_Row, "sessions.list")
        return [_view(scope, row) for row in rows]

    def list(self, tenant: Tenant | None = None) -> list[SessionView]:
        """The sessions of a shop; of every shop, for the operator, where none is named."""
        if tenant is not None:
            return self._of(tenant.id)
        with self._core.db.system() as tx:
            tenants = tx.all(Tenant, "tenants.list")
        return [session for each in tenants for session in self._of(each.id)]

    def get(self, tenant: Tenant, name: str) -> SessionView:
        """One session of a shop, by its name.

        Raises:
            NotFoundError: the shop has none of that name.
        """
        for session in self._of(tenant.id):
            if session.name == name:
                return session
        raise NotFoundError(
            f"no session {name!r} of {tenant.slug}",
            hint=f"see: waagent session list -t {tenant.slug}",
        )

    def show(self, tenant: Tenant, name: str, *, events: int = 20) -> SessionDetails:
        """All there is to see of it. Raises as :meth:`get`."""
        session = self.get(tenant, name)
        with self._core.tenant(tenant.id) as scope:
            health = scope.tx.one(SessionHealth, "sessions.health", session_id=session.id)
            found = scope.tx.all(_Event, "sessions.events", session_id=session.id, limit=events)
        return SessionDetails(
            session=session,
            health=health or SessionHealth(),
            events=tuple(_event(each) for each in found),
        )

    def hours(self, tenant: Tenant, name: str, *, hours: int = 24) -> Sequence[SessionHour]:
        """What came, went and was missed in the last ``hours`` hours of the clock, oldest first.

        The last one is the present hour. Raises as :meth:`get`.
        """
        now = datetime.now(UTC)
        since = first_hour(now, hours)
        session = self.get(tenant, name)
        with self._core.tenant(tenant.id) as scope:
            traffic = scope.tx.all(
                TrafficHour, "sessions.traffic", session_id=session.id, since=since
            )
            states = scope.tx.all(StateSince, "sessions.states", session_id=session.id, since=since)
        return session_hours(traffic, states, since, now)

    def move(
        self,
        tenant: Tenant,
        name: str,
        host: str | None,
        *,
        actor: str,
        timeout_s: float = 60,
    ) -> SessionView:
        """Have another host (the one with most room, if none is named) take a session over.

        Returns once it has. What was asked is taken back if that does not come about in time.
        Where no other host has room, one is started if a worker is free. Audited.

        Raises:
            NotFoundError: there is no such session or host, or no other host.
            NotPairedError: the session is not linked.
            RefusedError: the host does not answer, is being drained, or is full.
            ConflictError: it is there already.
            TimedOutError: it was not taken over in time.
        """
        session = self.get(tenant, name)
        deadline = time.monotonic() + timeout_s
        target = self._target(host, session, deadline)
        if target.id == session.owner:
            raise ConflictError(f"the session {name!r} is held by {target.id} already")
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.run("sessions.move", session_id=session.id, move_to=target.id)
            if rows:
                scope.tx.run("audit.note", actor=actor, action="session.move", subject=session.id)
            scope.tx.notify(HOSTS_CHANNEL, "")
        if rows == 0:
            raise NotPairedError(
                f"the session {name!r} is not linked, so no host has it",
                hint=f"link it: waagent connect {tenant.slug} --session {name}",
            )
        return self._await_move(tenant, session, target, deadline)

    def _target(self, host: str | None, session: SessionView, deadline: float) -> HostView:
        try:
            return self._hosts.target(host, session.owner)
        except NotFoundError:
            alive = sum(each.alive for each in self._hosts.list())
            if host is not None or self._jobs.workers(names.SESSIONS) <= alive:
                raise
        self._jobs.enqueue(names.SESSIONS, names.HOST_SESSIONS, timeout_s=-1)
        while True:
            try:
                return self._hosts.target(None, session.owner)
            except NotFoundError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(_POLL_S)

    def _await_move(
        self, tenant: Tenant, session: SessionView, target: HostView, deadline: float
    ) -> SessionView:
        while time.monotonic() < deadline:
            now = self.get(tenant, session.name)
            if now.owner == target.id and now.state is SessionState.CONNECTED:
                return now
            time.sleep(_POLL_S)
        with self._core.tenant(tenant.id) as scope:
            scope.tx.run("sessions.not_moving", session_id=session.id, move_to=target.id)
        raise TimedOutError(
            f"{target.id} did not have {session.name!r} connected in time",
            hint=f"see: waagent session show {session.name} -t {tenant.slug}",
        )

    def log_out(
        self, tenant: Tenant, name: str, *, actor: str, timeout_s: float = 30
    ) -> SessionView:
        """Take a number's link off its phone; all data is kept, and it can be linked again.

        Its host asks WhatsApp. Returns once that is done; what was asked is taken back if it does
        not come about in time. Audited. The owner is not notified: somebody here wanted it.

        Raises:
            NotFoundError: there is no such session.
            NotPairedError: it is not linked.
            ConflictError: it is suspended.
            TimedOutError: it was not connected in time, or WhatsApp did not answer.
        """
        session = self.get(tenant, name)
        if session.state is SessionState.SUSPENDED:
            raise ConflictError(
                f"the session {name!r} is suspended",
                hint=f"first: waagent session resume {name} -t {tenant.slug}",
            )
        with self._core.tenant(tenant.id) as scope:
            if scope.tx.run("sessions.unlink", session_id=session.id) == 0:
                raise NotPairedError(
                    f"the session {name!r} is not linked",
                    hint=f"link it: waagent connect {tenant.slug} --session {name}",
                )
            scope.tx.run("audit.note", actor=actor, action="session.log_out", subject=session.id)
            scope.tx.notify(HOSTS_CHANNEL, "")
        deadline = time.monotonic() + timeout_s
        while (now := self.get(tenant, name)).state is not SessionState.LOGGED_OUT:
            if time.monotonic() > deadline:
                self._stay_linked(tenant, session, name)
            time.sleep(_POLL_S)
        return now

    def _stay_linked(self, tenant: Tenant, session: SessionView, name: str) -> None:
        with self._core.tenant(tenant.id) as scope:
            kept = scope.tx.run("sessions.stay_linked", session_id=session.id)
        if kept:
            raise TimedOutError(
                f"WhatsApp could not be asked in time to unlink {name!r}",
                hint="remove the device on its phone: WhatsApp > Linked devices",
            )

    def record_health(self, counted: Sequence[HealthCounts]) -> None:
        """Add what a host counted."""
        with self._core.db.system() as tx:
            tx.run("sessions.record_health", counted=json.dumps([_plain(each) for each in counted]))


def _plain(counts: HealthCounts) -> dict[str, Any]:
    values = asdict(counts)
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def _event(row: _Event) -> SessionEventView:
    return SessionEventView(
        at=row.at, state=SessionState(row.state), reason=row.reason, action=row.action
    )


def _view(scope: Scope, row: _Row) -> SessionView:
    values = asdict(row)
    phone = scope.phone(values.pop("phone_enc"), "sessions.phone")
    return SessionView(**{**values, "phone": phone, "state": SessionState(row.state)})
