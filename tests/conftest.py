"""What every test stands on: a clean environment, and one real PostgreSQL and Valkey per process.

Tests of the services share a database, so each gets shops of its own; the application's role may
not create databases, here as in production. A second, superuser connection looks behind the
application's back: it moves clocks by updating rows, and sees what row-level security hides.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from shop_support import Admin, Shop
from shop_support import superuser_url as _superuser_url

from waagent.bootstrap import (
    HostServices,
    Services,
    migrate_database,
    open_backend,
    open_host_services,
    open_services,
)
from waagent.embedded import Backend, attach, remove
from waagent.settings import Settings, load_settings

_OURS = re.compile(r"^(WAAGENT_|OPENAI_|XDG_CONFIG_HOME$|(HTTPS?|ALL|NO)_PROXY$)", re.IGNORECASE)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the person running the tests has set up is not under test."""
    for name in [name for name in os.environ if _OURS.match(name)]:
        del os.environ[name]
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))


@pytest.fixture(autouse=True)
def _log_configuration() -> Iterator[None]:
    """A test that runs a command in this process may set up logging; the next one has its own."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def backend_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backend") / "home"


@pytest.fixture(scope="session")
def backend(backend_home: Path) -> Iterator[Backend]:
    """PostgreSQL and Valkey, empty. Deleted at the end: as root the data is not in the home."""
    with attach(backend_home) as backend:
        yield backend
    remove(backend_home)


@pytest.fixture(scope="session")
def superuser_url(backend: Backend, backend_home: Path) -> str:
    return _superuser_url(backend, backend_home)


@pytest.fixture(scope="session")
def settings(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that lead to a migrated database, as in production: by URLs and a given key."""
    found = load_settings(
        home=tmp_path_factory.mktemp("state"),
        database_url=backend.database_url,
        redis_url=backend.redis_url,
        master_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )
    with open_backend(found) as opened:
        migrate_database(found, opened)
    return found


@pytest.fixture(scope="session")
def admin(superuser_url: str, settings: Settings) -> Iterator[Admin]:
    """Sees and changes everything (of a migrated database); the application connects otherwise."""
    with Admin(superuser_url) as admin:
        yield admin


@pytest.fixture(scope="session")
def front(settings: Settings) -> Iterator[Services]:
    """What front ends call."""
    with open_services(settings) as services:
        yield services


@pytest.fixture(scope="session")
def host(settings: Settings) -> Iterator[HostServices]:
    """What workers call."""
    with open_host_services(settings) as services:
        yield services


@pytest.fixture
def new_shop(front: Services, host: HostServices, admin: Admin) -> Iterator[Callable[..., Shop]]:
    """Makes shops; they are gone after the test, so no tick of a later one finds their work."""
    made: list[Shop] = []

    def make(name: str = "Dapur Bu Rini", *, timezone: str = "Asia/Jakarta") -> Shop:
        unique = f"{name} {secrets.token_hex(4)}"
        tenant = front.tenants.create(unique, timezone=timezone)
        made.append(Shop(tenant=tenant, front=front, host=host, admin=admin))
        return made[-1]

    yield make
    for shop in made:
        admin.run("delete from tenants where id = %s", shop.tenant.id)


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    """A fresh shop."""
    return new_shop()


@pytest.fixture
def redis_clean(host: HostServices) -> None:
    """An empty Valkey."""
    host.redis.flushdb()
