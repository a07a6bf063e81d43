"""The loader of the named queries, and the numbering of the migrations."""

from __future__ import annotations

import re

from waagent.storage.migrate import latest_version, migrations
from waagent.storage.queries import SCOPES, _parse, load_queries

TWO = """-- name: tests.first
-- scope: tenant
-- What it is for.
select 1
where true

-- name: tests.second
-- scope: system
-- Another.
select 2
"""


def test_a_file_is_cut_into_named_blocks() -> None:
    first, second = _parse(TWO)
    assert (first.name, first.scope) == ("tests.first", "tenant")
    assert first.sql == "-- What it is for.\nselect 1\nwhere true"
    assert (second.name, second.scope) == ("tests.second", "system")
    assert second.sql == "-- Another.\nselect 2"


def test_every_query_says_what_it_is_for_and_in_which_scope() -> None:
    for query in load_queries().values():
        assert query.scope in SCOPES
        assert query.sql.startswith("-- "), query.name
        assert query.sql.count("\n") >= 1, query.name
        statement = re.sub(r"--.*", "", query.sql)
        assert ";" not in statement, f"{query.name} is more than one statement"


def test_a_query_lives_in_the_file_its_name_says() -> None:
    from importlib import resources

    folder = resources.files("waagent.storage") / "sql"
    for query in load_queries().values():
        file = folder / f"{query.name.split('.')[0]}.sql"
        assert f"-- name: {query.name}\n" in file.read_text()


def test_migrations_are_numbered_without_a_gap() -> None:
    steps = migrations()
    assert [step.version for step in steps] == list(range(1, len(steps) + 1))
    assert latest_version() == len(steps)
