"""Whom the servers run as. PostgreSQL refuses root, so root lends it an unprivileged account."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waagent.errors import EmbeddedError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An unprivileged system account, by number."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can walk to ``folder``; tried for real, as it."""
        return self.succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def succeeds(self, command: list[str]) -> bool:
        """Whether ``command``, run as the account, ends with 0."""
        try:
            done = subprocess.run(
                command, cwd="/", capture_output=True, timeout=30, check=False, **run_as(self)
            )
        except OSError:
            return False
        return done.returncode == 0


def run_as(account: Account | None) -> dict[str, Any]:
    """Arguments for subprocess that run a command as ``account`` (None: as ourselves)."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def account_for(data: Path | None) -> Account | None:
    """The account for PostgreSQL: None for an ordinary user, who runs it himself.

    As root, the owner of existing ``data`` if there is any (an account created later changes
    nothing), else ``postgres`` where the system has it, else ``nobody``. Raises EmbeddedError.
    """
    if os.geteuid() != 0:
        return None
    if data is not None and data.is_dir():
        owner = data.lstat()
        if owner.st_uid != 0:
            return Account(uid=owner.st_uid, gid=owner.st_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody'.",
        hint="Run waagent as an ordinary user, or set WAAGENT_DATABASE_URL.",
    )
