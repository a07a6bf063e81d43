"""Judging a conversation: classify it, keep the insight, move the lead, plan the follow-up.

The model is asked between two transactions, never inside one. Running it twice for the same
messages changes nothing: an insight belongs to the newest message it looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from waagent.ai.port import Classifier
from waagent.domain.followups import (
    SALE_LASTS,
    CancelReason,
    FollowUpFacts,
    due_at,
    reason_against,
    wants_follow_up,
)
from waagent.domain.labels import Classification, Turn
from waagent.domain.leads import Stage, next_stage
from waagent.domain.messages import Direction
from waagent.domain.optout import is_opt_out
from waagent.services.core import Core, Scope
from waagent.services.followups import cancel_follow_ups

log = structlog.get_logger(__name__)

SNIPPET_MESSAGES = 30


@dataclass(frozen=True, slots=True)
class _Facts:
    id: str
    contact_id: str
    last_message_at: datetime
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    process_after: datetime | None
    last_seq: int | None
    judged_seq: int
    opted_out: bool
    sent_for_sale: int


@dataclass(frozen=True, slots=True)
class _Message:
    seq: int
    direction: str
    origin: str
    kind: str
    body_enc: bytes


@dataclass(frozen=True, slots=True)
class _Lead:
    id: str
    stage: str
    stage_by: str


@dataclass(frozen=True, slots=True)
class _Snapshot:
    facts: _Facts
    turns: Sequence[Turn]
    opts_out: bool


class UnderstandingService:
    """Judges conversations. ``classifier`` is None where the AI is switched off."""

    def __init__(
        self,
        core: Core,
        classifier: Classifier | None,
        *,
        followup_after: timedelta,
        quiet_hours: bool,
    ) -> None:
        self._core = core
        self._classifier = classifier
        self._after = followup_after
        self._quiet_hours = quiet_hours

    def process(self, tenant_id: str, conversation_id: str) -> None:
        """Judge a conversation if messages came since it last was.

        Raises:
            AiError: no engine gave an answer; the conversation still waits, and is tried again.
        """
        snapshot = self._read(tenant_id, conversation_id)
        if snapshot is None:
            return
        label = self._classify(snapshot)
        with self._core.tenant(tenant_id) as scope:
            scope.tx.column("conversations.lock", conversation_ids=[conversation_id])
            if snapshot.opts_out:
                scope.tx.run("contacts.opt_out", contact_id=snapshot.facts.contact_id)
            if label is not None:
                self._keep(scope, snapshot, label)
            scope.tx.run(
                "conversations.judged",
                conversation_id=conversation_id,
                seen=snapshot.facts.process_after,
                last_seq=snapshot.facts.last_seq,
            )
        log.info(
            "conversation.judged",
            action="judge",
            tenant=tenant_id,
            conversation=conversation_id,
            status=label and label.status.value,
            intent=label and label.intent.value,
            engine=label and label.engine,
            latency_ms=label and label.latency_ms,
        )

    def _read(self, tenant_id: str, conversation_id: str) -> _Snapshot | None:
        with self._core.tenant(tenant_id) as scope:
            facts = scope.tx.one(
                _Facts,
                "conversations.facts",
                conversation_id=conversation_id,
                sale_lasts=SALE_LASTS,
            )
            if facts is None or facts.process_after is None or facts.last_seq is None:
                return None
            rows = scope.tx.all(
                _Message,
                "conversations.snippet",
                conversation_id=conversation_id,
                limit=SNIPPET_MESSAGES,
            )
            texts = [scope.cipher.decrypt(row.body_enc, "messages.body") for row in rows]
        turns = [
            Turn("customer" if row.direction == Direction.IN else "business", text)
            for row, text in zip(rows, texts, strict=True)
        ]
        opts_out = any(
            row.seq > facts.judged_seq and row.direction == Direction.IN and is_opt_out(text)
            for row, text in zip(rows, texts, strict=True)
        )
        return _Snapshot(facts, turns, opts_out)

    def _classify(self, snapshot: _Snapshot) -> Classification | None:
        if self._classifier is None or not any(t.author == "customer" for t in snapshot.turns):
            return None
        return self._classifier.classify(snapshot.turns)

    def _keep(self, scope: Scope, snapshot: _Snapshot, label: Classification) -> None:
        facts = snapshot.facts
        lead = scope.tx.one(_Lead, "leads.of_conversation", conversation_id=facts.id)
        insight_id = _insert_insight(scope, facts, label)
        if insight_id is None or lead is None:
            return  # judged already, by a run that was thought dead
        scope.tx.run("leads.understood", lead_id=lead.id, insight_id=insight_id)
        stage = self._move(scope, lead, facts, label)
        self._follow_up(scope, lead, snapshot, label, stage)
        scope.changed("insight", insight_id, facts.id)
        scope.changed("lead", lead.id, facts.id)

    def _move(self, scope: Scope, lead: _Lead, facts: _Facts, label: Classification) -> Stage:
        current = Stage(lead.stage)
        stage = next_stage(
            current,
            label.status,
            business_replied=facts.last_outbound_at is not None,
            set_by_human=lead.stage_by == "human",
        )
        if stage is not current:
            scope.tx.run(
                "leads.move",
                lead_id=lead.id,
                from_stage=current.value,
                to_stage=stage.value,
                moved_by="rule",
            )
        return stage

    def _follow_up(
        self,
        scope: Scope,
        lead: _Lead,
        snapshot: _Snapshot,
        label: Classification,
        stage: Stage,
    ) -> None:
        facts = snapshot.facts
        rule = FollowUpFacts(
            stage=stage,
            opted_out=facts.opted_out or snapshot.opts_out,
            customer_wrote=facts.last_inbound_at is not None,
            sent_for_sale=facts.sent_for_sale,
        )
        if not wants_follow_up(label, rule):
            reason = reason_against(rule) or CancelReason.NOT_OPEN
            cancel_follow_ups(scope, [facts.id], reason)
            return
        due = due_at(
            facts.last_message_at,
            self._after,
            str(scope.tx.value("tenants.timezone")),
            quiet_hours=self._quiet_hours,
        )
        planned = scope.tx.value(
            "followups.plan", conversation_id=facts.id, lead_id=lead.id, due_at=due
        )
        if planned is not None:
            scope.changed("follow_up", str(planned), facts.id)


def _insert_insight(scope: Scope, facts: _Facts, label: Classification) -> str | None:
    found = scope.tx.value(
        "conversations.insert_insight",
        conversation_id=facts.id,
        message_seq=facts.last_seq,
        status=label.status.value,
        intent=label.intent.value,
        sentiment=label.sentiment.value,
        needs_follow_up=label.needs_follow_up,
        product=label.product,
        need=scope.cipher.encrypt_or_none(label.need, "customer_insights.need"),
        confidence=label.confidence,
        engine=label.engine,
        model=label.model,
        prompt_version=label.prompt_version,
        tokens_in=label.tokens_in,
        tokens_out=label.tokens_out,
        latency_ms=label.latency_ms,
    )
    return None if found is None else str(found)
