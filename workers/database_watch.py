"""Notices at once that PostgreSQL is gone, and when somebody calls.

The library keeps its keys in PostgreSQL: a message that comes while it is away cannot be decrypted.
WhatsApp keeps messages for a number that is not connected, so the host hangs up until it is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from waagent.errors import WaagentError
from waagent.services.hosts import HOSTS_CHANNEL
from waagent.storage.db import answers
from waagent.storage.feed import notifications

log = structlog.get_logger(__name__)

POLL_S = 1.0
AGAIN_S = 0.2


class DatabaseWatch:
    """Listens on a connection of its own. It breaks the moment PostgreSQL dies; one that is merely
    cut is told apart by asking anew. ``on_gone`` is called once for each time it is away.
    """

    def __init__(self, url: str, on_call: Callable[[], None], on_gone: Callable[[], None]) -> None:
        self._url = url
        self._on_call = on_call
        self._on_gone = on_gone
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="database watch", daemon=True).start()

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()

    def _run(self) -> None:
        gone = False
        while not self._stop.is_set():
            try:
                for payload in notifications(self._url, HOSTS_CHANNEL, self._stop, POLL_S):
                    gone = False
                    if payload is not None:
                        self._on_call()
            except WaagentError as error:
                if not gone and not answers(self._url):
                    gone = True
                    log.error("database.gone", action="hang_up", error=error.code)
                    self._on_gone()
                self._stop.wait(AGAIN_S)
            except Exception:
                log.exception("database.watch_failed")
                self._stop.wait(AGAIN_S)
