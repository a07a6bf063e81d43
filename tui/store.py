"""What the board knows of a shop: a plain in-memory copy of the services' lists. No I/O.

Only the event loop touches it. Newer facts win over older ones that arrive late, and a move that
the user made is shown at once, before the service has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from tui.phrasing import lead_name, product
from tui.safe import one_line
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.views import FollowUpView, LeadView, SessionView

_NUMBER = 8
"""Digits from which a text is taken for a phone number."""
Columns = dict[Stage, tuple[LeadView, ...]]


@dataclass(slots=True)
class Store:
    """Leads by id, sessions, follow-ups. ``loaded`` once the first load has succeeded.

    ``moving`` has the stages of leads whose move the service has not confirmed yet;
    ``stage_names`` those that the shop calls something of its own; ``versions`` those of the leads
    at the last poll.
    """

    leads: dict[str, LeadView] = field(default_factory=dict)
    sessions: tuple[SessionView, ...] = ()
    followups: tuple[FollowUpView, ...] = ()
    loaded: bool = False
    moving: dict[str, Stage] = field(default_factory=dict)
    stage_names: dict[Stage, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    _of_conversation: dict[str, str] = field(default_factory=dict)

    def replace_leads(self, leads: Iterable[LeadView]) -> None:
        """Take a full list; what it does not hold is gone."""
        known = self.leads
        self.leads = {lead.id: _newer(known.get(lead.id), lead) for lead in leads}
        self._of_conversation = {lead.conversation_id: lead.id for lead in self.leads.values()}

    def put_lead(self, lead: LeadView) -> None:
        """Take one lead."""
        self.leads[lead.id] = _newer(self.leads.get(lead.id), lead)
        self._of_conversation[lead.conversation_id] = lead.id

    def drop_lead(self, lead_id: str) -> None:
        """Forget a lead that is no more."""
        gone = self.leads.pop(lead_id, None)
        if gone is not None:
            self._of_conversation.pop(gone.conversation_id, None)

    def lead(self, lead_id: str) -> LeadView | None:
        """A lead as it is shown: where the user has put it, even if that is not confirmed yet."""
        lead = self.leads.get(lead_id)
        stage = self.moving.get(lead_id)
        return lead if lead is None or stage is None else replace(lead, stage=stage)

    def cards(self) -> list[LeadView]:
        """Every lead as it is shown."""
        if not self.moving:
            return list(self.leads.values())
        return [lead for lead_id in self.leads if (lead := self.lead(lead_id)) is not None]

    def by_conversation(self, conversation_id: str) -> LeadView | None:
        """The lead of a conversation, if known."""
        lead_id = self._of_conversation.get(conversation_id)
        return None if lead_id is None else self.lead(lead_id)

    def find(self, ref: str) -> LeadView | None:
        """The lead that a person means: by its id or the start of it, conversation or number."""
        found = self.lead(ref) or self.by_conversation(ref)
        if found is not None:
            return found
        digits = "".join(filter(str.isdigit, ref)).removeprefix("62").lstrip("0")
        for lead in self.leads.values():
            if len(digits) >= _NUMBER and (lead.phone or "").removeprefix("+62") == digits:
                return self.lead(lead.id)
        near = [lead_id for lead_id in self.leads if len(ref) >= 4 and lead_id.startswith(ref)]
        return self.lead(near[0]) if len(near) == 1 else None

    @property
    def unread(self) -> int:
        """How many conversations have messages that nobody has read."""
        return sum(lead.unread > 0 for lead in self.leads.values())

    def end_move(self, lead_id: str, stage: Stage) -> None:
        """The move to ``stage`` ended, well or not; a later move of the lead stays shown."""
        if self.moving.get(lead_id) is stage:
            del self.moving[lead_id]


def _newer(known: LeadView | None, lead: LeadView) -> LeadView:
    return known if known is not None and known.updated_at > lead.updated_at else lead


def columns(leads: Iterable[LeadView], *, query: str = "", not_leads: bool = False) -> Columns:
    """The board's columns: newest message first, filtered; ``not_leads`` includes the others."""
    found: dict[Stage, list[LeadView]] = {stage: [] for stage in Stage}
    words = query.casefold().split()
    for lead in leads:
        if not_leads or lead.status is not Status.NOT_LEAD:
            haystack = _haystack(lead) if words else ""
            if all(word in haystack for word in words):
                found[lead.stage].append(lead)
    for cards in found.values():
        cards.sort(key=attrgetter("last_message_at"), reverse=True)
    return {stage: tuple(cards) for stage, cards in found.items()}


_haystacks: dict[str, tuple[LeadView, str]] = {}
_MOST_HAYSTACKS = 1 << 16


def _haystack(lead: LeadView) -> str:
    """What a lead is searched by, kept: with every key that is typed every lead is asked."""
    known = _haystacks.get(lead.id)
    if known is not None and known[0] is lead:
        return known[1]
    digits = lead.phone or ""
    local = "0" + digits[3:] if digits.startswith("+62") else ""
    tags = " ".join(f"#{one_line(tag)}" for tag in lead.tags)
    need = one_line(lead.need or "")
    found = " ".join((lead_name(lead), product(lead.product), need, digits, local, tags)).casefold()
    if len(_haystacks) >= _MOST_HAYSTACKS:
        _haystacks.clear()
    _haystacks[lead.id] = (lead, found)
    return found


def hidden_count(leads: Iterable[LeadView]) -> int:
    """How many are not leads."""
    return sum(lead.status is Status.NOT_LEAD for lead in leads)


def neighbour(stage: Stage, step: int) -> Stage | None:
    """The stage ``step`` columns to the right (negative: left), or None beyond the ends."""
    stages: Sequence[Stage] = tuple(Stage)
    index = stages.index(stage) + step
    return stages[index] if 0 <= index < len(stages) else None
