"""What the gateway keeps of one client: how far it has come, and where its events go.

No library import here: events are the library's protobuf objects, only looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from waagent.domain.sessions import ENDED, SessionEvent, SessionEventKind
from waagent.whatsapp import pairing, translate
from waagent.whatsapp.history import HistoryCollector
from waagent.whatsapp.history_reader import HistoryReader
from waagent.whatsapp.listeners import PairingListener, SessionListener, deliver, fault, tell

log = structlog.get_logger(__name__)

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
        self.lid: str | None = None  # the user part of our own, known once under way
        self.up = False  # the library knows this client; written inside the exclusive gate
        self.closing = False
        self.error: str | None = None  # what the library's connect call ended with
        self.settled = threading.Event()  # under way, or over
        self.finished = threading.Event()  # the library's connect call has returned
        self._busy = False
        self._active_at = time.monotonic()
        self._blobs_due = 0  # history blobs announced, less those that came
        self._collector = HistoryCollector(self._history_fault)
        self._history = HistoryReader(key, self._read_history, self._history_fault)

    def handle(self, number: int, event: Any) -> None:
        """One of the library's events, on the library's thread. Never raises."""
        self._busy = True
        try:
            self._handle(number, event)
        finally:
            self._active_at = time.monotonic()
            self._busy = False

    def handle_history(self, parse: Callable[[], Any]) -> None:
        """A history blob, to be parsed elsewhere than on the library's thread."""
        self.touch()
        self._blobs_due -= 1
        self._history.put(parse)

    def unreadable(self, number: int, error: Exception) -> None:
        """An event of the library's that could not even be parsed: it is lost."""
        fault(self.key, self.listener, f"event_{number}", error)

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
            ended = SessionEvent(kind=SessionEventKind.DISCONNECTED, code=ENDED)
            tell(self.key, self.listener, self.listener.on_event, ended)

    def expects_history(self) -> bool:
        """Whether history was announced that has not been handed over yet."""
        return self._blobs_due > 0 or self._history.busy

    def touch(self) -> None:
        """Begin a new silence."""
        self._active_at = time.monotonic()

    def silent_for(self) -> float:
        """Seconds since the last event was dealt with (0 while one is, or history is due)."""
        return 0.0 if self._busy or self.expects_history() else time.monotonic() - self._active_at

    def _handle(self, number: int, event: Any) -> None:
        if number == UNDER_WAY:
            self.lid = event.LID.User or None
            self.up = True
            self.settled.set()
        else:
            deliver(self.key, self.listener, number, event)
            self._count_blobs(number, event)

    def _count_blobs(self, number: int, event: Any) -> None:
        try:
            if number == translate.MESSAGE and translate.announces_history(event):
                self._blobs_due += 1
        except Exception as error:
            self._history_fault(error)

    def _read_history(self, event: Any) -> None:
        messages = self._collector.messages(event, datetime.now(UTC))
        if messages:
            tell(self.key, self.listener, self.listener.on_history, messages)

    def _history_fault(self, error: Exception) -> None:
        fault(self.key, self.listener, "history", error)


class PairingSession(Session):
    """A client that waits for a phone to scan its code, or to type the one asked for.

    ``ask_code`` asks WhatsApp for a code to type (and raises if it will not give one); without it
    the QR codes are shown.
    """

    def __init__(
        self, key: str, listener: PairingListener, ask_code: Callable[[], str] | None = None
    ) -> None:
        super().__init__(key, "", listener)
        self._pairing_listener = listener
        self._ask_code = ask_code
        self._asked = False
        self._progress = pairing.PairingProgress(self._failed)

    def code(self, code: str) -> None:
        """The library has a new QR code; the first one also means that there is a connection."""
        expires_in = self._progress.code()
        if self._progress.over:
            return
        if self._ask_code is None:
            tell(self.key, self.listener, self._pairing_listener.on_qr, code, expires_in)
        elif not self._asked:
            self._asked = True
            threading.Thread(target=self._show_code, args=(self._ask_code,), daemon=True).start()

    def status(self, name: str) -> None:
        """The library's word for how the pairing goes."""
        self._progress.status(name)

    def run(self, connect: Callable[[], object]) -> None:
        """As for any session; ending without an outcome means that no connection was made."""
        super().run(connect)
        self._progress.failed(pairing.UNREACHABLE)

    def _show_code(self, ask: Callable[[], str]) -> None:
        try:
            code = ask()
        except Exception as error:
            log.warning("whatsapp.pairing.no_code", session=self.key, error=type(error).__name__)
            self._progress.failed(pairing.code_refusal(str(error)))
        else:
            tell(self.key, self.listener, self._pairing_listener.on_pairing_code, code)

    def _handle(self, number: int, event: Any) -> None:
        if number == translate.PAIR_STATUS:
            self._paired(event)
        else:
            super()._handle(number, event)

    def _paired(self, event: Any) -> None:
        """Comes after the client is under way, so its LID is known."""
        if event.Status != _PAIR_SUCCESS:
            self._progress.failed(pairing.REFUSED)
        elif self._progress.succeeded():
            jid = f"{event.ID.User}:{event.ID.Device}@{event.ID.Server}"
            tell(self.key, self.listener, self._pairing_listener.on_paired, jid, self.lid)

    def _failed(self, reason: str) -> None:
        tell(self.key, self.listener, self._pairing_listener.on_pairing_failed, reason)
