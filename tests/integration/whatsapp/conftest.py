"""One database and one sandbox for these tests, and numbers linked to it by the real library."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest
from whatsapp_harness import Linked, Remote, RunningShop

from waagent.embedded import attach, remove
from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient
from waagent.whatsapp.dsn import store_dsn
from waagent.whatsapp.store import create_store

Launch = Callable[[], Remote]
Link = Callable[[], Linked]


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the library's tables."""
    home = tmp_path_factory.mktemp("whatsapp") / "home"
    with attach(home) as backend:
        with psycopg.connect(backend.database_url, autocommit=True) as connection:
            connection.execute("create schema if not exists whatsmeow")
        create_store(store_dsn(backend.database_url, application_name="waagent-test-create"))
        yield backend.database_url
    remove(home)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("whatsapp") / "sandbox") as running:
        yield running


@pytest.fixture(scope="session")
def world(sandbox: SandboxProcess) -> SandboxClient:
    """Moves the people in the sandbox."""
    return sandbox.client()


@pytest.fixture(scope="session")
def launch(
    database_url: str, sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory
) -> Launch:
    """Starts hosting processes, which take a second of processor time each: be sparing."""
    logs = tmp_path_factory.mktemp("logs")
    numbers = itertools.count()

    def launch() -> Remote:
        return Remote(database_url, sandbox.info.endpoint, logs / f"host-{next(numbers)}.log")

    return launch


@pytest.fixture(scope="session")
def link(launch: Launch, world: SandboxClient) -> Link:
    """Links another number in a process of its own."""
    phones = itertools.count(6281210000001)

    def link() -> Linked:
        phone = str(next(phones))
        with launch() as remote:
            remote.do("pair", key=phone)
            world.scan(remote.expect(event="qr")["code"], phone=phone, name="Dapur Bu Ratna")
            jid = remote.expect(event="paired")["jid"]
            remote.expect(event="session", kind="connected")
            assert remote.do("stop", key=phone) is True
        return Linked(phone=phone, jid=jid)

    return link


@pytest.fixture(scope="session")
def linked(link: Link) -> list[Linked]:
    """Linked numbers, stopped between tests."""
    return [link() for _ in range(5)]


@pytest.fixture(scope="module")
def host(launch: Launch) -> Iterator[Remote]:
    """One hosting process that must outlive all tests of a module."""
    remote = launch()
    yield remote
    assert remote.alive(), f"ended by itself: {remote.exit()}"
    assert remote.exit() == 0


@pytest.fixture
def shop(
    host: Remote, linked: list[Linked], request: pytest.FixtureRequest
) -> Iterator[RunningShop]:
    """A connected number under a key of its own."""
    shop = RunningShop(remote=host, key=request.node.name, linked=linked[0])
    shop.start()
    yield shop
    if host.do("running", key=shop.key):
        assert host.do("stop", key=shop.key) is True


@pytest.fixture
def customer(world: SandboxClient) -> str:
    """The number of a customer nobody else writes with."""
    phone = str(next(_CUSTOMERS))
    world.customer(phone, "Bu Sari")
    return phone


_CUSTOMERS = itertools.count(6281310000001)
