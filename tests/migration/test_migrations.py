"""Migrations: once each, by one process at a time, and never over somebody else's data."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from waagent.errors import DatabaseError, MasterKeyError, MigrationError
from waagent.security.cipher import KeyRing
from waagent.storage.migrate import check, current_version, latest_version, migrate, migrations

ROOT = Path(__file__).parents[2]
Login = psycopg.Connection[tuple[object, ...]]

# Waits for its start signal, so that all processes begin in the same instant.
MIGRATE = """
import os, sys
from waagent.security.cipher import KeyRing
from waagent.storage.migrate import migrate
from waagent.whatsapp.dsn import store_dsn
from waagent.whatsapp.store import create_store
url = os.environ["URL"]
dsn = store_dsn(url, application_name="test")
print("ready", flush=True)
sys.stdin.readline()
print(migrate(url, KeyRing(bytes(32)), lambda: create_store(dsn)))
"""


def no_store() -> None:
    """For tests that are not about the library's tables."""


def test_a_second_migration_does_nothing(empty_url: str, keys: KeyRing) -> None:
    assert current_version(empty_url) == 0
    names = [step.name for step in migrations()]
    assert migrate(empty_url, keys, no_store) == [*names, "whatsmeow store"]
    assert current_version(empty_url) == latest_version()
    assert migrate(empty_url, keys, no_store) == ["whatsmeow store"]
    check(empty_url, keys)


def test_four_processes_at_once_do_it_once(empty_url: str) -> None:
    env = {**os.environ, "URL": empty_url}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4
    steps = [line for text in said for line in text.splitlines() if line.startswith("[")]
    assert len(steps) == 4
    for step in migrations():
        assert sum(step.name in line for line in steps) == 1
    assert sum("whatsmeow store" in line for line in steps) == 1


def test_another_master_key_is_refused_and_changes_nothing(empty_url: str, keys: KeyRing) -> None:
    migrate(empty_url, keys, no_store)
    other = KeyRing(secrets.token_bytes(32))
    for attempt in (lambda: migrate(empty_url, other, no_store), lambda: check(empty_url, other)):
        with pytest.raises(MasterKeyError) as refused:
            attempt()
        assert refused.value.hint
    check(empty_url, keys)


def test_an_older_waagent_leaves_a_newer_database_alone(
    empty_url: str, keys: KeyRing, login: Login
) -> None:
    migrate(empty_url, keys, no_store)
    login.execute("insert into waagent.schema_migrations (version, name) values (99, 'future')")
    for attempt in (lambda: migrate(empty_url, keys, no_store), lambda: check(empty_url, keys)):
        with pytest.raises(MigrationError) as refused:
            attempt()
        assert "99" in refused.value.message
        assert "upgrade" in str(refused.value.hint)


def test_a_database_that_was_not_migrated_says_what_to_do(empty_url: str, keys: KeyRing) -> None:
    with pytest.raises(MigrationError) as refused:
        check(empty_url, keys)
    assert refused.value.hint == "run: waagent db migrate"


def test_a_step_that_fails_leaves_nothing_behind(
    empty_url: str, keys: KeyRing, login: Login
) -> None:
    login.execute("create schema waagent")
    login.execute("create table waagent.outbox (in_the_way integer)")
    with pytest.raises(MigrationError) as refused:
        migrate(empty_url, keys, no_store)
    assert refused.value.message.startswith(migrations()[0].name)
    assert "\n" not in refused.value.message
    tables = login.execute(
        "select relname from pg_class"
        " where relnamespace = 'waagent'::regnamespace and relkind = 'r'"
    ).fetchall()
    assert tables == [("outbox",)]


def test_a_role_that_may_not_migrate_is_told_so(
    empty_url: str, keys: KeyRing, login: Login
) -> None:
    login.execute("create schema waagent")
    name = f"guest_{secrets.token_hex(4)}"
    login.execute(f"create role {name} login password 'guest'")  # type: ignore[call-overload]
    user, rest = empty_url.split("@", 1)
    guest = f"{user.split('//')[0]}//{name}:guest@{rest}"
    try:
        with pytest.raises(MigrationError) as refused:
            migrate(guest, keys, no_store)
        assert refused.value.hint
    finally:
        login.execute(f"drop role {name}")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql:///none?host=/nowhere",
        "postgresql://[::1",
        "postgresql://host:port/db",
        "postgresql://h/db?no_such_option=1",
    ],
)
def test_an_unusable_url_is_one_line_with_a_hint(url: str, keys: KeyRing) -> None:
    for attempt in (lambda: migrate(url, keys, no_store), lambda: check(url, keys)):
        with pytest.raises(DatabaseError) as refused:
            attempt()
        assert "\n" not in refused.value.message
        assert refused.value.hint
