"""Numbered migrations, applied once, in order, by one process at a time.

``NNNN_pre_what.sql`` runs before new code is started, ``NNNN_post_what.sql`` after; both here, in
number order, since ``waagent up`` starts everything anew. ``schema.sql`` is what they add up to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import LiteralString

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import TupleRow

from waagent.errors import DatabaseError, MigrationError
from waagent.security.cipher import KeyRing
from waagent.storage.db import direct_connection, first_line

log = structlog.get_logger(__name__)

# Any constant will do; it must only be ours. (The letters "waagent" as a number.)
_LOCK = 0x77616167656E74
_NAME = re.compile(r"^(\d{4})_(pre|post)_[a-z0-9_]+\.sql$")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step."""

    version: int
    name: str
    sql: LiteralString


def migrations() -> list[Migration]:
    """All steps, in order.

    Raises:
        ValueError: a file is misnamed, or a number is missing or stands twice.
    """
    steps: list[Migration] = []
    folder = resources.files("waagent.storage") / "migrations"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".sql"):
            continue
        match = _NAME.match(file.name)
        if match is None or int(match[1]) != len(steps) + 1:
            raise ValueError(f"misnamed or misnumbered migration {file.name}")
        steps.append(Migration(int(match[1]), file.name, file.read_text()))
    return steps


def latest_version() -> int:
    """The version this code needs."""
    return len(migrations())


def current_version(url: str) -> int:
    """The database's version; 0 for an empty one.

    Raises:
        DatabaseError: PostgreSQL cannot be used.
    """
    with direct_connection(url) as connection:
        return _version(connection)


def migrate(url: str, key_ring: KeyRing, create_store: Callable[[], None]) -> list[str]:
    """Bring a database up to date; returns the names of the steps taken.

    ``create_store`` makes the whatsmeow tables; it is called once, when they are not there yet.

    Raises:
        DatabaseError: PostgreSQL cannot be used.
        MigrationError: a step failed (nothing of it stays), or the database is newer.
        MasterKeyError: the database was written with another master key.
    """
    with direct_connection(url) as connection:
        taken = _apply_all(connection, key_ring)
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
            if not _exists(connection, "whatsmeow.whatsmeow_version"):
                create_store()
                taken.append("whatsmeow store")
    return taken


def check(url: str, key_ring: KeyRing) -> None:
    """Check that a database is one this code can use.

    Raises:
        DatabaseError: PostgreSQL cannot be used.
        MigrationError: its version is another.
        MasterKeyError: it was written with another master key.
    """
    with direct_connection(url) as connection:
        version = _version(connection)
        if version != latest_version():
            raise MigrationError(
                f"the database has schema version {version}, this waagent needs {latest_version()}",
                hint="run: waagent db migrate"
                if version < latest_version()
                else "a newer waagent has migrated it: upgrade this one",
            )
        _verify_key(connection, key_ring)


def _apply_all(connection: Connection[TupleRow], key_ring: KeyRing) -> list[str]:
    taken = []
    try:
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute("create schema if not exists waagent")
            connection.execute("set local search_path to waagent")
            connection.execute(
                "create table if not exists schema_migrations (version integer primary key,"
                " name text not null, applied_at timestamptz not null default now())"
            )
            done = _version(connection)
            if done > latest_version():
                raise MigrationError(
                    f"the database has schema version {done}, newer than {latest_version()}",
                    hint="a newer waagent has migrated it: upgrade this one",
                )
            for step in migrations()[done:]:
                _apply(connection, step)
                taken.append(step.name)
            _verify_key(connection, key_ring)
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(
            f"the database role may not do this: {first_line(error)}",
            hint="migrations need a role that owns the database and has CREATEROLE",
        ) from error
    return taken


def _apply(connection: Connection[TupleRow], step: Migration) -> None:
    try:
        connection.execute(step.sql)
        connection.execute(
            "insert into schema_migrations (version, name) values (%s, %s)",
            (step.version, step.name),
        )
    except psycopg.errors.InsufficientPrivilege:
        raise
    except psycopg.DatabaseError as error:
        raise MigrationError(f"{step.name}: {first_line(error)}") from error
    log.info("storage.migrated", action="migrate", version=step.version)


def _verify_key(connection: Connection[TupleRow], key_ring: KeyRing) -> None:
    """Remember the master key's fingerprint the first time, compare it ever after."""
    row = connection.execute("select key_check from waagent.instance").fetchone()
    if row is None:
        connection.execute(
            "insert into waagent.instance (key_check) values (%s) on conflict do nothing",
            (key_ring.seal_check(),),
        )
        return
    key_ring.verify(row[0])


def _version(connection: Connection[TupleRow]) -> int:
    if not _exists(connection, "waagent.schema_migrations"):
        return 0
    row = connection.execute(
        "select coalesce(max(version), 0) from waagent.schema_migrations"
    ).fetchone()
    if row is None:
        raise DatabaseError("the database gave no schema version")
    return int(row[0])


def _exists(connection: Connection[TupleRow], table: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", (table,)).fetchone()
    return row is not None and bool(row[0])
