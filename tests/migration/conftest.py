"""Fresh databases to migrate."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from shop_support import Admin

from waagent.embedded import Backend
from waagent.security.cipher import KeyRing


@pytest.fixture(scope="session")
def server(superuser_url: str) -> Iterator[Admin]:
    """The superuser of the server, whatever is in its databases."""
    with Admin(superuser_url) as server:
        yield server


@pytest.fixture
def empty_url(backend: Backend, server: Admin) -> Iterator[str]:
    """An empty database of the application's login role, by its URL."""
    name = server.create_database()
    yield urlsplit(backend.database_url)._replace(path=f"/{name}").geturl()
    server.drop_database(name)


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing(secrets.token_bytes(32))


@pytest.fixture
def login(empty_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The login role's own connection to that database."""
    with psycopg.connect(empty_url, autocommit=True) as connection:
        yield connection
