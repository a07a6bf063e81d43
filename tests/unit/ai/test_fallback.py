"""The fallback engine and its circuit breaker, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from waagent.ai import build_classifier
from waagent.ai.fallback import CircuitBreaker, FallbackClassifier
from waagent.ai.port import EngineError
from waagent.domain.labels import Classification, Intent, Sentiment, Status, Turn
from waagent.errors import AiError, ConfigError


@dataclass
class Engine:
    """An engine that fails while ``broken``."""

    name: str
    broken: bool = False
    asked: int = 0

    def classify(self, turns: Sequence[Turn], catalogue: Sequence[str] = ()) -> Classification:
        self.asked += 1
        if self.broken:
            raise EngineError("no", reason="rate_limited")
        return Classification(
            status=Status.NEW_LEAD,
            intent=Intent.GREETING,
            sentiment=Sentiment.NEUTRAL,
            needs_follow_up=False,
            product=None,
            need=None,
            confidence=0.5,
            engine=self.name,
            model="m",
        )


@dataclass
class Bench:
    """A fallback engine with its parts in reach."""

    now: float = 0.0
    primary: Engine = field(default_factory=lambda: Engine("openai"))
    second: Engine = field(default_factory=lambda: Engine("local"))

    def __post_init__(self) -> None:
        breaker = CircuitBreaker(failures=2, seconds=30, clock=lambda: self.now)
        self.engine = FallbackClassifier(
            primary=self.primary, fallback=self.second, breaker=breaker
        )

    def ask(self) -> Classification:
        return self.engine.classify([Turn("customer", "rahasia")])


def test_the_primary_answers_while_it_works() -> None:
    bench = Bench()
    assert bench.ask().engine == "openai"
    assert bench.engine.name == "openai"
    assert bench.second.asked == 0


def test_a_failure_is_answered_by_the_fallback_and_marked() -> None:
    bench = Bench()
    bench.primary.broken = True
    with capture_logs() as logs:
        answer = bench.ask()
    assert (answer.engine, answer.model) == ("local", "m (fallback: rate_limited)")
    assert [entry["event"] for entry in logs] == ["ai.fallback"]
    assert "rahasia" not in str(logs)


def test_the_breaker_opens_waits_and_closes() -> None:
    bench = Bench()
    bench.primary.broken = True
    for _ in range(4):
        bench.ask()
    assert bench.primary.asked == 2
    assert bench.ask().model == "m (fallback: circuit_open)"
    bench.now = 30.0
    bench.ask()
    bench.ask()
    assert bench.primary.asked == 3
    bench.now = 61.0
    bench.primary.broken = False
    assert bench.ask().engine == "openai"
    assert bench.ask().engine == "openai"


def test_a_success_forgets_earlier_failures() -> None:
    bench = Bench()
    for broken in (True, False, True, False):
        bench.primary.broken = broken
        bench.ask()
    assert bench.primary.asked == 4


def test_when_both_fail_the_error_is_the_fallbacks() -> None:
    bench = Bench()
    bench.primary.broken = bench.second.broken = True
    with pytest.raises(AiError):
        bench.ask()


def test_off_is_no_engine() -> None:
    assert build_classifier("off", base_url=None, api_key=None, model=None) is None


def test_an_unknown_engine_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="clever") as raised:
        build_classifier("clever", base_url=None, api_key=None, model=None)
    assert raised.value.hint


def test_the_cloud_needs_a_key() -> None:
    with pytest.raises(ConfigError) as raised:
        build_classifier("openai", base_url=None, api_key=None, model=None)
    assert "OPENAI_API_KEY" in (raised.value.hint or "")
