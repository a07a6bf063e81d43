"""Engine ``openai`` with ``local`` behind it: a slow or broken server costs an answer's quality,
never the answer. A circuit breaker stops asking a server that keeps failing.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from waagent.ai.port import Classifier
from waagent.domain.labels import Classification, Turn
from waagent.errors import AiError

log = structlog.get_logger(__name__)

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 60.0


class CircuitBreaker:
    """Open after ``failures`` failures in a row; lets one caller try again after ``seconds``."""

    def __init__(
        self,
        *,
        failures: int = FAILURES_TO_OPEN,
        seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_until_retry = 0.0

    def allows(self) -> bool:
        """Whether to try now. When the wait is over, one trial is let through at a time."""
        with self._lock:
            if self._failed < self._limit:
                return True
            if self._clock() < self._closed_until_retry:
                return False
            self._closed_until_retry = self._clock() + self._seconds
            return True

    def succeeded(self) -> None:
        """The server answered: close."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """The server did not give an answer."""
        with self._lock:
            self._failed += 1
            self._closed_until_retry = self._clock() + self._seconds


class FallbackClassifier:
    """Asks ``primary``; on AiError, or while the breaker is open, ``fallback``.

    The answer's ``engine`` is that of the one who gave it; the fallback's ``model`` is marked
    ``… (fallback: reason)``.
    """

    def __init__(
        self, *, primary: Classifier, fallback: Classifier, breaker: CircuitBreaker | None = None
    ) -> None:
        self.name = primary.name
        self._primary = primary
        self._fallback = fallback
        self._breaker = breaker or CircuitBreaker()

    def classify(self, turns: Sequence[Turn], catalogue: Sequence[str] = ()) -> Classification:
        """The primary's labels if it gives any, else the fallback's (whose AiError passes)."""
        begun = time.perf_counter()
        if not self._breaker.allows():
            return self._fall_back(turns, catalogue, "circuit_open", begun)
        try:
            answer = self._primary.classify(turns, catalogue)
        except AiError as error:
            self._breaker.failed()
            reason = str(getattr(error, "reason", "failed"))
            log.warning("ai.fallback", action="classify", engine=self._primary.name, reason=reason)
            return self._fall_back(turns, catalogue, reason, begun)
        self._breaker.succeeded()
        return answer

    def _fall_back(
        self, turns: Sequence[Turn], catalogue: Sequence[str], reason: str, begun: float
    ) -> Classification:
        answer = self._fallback.classify(turns, catalogue)
        return dataclasses.replace(
            answer,
            model=f"{answer.model} (fallback: {reason})",
            latency_ms=round((time.perf_counter() - begun) * 1000),
        )
