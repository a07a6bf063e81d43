"""The sandbox's SQLite file: opened, made if need be, and brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

_ADDED_TO_INBOX = {
    "kind": "text not null default 'text'",
    "quoted": "text",
    "edited": "integer not null default 0",
    "revoked": "integer not null default 0",
    "details": "text not null default '{}'",
    "reactions": "text not null default '{}'",
    "message": "blob",
}
"""Columns that files of the first release do not have."""


class Database:
    """An open file, and how to ask it. What it holds is in ``schema.sql``."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.execute("pragma foreign_keys = on")
        self._db.executescript(resources.files(__package__).joinpath("schema.sql").read_text())
        self._bring_up_to_date()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write much at once. Nothing else may be awaited meanwhile."""
        with self._db:
            self._db.execute("begin")
            yield

    def _bring_up_to_date(self) -> None:
        present = {row["name"] for row in self._all("pragma table_info (inbox)")}
        for name, definition in _ADDED_TO_INBOX.items():
            if name not in present:
                self._db.execute(f"alter table inbox add column {name} {definition}")

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        rows = self._all(sql, *values)  # read to the end: a RETURNING commits only then
        return rows[0] if rows else None

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()
