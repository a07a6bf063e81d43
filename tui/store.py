"""What the board knows of a shop: a plain in-memory copy of the services' lists. No I/O.

Only the event loop touches it. Newer facts win over older ones that arrive late, and a move that
the user made is shown at once, before the service has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tui.phrasing import lead_name, product
from tui.safe import one_line
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.views import FollowUpView, LeadView, SessionView

Columns = dict[Stage, tuple[LeadView, ...]]


@dataclass(slots=True)
class Store:
    """Leads by id, sessions, follow-ups. ``loaded`` once the first load has succeeded.

    ``moving`` has the stages of leads whose move the service has not confirmed yet;
    ``stage_names`` those that the shop calls something of its own.
    """

    leads: dict[str, LeadView] = field(default_factory=dict)
    sessions: tuple[SessionView, ...] = ()
    followups: tuple[FollowUpView, ...] = ()
    loaded: bool = False
    moving: dict[str, Stage] = field(default_factory=dict)
    stage_names: dict[Stage, str] = field(default_factory=dict)

    def replace_leads(self, leads: Iterable[LeadView]) -> None:
        """Take a full list; what it does not hold is gone."""
        known = self.leads
        self.leads = {}
        for lead in leads:
            self.leads[lead.id] = _newer(known.get(lead.id), lead)

    def put_lead(self, lead: LeadView) -> None:
        """Take one lead."""
        self.leads[lead.id] = _newer(self.leads.get(lead.id), lead)

    def drop_lead(self, lead_id: str) -> None:
        """Forget a lead that is no more."""
        self.leads.pop(lead_id, None)

    def lead(self, lead_id: str) -> LeadView | None:
        """A lead as it is shown: where the user has put it, even if that is not confirmed yet."""
        lead = self.leads.get(lead_id)
        stage = self.moving.get(lead_id)
        return lead if lead is None or stage is None else replace(lead, stage=stage)

    def cards(self) -> list[LeadView]:
        """Every lead as it is shown."""
        return [lead for lead_id in self.leads if (lead := self.lead(lead_id)) is not None]

    def by_conversation(self, conversation_id: str) -> LeadView | None:
        """The lead of a conversation, if known."""
        for lead in self.leads.values():
            if lead.conversation_id == conversation_id:
                return self.lead(lead.id)
        return None

    def end_move(self, lead_id: str, stage: Stage) -> None:
        """The move to ``stage`` ended, well or not; a later move of the lead stays shown."""
        if self.moving.get(lead_id) is stage:
            del self.moving[lead_id]


def _newer(known: LeadView | None, lead: LeadView) -> LeadView:
    return known if known is not None and known.updated_at > lead.updated_at else lead


def columns(leads: Iterable[LeadView], *, query: str = "", not_leads: bool = False) -> Columns:
    """The board's columns: newest message first, filtered; ``not_leads`` includes the others."""
    found: dict[Stage, list[LeadView]] = {stage: [] for stage in Stage}
    for lead in leads:
        if (not_leads or lead.status is not Status.NOT_LEAD) and matches(lead, query):
            found[lead.stage].append(lead)
    return {stage: tuple(sorted(cards, key=_newest_first)) for stage, cards in found.items()}


def matches(lead: LeadView, query: str) -> bool:
    """Whether every word of ``query`` is in the name, the number, the product or the need."""
    words = query.casefold().split()
    if not words:
        return True
    digits = lead.phone or ""
    text = " ".join((lead_name(lead), product(lead.product), one_line(lead.need or ""), digits))
    local = "0" + digits[3:] if digits.startswith("+62") else ""
    haystack = f"{text} {local}".casefold()
    return all(word in haystack for word in words)


def _newest_first(lead: LeadView) -> tuple[float, str]:
    return -lead.last_message_at.timestamp(), lead.id


def hidden_count(leads: Iterable[LeadView]) -> int:
    """How many are not leads."""
    return sum(lead.status is Status.NOT_LEAD for lead in leads)


def neighbour(stage: Stage, step: int) -> Stage | None:
    """The stage ``step`` columns to the right (negative: left), or None beyond the ends."""
    stages: Sequence[Stage] = tuple(Stage)
    index = stages.index(stage) + step
    return stages[index] if 0 <= index < len(stages) else None
