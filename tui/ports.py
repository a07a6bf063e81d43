"""What the board calls of the services. ``waagent.bootstrap.Services`` fits; so does a fake.

Every call is synchronous and may block; the board makes them from threads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from waagent.domain.brain_views import InsightView
from waagent.domain.lead_views import StageView
from waagent.domain.leads import Stage
from waagent.domain.views import (
    Change,
    FollowUpView,
    LeadView,
    MessageView,
    SessionView,
    Tenant,
)


class TenantsPort(Protocol):
    """Shops."""

    def list(self) -> Sequence[Tenant]: ...

    def get(self, ref: str, /) -> Tenant: ...


class SessionsPort(Protocol):
    """Linked numbers."""

    def list(self, tenant: Tenant, /) -> Sequence[SessionView]: ...


class LeadsPort(Protocol):
    """Cards of the board."""

    def list(self, tenant: Tenant, /) -> Sequence[LeadView]: ...

    def get(self, tenant: Tenant, lead_id: str, /) -> LeadView: ...

    def move(self, tenant: Tenant, lead_id: str, stage: Stage, /) -> LeadView: ...

    def stages(self, tenant: Tenant, /) -> Sequence[StageView]: ...

    def insight(self, tenant: Tenant, conversation_id: str, /) -> InsightView | None: ...


class MessagesPort(Protocol):
    """Conversations."""

    def list(
        self, tenant: Tenant, *, conversation_id: str | None = None, limit: int = 500
    ) -> Sequence[MessageView]: ...

    def reply(self, tenant: Tenant, conversation_id: str, text: str, /) -> MessageView: ...

    def mark_read(self, tenant: Tenant, conversation_id: str, /) -> None: ...


class FollowUpsPort(Protocol):
    """Planned messages."""

    def list(self, tenant: Tenant, /) -> Sequence[FollowUpView]: ...


class FollowUpDeskPort(Protocol):
    """What a person does to planned messages."""

    def approve(
        self, tenant: Tenant, follow_up_id: str, /, *, text: str | None, actor: str
    ) -> FollowUpView: ...

    def snooze(
        self, tenant: Tenant, follow_up_id: str, /, *, until: str, actor: str
    ) -> FollowUpView: ...

    def cancel(self, tenant: Tenant, follow_up_id: str, /, *, actor: str) -> FollowUpView: ...


class ChangesPort(Protocol):
    """The change feed: blocks between changes, ends when ``stop`` is set."""

    def listen(self, tenant: Tenant, stop: threading.Event, /) -> Iterator[Change]: ...


class BoardServices(Protocol):
    """All of it."""

    @property
    def tenants(self) -> TenantsPort: ...

    @property
    def sessions(self) -> SessionsPort: ...

    @property
    def leads(self) -> LeadsPort: ...

    @property
    def messages(self) -> MessagesPort: ...

    @property
    def followups(self) -> FollowUpsPort: ...

    @property
    def follow_up_desk(self) -> FollowUpDeskPort: ...

    @property
    def changes(self) -> ChangesPort: ...
