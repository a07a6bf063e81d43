"""The lead board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waagent.domain.followups import CancelReason
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.views import InsightView, LeadView, Tenant
from waagent.errors import NotFoundError
from waagent.services.core import Core, Scope
from waagent.services.followups import cancel_follow_ups
from waagent.services.ids import require_id


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    conversation_id: str
    phone_enc: bytes | None
    name_enc: bytes | None
    stage: str
    status: str | None
    intent: str | None
    sentiment: str | None
    product: str | None
    need_enc: bytes | None
    follow_up_at: datetime | None
    last_message_at: datetime
    unread: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class _Lead:
    id: str
    stage: str
    stage_by: str


@dataclass(frozen=True, slots=True)
class _Insight:
    status: str
    intent: str
    sentiment: str
    product: str | None
    need_enc: bytes | None
    needs_follow_up: bool
    confidence: float
    engine: str
    model: str
    created_at: datetime


class LeadService:
    """Reads the board and moves its cards."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self, tenant: Tenant) -> list[LeadView]:
        """All leads of a shop, the newest conversation first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "leads.list", lead_id=None)
        return [_view(scope, row) for row in rows]

    def get(self, tenant: Tenant, lead_id: str) -> LeadView:
        """One lead.

        Raises:
            NotFoundError: the shop has no such lead.
        """
        with self._core.tenant(tenant.id) as scope:
            return self._get(scope, lead_id)

    def move(self, tenant: Tenant, lead_id: str, stage: Stage) -> LeadView:
        """Put a lead into a stage by hand; rules will not move it back.

        Raises:
            NotFoundError: the shop has no such lead.
        """
        with self._core.tenant(tenant.id) as scope:
            view = self._get(scope, lead_id)
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
            if stage in (Stage.WON, Stage.LOST):
                reason = CancelReason.PURCHASED if stage is Stage.WON else CancelReason.NOT_OPEN
                cancel_follow_ups(scope, [view.conversation_id], reason)
            return self._get(scope, lead_id)

    def insight(self, tenant: Tenant, conversation_id: str) -> InsightView | None:
        """The newest insight of a conversation, or None."""
        with self._core.tenant(tenant.id) as scope:
            row = scope.tx.one(
                _Insight,
                "leads.insight",
                conversation_id=require_id(conversation_id, "conversation"),
            )
        if row is None:
            return None
        return InsightView(
            status=Status(row.status),
            intent=Intent(row.intent),
            sentiment=Sentiment(row.sentiment),
            product=row.product,
            need=scope.cipher.decrypt_or_none(row.need_enc, "customer_insights.need"),
            needs_follow_up=row.needs_follow_up,
            confidence=row.confidence,
            engine=row.engine,
            model=row.model,
            created_at=row.created_at,
        )

    def _get(self, scope: Scope, lead_id: str) -> LeadView:
        row = scope.tx.one(_Row, "leads.list", lead_id=require_id(lead_id, "lead"))
        if row is None:
            raise NotFoundError(f"no lead {lead_id}", hint="see them: waagent lead list")
        return _view(scope, row)


def _view(scope: Scope, row: _Row) -> LeadView:
    return LeadView(
        id=row.id,
        conversation_id=row.conversation_id,
        phone=scope.phone(row.phone_enc),
        name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        stage=Stage(row.stage),
        status=None if row.status is None else Status(row.status),
        intent=None if row.intent is None else Intent(row.intent),
        sentiment=None if row.sentiment is None else Sentiment(row.sentiment),
        product=row.product,
        need=scope.cipher.decrypt_or_none(row.need_enc, "customer_insights.need"),
        follow_up_at=row.follow_up_at,
        last_message_at=row.last_message_at,
        unread=row.unread,
        updated_at=row.updated_at,
    )
