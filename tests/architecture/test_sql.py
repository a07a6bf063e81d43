"""The named queries keep their scope's promises, and code and .sql files know the same names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from waagent.storage.queries import Query, load_queries

ROOT = Path(__file__).parents[2]
CODE = ("waagent", "cli", "tui", "workers")
RUNNERS = {"all", "one", "value", "column", "run"}
SCHEMA = (ROOT / "waagent" / "storage" / "schema.sql").read_text()

QUERIES = sorted(load_queries().values(), key=lambda query: query.name)
TENANT = [query for query in QUERIES if query.scope == "tenant"]
SYSTEM = [query for query in QUERIES if query.scope == "system"]
TABLES = set(re.findall(r"CREATE TABLE waagent\.(\w+)", SCHEMA))
TENANT_TABLES = TABLES - {"instance", "schema_migrations"}
_TABLE = re.compile(r"\b(?:from|join|into|update)\s+(\w+)(?:\s+(?:as\s+)?(\w+))?")
_KEYWORDS = {"on", "where", "set", "order", "left", "join", "values", "select", "for", "limit"}


def statement(query: Query) -> str:
    """Without comments."""
    return re.sub(r"--.*", "", query.sql)


def mentions(query: Query) -> Iterator[tuple[str, str]]:
    """Each table a query reads or writes, with the name the query gives it."""
    for table, alias in _TABLE.findall(statement(query)):
        if table in TENANT_TABLES:
            yield table, alias if alias and alias not in _KEYWORDS else table


def inserted(table: str, column: str, text: str) -> str:
    """What an insert puts into a column (that comes before any value with a comma in it)."""
    head = rf"insert into {table}(?: as \w+)?\s*\(([^)]*)\)"
    head += r"\s*(?:overriding system value\s+)?(?:values|select)\s*(.*)"
    found = re.search(head, text, re.S)
    assert found is not None
    columns = [name.strip() for name in found[1].split(",")]
    return found[2].lstrip("(").split(",")[columns.index(column)].strip()


@pytest.mark.parametrize("query", TENANT, ids=lambda query: query.name)
def test_a_tenant_s_query_names_the_tenant_for_every_table_it_touches(query: Query) -> None:
    """Row-level security is the second lock; this is the first."""
    text = statement(query)
    for table, alias in mentions(query):
        if re.search(rf"insert into {table}\b", text):
            assert inserted(table, "tenant_id", text) == "%(tenant_id)s", table
            continue
        column = "id" if table == "tenants" else "tenant_id"
        names = rf"(?:\b{alias}\.|\b{table}\.|(?<![.\w])){column} = "
        own = re.search(names + r"%\(tenant_id\)s", text)
        joined = re.search(names + r"\w+\.tenant_id", text) or re.search(
            rf"\b{alias}\.{column} = s\.tenant_id", text
        )
        assert own or joined, f"{query.name} does not name the tenant of {table}"


@pytest.mark.parametrize("query", SYSTEM, ids=lambda query: query.name)
def test_a_system_query_reads_nothing_of_a_customer(query: Query) -> None:
    text = statement(query)
    assert not re.search(r"\w+_(enc|index)\b", text)
    assert "*" not in re.sub(r"count\(\*\)", "", text), "names its columns"
    assert not {table for table, _ in mentions(query)} & {
        "contacts", "contact_aliases", "messages", "customer_insights", "leads", "opt_outs",
    }  # fmt: skip


def test_a_query_in_any_scope_touches_no_tenant_s_rows() -> None:
    for query in QUERIES:
        if query.scope == "any":
            assert not list(mentions(query)), query.name


@cache
def calls() -> list[tuple[Path, ast.Call, str]]:
    """Every call that runs a named query, with the name."""
    return list(_calls())


def _calls() -> Iterator[tuple[Path, ast.Call, str]]:
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            if "tx." not in text:
                continue  # most modules: parsing them all would take seconds
            for node in ast.walk(ast.parse(text)):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in RUNNERS
                ):
                    for argument in node.args[:2]:
                        if (
                            isinstance(argument, ast.Constant)
                            and isinstance(argument.value, str)
                            and re.fullmatch(r"[a-z_]+\.[a-z_]+", argument.value)
                        ):
                            yield path, node, argument.value


def test_code_runs_only_queries_that_exist_and_every_one_of_them() -> None:
    used = {name for _, _, name in calls()}
    assert used == {query.name for query in QUERIES}


def test_a_call_gives_a_query_its_parameters_and_no_others() -> None:
    wrong = []
    for path, node, name in calls():
        wanted = set(re.findall(r"%\((\w+)\)s", statement(load_queries()[name]))) - {"tenant_id"}
        given = {keyword.arg for keyword in node.keywords}
        if given != wanted:
            wrong.append(f"{path}:{node.lineno}: {name} is given {given}, and wants {wanted}")
    assert wrong == []


def test_a_query_is_run_in_its_own_scope() -> None:
    """``scope.tx`` belongs to one tenant; ``tx`` of ``db.system()`` to none."""
    assert [
        f"{path}:{node.lineno}: {name}"
        for path, node, name in calls()
        if not _in_its_scope(node, name)
    ] == []


def _in_its_scope(call: ast.Call, name: str) -> bool:
    assert isinstance(call.func, ast.Attribute)
    runner = ast.unparse(call.func.value)
    scope = load_queries()[name].scope
    if runner == "tx":
        return scope in ("system", "any") or name == "tenants.data_key"
    return scope in ("tenant", "any") and runner.endswith("scope.tx")
