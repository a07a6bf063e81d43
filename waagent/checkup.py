"""From settings to the doctor: unlike ``bootstrap`` it starts, makes and migrates nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from waagent.domain.checks import ShopDiagnosis
from waagent.domain.views import Tenant
from waagent.errors import DatabaseError, WaagentError
from waagent.security.cipher import KeyRing
from waagent.security.masterkey import master_key
from waagent.services.core import Core
from waagent.services.doctor import Doctor, Premises
from waagent.services.doctor_shop import examine_shop
from waagent.services.tenants import TenantService
from waagent.settings import Settings
from waagent.storage.db import Database
from waagent.storage.migrate import check

_STOPPED = "PostgreSQL does not run, or does not answer"


def doctor(settings: Settings) -> Doctor:
    """Who examines the installation of these settings."""
    return Doctor(premises(settings))


def premises(settings: Settings) -> Premises:
    """What is to be examined."""
    given = {"postgresql": settings.database_url, "redis": settings.redis_url}
    ours = frozenset(name for name, url in given.items() if url is None)
    database_url, redis_url = _embedded_urls(settings) if ours else (None, None)
    return Premises(
        home=settings.home,
        media_folder=settings.media_folder,
        sessions_per_host=settings.sessions_per_host,
        database_url=settings.database_url or database_url,
        redis_url=settings.redis_url or redis_url,
        database_pooled=settings.database_pooled,
        embedded=ours,
        keys=lambda: _keys(settings),
    )


def examine(
    settings: Settings, find: Callable[[TenantService], Tenant]
) -> tuple[Tenant, ShopDiagnosis]:
    """The shop that ``find`` finds, and how its numbers are. Redis is not needed.

    Raises:
        DatabaseError, MigrationError, MasterKeyError: the database cannot be used.
        WaagentError: whatever ``find`` raises.
    """
    at = premises(settings)
    url, keys = at.database_url, _keys(settings)
    try:
        if url is None:
            raise DatabaseError("PostgreSQL was never started")
        check(url, keys)
    except DatabaseError as error:
        if "postgresql" not in at.embedded:
            raise
        raise DatabaseError(_STOPPED, hint="start it: waagent up") from error
    db = Database(url, pooled=settings.database_pooled, size=1)
    try:
        core = Core(db, keys)
        tenant = find(TenantService(core))
        return tenant, examine_shop(core, tenant)
    finally:
        db.close()


def _keys(settings: Settings) -> KeyRing:
    given = settings.master_key.get_secret_value() if settings.master_key else None
    return KeyRing(master_key(given, settings.home, may_generate=False))


def _embedded_urls(settings: Settings) -> tuple[str | None, str | None]:
    """Where the embedded servers of this home are, running or not; None if there are none yet."""
    from waagent.embedded.layout import read_layout
    from waagent.embedded.probes import backend

    with suppress(WaagentError, OSError):
        layout = read_layout(settings.home)
        if layout is not None:
            found = backend(layout)
            return found.database_url, found.redis_url
    return None, None
