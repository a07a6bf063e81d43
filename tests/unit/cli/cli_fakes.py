"""Services that only remember what they were asked, and what a run of the command left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from waagent.domain.followups import FollowUpState
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.lead_views import StageView
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.sessions import SessionState
from waagent.domain.views import (
    ConnectEvent,
    FollowUpView,
    LeadView,
    MessageView,
    SessionView,
    Tenant,
)
from waagent.errors import NotFoundError
from waagent.services.drafts import Draft
from waagent.settings import Settings

AT = datetime(2026, 11, 22, 7, 39, 5, 250_000, tzinfo=UTC)
SHOP = Tenant(id="t-1", slug="kopi-senja", name="Kopi Senja", timezone="Asia/Jakarta")
SESSION = SessionView(
    id="s-1",
    tenant="kopi-senja",
    name="main",
    phone="+6281100000001",
    state=SessionState.CONNECTED,
    reason=None,
    owner="host-1",
    last_event_at=AT,
    outbox=2,
)
LEAD = LeadView(
    id="l-1",
    conversation_id="c-1",
    phone="+6281200000001",
    name="Budi",
    stage=Stage.QUALIFIED,
    status=Status.WARM_LEAD,
    intent=Intent.PRICE_INQUIRY,
    sentiment=Sentiment.NEUTRAL,
    product="kopi susu",
    need=None,
    follow_up_at=None,
    last_message_at=AT,
    unread=1,
    updated_at=AT,
)
MESSAGE = MessageView(
    id="m-1",
    conversation_id="c-1",
    direction=Direction.IN,
    origin=Origin.CUSTOMER,
    phone="+6281200000001",
    kind=MessageKind.TEXT,
    text="[bold]harga?[/bold]\x1b[2J\nya",
    state=MessageState.RECEIVED,
    at=AT,
)
FOLLOW_UP = FollowUpView(
    id="f-1",
    lead="l-1",
    phone="+6281200000001",
    name="Budi",
    due_at=AT,
    state=FollowUpState.PENDING,
    reason=None,
)


STAGES = tuple(StageView(stage=stage, name=stage.upper(), renamed=False) for stage in Stage)


@dataclass
class FakeServices:
    """Answers from its lists, and keeps what it was asked to do."""

    settings: Settings
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    shops: list[Tenant] = field(default_factory=lambda: [SHOP])
    events: list[ConnectEvent | Exception] = field(default_factory=list)
    closed: bool = False
    shown: FollowUpView = FOLLOW_UP
    lead_details: Any = None
    reports: Any = None

    @property
    def tenants(self) -> Any:
        return SimpleNamespace(create=self._create, get=self._get, list=lambda: self.shops)

    @property
    def sessions(self) -> Any:
        return SimpleNamespace(list=lambda shop=None: [SESSION] if self.shops else [])

    @property
    def onboarding(self) -> Any:
        return SimpleNamespace(connect=self._connect)

    @property
    def leads(self) -> Any:
        won = replace(LEAD, id="l-2", stage=Stage.WON, status=Status.CUSTOMER)
        return SimpleNamespace(
            list=lambda shop: [LEAD, won],
            move=lambda shop, lead, to: replace(LEAD, stage=to),
            stages=lambda shop: STAGES,
            rename_stages=self._rename_stages,
        )

    @property
    def messages(self) -> Any:
        return SimpleNamespace(list=self._list_messages)

    @property
    def replies(self) -> Any:
        return SimpleNamespace(send=self._send)

    @property
    def message_actions(self) -> Any:
        return SimpleNamespace(
            edit=partial(self._act, "edit"),
            delete=partial(self._act, "delete"),
            react=partial(self._act, "react"),
            resolve=partial(self._act, "resolve"),
        )

    @property
    def followups(self) -> Any:
        return SimpleNamespace(list=lambda shop: [FOLLOW_UP], get=lambda shop, which: self.shown)

    def _rename_stages(self, shop: Tenant, names: dict[Stage, str]) -> tuple[StageView, ...]:
        self.calls.append(("rename", names))
        return STAGES

    def _create(self, name: str, *, timezone: str) -> Tenant:
        self.calls.append(("create", name, timezone))
        return replace(SHOP, name=name, timezone=timezone)

    def _get(self, ref: str) -> Tenant:
        if ref not in (SHOP.slug, SHOP.id):
            raise NotFoundError(f"no shop {ref!r}", hint="see: waagent tenant list")
        return SHOP

    def _connect(
        self, shop: Tenant, *, session: str, timeout_s: float, **how: object
    ) -> Iterator[ConnectEvent]:
        self.calls.append(("connect", shop.slug, session, timeout_s, how))
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed = True

    def _list_messages(
        self,
        shop: Tenant,
        *,
        phone: str | None,
        conversation_id: str | None = None,
        state: MessageState | None,
        before: str | None = None,
        limit: int,
    ) -> list[MessageView]:
        self.calls.append(("messages", phone, state, limit))
        return [MESSAGE][:limit]

    def _send(self, shop: Tenant, phone: str, draft: Draft) -> MessageView:
        self.calls.append(("send", phone, draft))
        return replace(
            MESSAGE, direction=Direction.OUT, origin=Origin.HUMAN, text=draft.text, state="queued"
        )

    def _act(self, what: str, shop: Tenant, message_id: str, *how: Any, **who: Any) -> MessageView:
        self.calls.append((what, message_id, *how, *who))
        return replace(MESSAGE, id=message_id, direction=Direction.OUT, state=MessageState.SENT)


@dataclass(frozen=True)
class Outcome:
    """What one run left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        return found


Run = Callable[..., Outcome]


def connect_events(*events: ConnectEvent | Exception) -> Sequence[ConnectEvent | Exception]:
    """A first QR code, then ``events``."""
    code = "https://wa.me/settings/linked_devices#2@abc,def,ghi,jkl,1"
    return [ConnectEvent(event="qr", code=code, expires_in=60), *events]
