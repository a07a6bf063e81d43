"""What a person does to follow-ups: agree to one, put it off, cancel it; and to all of a shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from waagent.domain.followup_views import FollowUpRuleView, FollowUpSettingsView
from waagent.domain.followups import (
    HARD_CAP,
    LONGEST_DELAY,
    SALE_LASTS,
    Approval,
    Author,
    CancelReason,
    FollowUpState,
    Policy,
    Rule,
)
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage
from waagent.domain.templates import check_text
from waagent.domain.views import FollowUpView, Tenant
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.moments import EXAMPLES, parse_moment
from waagent.services.core import Core, Scope
from waagent.services.followup_facts import TEXT_COLUMN, Composer, Facts, rule_for
from waagent.services.followup_plans import cancel_follow_ups
from waagent.services.followup_shop import read_shop
from waagent.services.followups import find_follow_up
from waagent.services.templates import read_templates

FOR_EVER = datetime(2200, 1, 1, tzinfo=UTC)
"""Until when a shop without an end to its pause has paused."""
MAX_HOLD_OUT = 50


class FollowUpDesk:
    """Everything here is noted in the audit log, and doing it again changes nothing."""

    def __init__(self, core: Core, policy: Policy) -> None:
        self._core = core
        self._policy = policy

    def approve(
        self, tenant: Tenant, follow_up_id: str, *, text: str | None, actor: str
    ) -> FollowUpView:
        """Agree that a follow-up is sent as it is shown, or with other words.

        Raises:
            NotFoundError: the shop has no such follow-up.
            ConflictError: it is no longer planned.
            InvalidInputError: ``text`` cannot be sent unasked.
        """
        if text is not None:
            _check(text)
        with self._core.tenant(tenant.id) as scope:
            facts = self._planned(scope, follow_up_id)
            shop = read_shop(scope)
            composed = Composer(scope, shop).compose(facts, rule_for(facts, shop))
            sealed = scope.cipher.encrypt(text or composed.text, TEXT_COLUMN)
            scope.tx.run(
                "followups.approve",
                follow_up_id=facts.id,
                actor=actor,
                text=sealed,
                author=(composed.author if text is None else Author.PERSON).value,
                template=composed.template,
                variant=composed.variant,
            )
            return self._done(scope, facts, "follow_up.approve", actor)

    def withdraw(self, tenant: Tenant, follow_up_id: str, *, actor: str) -> FollowUpView:
        """Take an approval back: the words are the template's again, and wait if the rule asks.

        Raises:
            NotFoundError: the shop has no such follow-up.
            ConflictError: it is no longer planned.
        """
        with self._core.tenant(tenant.id) as scope:
            facts = self._planned(scope, follow_up_id)
            asks = rule_for(facts, read_shop(scope)).approval
            scope.tx.run(
                "followups.withdraw",
                follow_up_id=facts.id,
                approval=Approval.WANTED.value if asks else None,
            )
            return self._done(scope, facts, "follow_up.withdraw", actor)

    def snooze(self, tenant: Tenant, follow_up_id: str, *, until: str, actor: str) -> FollowUpView:
        """Put a planned follow-up off until a moment, and then to the next proper hour.

        Raises:
            NotFoundError: the shop has no such follow-up.
            ConflictError: it is no longer planned.
            InvalidInputError: ``until`` names no moment to come.
        """
        with self._core.tenant(tenant.id) as scope:
            facts = self._planned(scope, follow_up_id)
            shop = read_shop(scope)
            moment = read_moment(until, shop.timezone)
            if facts.answered_at is not None:
                moment = max(moment, facts.answered_at + self._policy.mute)
            due = shop.open_from(moment, self._policy)
            scope.tx.run("followups.snooze", follow_up_id=facts.id, due_at=due)
            return self._done(scope, facts, "follow_up.snooze", actor)

    def cancel(self, tenant: Tenant, follow_up_id: str, *, actor: str) -> FollowUpView:
        """Cancel a follow-up that is planned, or waits to be sent.

        Raises:
            NotFoundError: the shop has no such follow-up.
            ConflictError: it went out, or ended otherwise.
        """
        with self._core.tenant(tenant.id) as scope:
            view = find_follow_up(scope, follow_up_id, self._policy)
            if view.state in (FollowUpState.PENDING, FollowUpState.QUEUED):
                conversation = scope.tx.value("followups.conversation", follow_up_id=view.id)
                cancel_follow_ups(scope, [str(conversation)], CancelReason.PERSON)
                _audit(scope, actor, "follow_up.cancel", view.id)
                view = find_follow_up(scope, follow_up_id, self._policy)
            if view.state is not FollowUpState.CANCELLED:
                raise ConflictError(f"the follow-up is {view.state} and cannot be cancelled")
            return view

    def pause(self, tenant: Tenant, *, until: str | None, actor: str) -> FollowUpSettingsView:
        """Let no follow-up of the shop go out until a moment, or until they are resumed.

        Raises:
            InvalidInputError: ``until`` names no moment to come.
        """
        with self._core.tenant(tenant.id) as scope:
            zone = read_shop(scope).timezone
            end = FOR_EVER if until is None else read_moment(until, zone)
            scope.tx.run("followup_rules.pause", until=end)
            _audit(scope, actor, "follow_ups.pause", tenant.id)
            return self._settings(scope)

    def resume(self, tenant: Tenant, *, actor: str) -> FollowUpSettingsView:
        """Let them go out again; what is more than two days overdue by then is left out."""
        with self._core.tenant(tenant.id) as scope:
            scope.tx.run("followup_rules.pause", until=None)
            _audit(scope, actor, "follow_ups.resume", tenant.id)
            return self._settings(scope)

    def hold_out(self, tenant: Tenant, percent: int, *, actor: str) -> FollowUpSettingsView:
        """Leave out this part of the follow-ups by lot; 0 sends every one.

        Raises:
            InvalidInputError: it is not from 0 to :data:`MAX_HOLD_OUT`.
        """
        if not 0 <= percent <= MAX_HOLD_OUT:
            raise InvalidInputError(f"the part left out is from 0 to {MAX_HOLD_OUT} percent")
        with self._core.tenant(tenant.id) as scope:
            scope.tx.run("followup_rules.set_hold_out", percent=percent)
            _audit(scope, actor, "follow_ups.hold_out", str(percent))
            return self._settings(scope)

    def calendar(self, tenant: Tenant, *, on: bool, actor: str) -> FollowUpSettingsView:
        """Whether holidays, Friday noon and Ramadan are kept; the night always is."""
        with self._core.tenant(tenant.id) as scope:
            scope.tx.run("followup_rules.set_calendar", calendar=on)
            _audit(scope, actor, "follow_ups.calendar", "on" if on else "off")
            return self._settings(scope)

    def settings(self, tenant: Tenant) -> FollowUpSettingsView:
        """What holds for all follow-ups of a shop."""
        with self._core.tenant(tenant.id) as scope:
            return self._settings(scope)

    def rules(self, tenant: Tenant) -> Sequence[FollowUpRuleView]:
        """The shop's rules, the one that names most first, and last the built-in one."""
        with self._core.tenant(tenant.id) as scope:
            shop = read_shop(scope)
        own = [self._rule_view(rule, built_in=False) for rule in shop.rules]
        return [*own, self._rule_view(Rule(), built_in=True)]

    def set_rule(self, tenant: Tenant, rule: Rule, *, actor: str) -> FollowUpRuleView:
        """Make the rule of a stage and an intent, or replace it.

        Raises:
            InvalidInputError: its delay or number is out of bounds.
            NotFoundError: there is no template of that name.
        """
        _check_rule(rule)
        with self._core.tenant(tenant.id) as scope:
            if rule.template is not None and rule.template not in read_templates(scope):
                raise NotFoundError(
                    f"no template {rule.template!r}",
                    hint="see them: waagent followup template list",
                )
            scope.tx.run(
                "followup_rules.set",
                stage=rule.stage and rule.stage.value,
                intent=rule.intent and rule.intent.value,
                delay=rule.after,
                most=rule.most,
                template=rule.template,
                approval=rule.approval,
                writer=rule.writer.value,
            )
            _audit(scope, actor, "follow_up_rule.set", rule.name)
        return self._rule_view(rule, built_in=False)

    def remove_rule(
        self, tenant: Tenant, stage: Stage | None, intent: Intent | None, *, actor: str
    ) -> None:
        """Forget a rule.

        Raises:
            NotFoundError: the shop has none for these.
        """
        name = Rule(stage=stage, intent=intent).name
        with self._core.tenant(tenant.id) as scope:
            removed = scope.tx.run(
                "followup_rules.remove",
                stage=stage and stage.value,
                intent=intent and intent.value,
            )
            if not removed:
                raise NotFoundError(
                    f"no rule for {name}", hint="see them: waagent followup rules list"
                )
            _audit(scope, actor, "follow_up_rule.remove", name)

    def _planned(self, scope: Scope, follow_up_id: str) -> Facts:
        """The facts of a follow-up that is planned, its conversation locked."""
        view = find_follow_up(scope, follow_up_id, self._policy)
        conversation = scope.tx.value("followups.conversation", follow_up_id=view.id)
        scope.tx.column("conversations.lock", conversation_ids=[str(conversation)])
        facts = scope.tx.one(Facts, "followups.facts", follow_up_id=view.id, sale_lasts=SALE_LASTS)
        assert facts is not None
        if facts.state != FollowUpState.PENDING:
            raise ConflictError(
                f"the follow-up is {facts.state}, no longer planned",
                hint="see: waagent followup list",
            )
        return facts

    def _done(self, scope: Scope, facts: Facts, action: str, actor: str) -> FollowUpView:
        _audit(scope, actor, action, facts.id)
        scope.changed("follow_up", facts.id, facts.conversation_id)
        return find_follow_up(scope, facts.id, self._policy)

    def _settings(self, scope: Scope) -> FollowUpSettingsView:
        shop = read_shop(scope)
        paused = shop.paused_until
        return FollowUpSettingsView(
            paused_until=paused if paused and paused > datetime.now(UTC) else None,
            hold_out_percent=self._policy.hold_out if shop.hold_out is None else shop.hold_out,
            hold_out_default=shop.hold_out is None,
            calendar=shop.calendar,
        )

    def _rule_view(self, rule: Rule, *, built_in: bool) -> FollowUpRuleView:
        return FollowUpRuleView(
            stage=rule.stage,
            intent=rule.intent,
            after_s=(rule.after or self._policy.after).total_seconds(),
            most=rule.most,
            template=rule.template,
            approval=rule.approval,
            built_in=built_in,
            writer=rule.writer,
        )


def read_moment(text: str, zone: str) -> datetime:
    """The moment that a person of the shop wrote. Raises InvalidInputError."""
    try:
        return parse_moment(text, datetime.now(UTC), zone)
    except ValueError as error:
        raise InvalidInputError(str(error), hint=f"for example: {EXAMPLES}") from None


def _check(text: str) -> None:
    try:
        check_text(text)
    except ValueError as error:
        raise InvalidInputError(str(error)) from None


def _check_rule(rule: Rule) -> None:
    if rule.after is not None and not timedelta(0) < rule.after <= LONGEST_DELAY:
        raise InvalidInputError(
            f"a delay is more than nothing and at most {LONGEST_DELAY.days} days",
            hint="for example: --after 24h",
        )
    if not 0 <= rule.most <= HARD_CAP:
        raise InvalidInputError(
            f"a sale has from 0 to {HARD_CAP} follow-ups",
            hint="one is polite; more is a nuisance",
        )


def _audit(scope: Scope, actor: str, action: str, subject: str) -> None:
    scope.tx.run("audit.note", actor=actor, action=action, subject=subject)
