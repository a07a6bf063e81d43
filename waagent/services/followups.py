"""Follow-ups: shown as they will be sent, sent at most once, and put off by those who may.

Due times stand in PostgreSQL. A due one is checked again under a lock and written to the outbox
in the same transaction, under a key of its own: a doubled tick or a crash sends nothing twice.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from waagent.domain.followups import (
    AGAIN_AFTER,
    SALE_LASTS,
    STALE_AFTER,
    Approval,
    Author,
    CancelReason,
    Draft,
    FollowUpState,
    FollowUpStop,
    Policy,
    Rule,
    in_hold_out,
)
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage
from waagent.domain.messages import Origin
from waagent.domain.views import FollowUpView, Tenant
from waagent.errors import BackendError, NotFoundError
from waagent.services.core import Core, Scope
from waagent.services.followup_facts import Composed, Composer, Facts, reason_not_to, rule_for
from waagent.services.followup_plans import plan_again
from waagent.services.followup_shop import ShopWishes, read_shop
from waagent.services.ids import require_id
from waagent.services.outbox import enqueue

log = structlog.get_logger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: str
    id: str


class FollowUpService:
    """Shows follow-ups and sends those that are due."""

    def __init__(self, core: Core, policy: Policy) -> None:
        self._core = core
        self._policy = policy

    def list(self, tenant: Tenant) -> list[FollowUpView]:
        """All follow-ups of a shop, the next one first."""
        with self._core.tenant(tenant.id) as scope:
            return _views(scope, None, self._policy)

    def get(self, tenant: Tenant, follow_up_id: str) -> FollowUpView:
        """One follow-up, with the text that will be sent.

        Raises:
            NotFoundError: the shop has no such follow-up.
        """
        with self._core.tenant(tenant.id) as scope:
            return find_follow_up(scope, follow_up_id, self._policy)

    def dispatch_due(self) -> int:
        """Put what is due into the outbox; returns how many were. Safe to run twice at once."""
        with self._core.db.system() as tx:
            due = tx.all(_Due, "followups.due", approval_waits=STALE_AFTER, limit=BATCH)
            again = tx.all(_Due, "followups.to_repeat", limit=BATCH)
        for each in again:
            self._alone(self._repeat, each)
        return sum(self._alone(self._dispatch, each) for each in due)

    def _alone(self, step: Callable[[_Due], bool], due: _Due) -> bool:
        """One that cannot be dealt with is no reason to hold back those of everybody else."""
        try:
            return step(due)
        except BackendError:
            raise
        except Exception:
            log.exception("follow_up.failed", tenant=due.tenant_id, follow_up=due.id)
            return False

    def _repeat(self, sent: _Due) -> bool:
        with self._core.tenant(sent.tenant_id) as scope:
            return plan_again(scope, sent.id, self._policy)

    def _dispatch(self, due: _Due) -> bool:
        with self._core.tenant(due.tenant_id) as scope:
            if scope.tx.value("followups.take", follow_up_id=due.id) is None:
                return False
            facts = _facts(scope, due.id)[0]
            shop = read_shop(scope)
            rule = rule_for(facts, shop)
            scope.changed("follow_up", facts.id, facts.conversation_id)
            reason = reason_not_to(facts, rule)
            if reason is not None:
                scope.tx.run("followups.skip", follow_up_id=due.id, reason=reason.value)
            elif self._waits(scope, facts, rule, shop):
                return False
            elif left_out(facts, shop, self._policy):
                reason = CancelReason.HELD_OUT
                _leave_out(scope, facts, rule, shop)
            else:
                self._enqueue(scope, facts, rule, shop)
        log.info(
            "follow_up.dispatched",
            action="follow_up",
            tenant=due.tenant_id,
            follow_up=due.id,
            skipped=reason and reason.value,
        )
        return reason is None

    def _waits(self, scope: Scope, facts: Facts, rule: Rule, shop: ShopWishes) -> bool:
        """Whether it may not go now, however that came about: it is noted when it may."""
        if rule.approval and facts.approval is None:
            scope.tx.run("followups.ask_approval", follow_up_id=facts.id)
        if needs_approval(facts, rule):
            return True
        now = datetime.now(UTC)
        mute = facts.answered_at and facts.answered_at + self._policy.mute
        later = shop.open_from(max(now, mute or now), self._policy)
        if later == now:
            return False
        scope.tx.run("followups.postpone", follow_up_id=facts.id, due_at=later)
        return True

    def _enqueue(self, scope: Scope, facts: Facts, rule: Rule, shop: ShopWishes) -> None:
        composed = Composer(scope, shop).compose(facts, rule)
        message_id = enqueue(
            scope,
            session_id=facts.session_id,
            conversation_id=facts.conversation_id,
            text=composed.text,
            origin=Origin.FOLLOW_UP,
            dedupe_key=f"follow_up:{facts.id}",
        )
        scope.tx.run(
            "followups.queued",
            follow_up_id=facts.id,
            message_id=message_id,
            template=composed.template,
            variant=composed.variant,
            author=composed.author.value,
            stage=facts.stage,
            intent=facts.intent,
            again_at=self._again_at(facts, rule),
        )

    def _again_at(self, facts: Facts, rule: Rule) -> datetime | None:
        """When the sale may have its next one, if the rule allows one."""
        if facts.sent_for_sale + 1 >= rule.most:
            return None
        return datetime.now(UTC) + max(rule.after or self._policy.after, AGAIN_AFTER)


def find_follow_up(scope: Scope, follow_up_id: str, policy: Policy) -> FollowUpView:
    """One follow-up as it is shown.

    Raises:
        NotFoundError: the shop has no such follow-up.
    """
    found = _views(scope, require_id(follow_up_id, "follow-up"), policy)
    if not found:
        raise NotFoundError(f"no follow-up {follow_up_id}", hint="see: waagent followup list")
    return found[0]


def needs_approval(facts: Facts, rule: Rule) -> bool:
    """Whether a person has to agree first."""
    return facts.approval == Approval.WANTED or (rule.approval and facts.approval is None)


def left_out(facts: Facts, shop: ShopWishes, policy: Policy) -> bool:
    """Whether the lot leaves it out. What a person agreed to goes out."""
    percent = policy.hold_out if shop.hold_out is None else shop.hold_out
    return facts.approval != Approval.GIVEN and in_hold_out(facts.id, percent)


def _facts(scope: Scope, follow_up_id: str | None) -> builtins.list[Facts]:
    return scope.tx.all(Facts, "followups.facts", follow_up_id=follow_up_id, sale_lasts=SALE_LASTS)


def _leave_out(scope: Scope, facts: Facts, rule: Rule, shop: ShopWishes) -> None:
    composed = Composer(scope, shop).compose(facts, rule)
    scope.tx.run(
        "followups.hold_out",
        follow_up_id=facts.id,
        template=composed.template,
        variant=composed.variant,
        stage=facts.stage,
        intent=facts.intent,
    )


def _views(scope: Scope, follow_up_id: str | None, policy: Policy) -> builtins.list[FollowUpView]:
    rows = _facts(scope, follow_up_id)
    shop = read_shop(scope)
    composer = Composer(scope, shop)
    return [_view(scope, row, shop, composer, policy) for row in rows]


def _view(
    scope: Scope, row: Facts, shop: ShopWishes, composer: Composer, policy: Policy
) -> FollowUpView:
    rule = rule_for(row, shop)
    pending = row.state == FollowUpState.PENDING
    composed = composer.compose(row, rule) if pending else None
    text = (
        composed.text if composed else scope.cipher.decrypt_or_none(row.body_enc, "messages.body")
    )
    held_out = row.held_out or (pending and left_out(row, shop, policy))
    return FollowUpView(
        id=row.id,
        lead=row.lead_id,
        phone=scope.phone(row.phone_enc),
        name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        due_at=row.due_at,
        state=FollowUpState(row.state),
        reason=row.reason,
        text=text,
        rule=rule.name if rule in shop.rules else "default",
        stage=Stage(row.stage),
        intent=None if row.intent is None else Intent(row.intent),
        template=composed.template if composed else row.template,
        variant=composed.variant if composed else row.variant,
        approval=None if row.approval is None else Approval(row.approval),
        approved_by=row.approved_by,
        author=_author(row, composed),
        draft=None if row.draft is None else Draft(row.draft),
        draft_reason=row.draft_reason,
        held_out=held_out,
        stops=_stops(row, rule, shop, held_out=held_out) if pending else (),
    )


def _author(row: Facts, composed: Composed | None) -> Author | None:
    if composed is not None:
        return composed.author
    return None if row.author is None else Author(row.author)


def _stops(row: Facts, rule: Rule, shop: ShopWishes, *, held_out: bool) -> tuple[FollowUpStop, ...]:
    """Everything that keeps a planned follow-up from going out, as things stand."""
    reason = reason_not_to(row, rule)
    paused = shop.paused_until is not None and shop.paused_until > datetime.now(UTC)
    found = {
        FollowUpStop.APPROVAL: needs_approval(row, rule),
        FollowUpStop.PAUSED: paused,
        FollowUpStop.NOT_CONNECTED: row.paired and not row.connected,
        FollowUpStop.HELD_OUT: held_out,
    }
    stops = [FollowUpStop(reason.value)] if reason else []
    return (*stops, *(stop for stop, holds in found.items() if holds))
