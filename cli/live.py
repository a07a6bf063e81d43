"""Values that a shell offers while a command is typed: shops, numbers, leads, templates.

Typer calls these for the parameter at the cursor. Whatever goes wrong, or takes longer than
:data:`LIMIT_S` (``WAAGENT_COMPLETION_LIMIT``, in seconds, for slow machines), ends with nothing
offered and nothing said: an error in a prompt helps nobody.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from waagent.services.glance import Glance

LIMIT_S = 0.3
LIMIT_VARIABLE = "WAAGENT_COMPLETION_LIMIT"
Offers = list[tuple[str, str]]


def tenants(ctx: typer.Context, incomplete: str) -> Offers:
    """The shops."""
    return _look(ctx, incomplete, lambda glance: glance.tenants())


def sessions(ctx: typer.Context, incomplete: str) -> Offers:
    """The shop's numbers."""
    return _look(ctx, incomplete, lambda glance: glance.sessions())


def leads(ctx: typer.Context, incomplete: str) -> Offers:
    """The shop's leads."""
    return _look(ctx, incomplete, lambda glance: glance.leads(incomplete))


def follow_ups(ctx: typer.Context, incomplete: str) -> Offers:
    """The shop's follow-ups."""
    return _look(ctx, incomplete, lambda glance: glance.follow_ups(incomplete))


def templates(ctx: typer.Context, incomplete: str) -> Offers:
    """The shop's templates."""
    return _look(ctx, incomplete, lambda glance: glance.templates())


def channels(ctx: typer.Context, incomplete: str) -> Offers:
    """Where the owner is told."""
    return _look(ctx, incomplete, lambda glance: glance.channels())


def hosts(ctx: typer.Context, incomplete: str) -> Offers:
    """Session hosts."""
    return _look(ctx, incomplete, lambda glance: glance.hosts())


def settings(incomplete: str) -> Offers:
    """Names of settings."""
    from waagent.setting_reference import describe

    return [(each.name, "") for each in describe() if each.name.startswith(incomplete)]


def shops() -> list[str] | None:
    """The slugs of all shops, for a hint; None where nothing runs that could be asked."""
    with suppress(Exception), _hushed():
        from waagent.glance import open_glance

        with open_glance(None) as glance:
            return [each.value for each in glance.tenants()]
    return None


def _look(
    ctx: typer.Context, incomplete: str, ask: Callable[[Glance], Iterable[tuple[str, str]]]
) -> Offers:
    limit = os.environ.get(LIMIT_VARIABLE) or LIMIT_S
    with suppress(Exception), _hushed(), _at_most(float(limit)):
        from waagent.glance import open_glance

        with open_glance(ctx.params.get("tenant")) as glance:
            return [(value, about) for value, about in ask(glance) if value.startswith(incomplete)]
    return []


@contextmanager
def _hushed() -> Iterator[None]:
    """Nothing is logged meanwhile, not by libraries either."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End this process if it takes longer: the shell waits for nothing else of it."""
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)
