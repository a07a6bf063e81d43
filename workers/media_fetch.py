"""Fetches the files of messages that came to the sessions of this host.

A few at a time, beside everything else: a slow or a failing file holds up no message. What is to be
fetched stands in PostgreSQL, so a host that dies forgets nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Protocol

import structlog

from waagent.domain.media import MediaState
from waagent.errors import WaagentError
from waagent.services.media_inbox import DueFile, Fetch, MediaInbox
from waagent.whatsapp.errors import MediaError, SendError

log = structlog.get_logger(__name__)

THREADS = 3
"""Files in memory at once, each up to the limit."""
POLL_S = 1.0
SWEEP_EVERY_S = 3600.0

_STATES = {
    "expired": MediaState.EXPIRED,
    "too_large": MediaState.TOO_LARGE,
    "failed": MediaState.PENDING,
}


class Downloader(Protocol):
    """The part of :class:`waagent.whatsapp.gateway.Gateway` that is needed here."""

    def download(self, key: str, ref: bytes, *, limit: int) -> bytes:
        """The bytes of a file. Raises MediaError."""
        ...


class MediaFetcher:
    """``sessions`` gives the ids of the sessions that are connected here now; it looks for work
    every ``poll_s`` seconds."""

    def __init__(
        self,
        inbox: MediaInbox,
        gateway: Downloader,
        sessions: Callable[[], Collection[str]],
        poll_s: float = POLL_S,
    ) -> None:
        self._inbox = inbox
        self._gateway = gateway
        self._sessions = sessions
        self._poll_s = poll_s
        self._busy: dict[str, Future[None]] = {}
        self._sweep_at = time.monotonic() + SWEEP_EVERY_S
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="media")
        self._dispatcher = threading.Thread(target=self._dispatch, name="media", daemon=True)
        self._dispatcher.start()

    def close(self, timeout_s: float) -> None:
        """Take nothing more, and give the fetches that are under way so long to end."""
        self._stop.set()
        self._dispatcher.join()
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._busy.values(), timeout_s)

    def _dispatch(self) -> None:
        while not self._stop.wait(self._poll_s):
            try:
                self._start_fetches()
                self._sweep()
            except WaagentError as error:
                log.warning("media.unreadable", error=error.code)
            except Exception:
                log.exception("media.dispatch_failed")

    def _start_fetches(self) -> None:
        self._busy = {key: fetch for key, fetch in self._busy.items() if not fetch.done()}
        sessions, free = list(self._sessions()), THREADS - len(self._busy)
        if not sessions or free <= 0:
            return
        for due in self._inbox.due(sessions, free):
            if due.message_id not in self._busy:
                self._busy[due.message_id] = self._pool.submit(self._fetch, due)

    def _sweep(self) -> None:
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + SWEEP_EVERY_S
        removed = self._inbox.sweep()
        if removed:
            log.info("media.swept", action="sweep", files=removed)

    def _fetch(self, due: DueFile) -> None:
        """Whatever goes wrong here, the claim runs out and it is tried again."""
        try:
            fetch = self._inbox.claim(due)
            if fetch is not None:
                self._download(fetch)
        except WaagentError as error:
            log.warning("media.waiting", message=due.message_id, error=error.code)
        except Exception:
            log.exception("media.failed", message=due.message_id)

    def _download(self, fetch: Fetch) -> None:
        try:
            data = self._gateway.download(fetch.session_id, fetch.ref, limit=self._inbox.limit)
        except MediaError as error:
            self._failed(fetch, _STATES[error.kind], error.kind)
        except SendError as error:
            self._failed(fetch, MediaState.PENDING, error.code or "not_connected")
        else:
            state = self._inbox.fetched(fetch, data)
            log.info("media.fetched", action="fetch", state=state.value, **_ids(fetch))

    def _failed(self, fetch: Fetch, state: MediaState, error: str) -> None:
        log.warning("media.not_fetched", action="fetch", error=error, **_ids(fetch))
        self._inbox.failed(fetch, state, error)


def _ids(fetch: Fetch) -> dict[str, str]:
    return {
        "tenant": fetch.tenant_id,
        "session": fetch.session_id,
        "message": fetch.message_id,
    }
