"""Random passwords of the servers, one file each (0600) in the home's ``secrets`` folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from waagent.embedded.layout import Layout

_BYTES = 24

SUPERUSER = "postgres.password"
ROLE = "waagent.password"
VALKEY = "valkey.password"
ALL = (SUPERUSER, ROLE, VALKEY)


def make_missing(layout: Layout) -> None:
    """Write the passwords that are not there yet."""
    for name in ALL:
        if not (layout.secrets / name).exists():
            _write(layout.secrets / name, secrets.token_urlsafe(_BYTES))


def read(layout: Layout, name: str) -> str:
    """One password. Only letters, digits, ``-`` and ``_``: safe in URLs, SQL and Valkey's files."""
    return (layout.secrets / name).read_text(encoding="ascii").strip()


def _write(path: Path, password: str) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
