"""What ``waagent doctor`` sees of this machine: disks, limits and the installed library."""

from __future__ import annotations

import re
import resource
import shutil
from collections.abc import Iterator
from functools import partial
from importlib.metadata import requires, version
from pathlib import Path

from waagent.domain.checks import Check, Level
from waagent.services.doctor_checks import found, looked

DISK_WARN_MB = 2048
DISK_FAIL_MB = 512
FILES = 1024
FILES_PER_SESSION = 4
"""Sockets to WhatsApp and PostgreSQL, and what the library opens in passing."""


def machine_checks(home: Path, media_folder: Path, sessions_per_host: int) -> Iterator[Check]:
    """The checks that need neither PostgreSQL nor Redis."""
    yield looked("disk_home", partial(_disk, "disk_home", home))
    yield looked("disk_media", partial(_disk, "disk_media", media_folder))
    yield looked("open_files", partial(_open_files, sessions_per_host))
    yield looked("library", _library)


def _disk(name: str, folder: Path) -> Check:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free_mb = shutil.disk_usage(there).free // (1024 * 1024)
    level = Level.OK
    if free_mb < DISK_WARN_MB:
        level = Level.FAIL if free_mb < DISK_FAIL_MB else Level.WARN
    return found(name, level, key="disk", facts={"free_mb": free_mb}, folder=str(folder))


def _open_files(sessions: int) -> Check:
    """Of this process; those that run as a service may have limits of their own."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    wanted = max(FILES, FILES_PER_SESSION * sessions)
    enough = limit == resource.RLIM_INFINITY or limit >= wanted
    facts = {"limit": limit, "wanted": wanted}
    level = Level.OK if enough else Level.WARN
    return found("open_files", level, facts=facts, sessions=sessions)


def _library() -> Check:
    """All is tested with one version of it; another may lose messages or be refused."""
    pins = (re.fullmatch(r"neonize==([\w.]+).*", each) for each in requires("waagent") or ())
    wanted = next((pin[1] for pin in pins if pin), None)
    installed = version("neonize")
    level = Level.OK if wanted in (None, installed) else Level.FAIL
    return found("library", level, facts={"installed": installed, "wanted": wanted})
