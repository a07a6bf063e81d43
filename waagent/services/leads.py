"""The lead board: its cards, its stages and what a shop calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from waagent.domain.brain_views import InsightView
from waagent.domain.followups import CancelReason
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.lead_views import StageView
from waagent.domain.leads import CLOSED, Stage
from waagent.domain.scoring import ScoreFacts, score
from waagent.domain.views import LeadView, Tenant
from waagent.errors import ConflictError, NotFoundError
from waagent.i18n import t
from waagent.services import insights
from waagent.services.core import Core, Scope
from waagent.services.followup_plans import cancel_follow_ups
from waagent.services.ids import clean_name, require_id

MAX_STAGE_NAME = 40


@dataclass(slots=True)  # not frozen: ten thousand are made in half the time
class _Row:
    id: str
    conversation_id: str
    phone_enc: bytes | None
    name_enc: bytes | None
    stage: str
    stage_named: str | None
    status: str | None
    intent: str | None
    sentiment: str | None
    product: str | None
    need_enc: bytes | None
    follow_up_at: datetime | None
    last_message_at: datetime
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    unread: int
    assignee: str | None
    value: int | None
    suggested_value: int | None
    closed_at: datetime | None
    tags: list[str]
    notes: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class _Lead:
    id: str
    stage: str
    stage_by: str


@dataclass(frozen=True, slots=True)
class _Version:
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class _StageName:
    stage: str
    name: str


class LeadService:
    """Reads the board and moves its cards."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self, tenant: Tenant) -> list[LeadView]:
        """All leads of a shop, the newest conversation first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "leads.list", lead_id=None)
        now = datetime.now(UTC)
        return [_view(scope, row, now) for row in rows]

    def versions(self, tenant: Tenant) -> dict[str, int]:
        """For each lead a number that is another one as soon as its view would be.

        But for the score, which also changes with time. Far cheaper than :meth:`list`.
        """
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Version, "leads.versions")
        return {row.id: row.version for row in rows}

    def get(self, tenant: Tenant, lead_id: str) -> LeadView:
        """One lead.

        Raises:
            NotFoundError: the shop has no such lead.
        """
        with self._core.tenant(tenant.id) as scope:
            return find_lead(scope, lead_id)

    def move(self, tenant: Tenant, lead_id: str, stage: Stage) -> LeadView:
        """Put a lead into a stage by hand; rules will not move it back.

        Raises:
            NotFoundError: the shop has no such lead.
        """
        with self._core.tenant(tenant.id) as scope:
            return move_by_hand(scope, find_lead(scope, lead_id), stage)

    def stages(self, tenant: Tenant) -> tuple[StageView, ...]:
        """The stages in the order of a sale, by the names the shop gives them."""
        with self._core.tenant(tenant.id) as scope:
            return _stages(_own_names(scope))

    def rename_stages(self, tenant: Tenant, names: Mapping[Stage, str]) -> tuple[StageView, ...]:
        """Call stages something else; an empty name gives a stage its usual one back.

        Raises:
            InvalidInputError: a name is longer than 40 characters, or has control characters.
            ConflictError: two stages would have one name.
        """
        with self._core.tenant(tenant.id) as scope:
            for stage, name in names.items():
                if name.strip():
                    clean = clean_name(name, "a stage's name", MAX_STAGE_NAME)
                    scope.tx.run("leads.rename_stage", stage=stage.value, name=clean)
                else:
                    scope.tx.run("leads.unname_stage", stage=stage.value)
            found = _stages(_own_names(scope))
            if len({view.name.casefold() for view in found}) < len(found):
                raise ConflictError(
                    "two stages would have the same name", hint="see them: waagent lead stages"
                )
            return found

    def insight(self, tenant: Tenant, conversation_id: str) -> InsightView | None:
        """The newest insight of a conversation, or None."""
        with self._core.tenant(tenant.id) as scope:
            row = insights.newest(scope, require_id(conversation_id, "conversation"))
            return None if row is None else insights.view(scope, row)


def find_lead(scope: Scope, lead_id: str) -> LeadView:
    """One lead. Raises NotFoundError where the shop has none of that id."""
    row = scope.tx.one(_Row, "leads.list", lead_id=require_id(lead_id, "lead"))
    if row is None:
        raise NotFoundError(f"no lead {lead_id}", hint="see them: waagent lead list")
    return _view(scope, row, datetime.now(UTC))


def move_by_hand(scope: Scope, view: LeadView, stage: Stage) -> LeadView:
    """Put a lead where a person wants it, and take back the follow-ups of a sale that is closed."""
    scope.tx.column("conversations.lock", conversation_ids=[view.conversation_id])
    lead = scope.tx.one(_Lead, "leads.get", lead_id=view.id)
    if lead is not None and lead.stage != stage:
        scope.tx.run(
            "leads.move",
            lead_id=lead.id,
            from_stage=lead.stage,
            to_stage=stage.value,
            moved_by="human",
        )
        scope.changed("lead", lead.id, view.conversation_id)
    if stage in CLOSED:
        reason = CancelReason.PURCHASED if stage is Stage.WON else CancelReason.NOT_OPEN
        cancel_follow_ups(scope, [view.conversation_id], reason)
    return find_lead(scope, view.id)


def _own_names(scope: Scope) -> dict[Stage, str]:
    rows = scope.tx.all(_StageName, "leads.stage_names")
    return {Stage(row.stage): row.name for row in rows}


def _stages(own: Mapping[Stage, str]) -> tuple[StageView, ...]:
    return tuple(
        StageView(stage=stage, name=own.get(stage) or t(f"stage.{stage}"), renamed=stage in own)
        for stage in Stage
    )


def _view(scope: Scope, row: _Row, now: datetime) -> LeadView:
    facts = ScoreFacts(
        stage=Stage(row.stage),
        status=None if row.status is None else Status(row.status),
        intent=None if row.intent is None else Intent(row.intent),
        sentiment=None if row.sentiment is None else Sentiment(row.sentiment),
        last_inbound_at=row.last_inbound_at,
        last_outbound_at=row.last_outbound_at,
    )
    return LeadView(
        id=row.id,
        conversation_id=row.conversation_id,
        phone=scope.phone(row.phone_enc),
        name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        stage=facts.stage,
        stage_name=row.stage_named or t(f"stage.{row.stage}"),
        status=facts.status,
        intent=facts.intent,
        sentiment=facts.sentiment,
        product=row.product,
        need=scope.cipher.decrypt_or_none(row.need_enc, "customer_insights.need"),
        follow_up_at=row.follow_up_at,
        last_message_at=row.last_message_at,
        unread=row.unread,
        updated_at=row.updated_at,
        score=score(facts, now),
        assignee=row.assignee,
        value=row.value,
        suggested_value=row.suggested_value,
        closed_at=row.closed_at,
        tags=tuple(row.tags),
        notes=row.notes,
    )
