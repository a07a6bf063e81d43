"""An operator takes a linked number out of service and puts it back; data and link are kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from waagent.domain.views import Tenant
from waagent.errors import ConflictError, NotFoundError
from waagent.services.core import Core, Scope
from waagent.services.hosts import HOSTS_CHANNEL


@dataclass(frozen=True, slots=True)
class SuspensionService:
    """Suspends and resumes sessions."""

    core: Core

    def suspend(self, tenant: Tenant, name: str, *, actor: str) -> None:
        """Have no host keep it and nobody link it until :meth:`resume`; a pairing is given up.

        Its host disconnects it within a second or two. What waits to be sent goes on waiting.
        Audited.

        Raises:
            NotFoundError: the shop has no session of that name.
            ConflictError: it is suspended already.
        """
        with self._session(tenant, name) as (scope, session_id):
            if scope.tx.run("sessions.suspend", session_id=session_id) == 0:
                raise ConflictError(f"the session {name!r} is suspended already")
            _audit(scope, actor, "session.suspend", session_id)

    def resume(self, tenant: Tenant, name: str, *, actor: str) -> None:
        """Let it go on from where its link (and its ban, if it has one) are. Audited.

        Raises:
            NotFoundError: the shop has no session of that name.
            ConflictError: it is not suspended.
        """
        with self._session(tenant, name) as (scope, session_id):
            if scope.tx.run("sessions.resume", session_id=session_id) == 0:
                raise ConflictError(f"the session {name!r} is not suspended")
            _audit(scope, actor, "session.resume", session_id)

    @contextmanager
    def _session(self, tenant: Tenant, name: str) -> Generator[tuple[Scope, str]]:
        """A transaction that changes it, and its id; hosts and listeners are told."""
        with self.core.tenant(tenant.id) as scope:
            session_id = scope.tx.value("sessions.by_name", name=name)
            if session_id is None:
                raise NotFoundError(
                    f"no session {name!r} of {tenant.slug}",
                    hint=f"see: waagent session list -t {tenant.slug}",
                )
            yield scope, str(session_id)
            scope.tx.notify(HOSTS_CHANNEL, "")
            scope.changed("session", str(session_id))


def _audit(scope: Scope, actor: str, action: str, session_id: str) -> None:
    scope.tx.run("audit.note", actor=actor, action=action, subject=session_id)
