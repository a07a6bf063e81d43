"""Drains the outbox of the sessions that are connected here.

One message at a time for each session, in order; several sessions at once. A notification wakes
it; a poll finds what a lost notification left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING

import structlog

from waagent.errors import BackendError, WaagentError
from waagent.services.core import OUTBOX_CHANNEL
from waagent.services.outbox import Claim, OutboxService, Waiting
from waagent.storage.feed import notifications
from waagent.whatsapp.errors import NotConnected, SendError, SendRefused

if TYPE_CHECKING:
    from waagent.whatsapp.gateway import Gateway

log = structlog.get_logger(__name__)

THREADS = 8
POLL_S = 1.0


class Sender:
    """``epochs`` gives the lease's epoch of every session that may send now."""

    def __init__(
        self,
        outbox: OutboxService,
        gateway: Gateway,
        owner: str,
        database_url: str,
        epochs: Callable[[], dict[str, int]],
    ) -> None:
        self._outbox = outbox
        self._gateway = gateway
        self._owner = owner
        self._url = database_url
        self._epochs = epochs
        self._busy: set[str] = set()
        self._sending: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="send")
        self._dispatcher = threading.Thread(target=self._dispatch, name="sender", daemon=True)
        self._dispatcher.start()
        threading.Thread(target=self._listen, name="outbox feed", daemon=True).start()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def close(self, timeout_s: float) -> None:
        """Take nothing more, and give the sends that are under way so long to end."""
        self._stop.set()
        self._wake.set()
        self._dispatcher.join()
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._sending, timeout_s)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                for _ in notifications(self._url, OUTBOX_CHANNEL, self._stop, POLL_S):
                    self._wake.set()
            except WaagentError as error:
                log.warning("outbox.feed_lost", error=error.code)
                self._stop.wait(POLL_S)

    def _dispatch(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(POLL_S)
            self._wake.clear()
            try:
                self._start_sends()
            except WaagentError as error:
                log.warning("outbox.unreadable", error=error.code)
                self._stop.wait(POLL_S)

    def _start_sends(self) -> None:
        epochs = self._epochs()
        with self._lock:
            free = [session for session in epochs if session not in self._busy]
        if not free:
            return
        for waiting in self._outbox.waiting(free):
            with self._lock:
                self._busy.add(waiting.session_id)
            sending = self._pool.submit(self._send, waiting, epochs[waiting.session_id])
            self._sending = {each for each in self._sending if not each.done()} | {sending}

    def _send(self, waiting: Waiting, epoch: int) -> None:
        try:
            claim = self._outbox.claim(waiting, self._owner, epoch)
            if claim is not None:
                self._record(waiting.session_id, self._transmit(waiting.session_id, claim))
        except WaagentError as error:
            log.warning("outbox.unclaimed", session=waiting.session_id, error=error.code)
        except Exception:
            log.exception("outbox.failed", session=waiting.session_id)
        finally:
            with self._lock:
                self._busy.discard(waiting.session_id)
            self._wake.set()

    def _transmit(self, session_id: str, claim: Claim) -> Callable[[], None]:
        """Send; how it ended, as what is to be written of it."""
        try:
            sent = self._gateway.send_text(session_id, claim.chat_jid, claim.text)
        except SendError as error:
            return self._not_acknowledged(session_id, claim, error)
        except WaagentError as error:
            return partial(self._outbox.refused, claim, error.code)
        except Exception:
            log.exception("message.unexpected", session=session_id, message=claim.message_id)
            return partial(self._outbox.uncertain, claim, "unexpected")
        log.info(
            "message.sent",
            action="send",
            tenant=claim.tenant_id,
            session=session_id,
            message=claim.message_id,
        )
        return partial(self._outbox.sent, claim, sent)

    def _record(self, session_id: str, write: Callable[[], None]) -> None:
        """Write how a send ended, as soon as PostgreSQL lets us.

        What cannot be written before this host goes is settled as unknown by the next tick.
        """
        while True:
            try:
                write()
                return
            except BackendError as error:
                log.warning("outbox.unwritten", session=session_id, error=error.code)
                if self._stop.wait(POLL_S):
                    return

    def _not_acknowledged(
        self, session_id: str, claim: Claim, error: SendError
    ) -> Callable[[], None]:
        reason = error.code or error.reason
        log.warning(
            "message.not_acknowledged",
            action="send",
            tenant=claim.tenant_id,
            session=session_id,
            message=claim.message_id,
            kind=type(error).__name__,
            reason=reason,
        )
        if isinstance(error, SendRefused):
            return partial(self._outbox.refused, claim, reason)
        if isinstance(error, NotConnected):
            return partial(self._outbox.not_sent, claim, reason)
        return partial(self._outbox.uncertain, claim, reason)
