"""What the board calls of the services. ``waagent.bootstrap.Services`` fits; so does a fake.

Every call is synchronous and may block; the board makes them from threads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from waagent.domain.brain_views import InsightView
from waagent.domain.checks import Check, ShopDiagnosis
from waagent.domain.conversation_views import ConversationFilter, ConversationView, SearchView
from waagent.domain.followup_views import FollowUpSettingsView, TemplateView
from waagent.domain.lead_views import LeadDetails, StageView
from waagent.domain.leads import Stage
from waagent.domain.overview import Overview
from waagent.domain.periods import Period
from waagent.domain.reports import (
    FollowUpReport,
    FunnelReport,
    LeadReport,
    ResponseReport,
    TodayReport,
)
from waagent.domain.session_hours import SessionHour
from waagent.domain.views import (
    Change,
    ConnectEvent,
    ContactView,
    FollowUpView,
    GapDay,
    HostView,
    LeadView,
    MessageView,
    PacingView,
    SessionDetails,
    SessionView,
    Tenant,
)

if TYPE_CHECKING:
    from waagent.domain.outbox import Resolution
    from waagent.services.conversation_search import Stop
    from waagent.services.corrections import Change as LabelChange
    from waagent.services.drafts import Draft


class TenantsPort(Protocol):
    """Shops."""

    def list(self) -> Sequence[Tenant]: ...

    def get(self, ref: str, /) -> Tenant: ...

    def create(self, name: str, /) -> Tenant: ...


class SessionsPort(Protocol):
    """Linked numbers."""

    def list(self, tenant: Tenant, /) -> Sequence[SessionView]: ...

    def show(self, tenant: Tenant, name: str, /, *, events: int = 20) -> SessionDetails: ...

    def hours(self, tenant: Tenant, name: str, /) -> Sequence[SessionHour]: ...

    def move(
        self, tenant: Tenant, name: str, host: str | None, /, *, actor: str
    ) -> SessionView: ...


class SuspensionPort(Protocol):
    """Numbers that are to stay away."""

    def suspend(self, tenant: Tenant, name: str, /, *, actor: str) -> None: ...

    def resume(self, tenant: Tenant, name: str, /, *, actor: str) -> None: ...


class HostsPort(Protocol):
    """The programs that keep numbers connected."""

    def list(self) -> Sequence[HostView]: ...

    def drain(self, host: str, /) -> HostView: ...


class OnboardingPort(Protocol):
    """Linking a number: blocks between the steps, ends when ``stop`` is set."""

    def connect(
        self,
        tenant: Tenant,
        /,
        *,
        session: str,
        timeout_s: float,
        phone: str | None,
        change_number: bool,
        actor: str,
        stop: threading.Event,
    ) -> Iterator[ConnectEvent]: ...


class PracticePhone(Protocol):
    """A phone to practise with, where WhatsApp is the sandbox. Raises WaagentError."""

    def scan(self, code: str, shop: str, /) -> None:
        """Scan a QR code; returns once it is linked."""

    def enter(self, code: str, phone: str, shop: str, /) -> None:
        """Type a code that was made for ``phone``."""

    def customers(self, phone: str, /) -> bool:
        """Have customers write to ``phone``; whether there are any that are free."""


class PacingPort(Protocol):
    """How fast a number may write."""

    def report(self, tenant: Tenant, session: str, /) -> PacingView: ...


class GapsPort(Protocol):
    """Messages that did not arrive whole."""

    def days(self, tenant: Tenant, days: int = 7, /) -> Sequence[GapDay]: ...


class LeadsPort(Protocol):
    """Cards of the board."""

    def list(self, tenant: Tenant, /) -> Sequence[LeadView]: ...

    def get(self, tenant: Tenant, lead_id: str, /) -> LeadView: ...

    def versions(self, tenant: Tenant, /) -> Mapping[str, int]: ...

    def move(self, tenant: Tenant, lead_id: str, stage: Stage, /) -> LeadView: ...

    def stages(self, tenant: Tenant, /) -> Sequence[StageView]: ...

    def insight(self, tenant: Tenant, conversation_id: str, /) -> InsightView | None: ...


class MessagesPort(Protocol):
    """Conversations."""

    def list(
        self,
        tenant: Tenant,
        *,
        conversation_id: str | None = None,
        before: str | None = None,
        limit: int = 500,
    ) -> Sequence[MessageView]: ...

    def reply(self, tenant: Tenant, conversation_id: str, text: str, /) -> MessageView: ...

    def mark_read(self, tenant: Tenant, conversation_id: str, /) -> None: ...


class ConversationsPort(Protocol):
    """The inbox."""

    def list(
        self,
        tenant: Tenant,
        only: ConversationFilter | None = None,
        /,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> Sequence[ConversationView]: ...

    def search(
        self, tenant: Tenant, text: str, /, *, limit: int = 50, stop: Stop | None = None
    ) -> SearchView: ...

    def mark_unread(self, tenant: Tenant, conversation_id: str, /) -> None: ...


class RepliesPort(Protocol):
    """Messages to customers that are more than a text."""

    def reply(self, tenant: Tenant, conversation_id: str, draft: Draft, /) -> MessageView: ...


class MessageActionsPort(Protocol):
    """What a person does to a message that is there."""

    def edit(self, tenant: Tenant, message_id: str, text: str, /) -> MessageView: ...

    def delete(self, tenant: Tenant, message_id: str, /) -> MessageView: ...

    def react(self, tenant: Tenant, message_id: str, emoji: str, /) -> MessageView: ...

    def resolve(
        self, tenant: Tenant, message_id: str, resolution: Resolution, /, *, actor: str
    ) -> MessageView: ...


class FilePort(Protocol):
    """A file of a message; ``chunks`` reads it once."""

    @property
    def name(self) -> str | None: ...

    @property
    def mimetype(self) -> str: ...

    @property
    def chunks(self) -> Iterator[bytes]: ...


class MediaPort(Protocol):
    """Files of messages."""

    def open(self, tenant_id: str, message_id: str, /) -> FilePort: ...


class TemplatesPort(Protocol):
    """Texts of the shop."""

    def list(self, tenant: Tenant, /) -> Sequence[TemplateView]: ...


class CorrectionsPort(Protocol):
    """Labels that a person changes."""

    def correct(
        self, tenant: Tenant, conversation_id: str, change: LabelChange, /, *, actor: str
    ) -> InsightView: ...


class LeadDetailsPort(Protocol):
    """What hangs on one lead."""

    def show(self, tenant: Tenant, lead_id: str, /) -> LeadDetails: ...

    def assign(self, tenant: Tenant, lead_id: str, name: str, /) -> LeadView: ...

    def set_value(self, tenant: Tenant, lead_id: str, amount: str, /) -> LeadView: ...

    def tag(
        self, tenant: Tenant, lead_id: str, /, *, add: Sequence[str], remove: Sequence[str]
    ) -> LeadView: ...

    def add_note(self, tenant: Tenant, lead_id: str, text: str, /, *, author: str) -> LeadView: ...


class ContactsPort(Protocol):
    """People the shop knows, with or without a conversation."""

    def list(self, tenant: Tenant, /) -> Sequence[ContactView]: ...


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

    def withdraw(self, tenant: Tenant, follow_up_id: str, /, *, actor: str) -> FollowUpView: ...

    def settings(self, tenant: Tenant, /) -> FollowUpSettingsView: ...

    def pause(
        self, tenant: Tenant, /, *, until: str | None, actor: str
    ) -> FollowUpSettingsView: ...

    def resume(self, tenant: Tenant, /, *, actor: str) -> FollowUpSettingsView: ...


class ReportsPort(Protocol):
    """Figures of the shop."""

    def period(
        self, tenant: Tenant, /, *, first: date | None = None, last: date | None = None
    ) -> Period: ...

    def today(self, tenant: Tenant, /) -> TodayReport: ...

    def follow_ups(self, tenant: Tenant, days: Period, /) -> FollowUpReport: ...

    def leads(self, tenant: Tenant, days: Period, /) -> LeadReport: ...

    def response_times(self, tenant: Tenant, days: Period, /) -> ResponseReport: ...

    def funnel(self, tenant: Tenant, days: Period, /) -> FunnelReport: ...


class OverviewPort(Protocol):
    """The whole service, for its operator."""

    def look(self) -> Overview: ...

    def verdict(self) -> Sequence[Check]: ...

    def shop(self, tenant: Tenant, /) -> ShopDiagnosis: ...


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
    def suspension(self) -> SuspensionPort: ...

    @property
    def hosts(self) -> HostsPort: ...

    @property
    def onboarding(self) -> OnboardingPort: ...

    @property
    def pacing(self) -> PacingPort: ...

    @property
    def gaps(self) -> GapsPort: ...

    @property
    def leads(self) -> LeadsPort: ...

    @property
    def messages(self) -> MessagesPort: ...

    @property
    def contacts(self) -> ContactsPort: ...

    @property
    def conversations(self) -> ConversationsPort: ...

    @property
    def replies(self) -> RepliesPort: ...

    @property
    def message_actions(self) -> MessageActionsPort: ...

    @property
    def media(self) -> MediaPort: ...

    @property
    def templates(self) -> TemplatesPort: ...

    @property
    def corrections(self) -> CorrectionsPort: ...

    @property
    def lead_details(self) -> LeadDetailsPort: ...

    @property
    def followups(self) -> FollowUpsPort: ...

    @property
    def follow_up_desk(self) -> FollowUpDeskPort: ...

    @property
    def reports(self) -> ReportsPort: ...

    @property
    def overview(self) -> OverviewPort: ...

    @property
    def changes(self) -> ChangesPort: ...
