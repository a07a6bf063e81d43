"""Starts and stops the library's clients, on threads of their own.

A start may hang on a slow network and a stop on a deaf server; the host's loop must see what the
other sessions do meanwhile. It asks here and is told when it is done.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from waagent.domain.messages import Outgoing, SentMessage
from waagent.errors import DatabaseError, TimedOutError, WaagentError

if TYPE_CHECKING:
    from waagent.whatsapp.gateway import Gateway
    from waagent.whatsapp.listeners import SessionListener

log = structlog.get_logger(__name__)

THREADS = 4
"""The library starts and stops one client at a time; a stop that hangs must not be in the way of
the next three."""
STOP_TIMEOUT_S = 20.0
SEND_TIMEOUT_S = 10.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Done:
    """A start, a stop or an unlinking (``unlinked`` tells whether WhatsApp agreed) is over.
    ``stuck``: this process can only be left."""

    key: str
    started: bool
    unlinked: bool | None = None
    error: WaagentError | None = None
    stuck: bool = False


class Clients:
    """``prepare`` gives the JID to start a session with, and may raise what a start may."""

    def __init__(
        self,
        gateway: Gateway,
        listener: SessionListener,
        prepare: Callable[[str], str],
        on_done: Callable[[Done], None],
    ) -> None:
        self._gateway = gateway
        self._listener = listener
        self._prepare = prepare
        self._on_done = on_done
        self._hung_up = threading.Event()
        self._closed = False
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="client")
        self._under_way: set[Future[None]] = set()
        self.starts = 0
        self.sends = Sends(gateway)

    def start(self, key: str) -> None:
        """Start a session's client; returns at once."""
        self._submit(self._start, key)

    def stop(self, key: str, *, politely: bool = True) -> None:
        """Stop it; returns at once. Politely: after a send that is under way."""
        self._submit(self._stop, key, politely)

    def unlink(self, key: str) -> None:
        """Take its link off the phone, after a send that is under way; returns at once."""
        self._submit(self._unlink, key)

    def hang_up(self) -> None:
        """Disconnect everything now, and start nothing until :meth:`resume`."""
        self._hung_up.set()
        self._gateway.close(timeout=STOP_TIMEOUT_S)

    def resume(self) -> None:
        """Start clients again."""
        self._hung_up.clear()

    @property
    def hung_up(self) -> bool:
        """Whether everything was disconnected and nothing is to be started."""
        return self._hung_up.is_set()

    def close(self) -> None:
        """Stop everything, those included that are just being started."""
        self._closed = True
        self._hung_up.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._under_way, STOP_TIMEOUT_S)
        self._gateway.close(timeout=STOP_TIMEOUT_S)

    def _submit(self, step: Callable[..., None], *args: object) -> None:
        if self._closed:
            return  # whatever still runs is stopped by that
        going = {each for each in self._under_way if not each.done()}
        self._under_way = going | {self._pool.submit(step, *args)}

    def _start(self, key: str) -> None:
        try:
            jid = self._prepare(key)
            self._require_database()
            self.starts += 1
            self._gateway.start(key, jid, self._listener)
            if self._hung_up.is_set():
                self._gateway.stop(key, timeout=STOP_TIMEOUT_S)
                self._require_database()
        except WaagentError as error:
            stuck = isinstance(error, TimedOutError)
            self._on_done(Done(key, started=True, error=error, stuck=stuck))
        except Exception as error:
            log.exception("session.start_failed", session=key)
            unexpected = WaagentError(f"unexpected {type(error).__name__}")
            self._on_done(Done(key, started=True, error=unexpected))
        else:
            self._on_done(Done(key, started=True))

    def _require_database(self) -> None:
        if self._hung_up.is_set():
            raise DatabaseError("PostgreSQL is away")

    def _stop(self, key: str, politely: bool) -> None:
        stuck = False
        try:
            if politely:
                self.sends.wait_for(key, SEND_TIMEOUT_S)
            if self._holds(key) and not self._gateway.stop(key, timeout=STOP_TIMEOUT_S):
                stuck = not self._gone(key)
        except Exception:
            log.exception("session.stop_failed", session=key)
            stuck = not self._gone(key)
        self._on_done(Done(key, started=False, stuck=stuck))

    def _unlink(self, key: str) -> None:
        self.sends.wait_for(key, SEND_TIMEOUT_S)
        try:
            unlinked = self._gateway.unlink(key)
        except Exception:
            log.exception("session.unlink_failed", session=key)
            unlinked = False
        self._on_done(Done(key, started=False, unlinked=unlinked))

    def _holds(self, key: str) -> bool:
        held = self._gateway.keys()
        return key in held

    def _gone(self, key: str) -> bool:
        """Whether it ends all the same: it may be one that is being hung up."""
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self._holds(key):
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_S)
        return True


class Sends:
    """The gateway as the sender sees it: knows which sessions send at this moment."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._sending: dict[str, int] = {}
        self._changed = threading.Condition()

    def send(self, key: str, chat_jid: str, outgoing: Outgoing) -> SentMessage:
        """As the gateway's."""
        with self._noted(key):
            return self._gateway.send(key, chat_jid, outgoing)

    def typing(self, key: str, chat_jid: str, composing: bool) -> None:
        """As the gateway's."""
        self._gateway.typing(key, chat_jid, composing)

    def wait_for(self, key: str, seconds: float) -> None:
        """Until nothing of that session is under way, or so long."""
        with self._changed:
            self._changed.wait_for(lambda: key not in self._sending, seconds)

    @contextmanager
    def _noted(self, key: str) -> Iterator[None]:
        with self._changed:
            self._sending[key] = self._sending.get(key, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._sending[key] -= 1
                if not self._sending[key]:
                    del self._sending[key]
                self._changed.notify_all()
