"""The composition root: from settings to services. The only place that names concrete classes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis import Redis

from waagent.domain.views import Tenant
from waagent.errors import MasterKeyError
from waagent.front import Services
from waagent.parts import (
    Backend,
    delivery,
    follow_up_policy,
    media_store,
    outcome,
    spending,
)
from waagent.queueing import connection
from waagent.security.cipher import KeyRing
from waagent.security.masterkey import KEY_FILE, master_key, parse_master_key
from waagent.services.core import Core
from waagent.settings import Settings
from waagent.storage.db import Database
from waagent.storage.migrate import check, current_version, migrate

if TYPE_CHECKING:
    from waagent.services.delivery import Delivery
    from waagent.services.hosts import HostService
    from waagent.services.inbound import InboundService
    from waagent.services.leases import LeaseService
    from waagent.services.media import MediaStore
    from waagent.services.media_inbox import MediaInbox
    from waagent.services.outbox import OutboxService
    from waagent.services.pacing import PacingService
    from waagent.services.pairings import PairingService
    from waagent.services.sessions import SessionService
    from waagent.services.ticks import TickService
    from waagent.services.traffic import TrafficService

__all__ = [
    "Backend",
    "HostServices",
    "Services",
    "Tenant",
    "follow_up_policy",
    "open_host_services",
    "open_services",
    "outcome",
    "spending",
]


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
    traffic: TrafficService
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


def host_gone(settings: Settings, backend: Backend, host: str) -> int:
    """Free what a session host held whose process is certainly gone; how many sessions.

    Raises:
        DatabaseError: PostgreSQL cannot be used; the leases run out by themselves.
    """
    from waagent.services.hosts import HostService
    from waagent.services.leases import LeaseService

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
        try:
            connection.check(redis)
            yield Services(settings, backend, core, redis)
        finally:
            redis.close()


@contextmanager
def open_host_services(settings: Settings) -> Generator[HostServices]:
    """Everything a worker needs. Open it after any fork. Raises as :func:`open_services` does."""
    from waagent.pacing.limiter import Limiter
    from waagent.queueing.jobs import JobQueue
    from waagent.services.followups import FollowUpService
    from waagent.services.hosts import HostService
    from waagent.services.inbound import InboundService
    from waagent.services.leases import LeaseService
    from waagent.services.media_inbox import MediaInbox
    from waagent.services.notices import NoticeService
    from waagent.services.outbox import OutboxService
    from waagent.services.pacing import PacingService
    from waagent.services.pacing_counters import PacingCounters
    from waagent.services.pairings import PairingService
    from waagent.services.sessions import SessionService
    from waagent.services.ticks import TickService
    from waagent.services.traffic import TrafficService

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
                traffic=TrafficService(core),
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
                    NoticeService(
                        core, JobQueue(redis), settings.notify_after, settings.notify_keep
                    ),
                ),
            )
        finally:
            redis.close()
