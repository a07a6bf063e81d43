"""Do the servers answer? A real query to PostgreSQL, an authenticated PING to Valkey.

An answer also proves that it is *our* server: nobody else listens on our socket with our password.
Light to import: attaching to running servers needs nothing else.
"""

from __future__ import annotations

import socket
import subprocess
from urllib.parse import quote

from waagent.embedded import Backend, passwords
from waagent.embedded.binaries import postgres_install
from waagent.embedded.layout import POSTGRES_PORT, Layout

_PSQL_SECONDS = 5.0
_PING_SECONDS = 1.0


def backend(layout: Layout) -> Backend:
    """The URLs of the two servers."""
    role, valkey = passwords.read(layout, passwords.ROLE), passwords.read(layout, passwords.VALKEY)
    sockets = quote(str(layout.postgres_sockets))
    return Backend(
        database_url=f"postgresql://waagent:{role}@/waagent?host={sockets}&port={POSTGRES_PORT}",
        redis_url=f"unix://:{valkey}@{quote(str(layout.valkey_socket))}?db=0",
    )


def both_answer(layout: Layout) -> bool:
    """Whether all is well."""
    return valkey_answers(layout) and postgres_answers(layout)


def postgres_answers(layout: Layout) -> bool:
    """Whether PostgreSQL answers a query of the superuser, for whom it keeps connections free."""
    if not layout.postgres_socket.exists():
        return False
    done = psql(layout, "select 1;")
    return done is not None and done.returncode == 0 and done.stdout.strip() == "1"


def psql(
    layout: Layout, script: str, *, timeout: float = _PSQL_SECONDS
) -> subprocess.CompletedProcess[str] | None:
    """Run an SQL script as the superuser; None if there was no answer within ``timeout`` s."""
    command = [str(postgres_install() / "bin" / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"]
    where = [
        "-h",
        str(layout.postgres_sockets),
        "-p",
        str(POSTGRES_PORT),
        "-U",
        "postgres",
        "-d",
        "postgres",
    ]
    environment = {
        "PGPASSWORD": passwords.read(layout, passwords.SUPERUSER),
        "PGCONNECT_TIMEOUT": "3",
        "LC_ALL": "C",
    }
    try:
        return subprocess.run(
            command + where,
            input=script,
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            start_new_session=True,  # Ctrl-C is for us, not for a half-done script
        )
    except subprocess.TimeoutExpired:
        return None


def valkey_answers(layout: Layout) -> bool:
    """Whether Valkey answers PING (not while it is still loading its data)."""
    return valkey_says(layout, "PING") == "+PONG"


def valkey_says(layout: Layout, command: str) -> str | None:
    """Valkey's answer to one command without arguments, or None if it cannot be had."""
    password = passwords.read(layout, passwords.VALKEY)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(_PING_SECONDS)
            link.connect(str(layout.valkey_socket))
            link.sendall(f"AUTH {password}\r\n{command}\r\nQUIT\r\n".encode("ascii"))
            answer = b"".join(iter(lambda: link.recv(65536), b""))
    except OSError:
        return None
    accepted, _, rest = answer.decode("utf-8", "replace").partition("\r\n")
    return rest.removesuffix("+OK\r\n").strip() if accepted == "+OK" else None
