"""PostgreSQL and Valkey behind sockets that can be cut."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from socket_proxy import SocketProxy

from waagent.bootstrap import key_ring
from waagent.embedded import Backend
from waagent.services.core import Core
from waagent.settings import Settings
from waagent.storage.db import Database


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder whose paths are short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="waagent-test-") as folder:
        yield Path(folder)


@pytest.fixture
def postgres(settings: Settings, sockets: Path) -> Iterator[SocketProxy]:
    """In front of PostgreSQL."""
    folder = Path(parse_qs(urlsplit(str(settings.database_url)).query)["host"][0])
    name = ".s.PGSQL.5432"
    proxy = SocketProxy(folder / name, sockets / name)
    yield proxy
    proxy.close()


@pytest.fixture
def cut_core(settings: Settings, backend: Backend, postgres: SocketProxy) -> Iterator[Core]:
    """The database by way of that socket."""
    parts = urlsplit(str(settings.database_url))
    query = f"host={quote(str(postgres.path.parent))}&port=5432"
    database = Database(parts._replace(query=query).geturl())
    yield Core(database, key_ring(settings, backend))
    postgres.mend()
    database.close()


@pytest.fixture
def valkey(backend: Backend, sockets: Path) -> Iterator[SocketProxy]:
    """In front of Valkey."""
    target = Path(urlsplit(backend.redis_url).path)
    proxy = SocketProxy(target, sockets / "valkey.sock")
    yield proxy
    proxy.close()


@pytest.fixture
def cut_redis_url(backend: Backend, valkey: SocketProxy) -> str:
    """Valkey by way of that socket."""
    return urlsplit(backend.redis_url)._replace(path=str(valkey.path)).geturl()
