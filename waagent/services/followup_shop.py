"""What a shop wants of its follow-ups: its rules, its hours, its pause and its hold-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.calendars import special_days
from waagent.domain.calendar import SpecialDays
from waagent.domain.followups import Author, Policy, Rule, choose_rule, due_at
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage
from waagent.services.core import Scope


@dataclass(frozen=True, slots=True)
class _Settings:
    name: str
    timezone: str
    calendar: bool
    paused_until: datetime | None
    hold_out_percent: int | None


@dataclass(frozen=True, slots=True)
class _Rule:
    stage: str | None
    intent: str | None
    delay: timedelta | None
    max_per_sale: int
    template: str | None
    approval: bool
    writer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopWishes:
    """``hold_out`` is in percent, None where the shop says nothing of it."""

    name: str
    timezone: str
    calendar: bool
    paused_until: datetime | None
    hold_out: int | None
    rules: tuple[Rule, ...]

    def rule(self, stage: Stage, intent: Intent | None) -> Rule:
        """The rule for a sale."""
        return choose_rule(self.rules, stage, intent)

    def open_from(self, moment: datetime, policy: Policy) -> datetime:
        """``moment``, or the first one after it in which customers may be written to."""
        return due_at(
            moment,
            timedelta(0),
            self.timezone,
            quiet_hours=policy.quiet_hours,
            days=self.days(moment) if policy.quiet_hours else None,
        )

    def days(self, moment: datetime) -> SpecialDays | None:
        """The holidays around a moment, if the shop keeps them."""
        return special_days(self.timezone, moment.date()) if self.calendar else None


def read_shop(scope: Scope) -> ShopWishes:
    """The wishes of the scope's shop."""
    settings = scope.tx.one(_Settings, "followup_rules.shop")
    assert settings is not None
    rules = scope.tx.all(_Rule, "followup_rules.list")
    return ShopWishes(
        name=settings.name,
        timezone=settings.timezone,
        calendar=settings.calendar,
        paused_until=settings.paused_until,
        hold_out=settings.hold_out_percent,
        rules=tuple(
            Rule(
                stage=None if row.stage is None else Stage(row.stage),
                intent=None if row.intent is None else Intent(row.intent),
                after=row.delay,
                most=row.max_per_sale,
                template=row.template,
                approval=row.approval,
                writer=Author(row.writer),
            )
            for row in rules
        ),
    )
