"""What the engines cost a shop: counted with every insight, and bounded by a budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from waagent.domain.brain_views import UsageView
from waagent.domain.labels import Classification
from waagent.domain.views import Tenant
from waagent.services.core import Core, Scope

REMOTE = "openai"
"""The engine that costs tokens."""
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Prices of a million tokens in USD, None where unset; and the tokens a shop has a month."""

    price_in: float | None = None
    price_out: float | None = None
    monthly_tokens: int | None = None

    def cost_micro_usd(self, tokens_in: int, tokens_out: int) -> int:
        """Millionths of a USD; 0 where no price is set."""
        # A price for a million tokens in USD is one for a token in millionths of it.
        return round(tokens_in * (self.price_in or 0) + tokens_out * (self.price_out or 0))


@dataclass(frozen=True, slots=True)
class _Row:
    month: date
    engine: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_micro_usd: int


class UsageService:
    """Reads what was counted."""

    def __init__(self, core: Core, spending: Spending) -> None:
        self._core = core
        self._spending = spending

    def list(self, tenant: Tenant) -> list[UsageView]:
        """Every month and engine, the newest month first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "ai_usage.list")
        return [self._view(row) for row in rows]

    def _view(self, row: _Row) -> UsageView:
        costs = row.cost_micro_usd > 0 or row.tokens_in + row.tokens_out == 0
        return UsageView(
            month=row.month,
            engine=row.engine,
            calls=row.calls,
            tokens_in=row.tokens_in,
            tokens_out=row.tokens_out,
            cost_usd=row.cost_micro_usd / _MICRO if costs else None,
            budget=self._spending.monthly_tokens if row.engine == REMOTE else None,
        )


def is_used_up(scope: Scope, spending: Spending) -> bool:
    """Whether the shop's tokens of this month are spent. Each worker asks before each answer."""
    if spending.monthly_tokens is None:
        return False
    return int(scope.tx.value("ai_usage.spent")) >= spending.monthly_tokens


def count(scope: Scope, label: Classification, spending: Spending) -> None:
    """Count an answer, in the transaction that keeps it; spent tokens count though it failed."""
    spent = label.tokens_in + label.tokens_out > 0
    if spent:
        spend(scope, label.tokens_in, label.tokens_out, spending)
    if not spent or label.engine != REMOTE:
        scope.tx.run(
            "ai_usage.add", engine=label.engine, tokens_in=0, tokens_out=0, cost_micro_usd=0
        )


def spend(scope: Scope, tokens_in: int, tokens_out: int, spending: Spending) -> int:
    """Count what a language model cost, answer or not; the cost in millionths of a USD."""
    cost = spending.cost_micro_usd(tokens_in, tokens_out)
    scope.tx.run(
        "ai_usage.add",
        engine=REMOTE,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_micro_usd=cost,
    )
    return cost
