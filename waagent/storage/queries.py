"""The named queries of ``sql/*.sql``.

A block begins with ``-- name: file.verb``, followed by ``-- scope: tenant|system|any`` and a line
that says what it is for. ``tenant`` queries run for one tenant and name it (``%(tenant_id)s``);
``system`` queries schedule work across tenants and read no customer data; ``any`` ones touch no
tenant's rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import LiteralString

_HEADER = re.compile(r"^-- name: (?P<name>[a-z_]+\.[a-z_]+)\n-- scope: (?P<scope>[a-z]+)\n", re.M)
SCOPES = frozenset({"tenant", "system", "any"})


@dataclass(frozen=True, slots=True)
class Query:
    """One named statement."""

    name: str
    scope: str
    sql: LiteralString


@cache
def load_queries() -> dict[str, Query]:
    """All named queries, by name.

    Raises:
        ValueError: a name stands twice, or a scope is unknown.
    """
    queries: dict[str, Query] = {}
    folder = resources.files("waagent.storage") / "sql"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".sql"):
            for query in _parse(file.read_text()):
                if query.name in queries or query.scope not in SCOPES:
                    raise ValueError(f"{file.name}: bad block {query.name}")
                queries[query.name] = query
    return queries


def _parse(text: str) -> list[Query]:
    heads = list(_HEADER.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        # The files are part of the package, so their text is as literal as a string in a module.
        Query(head["name"], head["scope"], text[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    ]
