"""``schema.sql`` is what the migrations add up to, and makes the same database by itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import LiteralString, cast

import psycopg

from waagent.security.cipher import KeyRing
from waagent.storage.migrate import migrate

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from dump_schema import SCHEMA, dump

Login = psycopg.Connection[tuple[object, ...]]


def test_schema_sql_is_what_the_migrations_add_up_to(empty_url: str, keys: KeyRing) -> None:
    migrate(empty_url, keys, lambda: None)
    assert dump(empty_url) == SCHEMA.read_text(), "run scripts/dump_schema.py"


def test_schema_sql_alone_makes_the_same_database(empty_url: str, login: Login) -> None:
    login.execute(cast(LiteralString, SCHEMA.read_text()))
    assert dump(empty_url) == SCHEMA.read_text()
