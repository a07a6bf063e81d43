"""Fixtures for the embedded servers: a home that is cleared away, and holders to start and kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis
from psycopg import sql

from waagent.embedded import Backend, remove, stop

ROOT = Path(__file__).parents[3]

# Attaches, says so, and holds on until its stdin ends.
HOLDER = """
import sys
from pathlib import Path
from waagent.embedded import attach
with attach(Path(sys.argv[1])) as backend:
    print(backend.database_url, backend.redis_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="session")
def _used_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("embedded") / "home"
    yield home
    remove(home)


@pytest.fixture
def home(_used_home: Path) -> Iterator[Path]:
    """A home whose servers do not run; it may have data, which makes starting quicker."""
    yield _used_home
    stop(_used_home)


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[Path]:
    """A home that nobody has used yet."""
    home = tmp_path / "home"
    yield home
    remove(home)


class Holder:
    """Another process that is attached to a home."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )

    def ready(self) -> Backend:
        """Wait until it is attached."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("postgresql://"):
                database, valkey = line.split()
                return Backend(database_url=database, redis_url=valkey)
        raise AssertionError("the holder could not attach")

    def leave(self) -> None:
        """Let it leave in order."""
        self._process.communicate("")
        assert self._process.returncode == 0

    def kill(self) -> None:
        """Kill it as the OOM killer would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def hold() -> Iterator[Callable[[Path], Holder]]:
    holders: list[Holder] = []

    def start(home: Path) -> Holder:
        holders.append(Holder(home))
        return holders[-1]

    yield start
    for holder in holders:
        holder.kill()


class Data:
    """Marks in both servers, under a name of its own."""

    def __init__(self) -> None:
        self._name = f"marks_{uuid4().hex}"
        self._table = sql.Identifier(self._name)

    def write(self, backend: Backend, mark: str) -> None:
        with psycopg.connect(backend.database_url) as database:
            create = sql.SQL("create table if not exists {} (mark text)").format(self._table)
            database.execute(create)
            database.execute(sql.SQL("insert into {} values (%s)").format(self._table), (mark,))
        with redis.Redis.from_url(backend.redis_url) as valkey:
            valkey.rpush(self._name, mark)
            valkey.execute_command("WAITAOF", 1, 0, 5000)

    def read(self, backend: Backend) -> tuple[list[str], list[str]]:
        with psycopg.connect(backend.database_url) as database:
            query = sql.SQL("select mark from {}").format(self._table)
            stored = [row[0] for row in database.execute(query)]
        with redis.Redis.from_url(backend.redis_url, decode_responses=True) as valkey:
            return stored, valkey.lrange(self._name, 0, -1)


@pytest.fixture
def data() -> Data:
    return Data()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    def wait(holds: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.02)

    return wait


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
