"""The fallback engine and its circuit breaker, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from waagent.ai import build_classifier
from waagent.ai.fallback import CascadeClassifier, CircuitBreaker, FallbackClassifier
from waagent.ai.port import ANY_SHOP, EngineError, ShopContext
from waagent.domain.labels import Classification, Intent, Sentiment, Status, Turn
from waagent.errors import AiError, ConfigError


@dataclass
class Engine:
    """An engine that fails while ``broken``."""

    name: str
    broken: bool = False
    asked: int = 0
    confidence: float = 0.5

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        self.asked += 1
        if self.broken:
            failure = EngineError("no", reason="rate_limited")
            failure.tokens_in, failure.tokens_out = 70, 7
            raise failure
        return Classification(
            status=Status.NEW_LEAD,
            intent=Intent.GREETING,
            sentiment=Sentiment.NEUTRAL,
            needs_follow_up=False,
            product=None,
            need=None,
            confidence=self.confidence,
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
    assert (answer.engine, answer.model) == ("local", "m")
    assert answer.fallback_reason == "rate_limited"
    assert (answer.tokens_in, answer.tokens_out) == (70, 7)
    assert [entry["event"] for entry in logs] == ["ai.fallback"]
    assert "rahasia" not in str(logs)


def test_the_breaker_opens_waits_and_closes() -> None:
    bench = Bench()
    bench.primary.broken = True
    for _ in range(4):
        bench.ask()
    assert bench.primary.asked == 2
    assert bench.ask().fallback_reason == "circuit_open"
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


def test_a_shop_without_tokens_left_is_not_asked_for() -> None:
    bench = Bench()
    answer = bench.engine.classify([], ShopContext(budget_used_up=True))
    assert (answer.engine, answer.fallback_reason) == ("local", "budget")
    assert bench.primary.asked == 0


def cascade(local: Engine, model: Engine) -> CascadeClassifier:
    return CascadeClassifier(local=local, model=model, threshold=0.8)


@pytest.mark.parametrize(("confidence", "engine"), [(0.8, "local"), (0.79, "openai")])
def test_the_cascade_asks_the_model_where_local_is_not_sure(confidence: float, engine: str) -> None:
    local, model = Engine("local", confidence=confidence), Engine("openai")
    answer = cascade(local, model).classify([])
    assert (answer.engine, answer.fallback_reason) == (engine, None)
    assert model.asked == (engine == "openai")


def test_in_the_cascade_local_s_answer_stands_where_the_model_has_none() -> None:
    local, model = Engine("local"), Engine("openai", broken=True)
    both = cascade(local, model)
    answer = both.classify([])
    assert (answer.engine, answer.fallback_reason) == ("local", "rate_limited")
    assert (answer.tokens_in, local.asked) == (70, 1)
    assert both.classify([], ShopContext(budget_used_up=True)).fallback_reason == "budget"
    assert model.asked == 1


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
