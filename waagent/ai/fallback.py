"""A language model with ``local`` behind it: a slow or broken server costs an answer's quality,
never the answer. A circuit breaker stops asking a server that keeps failing.

Two ways to use both: ``FallbackClassifier`` asks the model first; ``CascadeClassifier`` asks it
only where ``local`` is not sure.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from waagent.ai.port import ANY_SHOP, Classifier, EngineError, ShopContext
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


class _Guarded:
    """A model that is asked only while its breaker is closed and the shop has tokens left."""

    def __init__(self, model: Classifier, breaker: CircuitBreaker | None) -> None:
        self.model = model
        self._breaker = breaker or CircuitBreaker()

    def ask(self, turns: Sequence[Turn], shop: ShopContext) -> Classification | EngineError:
        """The model's answer, or why there is none."""
        if shop.budget_used_up:
            return EngineError("the shop's tokens of this month are used up", reason="budget")
        if not self._breaker.allows():
            return EngineError("the AI server keeps failing", reason="circuit_open")
        try:
            answer = self.model.classify(turns, shop)
        except AiError as error:
            self._breaker.failed()
            failure = error if isinstance(error, EngineError) else _unnamed(error)
            log.warning(
                "ai.fallback", action="classify", engine=self.model.name, reason=failure.reason
            )
            return failure
        self._breaker.succeeded()
        return answer


class FallbackClassifier:
    """Asks ``primary``; where it gives no answer, ``fallback``.

    The answer's ``engine`` is that of the one who gave it, ``fallback_reason`` says why.
    """

    def __init__(
        self, *, primary: Classifier, fallback: Classifier, breaker: CircuitBreaker | None = None
    ) -> None:
        self.name = primary.name
        self._primary = _Guarded(primary, breaker)
        self._fallback = fallback

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        """The primary's labels if it gives any, else the fallback's (whose AiError passes)."""
        begun = time.perf_counter()
        answer = self._primary.ask(turns, shop)
        if isinstance(answer, Classification):
            return answer
        return _instead(self._fallback.classify(turns, shop), answer, begun)


class CascadeClassifier:
    """Asks ``local``; where its confidence is below ``threshold``, ``model``.

    Where the model gives no answer, that of ``local`` stands, and ``fallback_reason`` says why.
    """

    name = "cascade"

    def __init__(
        self,
        *,
        local: Classifier,
        model: Classifier,
        threshold: float,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._local = local
        self._model = _Guarded(model, breaker)
        self._threshold = threshold

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        """The labels of the one who is sure, or of the model. Raises AiError if ``local`` does."""
        begun = time.perf_counter()
        first = self._local.classify(turns, shop)
        if first.confidence >= self._threshold:
            return first
        answer = self._model.ask(turns, shop)
        if isinstance(answer, Classification):
            return dataclasses.replace(answer, latency_ms=_since(begun))
        return _instead(first, answer, begun)


def _instead(answer: Classification, failure: EngineError, begun: float) -> Classification:
    return dataclasses.replace(
        answer,
        fallback_reason=failure.reason,
        tokens_in=answer.tokens_in + failure.tokens_in,
        tokens_out=answer.tokens_out + failure.tokens_out,
        latency_ms=_since(begun),
    )


def _unnamed(error: AiError) -> EngineError:
    return EngineError(error.message, reason="failed", hint=error.hint)


def _since(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)
