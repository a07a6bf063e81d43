"""What is done with a session that runs: send, type, fetch a file, ask for a sign of life.

Every call of the library happens inside the gate, with a client the library knows: an id it does
not know can abort the process. A call that might take for ever runs on a thread of its own, so
that its caller does not (the library has no time-outs for files).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

from waagent.domain.messages import Outgoing, OutgoingMedia, SentMessage
from waagent.whatsapp import compose, jids, library, sending, translate
from waagent.whatsapp.errors import MediaError, NotConnected, SendError, SendUncertain
from waagent.whatsapp.gate import Gate, GateBusy
from waagent.whatsapp.session import Session

log = structlog.get_logger(__name__)
_T = TypeVar("_T")

GATE_SECONDS = 60.0
UPLOAD_SECONDS = 300.0
DOWNLOAD_SECONDS = 300.0
UNLINK_SECONDS = 10.0


class Operations:
    """On the sessions that ``find`` knows by their key; safe from any thread but a listener's."""

    def __init__(self, gate: Gate, find: Callable[[str], Session | None]) -> None:
        self._gate = gate
        self._find = find
        self._probing: set[str] = set()
        self._lock = threading.Lock()

    def send(self, key: str, chat_jid: str, outgoing: Outgoing) -> SentMessage:
        """See :meth:`waagent.whatsapp.gateway.Gateway.send`."""
        chat = jids.parse(chat_jid)
        session = self._find(key)
        me = compose.Self(
            phone=session.user if session else "", lid=session.lid if session else None
        )
        content = compose.message(
            library.new_message,
            outgoing,
            chat=chat,
            me=me,
            upload=lambda media: self._upload(key, media),
        )
        try:
            with self._using(key, GATE_SECONDS) as client:
                message_id, timestamp = library.send(client, chat, content)
        except library.LibraryError as error:
            raise sending.failure(str(error)) from None
        if not message_id:
            raise SendUncertain("an acknowledgement without a message id")
        return SentMessage(wa_message_id=message_id, at=translate.moment(timestamp))

    def typing(self, key: str, chat_jid: str, composing: bool) -> None:
        """See :meth:`waagent.whatsapp.gateway.Gateway.typing`."""
        chat = jids.parse(chat_jid)
        try:
            if composing:
                self._available(key, True)
            with self._using(key, 1.0) as client:
                library.set_typing(client, chat, composing)
            if not composing:
                self._available(key, False)
        except (SendError, library.LibraryError) as error:
            log.info("whatsapp.typing.skipped", session=key, error=type(error).__name__)

    def probe(self, key: str, timeout_s: float) -> bool:
        """See :meth:`waagent.whatsapp.gateway.Gateway.probe`."""
        with self._lock:
            if key in self._probing:
                return False  # the last one was not answered either
            self._probing.add(key)

        def ask() -> bool:
            try:
                with self._using(key, timeout_s) as client:
                    library.ask_something(client)
                return True
            finally:
                with self._lock:
                    self._probing.discard(key)

        try:
            return _within(timeout_s, ask)
        except (SendError, library.LibraryError, TimeoutError) as error:
            log.info("whatsapp.probe.failed", session=key, error=type(error).__name__)
            return False

    def unlink(self, key: str) -> bool:
        """See :meth:`waagent.whatsapp.gateway.Gateway.unlink`."""

        def log_out() -> bool:
            with self._using(key, UNLINK_SECONDS) as client:
                library.log_out(client)
            return True

        try:
            return _within(UNLINK_SECONDS, log_out)
        except (SendError, library.LibraryError, TimeoutError) as error:
            log.info("whatsapp.unlink.failed", session=key, error=type(error).__name__)
            return False

    def download(self, key: str, ref: bytes, *, limit: int) -> bytes:
        """See :meth:`waagent.whatsapp.gateway.Gateway.download`."""
        try:
            reference = library.parse_message(ref)
        except ValueError:
            raise MediaError("not a reference to a file", kind="failed") from None
        if any(part.fileLength > limit for _, part in reference.ListFields()):
            raise MediaError("the file is larger than allowed", kind="too_large")

        def fetch() -> bytes:
            with self._using(key, GATE_SECONDS) as client:
                return library.download(client, reference)

        try:
            data = _within(DOWNLOAD_SECONDS, fetch)
        except library.LibraryError as error:
            raise sending.download_failure(str(error)) from None
        except TimeoutError:
            raise MediaError("it took too long", kind="failed") from None
        if len(data) > limit:  # its sender had said something else
            raise MediaError("the file is larger than allowed", kind="too_large")
        return data

    def _upload(self, key: str, media: OutgoingMedia) -> dict[str, Any]:
        def store() -> dict[str, Any]:
            with self._using(key, GATE_SECONDS) as client:
                return library.upload(client, media)

        try:
            return _within(UPLOAD_SECONDS, store)
        except library.LibraryError as error:
            raise sending.upload_failure(str(error)) from None
        except TimeoutError:
            raise NotConnected("the file could not be uploaded in time") from None

    def _available(self, key: str, available: bool) -> None:
        """While "available", WhatsApp shows that we type, and the owner's phone does not ring."""
        try:
            with self._using(key, 1.0) as client:
                library.set_available(client, available)
        except library.LibraryError as error:  # right after a pairing it has no name to show yet
            log.info("whatsapp.presence.skipped", session=key, error=type(error).__name__)

    @contextmanager
    def _using(self, key: str, timeout_s: float) -> Iterator[Any]:
        """The client of a session, inside the gate. Raises :class:`NotConnected`."""
        try:
            with self._gate.shared(timeout=timeout_s):
                session = self._find(key)
                if session is None or not session.up or session.closing:
                    raise NotConnected("the session does not run here")
                yield session.client
        except GateBusy:
            raise NotConnected("the library is busy starting another session") from None


def _within(seconds: float, call: Callable[[], _T]) -> _T:
    """``call``'s result. Raises what it raises, or :class:`TimeoutError`; it then goes on alone."""
    outcome: Future[_T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="whatsapp-call", daemon=True).start()
    return outcome.result(seconds)
