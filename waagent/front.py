"""What front ends call: each service is imported and made when it is first asked for.

A command needs one or two of them, and importing all takes longer than most commands run.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from redis import Redis

from waagent.parts import (
    Backend,
    delivery,
    follow_up_policy,
    media_store,
    outcome,
    spending,
)
from waagent.services.core import Core
from waagent.settings import Settings

if TYPE_CHECKING:
    from waagent.domain.views import Tenant
    from waagent.security.passwords import Passwords
    from waagent.services.ai_usage import UsageService
    from waagent.services.catalogue import CatalogueService
    from waagent.services.changes import ChangeFeed
    from waagent.services.contact_book import ContactService
    from waagent.services.conversations import ConversationService
    from waagent.services.corrections import CorrectionService
    from waagent.services.exchange import ExchangeService
    from waagent.services.followup_desk import FollowUpDesk
    from waagent.services.followups import FollowUpService
    from waagent.services.gaps import GapService
    from waagent.services.hosts import HostService
    from waagent.services.lead_details import LeadDetailsService
    from waagent.services.leads import LeadService
    from waagent.services.learning import LearningService
    from waagent.services.logins import LoginService
    from waagent.services.media import MediaStore
    from waagent.services.message_actions import MessageActionService
    from waagent.services.messages import MessageService
    from waagent.services.notifications import NotificationService
    from waagent.services.onboarding import OnboardingService
    from waagent.services.overview import OverviewService
    from waagent.services.pacing_report import PacingReportService
    from waagent.services.replies import ReplyService
    from waagent.services.reports import ReportService
    from waagent.services.sessions import SessionService
    from waagent.services.suspension import SuspensionService
    from waagent.services.templates import TemplateService
    from waagent.services.tenants import TenantService
    from waagent.services.users import UserService


class Services:
    """The services of one database; ``open_services`` makes it."""

    def __init__(self, settings: Settings, backend: Backend, core: Core, redis: Redis) -> None:
        self.settings = settings
        self._backend = backend
        self._core = core
        self._redis = redis

    def pin(self, tenant: Tenant) -> None:
        """From now on serve this shop and no other, nor what only operators may do. For good."""
        self._core.only = tenant.id

    @cached_property
    def tenants(self) -> TenantService:
        """Shops."""
        from waagent.services.tenants import TenantService

        return TenantService(self._core)

    @cached_property
    def sessions(self) -> SessionService:
        """Linked numbers."""
        from waagent.queueing.jobs import JobQueue
        from waagent.services.sessions import SessionService

        return SessionService(self._core, self.hosts, JobQueue(self._redis))

    @cached_property
    def suspension(self) -> SuspensionService:
        """Numbers that are to stay away."""
        from waagent.services.suspension import SuspensionService

        return SuspensionService(self._core)

    @cached_property
    def hosts(self) -> HostService:
        """Session hosts."""
        from waagent.services.hosts import HostService

        return HostService(self._core)

    @cached_property
    def onboarding(self) -> OnboardingService:
        """Linking a number."""
        from waagent.queueing.jobs import JobQueue
        from waagent.services.onboarding import OnboardingService

        return OnboardingService(
            self._core, self._redis, JobQueue(self._redis), region=self.settings.region
        )

    @cached_property
    def leads(self) -> LeadService:
        """The lead board."""
        from waagent.services.leads import LeadService

        return LeadService(self._core)

    @cached_property
    def lead_details(self) -> LeadDetailsService:
        """Notes, tags, value and history of a lead."""
        from waagent.services.lead_details import LeadDetailsService

        return LeadDetailsService(self._core, self.leads)

    @cached_property
    def messages(self) -> MessageService:
        """Conversations."""
        from waagent.services.messages import MessageService

        return MessageService(self._core, self.replies, region=self.settings.region)

    @cached_property
    def conversations(self) -> ConversationService:
        """The inbox."""
        from waagent.services.conversations import ConversationService

        return ConversationService(self._core)

    @cached_property
    def media(self) -> MediaStore:
        """Files of messages."""
        return media_store(self.settings, self._core)

    @cached_property
    def replies(self) -> ReplyService:
        """Writing to customers."""
        from waagent.services.replies import ReplyService

        return ReplyService(
            self._core,
            self.media,
            quiet_period=self.settings.quiet_period,
            region=self.settings.region,
        )

    @cached_property
    def message_actions(self) -> MessageActionService:
        """Edits, deletions, reactions, and what may have been sent."""
        from waagent.services.message_actions import MessageActionService

        return MessageActionService(self._core)

    @cached_property
    def followups(self) -> FollowUpService:
        """Follow-ups."""
        from waagent.services.followups import FollowUpService

        return FollowUpService(self._core, follow_up_policy(self.settings))

    @cached_property
    def follow_up_desk(self) -> FollowUpDesk:
        """What people do about follow-ups."""
        from waagent.services.followup_desk import FollowUpDesk

        return FollowUpDesk(self._core, follow_up_policy(self.settings))

    @cached_property
    def templates(self) -> TemplateService:
        """Texts of follow-ups."""
        from waagent.services.templates import TemplateService

        return TemplateService(self._core)

    @cached_property
    def pacing(self) -> PacingReportService:
        """The pace of a number."""
        from waagent.pacing.limiter import Limiter
        from waagent.services.pacing_counters import PacingCounters
        from waagent.services.pacing_report import PacingReportService

        return PacingReportService(
            core=self._core,
            counters=PacingCounters(self._core, Limiter(self._redis)),
            safe=self.settings.pacing == "safe",
            quiet_hours=self.settings.quiet_hours,
        )

    @cached_property
    def contacts(self) -> ContactService:
        """Customers, and merging them."""
        from waagent.services.contact_book import ContactService

        return ContactService(self._core, region=self.settings.region)

    @cached_property
    def gaps(self) -> GapService:
        """Messages that did not arrive whole."""
        from waagent.services.gaps import GapService

        return GapService(self._core)

    @cached_property
    def notifications(self) -> NotificationService:
        """Telling owners."""
        from waagent.services.notifications import NotificationService

        return NotificationService(
            self._core, delivery(self.settings, self._core), region=self.settings.region
        )

    @cached_property
    def reports(self) -> ReportService:
        """Reports."""
        from waagent.services.reports import ReportService

        return ReportService(self._core)

    @cached_property
    def overview(self) -> OverviewService:
        """The whole service at a glance."""
        from waagent import checkup
        from waagent.queueing import connection
        from waagent.queueing.roll import QueueRoll
        from waagent.services.overview import OverviewService

        redis = connection.connect(self._backend.redis_url, answer_within_s=5.0)
        return OverviewService(self._core, QueueRoll(redis), lambda: checkup.doctor(self.settings))

    @cached_property
    def changes(self) -> ChangeFeed:
        """The feed of changes."""
        from waagent.services.changes import ChangeFeed

        return ChangeFeed(self._backend.database_url)

    @cached_property
    def exchange(self) -> ExchangeService:
        """Export and import."""
        from waagent.services.exchange import ExchangeService

        return ExchangeService(self._core, region=self.settings.region)

    @cached_property
    def catalogue(self) -> CatalogueService:
        """The shop's products."""
        from waagent.services.catalogue import CatalogueService

        return CatalogueService(self._core)

    @cached_property
    def corrections(self) -> CorrectionService:
        """Labels that a person changed."""
        from waagent.services.corrections import CorrectionService

        return CorrectionService(self._core, outcome(self.settings))

    @cached_property
    def learning(self) -> LearningService:
        """Learning of them."""
        from waagent.services.learning import LearningService

        return LearningService(self._core)

    @cached_property
    def ai_usage(self) -> UsageService:
        """What language models cost."""
        from waagent.services.ai_usage import UsageService

        return UsageService(self._core, spending(self.settings))

    @cached_property
    def _passwords(self) -> Passwords:
        from waagent.security.passwords import Passwords

        return Passwords()

    @cached_property
    def users(self) -> UserService:
        """Users of the web front."""
        from waagent.services.users import UserService

        return UserService(self._core, self._passwords, idle=self.settings.web_idle)

    @cached_property
    def logins(self) -> LoginService:
        """Their logins."""
        from waagent.services.logins import LoginService

        return LoginService(
            self._core,
            self._redis,
            self._passwords,
            lasts=self.settings.web_login_lasts,
            idle=self.settings.web_idle,
        )
