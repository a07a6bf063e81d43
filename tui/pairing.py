"""Linking a number, as the screen sees it: where it stands, and the thread that follows it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from tui.actor import actor
from tui.ports import BoardServices
from waagent.domain.views import ConnectEvent, Tenant
from waagent.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Generator

TIMEOUT_S = 160.0
"""As long as WhatsApp goes on giving QR codes, or lets one code be typed."""


class Phase(StrEnum):
    """What the screen shows."""

    NAME = "name"
    PHONE = "phone"
    WAIT = "wait"
    QR = "qr"
    CODE = "code"
    PAIRED = "paired"
    CONNECTED = "connected"
    ENDED = "ended"


RUNNING = frozenset({Phase.WAIT, Phase.QR, Phase.CODE, Phase.PAIRED})
ASKING = frozenset({Phase.NAME, Phase.PHONE})
_ENDS = frozenset({"expired", "refused", "passkey_required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is to be linked. ``phone``, as the user wrote it: by a code to type; None: by QR."""

    session: str
    phone: str | None = None
    change_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an attempt stands. ``code`` is what the QR holds, or what is typed; it is good until
    ``expires``. ``end`` and ``reason`` are those of the event that ended it without a link,
    ``error`` what was raised instead; ``number`` is the linked one.
    """

    phase: Phase
    code: str = ""
    expires: datetime | None = None
    end: str = ""
    reason: str | None = None
    error: Exception | None = None
    number: str | None = None

    def seconds_left(self, now: datetime) -> int:
        """Of the code; 0 when it has run out."""
        return 0 if self.expires is None else max(round((self.expires - now).total_seconds()), 0)

    @property
    def another_number(self) -> bool:
        """Whether it failed because the session had another number before."""
        return self.reason == "another_number" or isinstance(self.error, ConflictError)


Step = ConnectEvent | Exception


def after(standing: Standing, step: Step, now: datetime) -> Standing:
    """Where an attempt stands after a step of it."""
    if isinstance(step, Exception):
        return Standing(phase=Phase.ENDED, error=step)
    if step.event in ("qr", "code"):
        expires = now + timedelta(seconds=step.expires_in or 0)
        return Standing(phase=Phase(step.event), code=step.code or "", expires=expires)
    if step.event == "paired":
        return Standing(phase=Phase.PAIRED)
    if step.event == "connected":
        return Standing(phase=Phase.CONNECTED, number=step.phone)
    if step.event in _ENDS:
        return Standing(phase=Phase.ENDED, end=step.event, reason=step.reason)
    return standing


class Run:
    """One attempt. ``follow`` runs in a thread and hands each step to ``tell``."""

    def __init__(
        self,
        services: BoardServices,
        tenant: Tenant,
        attempt: Attempt,
        tell: Callable[[Run, Step], None],
    ) -> None:
        self._services = services
        self._tenant = tenant
        self._attempt = attempt
        self._tell = tell
        self._stop = threading.Event()
        self._over = threading.Event()

    def stop(self) -> None:
        """Give it up: within half a second nothing of it is left."""
        self._stop.set()

    def follow(self) -> None:
        """Link, step by step, until it is done, has failed, or :meth:`stop`."""
        try:
            # Closing the generator is what takes an unfinished pairing back.
            with closing(self._steps()) as steps:
                for step in steps:
                    if self._stop.is_set():
                        return
                    self._tell(self, step)
        except Exception as error:
            if not self._stop.is_set():
                self._tell(self, error)
        finally:
            self._over.set()

    def wait(self, seconds: float) -> None:
        """Until nothing of it goes on; blocks."""
        self._over.wait(seconds)

    def _steps(self) -> Generator[ConnectEvent]:
        steps = self._services.onboarding.connect(
            self._tenant,
            session=self._attempt.session,
            timeout_s=TIMEOUT_S,
            phone=self._attempt.phone,
            change_number=self._attempt.change_number,
            actor=actor(),
            stop=self._stop,
        )
        return cast("Generator[ConnectEvent]", steps)


def new_name(taken: Collection[str]) -> str:
    """A name that no session has yet: ``main``, then ``nomor-2`` and on."""
    if "main" not in taken:
        return "main"
    number = 2
    while f"nomor-{number}" in taken:
        number += 1
    return f"nomor-{number}"
