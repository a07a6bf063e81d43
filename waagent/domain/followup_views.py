"""Read models of what a shop says of its follow-ups: templates, rules, settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waagent.domain.followups import Author
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """One wording of a template. ``name`` is that of the template, or ``template/2`` and on."""

    template: str
    name: str
    body: str
    built_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRuleView:
    """How sales are followed up; ``stage`` or ``intent`` None: any.

    ``after_s`` is in seconds, never None: the setting's where the rule names none. ``template``
    None: one that fits. The built-in rule has ``built_in``.
    """

    stage: Stage | None
    intent: Intent | None
    after_s: float
    most: int
    template: str | None
    approval: bool
    built_in: bool
    writer: Author = Author.TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpSettingsView:
    """What holds for all follow-ups of a shop. ``hold_out_percent`` is the one in effect."""

    paused_until: datetime | None
    hold_out_percent: int
    hold_out_default: bool
    calendar: bool
