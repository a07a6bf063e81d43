"""How the checks of ``waagent doctor`` are made: timed, told in words, never failing themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from waagent.domain.checks import Check, Fact, Level
from waagent.durations import format_duration
from waagent.errors import WaagentError
from waagent.i18n import keys, t

log = structlog.get_logger(__name__)


def found(
    name: str,
    level: Level,
    *,
    key: str | None = None,
    facts: Mapping[str, Fact] | None = None,
    **values: Fact,
) -> Check:
    """A check told in the words of ``doctor.KEY.LEVEL``; ``facts`` and ``values`` fill them in."""
    told = f"doctor.{key or name}.{level}"
    filled: dict[str, Any] = {**(facts or {}), **values}
    return Check(
        name=name,
        level=level,
        text=t(told, **filled),
        todo=t(f"{told}.todo", **filled) if f"{told}.todo" in keys() else None,
        facts=facts or {},
    )


def looked(name: str, look: Callable[[], Check]) -> Check:
    """What ``look`` found, with the time it took. What it raises is a finding too."""
    began = time.perf_counter()
    try:
        check = look()
    except WaagentError as error:
        check = failed(name, error)
    except Exception as error:
        log.exception("doctor.broken", action=name)
        text = t("doctor.broken", why=type(error).__name__)
        check = Check(name=name, level=Level.FAIL, text=text)
    return replace(check, ms=round((time.perf_counter() - began) * 1000))


def failed(name: str, error: WaagentError) -> Check:
    """An error of waagent's as a check."""
    return Check(name=name, level=Level.FAIL, text=error.message, todo=error.hint)


def skipped(names: Iterable[str], because: str) -> list[Check]:
    """Checks that could not be made because another failed."""
    text = t("doctor.skipped", because=because)
    return [Check(name=name, level=Level.SKIPPED, text=text) for name in names]


def span(seconds: float) -> str:
    """``2h5m``: a length of time, to a minute or, below one, to a second."""
    whole = int(seconds)
    return format_duration(timedelta(seconds=whole if whole < 60 else whole - whole % 60))


def stopped(name: str, server: str) -> Check:
    """An embedded server does not run."""
    return Check(
        name=name,
        level=Level.FAIL,
        text=t("doctor.server.stopped", server=server),
        todo=t("doctor.server.stopped.todo"),
    )
