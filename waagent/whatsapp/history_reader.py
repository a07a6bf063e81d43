"""Reads a session's history blobs on a thread of its own: they are large, the library waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger(__name__)

MOST_WAITING = 32
"""Blobs. A phone sends about ten after a pairing; what is beyond this is dropped, and logged."""


class HistoryReader:
    """Calls ``read`` for one blob after the other; ``failed`` is told when that raised."""

    def __init__(
        self, key: str, read: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        self._key = key
        self._read = read
        self._failed = failed
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], Any]] = deque()
        self._running = False

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._running

    def put(self, parse: Callable[[], Any]) -> None:
        """Hand over what parses a blob. Returns at once."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                log.error("whatsapp.history.dropped", session=self._key)
                return
            self._waiting.append(parse)
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="history", daemon=True).start()

    def _run(self) -> None:
        while (parse := self._next()) is not None:
            try:
                self._read(parse())
            except Exception as error:
                self._failed(error)

    def _next(self) -> Callable[[], Any] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._running = False
            return None
