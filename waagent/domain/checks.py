"""What ``waagent doctor`` finds: one verdict, sentence and next step for each thing it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Fact = str | int | float | bool | None


class Level(StrEnum):
    """How it stands with something."""

    OK = "ok"
    SKIPPED = "skipped"
    """Not looked at: what it hangs on failed, and is a check of its own."""
    WARN = "warn"
    """It works, and somebody should look at it."""
    FAIL = "fail"
    """It does not work, or will not for long."""


_BADNESS = {level: badness for badness, level in enumerate(Level)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    ``text`` and ``todo`` are sentences in the user's language, ``todo`` only where something is to
    be done. ``facts`` are numbers and names for programs: ages in seconds (``…_s``), sizes in MB.
    ``ms`` is how long looking took.
    """

    name: str
    level: Level
    text: str
    todo: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDiagnosis:
    """One linked number: its verdict and next step are those of the worst of ``findings``.

    ``reason`` is the state's. ``facts`` hold the counts and ages behind it.
    """

    session: str
    state: str
    reason: str | None
    level: Level
    text: str
    todo: str | None
    down_since: datetime | None
    last_inbound_at: datetime | None
    facts: Mapping[str, Fact]
    findings: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDiagnosis:
    """A shop's numbers, and what concerns them all."""

    numbers: tuple[NumberDiagnosis, ...]
    checks: tuple[Check, ...]

    @property
    def level(self) -> Level:
        """The worst of all."""
        return worst([*(each.level for each in self.numbers), *(c.level for c in self.checks)])

    @property
    def verdict(self) -> NumberDiagnosis | Check | None:
        """What is worst, and its next step; a number's before the shop's. None without findings."""
        found: list[NumberDiagnosis | Check] = [*self.numbers, *self.checks]
        return next((each for each in found if each.level is self.level), None)


def worst(levels: Iterable[Level]) -> Level:
    """The worst of them; ``ok`` of none."""
    return max(levels, key=_BADNESS.__getitem__, default=Level.OK)


def by_limits(value: float, warn: float, fail: float) -> Level:
    """``fail`` from the one limit on, ``warn`` from the other; limits below zero are none."""
    if 0 <= fail <= value:
        return Level.FAIL
    return Level.WARN if 0 <= warn <= value else Level.OK
