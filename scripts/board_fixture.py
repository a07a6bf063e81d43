"""A fictional shop, "Dapur Bu Rini", as the board's services would show it: for pictures and tests.

Everything here is invented. State-based: moving a card or replying changes what is listed, and the
change feed tells of it, as with the real services.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fixture_operator import FixtureOverview
from fixture_reports import FixtureReports

from waagent.domain.brain_views import InsightView
from waagent.domain.followups import Approval, FollowUpState, FollowUpStop
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.lead_views import StageView
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.sessions import SessionState
from waagent.domain.views import (
    Change,
    ContactView,
    FollowUpView,
    LeadView,
    MessageView,
    SessionView,
    Tenant,
)
from waagent.errors import NotFoundError

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
"""14.30 in Jakarta, on a Monday."""

TENANT = Tenant(id="t1", slug="dapur-bu-rini", name="Dapur Bu Rini", timezone="Asia/Jakarta")


def clock() -> datetime:
    """The shop's frozen time."""
    return NOW


def ago(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


def lead(number: int, **values: object) -> LeadView:
    """A lead; ``values`` replace what is usual."""
    base = LeadView(
        id=f"lead-{number}",
        conversation_id=f"chat-{number}",
        phone=f"+6281234567{number:03d}",
        name=f"Pelanggan {number}",
        stage=Stage.NEW,
        status=Status.NEW_LEAD,
        intent=Intent.PRICE_INQUIRY,
        sentiment=Sentiment.NEUTRAL,
        product="kue_lapis",
        need="Mau tahu harga kue lapis.",
        follow_up_at=None,
        last_message_at=ago(number * 7),
        unread=0,
        updated_at=ago(number * 7),
    )
    return replace(base, **values)  # type: ignore[arg-type]


_New, _Con, _Qua, _Neg, _Won, _Lost = Stage
_ROWS: tuple[tuple[str | None, Stage, Status | None, str | None, Sentiment, float, int, float], ...]
_ROWS = (
    # name, stage, status, product, sentiment, age (min), unread, follow-up in (h; 0: none)
    ("Ibu Ratna", _New, Status.NEW_LEAD, "kue_lapis", Sentiment.NEUTRAL, 0.5, 2, 0),
    (None, _New, None, None, Sentiment.NEUTRAL, 3, 1, 0),
    ("Mas Yoga 🙏", _New, Status.NEW_LEAD, "nasi_box", Sentiment.POSITIVE, 26, 0, 23.5),
    ("Bu Endang Sulistyowati", _Con, Status.NEW_LEAD, "tumpeng", Sentiment.NEUTRAL, 48, 0, 3),
    ("Pak Hadi (kelurahan)", _Con, Status.NEW_LEAD, "snack_box", Sentiment.NEUTRAL, 95, 0, 17.5),
    ("Kak Dinda", _Qua, Status.WARM_LEAD, "snack_box", Sentiment.POSITIVE, 9, 1, 0),
    ("Teh Neneng", _Qua, Status.WARM_LEAD, "kue_ulang_tahun", Sentiment.NEGATIVE, 130, 0, 1.5),
    ("Bang Togar", _Qua, Status.WARM_LEAD, "nasi_box", Sentiment.NEUTRAL, 1500, 0, 18),
    ("Bu Sri Wahyuni", _Neg, Status.HOT_LEAD, "tumpeng", Sentiment.POSITIVE, 4, 1, 0),
    ("Mbak Ayu", _Neg, Status.HOT_LEAD, "risol_mayo", Sentiment.NEUTRAL, 22, 0, 6),
    ("Pak Budi", _Won, Status.CUSTOMER, "nasi_box", Sentiment.POSITIVE, 61, 0, 0),
    ("Ce Lina", _Won, Status.CUSTOMER, "kue_lapis", Sentiment.POSITIVE, 300, 0, 0),
    ("Bu Tuti", _Won, Status.CUSTOMER, "lemper", Sentiment.NEGATIVE, 420, 0, 0),
    ("Om Wayan", _Lost, Status.LOST, "nasi_box", Sentiment.NEGATIVE, 2900, 0, 0),
    ("Sales Parfum", _New, Status.NOT_LEAD, None, Sentiment.NEUTRAL, 200, 0, 0),
)  # fmt: skip


def leads() -> list[LeadView]:
    """The shop's leads."""
    found = []
    for number, row in enumerate(_ROWS, 1):
        name, stage, status, product, sentiment, minutes, unread, due = row
        found.append(
            lead(
                number,
                name=name,
                phone=None if name is None else f"+62812345678{number:02d}",
                stage=stage,
                status=status,
                intent=None if status is None else Intent.PRICE_INQUIRY,
                product=product,
                sentiment=None if status is None else sentiment,
                last_message_at=ago(minutes),
                updated_at=ago(minutes),
                unread=unread,
                follow_up_at=NOW + timedelta(hours=due) if due else None,
            )
        )
    return found


def session(**values: object) -> SessionView:
    """The shop's number, well; ``values`` replace what is usual."""
    base = SessionView(
        id="session-1",
        tenant=TENANT.slug,
        name="main",
        phone="+6281234567890",
        state=SessionState.CONNECTED,
        reason=None,
        owner="host-1",
        last_event_at=ago(0.2),
        outbox=1,
    )
    return replace(base, **values)  # type: ignore[arg-type]


_Row = tuple[Origin, MessageKind, MessageState, float, str]
_TALK: tuple[_Row, ...] = (
    # who, what, state, age (min), text
    (Origin.CUSTOMER, MessageKind.TEXT, MessageState.RECEIVED, 1530,
     "Assalamualaikum bu, tumpeng untuk 25 orang berapa ya? "
     "Acaranya syukuran rumah hari Sabtu 🙏"),
    (Origin.PHONE, MessageKind.TEXT, MessageState.READ, 1520,
     "Waalaikumsalam Bu Sri 😊 Untuk 25 porsi 850 ribu, sudah lengkap dengan 7 lauk."),
    (Origin.CUSTOMER, MessageKind.IMAGE, MessageState.RECEIVED, 1511,
     "Kalau hiasnya seperti ini bisa?"),
    (Origin.HUMAN, MessageKind.TEXT, MessageState.READ, 1490,
     "Bisa bu, tambah 50 ribu untuk hias wortel dan timun."),
    (Origin.FOLLOW_UP, MessageKind.TEXT, MessageState.DELIVERED, 50,
     "Selamat siang Bu Sri, kami masih simpan tanggal Sabtu untuk tumpengnya. "
     "Jadi dipesan, bu?"),
    (Origin.CUSTOMER, MessageKind.TEXT, MessageState.RECEIVED, 4,
     "Jadi bu! Saya DP dulu 300 ribu ya, minta nomor rekeningnya"),
)  # fmt: skip


def talk(conversation_id: str = "chat-9") -> list[MessageView]:
    """A conversation, oldest first."""
    return [
        MessageView(
            id=f"{conversation_id}-m{number}",
            conversation_id=conversation_id,
            direction=Direction.IN if origin is Origin.CUSTOMER else Direction.OUT,
            origin=origin,
            phone="+6281234567809",
            kind=kind,
            text=text,
            state=state,
            at=ago(minutes),
        )
        for number, (origin, kind, state, minutes, text) in enumerate(_TALK, 1)
    ]


def insight() -> InsightView:
    """What the engine says of that conversation."""
    return InsightView(
        status=Status.HOT_LEAD,
        intent=Intent.PAYMENT,
        sentiment=Sentiment.POSITIVE,
        product="tumpeng",
        need="Mau membayar uang muka 300 ribu untuk tumpeng 25 porsi hari Sabtu.",
        needs_follow_up=True,
        confidence=0.93,
        engine="local",
        model="e5-small-1",
        created_at=ago(3.5),
    )


def followups() -> list[FollowUpView]:
    """Planned and past follow-ups."""
    rows = [
        FollowUpView(
            id=f"followup-{card.id}",
            lead=card.id,
            phone=card.phone,
            name=card.name,
            due_at=card.follow_up_at,
            state=FollowUpState.PENDING,
            reason=None,
            text=f"Halo {card.name}, soal {(card.product or '').replace('_', ' ')} yang "
            "ditanyakan, masih berminat? Kalau sudah tidak perlu, bilang saja ya 😊",
            rule="qualified/*" if card.stage is _Qua else "default",
            template="tanya-produk",
            variant="tanya-produk",
            approval=Approval.WANTED if card.stage is _Qua else None,
            stops=(FollowUpStop.APPROVAL,) if card.stage is _Qua else (),
        )
        for card in leads()
        if card.follow_up_at is not None
    ]
    past = FollowUpView(
        id="followup-past",
        lead="lead-11",
        phone="+6281234567811",
        name="Pak Budi",
        due_at=ago(300),
        state=FollowUpState.CANCELLED,
        reason="purchased",
    )
    return [*rows, past]


@dataclass
class FakeServices:
    """The services of the shop, in memory. ``broken`` maps a call's name to the error it raises."""

    card_list: list[LeadView] = field(default_factory=leads)
    session_list: list[SessionView] = field(default_factory=lambda: [session()])
    followup_list: list[FollowUpView] = field(default_factory=followups)
    talks: dict[str, list[MessageView]] = field(default_factory=lambda: {"chat-9": talk()})
    tenant_list: list[Tenant] = field(default_factory=lambda: [TENANT])
    stage_names: dict[Stage, str] = field(default_factory=dict)
    broken: dict[str, Exception] = field(default_factory=dict)
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """One object for each name of the port."""
        self.feed: queue.Queue[Change | Exception | None] = queue.Queue()
        self.tenants = _Tenants(self)
        import fixture_followups  # not above: they stand on this module
        import fixture_inbox
        import fixture_sessions

        self.sessions = fixture_sessions.FakeSessions(self)
        self.suspension = fixture_sessions.FakeSuspension(self)
        self.hosts = fixture_sessions.FakeHosts(self)
        self.onboarding = fixture_sessions.FakeOnboarding(self)
        self.pacing = fixture_sessions.FakePacing(self)
        self.gaps = fixture_sessions.FakeGaps(self)
        self.follow_up_desk = fixture_followups.FakeDesk(self)
        self.leads = _Leads(self)
        self.messages = _Messages(self)
        self.contacts = _Contacts(self)
        self.followups = _FollowUps(self)
        self.changes = _Changes(self)
        self.conversations = fixture_inbox.FakeConversations(self)
        self.replies = fixture_inbox.FakeReplies(self)
        self.message_actions = fixture_inbox.FakeMessageActions(self)
        self.media = fixture_inbox.FakeMedia(self)
        self.templates = fixture_inbox.FakeTemplates(self)
        self.corrections = fixture_inbox.FakeCorrections(self)
        self.lead_details = fixture_inbox.FakeLeadDetails(self)
        self.reports = FixtureReports(now=NOW, called=self.called)
        self.overview = FixtureOverview(now=NOW, called=self.called)

    def called(self, *call: str) -> None:
        """Note a call, and fail if it is to."""
        self.calls.append(call)
        if call[0] in self.broken:
            raise self.broken[call[0]]

    def tell(self, change: Change | Exception) -> None:
        """Put a change (or a fault) into the feed."""
        self.feed.put(change)

    def put_lead(self, changed: LeadView) -> None:
        """Add or replace a lead and tell of it."""
        others = [card for card in self.card_list if card.id != changed.id]
        self.card_list = [*others, replace(changed, updated_at=NOW)]
        self.tell(Change(kind="lead", id=changed.id, conversation_id=changed.conversation_id))

    def put_message(self, message: MessageView) -> None:
        """Add a message and tell of it."""
        self.talks.setdefault(message.conversation_id, []).append(message)
        self.tell(Change(kind="message", id=message.id, conversation_id=message.conversation_id))


@dataclass
class _Part:
    all: FakeServices


class _Tenants(_Part):
    def list(self) -> list[Tenant]:
        return list(self.all.tenant_list)

    def get(self, ref: str) -> Tenant:
        for tenant in self.all.tenant_list:
            if ref in (tenant.slug, tenant.id):
                return tenant
        raise NotFoundError(f"no shop {ref}")

    def create(self, name: str) -> Tenant:
        self.all.called("tenants.create", name)
        made = replace(TENANT, id=f"t-{len(self.all.tenant_list)}", slug="baru", name=name)
        self.all.tenant_list.append(made)
        return made


class _Leads(_Part):
    def list(self, tenant: Tenant) -> list[LeadView]:
        self.all.called("leads.list")
        return list(self.all.card_list)

    def versions(self, tenant: Tenant) -> dict[str, int]:
        self.all.called("leads.versions")
        return {card.id: hash(card) for card in self.all.card_list}

    def stages(self, tenant: Tenant) -> Sequence[StageView]:
        named = self.all.stage_names.items()
        return [StageView(stage=stage, name=name, renamed=True) for stage, name in named]

    def get(self, tenant: Tenant, lead_id: str) -> LeadView:
        self.all.called("leads.get", lead_id)
        for card in self.all.card_list:
            if card.id == lead_id:
                return card
        raise NotFoundError("no such lead")

    def move(self, tenant: Tenant, lead_id: str, stage: Stage) -> LeadView:
        self.all.called("leads.move", lead_id, stage)
        self.all.put_lead(replace(self.get(tenant, lead_id), stage=stage))
        return self.get(tenant, lead_id)

    def insight(self, tenant: Tenant, conversation_id: str) -> InsightView | None:
        self.all.called("leads.insight", conversation_id)
        return insight() if conversation_id == "chat-9" else None


class _Messages(_Part):
    def list(
        self,
        tenant: Tenant,
        *,
        conversation_id: str | None = None,
        before: str | None = None,
        limit: int = 500,
    ) -> list[MessageView]:
        self.all.called("messages.list", conversation_id or "")
        found = self.all.talks.get(conversation_id or "", [])
        end = next((i for i, each in enumerate(found) if each.id == before), len(found))
        return found[max(end - limit, 0) : end]

    def reply(self, tenant: Tenant, conversation_id: str, text: str) -> MessageView:
        self.all.called("messages.reply", conversation_id, text)
        number = len(self.all.talks.get(conversation_id, ())) + 1
        message = MessageView(
            id=f"{conversation_id}-m{number}",
            conversation_id=conversation_id,
            direction=Direction.OUT,
            origin=Origin.HUMAN,
            phone=None,
            kind=MessageKind.TEXT,
            text=text,
            state=MessageState.QUEUED,
            at=NOW,
        )
        self.all.put_message(message)
        return message

    def mark_read(self, tenant: Tenant, conversation_id: str) -> None:
        self.all.called("messages.mark_read", conversation_id)


class _Contacts(_Part):
    def list(self, tenant: Tenant) -> list[ContactView]:
        self.all.called("contacts.list")
        return [
            ContactView(
                id="contact-90",
                name="Bu Lurah",
                phone="+6281234567890",
                has_lid=False,
                opted_out=False,
                merges=0,
                last_message_at=None,
            )
        ]


class _FollowUps(_Part):
    def list(self, tenant: Tenant) -> list[FollowUpView]:
        self.all.called("followups.list")
        return list(self.all.followup_list)


class _Changes(_Part):
    def listen(self, tenant: Tenant, stop: threading.Event) -> Iterator[Change]:
        while not stop.is_set():
            try:
                change = self.all.feed.get(timeout=0.05)
            except queue.Empty:
                continue
            if isinstance(change, Exception):
                raise change
            if change is not None:
                yield change


__all__ = ["NOW", "TENANT", "FakeServices", "ago", "clock", "lead", "session"]
