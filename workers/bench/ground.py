"""What benchmarks stand on: a temporary home, in an environment without anybody's settings."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from waagent.embedded import remove
from waagent.errors import WaagentError
from waagent.sandbox import SandboxProcess
from waagent.settings import Settings

LOG_LINES = 30
"""Of each log, when a run fails: its home is gone afterwards."""


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A home of its own, deleted with its servers at the end; if it fails, the ends of its logs go
    to standard error."""
    home = Path(tempfile.mkdtemp(prefix="waagent-bench-"))
    _forget_settings(home)
    try:
        yield home
    except WaagentError:
        for log in sorted([*home.glob("*.log"), *home.glob("logs/*.log")]):
            lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            sys.stderr.write("\n".join([f"--- {log.name}", *lines]) + "\n")
        raise
    finally:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


def environment(settings: Settings, sandbox: SandboxProcess) -> dict[str, str]:
    """What a process of waagent needs to run there, against that sandbox."""
    return {**os.environ, **settings.environment(), **sandbox.environment()}


def superuser_url(database_url: str, home: Path) -> str:
    """The embedded server's own account, which sees all of all shops at once."""
    password = (home / "secrets" / "postgres.password").read_text().strip()
    parts = urlsplit(database_url)
    return f"postgresql://postgres:{quote(password)}@{parts.path}?{parts.query}"


def _forget_settings(home: Path) -> None:
    """Nobody's own settings, least of all a database, are used for a benchmark."""
    for name in [name for name in os.environ if name.startswith(("WAAGENT_", "OPENAI_"))]:
        del os.environ[name]
    os.environ["XDG_CONFIG_HOME"] = str(home)
    os.chdir(home)
