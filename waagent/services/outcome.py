"""What follows from a conversation's labels, whoever gave them: the stage, and the follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waagent.domain.followups import Policy
from waagent.domain.labels import Classification
from waagent.domain.leads import Stage, next_stage
from waagent.services.core import Scope
from waagent.services.followup_plans import plan_follow_up


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """What is known of a conversation that is judged."""

    id: str
    contact_id: str
    last_message_at: datetime
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    process_after: datetime | None
    last_seq: int | None
    judged_seq: int


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A conversation's lead, locked."""

    id: str
    stage: str
    stage_by: str


def facts_of(scope: Scope, conversation_id: str) -> ConversationFacts | None:
    """The facts, or None where there is no such conversation."""
    return scope.tx.one(ConversationFacts, "conversations.facts", conversation_id=conversation_id)


def lead_of(scope: Scope, conversation_id: str) -> LeadRow | None:
    """The lead, locked; None where the conversation became part of another."""
    return scope.tx.one(LeadRow, "leads.of_conversation", conversation_id=conversation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Moves the lead and plans or cancels the follow-up, by the rules of the domain."""

    policy: Policy

    def apply(
        self,
        scope: Scope,
        facts: ConversationFacts,
        lead: LeadRow,
        label: Classification,
    ) -> None:
        """Do what follows from ``label``; an opt-out is noted before."""
        stage = self._move(scope, lead, facts, label)
        plan_follow_up(
            scope,
            conversation_id=facts.id,
            lead_id=lead.id,
            stage=stage,
            label=label,
            policy=self.policy,
        )
        scope.changed("lead", lead.id, facts.id)

    def _move(
        self, scope: Scope, lead: LeadRow, facts: ConversationFacts, label: Classification
    ) -> Stage:
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
