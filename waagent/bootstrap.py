"""The composition root: from settings to services. The only place that names concrete classes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from redis import Redis

from waagent.domain.followups import HOLD_OUT_PERCENT, Policy
from waagent.domain.views import Tenant
from waagent.errors import MasterKeyError
from waagent.notify.mail import Mailer
from waagent.notify.push import Pusher
from waagent.pacing.limiter import Limiter
from waagent.queueing import connection
from waagent.queueing.jobs import JobQueue
from waagent.security.cipher import KeyRing
from waagent.security.masterkey import KEY_FILE, master_key, parse_master_key
from waagent.services.ai_usage import Spending, UsageService
from waagent.services.catalogue import CatalogueService
from waagent.services.changes import ChangeFeed
from waagent.services.contact_book import ContactService
from waagent.services.core import Core
from waagent.services.corrections import CorrectionService
from waagent.services.delivery import Delivery
from waagent.services.exchange import ExchangeService
from waagent.services.followup_desk import FollowUpDesk
from waagent.services.followups import FollowUpService
from waagent.services.gaps import GapService
from waagent.services.hosts import HostService
from waagent.services.inbound import InboundService
from waagent.services.lead_details import LeadDetailsService
from waagent.services.leads import LeadService
from waagent.services.learning import LearningService
from waagent.services.leases import LeaseService
from waagent.services.media import MEGABYTE, MediaStore
from waagent.services.media_files import MediaFiles
from waagent.services.media_inbox import MediaInbox
from waagent.services.message_actions import MessageActionService
from waagent.services.messages import MessageService
from waagent.services.notices import NoticeService
from waagent.services.notifications import NotificationService
from waagent.services.onboarding import OnboardingService
from waagent.services.operator_line import OperatorLine
from waagent.services.outbox import OutboxService
from waagent.services.outcome import Outcome
from waagent.services.pacing import PacingService
from waagent.services.pacing_counters import PacingCounters
from waagent.services.pacing_report import PacingReportService
from waagent.services.pairings import PairingService
from waagent.services.replies import ReplyService
from waagent.services.reports import ReportService
from waagent.services.sessions import SessionService
from waagent.services.suspension import SuspensionService
from waagent.services.templates import TemplateService
from waagent.services.tenants import TenantService
from waagent.services.ticks import TickService
from waagent.settings import Settings
from waagent.storage.db import Database
from waagent.storage.migrate import check, current_version, migrate

__all__ = ["Backend", "HostServices", "Services", "Tenant", "open_host_services", "open_services"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where PostgreSQL and Redis are, given or embedded.

    ``ensure_running()`` restarts embedded servers that have crashed, and names them.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    ensure_running: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What front ends call."""

    settings: Settings
    tenants: TenantService
    sessions: SessionService
    suspension: SuspensionService
    hosts: HostService
    onboarding: OnboardingService
    leads: LeadService
    lead_details: LeadDetailsService
    messages: MessageService
    media: MediaStore
    replies: ReplyService
    message_actions: MessageActionService
    followups: FollowUpService
    follow_up_desk: FollowUpDesk
    templates: TemplateService
    pacing: PacingReportService
    contacts: ContactService
    gaps: GapService
    notifications: NotificationService
    reports: ReportService
    changes: ChangeFeed
    exchange: ExchangeService
    catalogue: CatalogueService
    corrections: CorrectionService
    learning: LearningService
    ai_usage: UsageService


@dataclass(frozen=True, slots=True, kw_only=True)
class HostServices:
    """What workers call. ``redis`` is for RQ itself."""

    settings: Settings
    core: Core
    redis: Redis
    inbound: InboundService
    media: MediaStore
    media_inbox: MediaInbox
    outbox: OutboxService
    pacing: PacingService
    leases: LeaseService
    hosts: HostService
    sessions: SessionService
    pairing: PairingService
    delivery: Delivery
    ticks: TickService


