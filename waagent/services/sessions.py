"""Linked numbers, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waagent.domain.sessions import SessionState
from waagent.domain.views import SessionView, Tenant
from waagent.services.core import Core, Scope


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


class SessionService:
    """Lists sessions."""

    def __init__(self, core: Core) -> None:
        self._core = core

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


def _view(scope: Scope, row: _Row) -> SessionView:
    return SessionView(
        id=row.id,
        tenant=row.tenant,
        name=row.name,
        phone=scope.phone(row.phone_enc, "sessions.phone"),
        state=SessionState(row.state),
        reason=row.reason,
        owner=row.owner,
        last_event_at=row.last_event_at,
        outbox=row.outbox,
    )
