"""Transactions, each for one tenant or for the scheduling of all.

Every transaction starts by switching to a role that row-level security binds (``set local role``,
which also works through a transaction pooler), so nothing here can see another tenant's rows.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg import Connection, Cursor, sql
from psycopg.rows import TupleRow, class_row
from psycopg_pool import ConnectionPool, PoolTimeout

from waagent.errors import ConflictError, DatabaseError, InvalidInputError, NotFoundError
from waagent.storage.queries import load_queries

Row = TypeVar("Row")

APP_ROLE = "waagent_app"
SYSTEM_ROLE = "waagent_system"
CONNECT_TIMEOUT_S = 5
_NOTICES_SILENCE: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A server that the network hides breaks the connection within half a minute, not after hours: what
waits for its answer is tried again. Without meaning on a socket of this machine."""
_HINT = "check that PostgreSQL is up and WAAGENT_DATABASE_URL is right: waagent status"
_ENTER = (
    "select set_config('search_path', 'waagent', true), set_config('role', %s, true),"
    " set_config('waagent.tenant_id', %s, true)"
)


class Transaction:
    """An open transaction; runs queries by name."""

    def __init__(self, connection: Connection[TupleRow], scope: str, tenant_id: str) -> None:
        self._connection = connection
        self._scope = scope
        self._tenant_id = tenant_id

    def all(self, row: type[Row], name: str, /, **params: object) -> list[Row]:
        """All rows of a query, as ``row`` dataclasses with a field for each column."""
        with self._connection.cursor(row_factory=class_row(row)) as cursor:
            return self._execute(cursor, name, params).fetchall()

    def one(self, row: type[Row], name: str, /, **params: object) -> Row | None:
        """The first row of a query, or None."""
        with self._connection.cursor(row_factory=class_row(row)) as cursor:
            return self._execute(cursor, name, params).fetchone()

    def value(self, name: str, /, **params: object) -> Any:
        """The first column of the first row, or None."""
        with self._connection.cursor() as cursor:
            found = self._execute(cursor, name, params).fetchone()
        return None if found is None else found[0]

    def column(self, name: str, /, **params: object) -> list[Any]:
        """The first column of every row."""
        with self._connection.cursor() as cursor:
            return [row[0] for row in self._execute(cursor, name, params).fetchall()]

    def run(self, name: str, /, **params: object) -> int:
        """Run a statement; returns how many rows it touched."""
        with self._connection.cursor() as cursor:
            return self._execute(cursor, name, params).rowcount

    def notify(self, channel: str, payload: str) -> None:
        """Send a notification, which leaves with the commit."""
        self._connection.execute("select pg_notify(%s, %s)", (channel, payload))

    def _execute(self, cursor: Cursor[Any], name: str, params: Mapping[str, object]) -> Cursor[Any]:
        query = load_queries()[name]
        if query.scope not in (self._scope, "any"):
            raise AssertionError(f"{name} is a {query.scope} query, this is a {self._scope} scope")
        return cursor.execute(query.sql, {"tenant_id": self._tenant_id, **params})


class Database:
    """The application's connection pool. Made after any fork; close it when done."""

    def __init__(self, url: str, *, pooled: bool = False, size: int = 4) -> None:
        self.url = url
        self._pool: ConnectionPool[Connection[TupleRow]] = ConnectionPool(
            url,
            min_size=0,
            max_size=size,
            timeout=CONNECT_TIMEOUT_S,
            max_idle=300,
            open=True,
            kwargs={
                **_NOTICES_SILENCE,
                "connect_timeout": CONNECT_TIMEOUT_S,
                "application_name": "waagent",
                # A pooler hands each transaction to another server connection.
                "prepare_threshold": None if pooled else 5,
            },
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    @contextmanager
    def tenant(self, tenant_id: str | UUID) -> Generator[Transaction]:
        """A transaction that sees one tenant's rows; commits at the end, rolls back on an error.

        Raises:
            DatabaseError: PostgreSQL cannot be used.
            ConflictError: a unique constraint refused.
        """
        with self._transaction(APP_ROLE, str(tenant_id)) as connection:
            yield Transaction(connection, "tenant", str(tenant_id))

    @contextmanager
    def system(self) -> Generator[Transaction]:
        """A transaction that schedules work across tenants and sees no customer data."""
        with self._transaction(SYSTEM_ROLE, "") as connection:
            yield Transaction(connection, "system", "")

    def has_whatsapp_device(self, jid: str) -> bool:
        """Whether the library's store knows the device. It aborts the process on one it does not.

        Raises:
            DatabaseError: PostgreSQL cannot be used.
        """
        # The store belongs to the login role; waagent's own roles may not look into it.
        with self._transaction("none", "") as connection:
            found = connection.execute(
                "select from whatsmeow.whatsmeow_device where jid = %s", (jid,)
            ).fetchone()
        return found is not None

    @contextmanager
    def _transaction(self, role: str, tenant_id: str) -> Generator[Connection[TupleRow]]:
        with translated(), self._pool.connection() as connection:
            connection.execute(_ENTER, (role, tenant_id))
            yield connection


@contextmanager
def translated() -> Generator[None]:
    """Turn driver errors into ours; the driver's stays as the cause."""
    try:
        yield
    except (
        PoolTimeout,
        psycopg.OperationalError,
        psycopg.InterfaceError,
        # A standby, after a failover or while the primary is made read-only.
        psycopg.errors.ReadOnlySqlTransaction,
    ) as error:
        raise DatabaseError(
            f"PostgreSQL cannot be used: {first_line(error)}", hint=_HINT
        ) from error
    except (
        # In an upgrade, or when somebody changed rights: of no single row's making, and it passes.
        psycopg.errors.UndefinedTable,
        psycopg.errors.UndefinedColumn,
        psycopg.errors.InsufficientPrivilege,
    ) as error:
        raise DatabaseError(
            f"the database is not as this version needs it: {first_line(error)}",
            hint="is an upgrade under way? see: waagent doctor",
        ) from error
    except psycopg.errors.UniqueViolation as error:
        raise ConflictError(f"it exists already ({error.diag.constraint_name})") from error
    except psycopg.errors.ForeignKeyViolation as error:
        raise NotFoundError(f"what it belongs to is gone ({error.diag.constraint_name})") from error
    except (psycopg.DataError, psycopg.errors.CheckViolation, UnicodeEncodeError) as error:
        raise InvalidInputError(f"PostgreSQL cannot hold it: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """The first line of an error's text, for a one-line message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


@contextmanager
def direct_connection(url: str) -> Generator[Connection[TupleRow]]:
    """A connection of one's own in autocommit mode, for LISTEN and migrations.

    Raises:
        DatabaseError: PostgreSQL cannot be used.
    """
    with translated(), _connect(url) as connection:
        yield connection


def answers(url: str) -> bool:
    """Whether PostgreSQL can be asked something now; the answer comes within a few seconds."""
    try:
        with direct_connection(url) as connection:
            connection.execute("select 1")
    except DatabaseError:
        return False
    return True


def _connect(url: str) -> Connection[TupleRow]:
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="waagent direct",
            **_NOTICES_SILENCE,
        )
    except psycopg.ProgrammingError as error:
        raise DatabaseError(
            f"the database URL cannot be read: {first_line(error)}", hint=_HINT
        ) from error


def listen(connection: Connection[TupleRow], channel: str) -> None:
    """Subscribe a direct connection to a channel."""
    connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