@contextmanager
def open_backend(settings: Settings) -> Generator[Backend]:
    """The servers of the URLs, and embedded ones where a URL is not set.

    Raises:
        EmbeddedError: an embedded server cannot be started.
    """
    with ExitStack() as stack:
        database_url, redis_url = settings.database_url, settings.redis_url
        if database_url is None or redis_url is None:
            from waagent.embedded import attach

            attachment = attach(settings.home)
            embedded = stack.enter_context(attachment)
            database_url = database_url or embedded.database_url
            redis_url = redis_url or embedded.redis_url
            yield Backend(
                database_url=database_url,
                redis_url=redis_url,
                ensure_running=attachment.ensure_running,
            )
            return
        yield Backend(database_url=database_url, redis_url=redis_url)


def check_given_key(settings: Settings) -> None:
    """See that the key in the settings, if one is there, can be one at all.

    Raises:
        MasterKeyError: it cannot.
    """
    if settings.master_key is not None:
        parse_master_key(settings.master_key.get_secret_value())


def key_ring(settings: Settings, backend: Backend) -> KeyRing:
    """The keys. One is made only for an embedded database that holds nothing yet.

    Raises:
        MasterKeyError: none is given or kept, or it is malformed.
    """
    given = settings.master_key.get_secret_value() if settings.master_key else None
    file = settings.home / KEY_FILE
    if given is None and not file.exists() and settings.database_url is None:
        if current_version(backend.database_url) > 0:
            raise MasterKeyError(
                f"the master key of this home is missing: {file}",
                hint="restore it from a backup: without it nothing stored can be read",
            )
        return KeyRing(master_key(None, settings.home, may_generate=True))
    return KeyRing(master_key(given, settings.home, may_generate=False))


def migrate_database(settings: Settings, backend: Backend) -> list[str]:
    """Bring the database up to date; returns the steps taken. Raises as ``migrate`` does."""
    from waagent.whatsapp.dsn import store_dsn
    from waagent.whatsapp.store import create_store

    dsn = store_dsn(backend.database_url, application_name="waagent-migrate")
    return migrate(backend.database_url, key_ring(settings, backend), lambda: create_store(dsn))


@contextmanager
def open_core(settings: Settings, backend: Backend, *, size: int = 4) -> Generator[Core]:
    """The database, checked: right version, right master key. An embedded one is migrated.

    Raises:
        DatabaseError: PostgreSQL cannot be used.
        MigrationError: the schema is not this version's.
        MasterKeyError: the key is not the one the database was written with.
    """
    keys = key_ring(settings, backend)
    if settings.database_url is None:
        migrate_database(settings, backend)
    else:
        check(backend.database_url, keys)
    db = Database(backend.database_url, pooled=settings.database_pooled, size=size)
    try:
        yield Core(db, keys)
    finally:
        db.close()


def media_store(settings: Settings, core: Core) -> MediaStore:
    """The files of messages."""
    return MediaStore(core, MediaFiles(settings.media_folder), settings.media_limit * MEGABYTE)


def delivery(settings: Settings, core: Core) -> Delivery:
    """How notifications are sent."""
    relay = settings.smtp_url and settings.smtp_url.get_secret_value()
    return Delivery(
        core,
        Mailer(relay or None, settings.mail_from),
        Pusher(),
        OperatorLine(core, settings.notify_session),
    )


def outcome(settings: Settings) -> Outcome:
    """What follows from labels."""
    return Outcome(policy=follow_up_policy(settings))


def follow_up_policy(settings: Settings) -> Policy:
    """What the settings say of follow-ups.

    At an endpoint of one's own there is nobody to wake, and nothing to measure by leaving some out.
    """
    return Policy(
        after=settings.followup_after,
        mute=settings.followup_after / 2 if settings.bot_mute is None else settings.bot_mute,
        quiet_hours=settings.quiet_hours,
        hold_out=HOLD_OUT_PERCENT if settings.whatsapp_endpoint is None else 0,
    )


def spending(settings: Settings) -> Spending:
    """What language models may cost."""
    return Spending(
        price_in=settings.ai_price_in,
        price_out=settings.ai_price_out,
        monthly_tokens=settings.ai_monthly_tokens,
    )


