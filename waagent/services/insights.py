"""Insights: kept with what they cost, read with what a person corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.brain_views import InsightView
from waagent.domain.labels import Classification, Intent, Sentiment, Status
from waagent.services.core import Scope


@dataclass(frozen=True, slots=True)
class InsightRow:
    """The newest insight of a conversation, as stored."""

    id: str
    status: str
    intent: str
    sentiment: str
    needs_follow_up: bool
    product: str | None
    product_id: str | None
    price: int | None
    need_enc: bytes | None
    confidence: float
    status_confidence: float | None
    intent_confidence: float | None
    engine: str
    model: str
    fallback_reason: str | None
    corrected: list[str]
    created_at: datetime


def newest(scope: Scope, conversation_id: str) -> InsightRow | None:
    """The newest insight, or None where nothing was judged yet."""
    return scope.tx.one(InsightRow, "conversations.insight", conversation_id=conversation_id)


def view(scope: Scope, row: InsightRow) -> InsightView:
    """As front ends show it."""
    return InsightView(
        status=Status(row.status),
        intent=Intent(row.intent),
        sentiment=Sentiment(row.sentiment),
        product=row.product,
        need=scope.cipher.decrypt_or_none(row.need_enc, "customer_insights.need"),
        needs_follow_up=row.needs_follow_up,
        confidence=row.confidence,
        engine=row.engine,
        model=row.model,
        created_at=row.created_at,
        product_id=row.product_id,
        price=row.price,
        status_confidence=row.status_confidence,
        intent_confidence=row.intent_confidence,
        fallback_reason=row.fallback_reason,
        corrected=tuple(row.corrected),
    )


def insert(
    scope: Scope,
    conversation_id: str,
    message_seq: int,
    label: Classification,
    *,
    cost_micro_usd: int,
    corrected: Sequence[str],
) -> str | None:
    """Keep a judgement; its id, or None where these messages were judged already."""
    found = scope.tx.value(
        "conversations.insert_insight",
        conversation_id=conversation_id,
        message_seq=message_seq,
        status=label.status.value,
        intent=label.intent.value,
        sentiment=label.sentiment.value,
        needs_follow_up=label.needs_follow_up,
        product=label.product,
        product_id=label.product_id,
        need=scope.cipher.encrypt_or_none(label.need, "customer_insights.need"),
        confidence=label.confidence,
        status_confidence=label.status_confidence,
        intent_confidence=label.intent_confidence,
        engine=label.engine,
        model=label.model,
        fallback_reason=label.fallback_reason,
        prompt_version=label.prompt_version,
        tokens_in=label.tokens_in,
        tokens_out=label.tokens_out,
        cost_micro_usd=cost_micro_usd,
        latency_ms=label.latency_ms,
        corrected=list(corrected),
    )
    return None if found is None else str(found)
