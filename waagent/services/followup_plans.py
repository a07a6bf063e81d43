"""Planning follow-ups: when a conversation was understood, and after one that nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from waagent.domain.followups import (
    SALE_LASTS,
    Approval,
    Author,
    CancelReason,
    Draft,
    FollowUpFacts,
    Policy,
    Rule,
    reason_against,
    wants_follow_up,
)
from waagent.domain.labels import Classification, Intent
from waagent.domain.leads import Stage
from waagent.services.core import Scope
from waagent.services.followup_shop import ShopWishes, read_shop


@dataclass(frozen=True, slots=True)
class _Planning:
    last_message_at: datetime
    last_inbound_at: datetime | None
    answered_at: datetime | None
    opted_out: bool
    sent_for_sale: int


@dataclass(frozen=True, slots=True)
class _Sent:
    conversation_id: str
    lead_id: str
    stage: str
    intent: str | None
    silent: bool


@dataclass(frozen=True, slots=True)
class _Cancelled:
    id: str
    conversation_id: str
    message_id: str | None


def plan_follow_up(
    scope: Scope,
    *,
    conversation_id: str,
    lead_id: str,
    stage: Stage,
    label: Classification,
    policy: Policy,
) -> None:
    """Plan or move the follow-up of a conversation that was just labelled, or cancel it.

    To be called with the conversation locked, in the transaction that stores the label, after an
    opt-out was noted.
    """
    found = _planning(scope, conversation_id)
    shop = read_shop(scope)
    rule = shop.rule(stage, label.intent)
    facts = _facts(found, stage, rule)
    if not wants_follow_up(label, facts):
        reason = reason_against(facts) or CancelReason.NOT_OPEN
        cancel_follow_ups(scope, [conversation_id], reason)
        return
    due = found.last_message_at + (rule.after or policy.after)
    _plan(scope, conversation_id, lead_id, rule, shop, found, due, policy)


def plan_again(scope: Scope, follow_up_id: str, policy: Policy) -> bool:
    """Plan the next follow-up of a sale that was silent since this one; whether that was done.

    Doing it again does nothing.
    """
    conversation = scope.tx.value("followups.conversation", follow_up_id=follow_up_id)
    scope.tx.column("conversations.lock", conversation_ids=[str(conversation)])
    sent = scope.tx.one(_Sent, "followups.repeat", follow_up_id=follow_up_id)
    if sent is None or not sent.silent:
        return False
    stage = Stage(sent.stage)
    found = _planning(scope, sent.conversation_id)
    shop = read_shop(scope)
    rule = shop.rule(stage, None if sent.intent is None else Intent(sent.intent))
    if reason_against(_facts(found, stage, rule)) is not None:
        return False
    now = datetime.now(UTC)
    _plan(scope, sent.conversation_id, sent.lead_id, rule, shop, found, now, policy)
    return True


def cancel_follow_ups(scope: Scope, conversation_ids: Sequence[str], reason: CancelReason) -> None:
    """Cancel what is still to come for these conversations, in the outbox too."""
    if not conversation_ids:
        return
    ids = list(conversation_ids)
    scope.tx.column("conversations.lock", conversation_ids=ids)
    messages = scope.tx.column("followups.cancel_messages", conversation_ids=ids)
    scope.tx.run("followups.mark_messages_cancelled", message_ids=messages)
    cancelled = scope.tx.all(
        _Cancelled, "followups.cancel", conversation_ids=ids, reason=reason.value
    )
    for each in cancelled:
        scope.changed("follow_up", each.id, each.conversation_id)


def person_answered(scope: Scope, conversation_ids: Sequence[str]) -> None:
    """Somebody of the shop wrote, here or on the phone: the bot has nothing to say for a while."""
    cancel_follow_ups(scope, conversation_ids, CancelReason.BUSINESS_REPLIED)
    if conversation_ids:
        scope.tx.run("followups.answered", conversation_ids=list(conversation_ids))


def _planning(scope: Scope, conversation_id: str) -> _Planning:
    found = scope.tx.one(
        _Planning,
        "followups.planning",
        conversation_id=conversation_id,
        sale_lasts=SALE_LASTS,
    )
    assert found is not None
    return found


def _facts(found: _Planning, stage: Stage, rule: Rule) -> FollowUpFacts:
    return FollowUpFacts(
        stage=stage,
        opted_out=found.opted_out,
        customer_wrote=found.last_inbound_at is not None,
        sent_for_sale=found.sent_for_sale,
        most=rule.most,
    )


def _plan(
    scope: Scope,
    conversation_id: str,
    lead_id: str,
    rule: Rule,
    shop: ShopWishes,
    found: _Planning,
    due: datetime,
    policy: Policy,
) -> None:
    if found.answered_at is not None:
        due = max(due, found.answered_at + policy.mute)
    planned = scope.tx.value(
        "followups.plan",
        conversation_id=conversation_id,
        lead_id=lead_id,
        due_at=shop.open_from(due, policy),
        approval=Approval.WANTED.value if rule.approval else None,
        draft=Draft.WANTED.value if policy.drafts and rule.writer is Author.MODEL else None,
    )
    if planned is not None:
        scope.changed("follow_up", str(planned), conversation_id)
