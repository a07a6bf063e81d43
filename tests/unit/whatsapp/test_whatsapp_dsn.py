"""From our database URL to the library's."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from waagent.errors import ConfigError
from waagent.whatsapp.dsn import store_dsn


def _made(url: str, *, pooled: bool = False) -> tuple[str, dict[str, str]]:
    parts = urlsplit(store_dsn(url, application_name="wa host", pooled=pooled))
    assert parts.scheme == "postgres"
    query = parse_qs(parts.query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return parts.netloc + parts.path, {name: values[0] for name, values in query.items()}


def test_a_socket() -> None:
    made = store_dsn("postgresql://me:p%40ss@/db?host=/tmp/a b&port=5432", application_name="wa 1")
    assert made == (
        "postgres://me:p%40ss@/db?host=%2Ftmp%2Fa%20b&port=5432&sslmode=disable&connect_timeout=10"
        "&application_name=wa%201&search_path=whatsmeow&idle_session_timeout=30000"
    )


@pytest.mark.parametrize("pooled", [False, True])
def test_commits_that_do_not_wait_for_the_disk(pooled: bool) -> None:
    made = store_dsn("postgresql:///db", application_name="wa", pooled=pooled, hasty=True)
    assert ("synchronous_commit=off" in made) == (not pooled), "poolers refuse such parameters"


def test_a_socket_in_the_host_part() -> None:
    where, query = _made("postgresql://me@%2Fvar%2Frun%2Fpg/db")
    assert (where, query["host"], query["sslmode"]) == ("me@/db", "/var/run/pg", "disable")


@pytest.mark.parametrize(
    ("url", "sslmode"),
    [
        ("postgresql://u@localhost:5432/db", "disable"),
        ("postgresql://u@127.0.0.1/db", "disable"),
        ("postgresql://u@[::1]:5433/db", "disable"),
        ("postgresql:///db", "disable"),
        ("postgresql://u@db.example.com/db", "require"),
        ("postgresql://u@db.example.com:6432/db?sslmode=prefer", "require"),
        ("postgresql://u@/db?host=db.example.com", "require"),
        ("postgresql://u@localhost/db?sslmode=prefer", "disable"),
        ("postgresql://u@localhost/db?sslmode=require", "require"),
        ("postgres://u@db.example.com/db?sslmode=verify-full", "verify-full"),
        ("postgres://u@db.example.com/db?sslmode=disable", "disable"),
    ],
)
def test_tls(url: str, sslmode: str) -> None:
    assert _made(url)[1]["sslmode"] == sslmode


def test_certificates_are_kept() -> None:
    _, query = _made("postgres://u@h/db?sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=/c&sslkey=/k")
    assert (query["sslrootcert"], query["sslcert"], query["sslkey"]) == ("/ca.pem", "/c", "/k")


def test_what_only_libpq_knows_is_left_out() -> None:
    """The library's driver would send it to the server as a setting, which refuses it."""
    url = "postgres://u@h/db?gssencmode=disable&keepalives=1&options=-cx%3D1&application_name=mine"
    _, query = _made(f"{url}&connect_timeout=3&target_session_attrs=read-write")
    assert query == {
        "connect_timeout": "3",
        "sslmode": "require",
        "application_name": "wa host",
        "search_path": "whatsmeow",
        "idle_session_timeout": "30000",
    }


def test_behind_a_pooler() -> None:
    where, query = _made("postgresql://u:pw@127.0.0.1:6432/db", pooled=True)
    assert where == "u:pw@127.0.0.1:6432/db"
    assert query == {
        "sslmode": "disable",
        "connect_timeout": "10",
        "application_name": "wa host",
        "binary_parameters": "yes",
    }


@pytest.mark.parametrize(
    "url",
    [
        "host=/tmp dbname=waagent password=x",
        "waagent.db",
        "sqlite:///x",
        "mysql://u@h/db",
        "postgresql:db",
        "",
        "postgresql://u:50%@h/db",
        "postgresql://u@[::1/db",
        "postgresql://u@h/db?sslmode=maybe",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        store_dsn(url, application_name="x")
    assert "password=x" not in caught.value.message
