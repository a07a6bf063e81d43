"""Judging a conversation: classify it, keep the insight, move the lead, plan the follow-up.

The model is asked between two transactions, never inside one. Running it twice for the same
messages changes nothing: an insight belongs to the newest message it looked at. What a person
corrected wins over the engine while it holds (``waagent.domain.corrections``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from waagent.ai.port import Classifier, ShopContext
from waagent.ai.snippet import is_acknowledgement
from waagent.domain.followups import Policy
from waagent.domain.labels import Classification, Turn
from waagent.domain.messages import Direction, MessageKind
from waagent.domain.optout import is_opt_out
from waagent.services import insights
from waagent.services.ai_usage import Spending, count
from waagent.services.core import Core, Scope
from waagent.services.corrections import apply_standing
from waagent.services.optouts import customer_opted_out
from waagent.services.outcome import ConversationFacts, Outcome, facts_of, lead_of
from waagent.services.shop_knowledge import ShopKnowledge

log = structlog.get_logger(__name__)

SNIPPET_MESSAGES = 30
_SAYS_NOTHING = frozenset({MessageKind.TEXT, MessageKind.STICKER})
"""Kinds that say nothing where they carry no words; a photo may be a proof of payment."""


@dataclass(frozen=True, slots=True)
class SnippetRow:
    """A message of a conversation, as ``conversations.snippet`` reads them."""

    seq: int
    direction: str
    origin: str
    kind: str
    body_enc: bytes


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What was read: ``said_until`` is the number of the customer's last meaningful message."""

    facts: ConversationFacts
    turns: Sequence[Turn]
    opts_out: bool
    said_until: int
    shop: ShopContext


class UnderstandingService:
    """Judges conversations. ``classifier`` is None where the AI is switched off."""

    def __init__(
        self,
        core: Core,
        classifier: Classifier | None,
        *,
        policy: Policy,
        spending: Spending | None = None,
    ) -> None:
        self._core = core
        self._classifier = classifier
        self._outcome = Outcome(policy=policy)
        self._spending = spending or Spending()
        self._knowledge = ShopKnowledge(self._spending)

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
                customer_opted_out(scope, snapshot.facts.contact_id, conversation_id)
            if label is not None:
                count(scope, label, self._spending)
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
            fallback=label and label.fallback_reason,
            latency_ms=label and label.latency_ms,
        )

    def _read(self, tenant_id: str, conversation_id: str) -> _Snapshot | None:
        with self._core.tenant(tenant_id) as scope:
            facts = facts_of(scope, conversation_id)
            if facts is None or facts.process_after is None or facts.last_seq is None:
                return None
            rows = scope.tx.all(
                SnippetRow,
                "conversations.snippet",
                conversation_id=conversation_id,
                limit=SNIPPET_MESSAGES,
            )
            texts = [scope.cipher.decrypt(row.body_enc, "messages.body") for row in rows]
            shop = self._knowledge.of(scope)
        said = list(zip(rows, texts, strict=True))
        by_customer = [(row, text) for row, text in said if row.direction == Direction.IN]
        return _Snapshot(
            facts=facts,
            turns=[
                Turn("customer" if row.direction == Direction.IN else "business", text)
                for row, text in said
            ],
            opts_out=any(row.seq > facts.judged_seq and is_opt_out(t) for row, t in by_customer),
            said_until=max(
                (row.seq for row, t in by_customer if _says_something(row, t)), default=0
            ),
            shop=shop,
        )

    def _classify(self, snapshot: _Snapshot) -> Classification | None:
        if self._classifier is None or not any(t.author == "customer" for t in snapshot.turns):
            return None
        return self._classifier.classify(snapshot.turns, snapshot.shop)

    def _keep(self, scope: Scope, snapshot: _Snapshot, said: Classification) -> None:
        facts = snapshot.facts
        assert facts.last_seq is not None  # seen to by _read
        lead = lead_of(scope, facts.id)
        label, corrected = apply_standing(
            scope, facts.id, said, lambda seq: snapshot.said_until > seq
        )
        insight_id = insights.insert(
            scope,
            facts.id,
            facts.last_seq,
            label,
            cost_micro_usd=self._spending.cost_micro_usd(said.tokens_in, said.tokens_out),
            corrected=corrected,
        )
        if insight_id is None or lead is None:
            return  # judged already, by a run that was thought dead
        scope.tx.run("leads.understood", lead_id=lead.id, insight_id=insight_id)
        self._outcome.apply(scope, facts, lead, label)
        scope.changed("insight", insight_id, facts.id)


def _says_something(message: SnippetRow, text: str) -> bool:
    """Whether a customer's message can change the picture."""
    if not text.strip():
        return message.kind not in _SAYS_NOTHING
    return not is_acknowledgement(text)
