"""What the gateway keeps of one client: how far it has come, and where its events go.

No library import here: events are the library's protobuf objects, only looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from waagent.domain.sessions import SessionEvent, SessionEventKind
from waagent.whatsapp import pairing, translate
from waagent.whatsapp.listeners import PairingListener, SessionListener, deliver, tell

UNDER_WAY = 0
"""The library's number for "the client is under way": from here on it may be used and stopped."""
_PAIR_SUCCESS = 2


class Session:
    """A client resumed by its JID. ``user`` is the JID's user part."""

    def __init__(self, key: str, user: str, listener: SessionListener) -> None:
        self.key = key
        self.user = user
        self.listener = listener
        self.client: Any = None
        self.up = False  # the library knows this client; written inside the exclusive gate
        self.closing = False
        self.error: str | None = None  # what the library's connect call ended with
        self.settled = threading.Event()  # under way, or over
        self.finished = threading.Event()  # the library's connect call has returned
        self._busy = False
        self._active_at = time.monotonic()

    def handle(self, number: int, event: Any) -> None:
        """One of the library's events, on the library's thread. Never raises."""
        self._busy = True
        try:
            self._handle(number, event)
        finally:
            self._active_at = time.monotonic()
            self._busy = False

    def run(self, connect: Callable[[], object]) -> None:
        """Be the thread of the library's ``connect``, which lasts as long as the session."""
        try:
            connect()
        except Exception as error:
            self.error = str(error) or type(error).__name__
        finally:
            self.finished.set()
            self.settled.set()
        if self.up and not self.closing:  # never seen; the host must hear of it to stop the client
            ended = SessionEvent(kind=SessionEventKind.DISCONNECTED, code="ended")
            tell(self.listener.on_event, self.key, ended)

    def touch(self) -> None:
        """Begin a new silence."""
        self._active_at = time.monotonic()

    def silent_for(self) -> float:
        """Seconds since the last event was dealt with (0 while one is)."""
        return 0.0 if self._busy else time.monotonic() - self._active_at

    def _handle(self, number: int, event: Any) -> None:
        if number == UNDER_WAY:
            self.up = True
            self.settled.set()
        else:
            deliver(self.key, self.listener, number, event)


class PairingSession(Session):
    """A client that waits for a phone to scan its code."""

    def __init__(self, key: str, listener: PairingListener) -> None:
        super().__init__(key, "", listener)
        self._pairing_listener = listener
        self._lid: str | None = None
        self._progress = pairing.PairingProgress(self._failed)

    def code(self, code: str) -> None:
        """The library has a new QR code."""
        if not self._progress.over:
            tell(self._pairing_listener.on_qr, self.key, code, self._progress.code())

    def status(self, name: str) -> None:
        """The library's word for how the pairing goes."""
        self._progress.status(name)

    def run(self, connect: Callable[[], object]) -> None:
        """As for any session; ending without an outcome means that no connection was made."""
        super().run(connect)
        self._progress.failed(pairing.UNREACHABLE)

    def _handle(self, number: int, event: Any) -> None:
        if number == UNDER_WAY:  # comes before the outcome, and alone knows the LID
            self._lid = event.LID.User or None
        if number == translate.PAIR_STATUS:
            self._paired(event)
        else:
            super()._handle(number, event)

    def _paired(self, event: Any) -> None:
        if event.Status != _PAIR_SUCCESS:
            self._progress.failed(pairing.REFUSED)
        elif self._progress.succeeded():
            jid = f"{event.ID.User}:{event.ID.Device}@{event.ID.Server}"
            tell(self._pairing_listener.on_paired, self.key, jid, self._lid)

    def _failed(self, reason: str) -> None:
        tell(self._pairing_listener.on_pairing_failed, self.key, reason)
