"""Runs the sandbox in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from waagent.errors import ConfigError
from waagent.sandbox.info import SandboxInfo

__all__ = ["SandboxInfo", "serve"]

_EXTRA = ("pyaileys", "trustme", "websockets", "yaml")


def serve(
    state_dir: Path,
    *,
    port: int = 0,
    control_port: int = 0,
    ready: Callable[[SandboxInfo], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then return. Port 0 picks a free one.

    ``ready`` is called once, when clients can connect. Raises ConflictError for a taken port or
    state directory, and ConfigError when the directory or the extra ``sandbox`` is missing.
    """
    require_extra()
    from waagent.sandbox.runtime import run

    asyncio.run(run(Path(state_dir), port, control_port, ready))


def require_extra() -> None:
    """Raises ConfigError unless the packages of the extra ``sandbox`` are installed."""
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the sandbox needs packages that are not installed: {', '.join(missing)}",
            hint="pip install 'waagent[sandbox]'",
        )
