"""Creates the library's own tables, once, in a process of its own.

The library creates and upgrades them whenever a client starts, and two doing so at once fail. So
whoever migrates the database does this too, under the same lock, before any client. In a
subprocess, because a process that has loaded the library can no longer fork.
"""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from waagent.errors import MigrationError
from waagent.whatsapp.dsn import SCHEMA

log = structlog.get_logger(__name__)

_TIMEOUT = 120.0
_COMMAND = (sys.executable, "-m", "waagent.whatsapp.create_store")
_HINT = f"the schema {SCHEMA} must exist and belong to the role in the URL; details are in the log"


def create_store(dsn: str, *, timeout: float = _TIMEOUT) -> None:
    """Create or upgrade the library's tables in the database that ``dsn`` (``store_dsn``) names.

    The caller sees to it that nobody does this at the same time. Raises :class:`MigrationError`.
    """
    try:
        done = subprocess.run(  # the DSN holds a password: standard input, not the command line
            _COMMAND, input=dsn, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise MigrationError(
            "the WhatsApp session store was not created in time", hint=_HINT
        ) from None
    output = _without_password(done.stdout + done.stderr, dsn).strip()
    if done.returncode != 0:
        log.error("whatsapp.store.failed", exit_code=done.returncode, output=output)
        raise MigrationError("the WhatsApp session store could not be created", hint=_HINT)
    log.info("whatsapp.store.ready", output=output)


def _without_password(text: str, dsn: str) -> str:
    parts = urlsplit(dsn)
    for secret in (parts.password, *parse_qs(parts.query).get("password", ())):
        if secret:
            text = text.replace(secret, "***").replace(unquote(secret), "***")
    return text
