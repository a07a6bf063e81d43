"""What the front ends are given of one lead beyond its card; see :mod:`waagent.domain.views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from waagent.domain.brain_views import InsightView
from waagent.domain.followups import FollowUpState
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A column of the board, and what the shop calls it; ``renamed``: by the shop itself."""

    stage: Stage
    name: str
    renamed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMoveView:
    """A move of a lead; ``before`` is None only for one whose beginning was not kept."""

    at: datetime
    before: Stage | None
    after: Stage
    moved_by: Literal["rule", "human"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What somebody of the shop noted about a lead."""

    id: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFollowUp:
    """A follow-up of the lead. ``template`` and ``sent_at`` are None until it went out."""

    id: str
    due_at: datetime
    state: FollowUpState
    reason: str | None
    template: str | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDetails:
    """All there is of a lead: moves oldest first, notes and follow-ups newest first."""

    lead: LeadView
    insight: InsightView | None
    history: tuple[StageMoveView, ...]
    notes: tuple[NoteView, ...]
    follow_ups: tuple[LeadFollowUp, ...]
