"""Drains the outbox of the sessions that are connected here, at the pace of a person.

One at a time for each session, several sessions at once. What is next is claimed only after its
pause and its typing: a reply that arrives meanwhile still takes a follow-up back. A notification
wakes the dispatcher; a poll finds what a lost notification left.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from waagent.domain.messages import Origin, Outgoing, SentMessage
from waagent.domain.outbox import OutboxAction
from waagent.domain.pacing import Hold, Permit, Refuse
from waagent.errors import WaagentError
from waagent.services.claims import Pace, Waiting
from waagent.services.core import OUTBOX_CHANNEL
from waagent.services.outbox import OutboxService
from waagent.storage.feed import notifications
from workers.transmission import Transmission

log = structlog.get_logger(__name__)

THREADS = 64
"""Sessions that pause, type or send at once. Threads are made as they are needed."""
POLL_S = 1.0
SHORTEST_HOLD = timedelta(seconds=0.5)
"""So that clocks that differ do not make one ask without end."""
FAULT_RESTS = timedelta(minutes=10)
LOOK_UP_S = 1.0
"""How often whoever types a follow-up looks whether something more urgent came."""


class Gateway(Protocol):
    """The part of WhatsApp that is needed here."""

    def send(self, key: str, chat_jid: str, outgoing: Outgoing) -> SentMessage:
        """Raises SendError, and InvalidInputError for what cannot be sent."""
        ...

    def typing(self, key: str, chat_jid: str, composing: bool) -> None:
        """Show that somebody types, or no longer does."""
        ...


class Pacing(Protocol):
    """Says when a message may go."""

    def permit(
        self,
        *,
        tenant_id: str,
        session_id: str,
        conversation_id: str,
        message_id: str,
        origin: Origin,
        action: str,
        length: int,
    ) -> Permit | Hold | Refuse:
        """Asking again for the same message is free."""
        ...

    def refused(self, tenant_id: str, session_id: str, code: str) -> object:
        """WhatsApp refused something, with its own number for why."""
        ...


class Sender:
    """``epochs`` gives the lease's epoch of every session that may send now."""

    def __init__(
        self,
        outbox: OutboxService,
        pacing: Pacing,
        gateway: Gateway,
        owner: str,
        database_url: str,
        epochs: Callable[[], dict[str, int]],
    ) -> None:
        self._outbox = outbox
        self._pacing = pacing
        self._gateway = gateway
        self._owner = owner
        self._url = database_url
        self._epochs = epochs
        self._busy: set[str] = set()
        self._sending: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._transmission = Transmission(outbox, gateway, self._permit, pacing, self._stop)
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
            except Exception:  # without this thread nothing would be sent any more
                log.exception("outbox.unreadable")
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
            pace = self._outbox.look(waiting)
            if pace is not None:
                self._at_its_pace(waiting, pace, epoch)
        except WaagentError as error:
            log.warning("outbox.unclaimed", session=waiting.session_id, error=error.code)
            self._stop.wait(POLL_S)
        except Exception:
            log.exception("outbox.failed", session=waiting.session_id, message=waiting.message_id)
            self._set_aside(waiting)
        finally:
            with self._lock:
                self._busy.discard(waiting.session_id)
            self._wake.set()

    def _set_aside(self, waiting: Waiting) -> None:
        """What fails in a way nobody thought of must not hold up the other chats."""
        try:
            self._outbox.hold(waiting, datetime.now(UTC) + FAULT_RESTS, "fault")
        except WaagentError as error:
            log.warning("outbox.not_set_aside", session=waiting.session_id, error=error.code)
            self._stop.wait(POLL_S)

    def _at_its_pace(self, waiting: Waiting, pace: Pace, epoch: int) -> None:
        answer = self._permit(waiting, pace)
        if isinstance(answer, Refuse):
            self._outbox.never(waiting, answer.reason)
        elif isinstance(answer, Hold):
            until = max(answer.until, datetime.now(UTC) + SHORTEST_HOLD)
            self._outbox.hold(waiting, until, answer.reason)
        elif self._wait(waiting, pace, answer.pause_s):
            self._type_and_send(waiting, pace, answer, epoch)

    def _type_and_send(self, waiting: Waiting, pace: Pace, permit: Permit, epoch: int) -> None:
        typing = permit.typing_s > 0
        if typing:
            self._show_typing(waiting, pace, True)
        try:
            ready = self._wait(waiting, pace, permit.typing_s)
            # Meanwhile the connection or the lease may have gone, or a reply may have come.
            if ready and self._epochs().get(waiting.session_id) == epoch:
                claim = self._outbox.claim(waiting, self._owner, epoch)
                if claim is not None:
                    self._transmission.run(waiting, pace, claim)
        finally:
            if typing:
                self._show_typing(waiting, pace, False)

    def _show_typing(self, waiting: Waiting, pace: Pace, composing: bool) -> None:
        try:
            self._gateway.typing(waiting.session_id, pace.chat_jid, composing)
        except WaagentError as error:  # an address that is none: the send will say so
            log.info("outbox.no_typing", session=waiting.session_id, error=error.code)

    def _permit(self, waiting: Waiting, pace: Pace) -> Permit | Hold | Refuse:
        # Two edits of a message are two things to be paced; a message tried again is one.
        is_send = waiting.action == OutboxAction.SEND
        return self._pacing.permit(
            tenant_id=waiting.tenant_id,
            session_id=waiting.session_id,
            conversation_id=waiting.conversation_id,
            message_id=waiting.message_id if is_send else waiting.id,
            origin=pace.origin,
            action=waiting.action,
            length=pace.length,
        )

    def _wait(self, waiting: Waiting, pace: Pace, seconds: float) -> bool:
        """Whether it is still to be sent after so long. A follow-up gives way to people's."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._stop.wait(min(left, LOOK_UP_S)):
                return False
            if pace.origin is Origin.FOLLOW_UP and not self._is_next(waiting):
                return False
        return not self._stop.is_set()

    def _is_next(self, waiting: Waiting) -> bool:
        return [each.id for each in self._outbox.waiting([waiting.session_id])] == [waiting.id]