def host_gone(settings: Settings, backend: Backend, host: str) -> int:
    """Free what a session host held whose process is certainly gone; how many sessions.

    Raises:
        DatabaseError: PostgreSQL cannot be used; the leases run out by themselves.
    """
    db = Database(backend.database_url, pooled=settings.database_pooled, size=1)
    core = Core(db, key_ring(settings, backend))
    try:
        HostService(core).leave(host)
        return LeaseService(core).release_all(host)
    finally:
        db.close()


@contextmanager
def open_services(settings: Settings) -> Generator[Services]:
    """Everything a front end needs. Raises ConfigError and BackendError, and their kinds."""
    check_given_key(settings)  # told before any server is made
    with open_backend(settings) as backend, open_core(settings, backend) as core:
        redis = connection.connect(backend.redis_url)
        policy = follow_up_policy(settings)
        media = media_store(settings, core)
        replies = ReplyService(
            core, media, quiet_period=settings.quiet_period, region=settings.region
        )
        try:
            connection.check(redis)
            yield Services(
                settings=settings,
                tenants=TenantService(core),
                sessions=SessionService(core, HostService(core), JobQueue(redis)),
                suspension=SuspensionService(core),
                hosts=HostService(core),
                onboarding=OnboardingService(core, redis, JobQueue(redis), region=settings.region),
                leads=LeadService(core),
                lead_details=LeadDetailsService(core, LeadService(core)),
                messages=MessageService(core, replies, region=settings.region),
                media=media,
                replies=replies,
                message_actions=MessageActionService(core),
                followups=FollowUpService(core, policy),
                follow_up_desk=FollowUpDesk(core, policy),
                templates=TemplateService(core),
                pacing=PacingReportService(
                    core=core,
                    counters=PacingCounters(core, Limiter(redis)),
                    safe=settings.pacing == "safe",
                    quiet_hours=settings.quiet_hours,
                ),
                contacts=ContactService(core, region=settings.region),
                gaps=GapService(core),
                notifications=NotificationService(
                    core, delivery(settings, core), region=settings.region
                ),
                reports=ReportService(core),
                changes=ChangeFeed(backend.database_url),
                exchange=ExchangeService(core, region=settings.region),
                catalogue=CatalogueService(core),
                corrections=CorrectionService(core, outcome(settings)),
                learning=LearningService(core),
                ai_usage=UsageService(core, spending(settings)),
            )
        finally:
            redis.close()


@contextmanager
def open_host_services(settings: Settings) -> Generator[HostServices]:
    """Everything a worker needs. Open it after any fork. Raises as :func:`open_services` does."""
    with open_backend(settings) as backend, open_core(settings, backend, size=12) as core:
        redis = connection.connect(backend.redis_url)
        media = media_store(settings, core)
        outbox, leases = OutboxService(core, media), LeaseService(core)
        hosts = HostService(core)
        pacing = PacingService(
            core=core,
            counters=PacingCounters(core, Limiter(redis)),
            safe=settings.pacing == "safe",
            quiet_hours=settings.quiet_hours,
        )
        try:
            yield HostServices(
                settings=settings,
                core=core,
                redis=redis,
                inbound=InboundService(core, settings.quiet_period, media),
                media=media,
                media_inbox=MediaInbox(core, media),
                outbox=outbox,
                pacing=pacing,
                leases=leases,
                hosts=hosts,
                sessions=SessionService(core, hosts, JobQueue(redis)),
                pairing=PairingService(core, redis, settings.whatsapp_endpoint is not None),
                delivery=delivery(settings, core),
                ticks=TickService(
                    core,
                    JobQueue(redis),
                    FollowUpService(core, follow_up_policy(settings)),
                    leases,
                    hosts,
                    outbox,
                    pacing,
                    NoticeService(core, JobQueue(redis), settings.notify_after),
                ),
            )
        finally:
            redis.close()
