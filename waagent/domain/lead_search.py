"""Which leads a list shows, and in what order. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView

NOBODY = "-"
"""Asked for as an assignee: leads that nobody has."""


class LeadOrder(StrEnum):
    """What comes first: the highest score, or the newest message."""

    SCORE = "score"
    RECENT = "recent"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilter:
    """Only leads that all of this is true of; None and 0 leave out nothing."""

    stage: Stage | None = None
    status: Status | None = None
    tag: str | None = None
    assignee: str | None = None
    min_score: int = 0

    def matches(self, lead: LeadView) -> bool:
        """Whether ``lead`` is shown. Names and tags are compared without regard to case."""
        tagged = self.tag is None or self.tag.casefold().lstrip("#") in lead.tags
        return (
            self.stage in (None, lead.stage)
            and self.status in (None, lead.status)
            and tagged
            and self._has_it(lead)
            and lead.score >= self.min_score
        )

    def _has_it(self, lead: LeadView) -> bool:
        if self.assignee is None:
            return True
        if self.assignee == NOBODY:
            return lead.assignee is None
        return (lead.assignee or "").casefold() == self.assignee.casefold()


def search(leads: Iterable[LeadView], only: LeadFilter, order: LeadOrder) -> list[LeadView]:
    """The leads to show; of equals the one with the newest message first."""
    found = sorted(filter(only.matches, leads), key=lambda lead: lead.last_message_at, reverse=True)
    if order is LeadOrder.SCORE:
        found.sort(key=lambda lead: lead.score, reverse=True)
    return found
