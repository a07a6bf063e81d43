"""Starts the other front ends and processes: each is a ``python -m`` of its own, never imported.

Settings travel in the environment, so that flags given here count there too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from waagent.settings import Settings


def become(package: str, arguments: Sequence[str], settings: Settings) -> NoReturn:
    """Replace this process by ``python -m package arguments…``."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command(package, arguments), environment(settings))  # noqa: S606


def board(link: str | None, tenant: str | None) -> NoReturn:
    """Replace this process by the lead board, opened at ``link``. Raises ConfigError."""
    from cli import context

    become("tui", [link] if link else [], context.settings(tenant=tenant))


def web(arguments: Sequence[str]) -> NoReturn:
    """Replace this process by the board in browsers. Raises ConfigError."""
    from cli import context

    become("tui.web", arguments, context.settings())


def command(package: str, arguments: Sequence[str]) -> list[str]:
    """The command line of such a process."""
    return [sys.executable, "-m", package, *arguments]


def environment(settings: Settings) -> dict[str, str]:
    """The environment of such a process."""
    return {**os.environ, **settings.environment()}
