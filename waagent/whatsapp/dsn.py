"""From waagent's PostgreSQL URL to the one the library's driver (Go's lib/pq) takes.

Three traps, all silent without care: a DSN that is not a URL makes neonize open a SQLite file
*named after it*, password included; a parameter lib/pq does not know is sent to the server as a
setting; and behind a transaction pooler, without ``binary_parameters=yes``, statements of different
sessions get mixed up.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from waagent.errors import ConfigError

SCHEMA = "whatsmeow"
"""The PostgreSQL schema of the library's own tables (made by our migrations)."""

_CONNECT_TIMEOUT = "10"
_IDLE_TIMEOUT_MS = "30000"
_SCHEMES = frozenset({"postgres", "postgresql"})
_KEPT = ("host", "port", "user", "password", "dbname", "connect_timeout", "passfile")
_KEPT_TLS = ("sslcert", "sslkey", "sslrootcert")
_LIBPQ_ONLY_SSLMODES = frozenset({"allow", "prefer"})
_SSLMODES = frozenset({"disable", "require", "verify-ca", "verify-full"})
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|::1|\[::1\])?")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HINT = "expected postgresql://user:password@host/database; see WAAGENT_DATABASE_URL"


def store_dsn(
    database_url: str, *, application_name: str, pooled: bool = False, hasty: bool = False
) -> str:
    """The library's DSN for the database ``database_url`` names (TCP or a socket directory).

    ``application_name`` is what ``pg_stat_activity`` shows. ``pooled`` says that the URL leads to a
    transaction pooler: then ``binary_parameters=yes`` is added, but neither
    ``idle_session_timeout`` nor ``search_path``, which PgBouncer refuses as start-up parameters, so
    the role must have ``search_path`` set to :data:`SCHEMA` itself. On a direct connection both are
    given; they need PostgreSQL 14 or newer. ``hasty`` has commits not wait for the disk, where that
    can be asked for: linking a number makes 812 keys, each a transaction of its own. Whoever asks
    for it commits something of its own afterwards, which takes everything before it to the disk.

    Without an ``sslmode`` (or with libpq's ``allow`` and ``prefer``, which lib/pq lacks), TLS is
    off on sockets and loopback and required elsewhere. Raises :class:`ConfigError`.
    """
    login, host, database, given = _parts(database_url)
    query = {name: given[name] for name in _KEPT if given.get(name)}
    if "%" in host or host.startswith("/"):  # Go's URL parser refuses an escaped socket directory
        query.setdefault("host", unquote(host))
        host = ""
    query |= _tls(given, query.get("host") or _without_port(host))
    query.setdefault("connect_timeout", _CONNECT_TIMEOUT)
    query["application_name"] = application_name
    if pooled:
        query["binary_parameters"] = "yes"
    else:
        query |= {"search_path": SCHEMA, "idle_session_timeout": _IDLE_TIMEOUT_MS}
        query |= {"synchronous_commit": "off"} if hasty else {}
    return f"postgres://{login}{host}/{database}?{urlencode(query, quote_via=quote)}"


def _parts(url: str) -> tuple[str, str, str, dict[str, str]]:
    """Login with its ``@``, host with its port, database, parameters; the first three escaped."""
    if _BAD_ESCAPE.search(url):
        raise ConfigError("the database URL holds a % that is not an escape", hint=_HINT)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigError("the database URL cannot be read", hint=_HINT) from None
    if parts.scheme not in _SCHEMES or not url.startswith(f"{parts.scheme}://"):
        raise ConfigError("the database must be given as a URL, not as key=value words", hint=_HINT)
    login, at, host = parts.netloc.rpartition("@")
    return login + at, host, parts.path.removeprefix("/"), dict(parse_qsl(parts.query))


def _tls(given: dict[str, str], host: str) -> dict[str, str]:
    mode = given.get("sslmode", "prefer")
    if mode in _LIBPQ_ONLY_SSLMODES:
        local = host.startswith("/") or _LOOPBACK.fullmatch(host) is not None
        mode = "disable" if local else "require"
    if mode not in _SSLMODES:
        raise ConfigError(f"sslmode={mode} is not one of {', '.join(sorted(_SSLMODES))}")
    files = {} if mode == "disable" else {name: given[name] for name in _KEPT_TLS if name in given}
    return {"sslmode": mode} | files


def _without_port(host: str) -> str:
    return host if host.startswith("[") and host.endswith("]") else re.sub(r":\d*$", "", host)
