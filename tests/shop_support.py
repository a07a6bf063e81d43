"""A shop under test with its people, and a connection that looks behind the application's back."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from waagent.ai.port import ANY_SHOP, ShopContext
from waagent.bootstrap import HostServices, Services
from waagent.domain.followups import Policy
from waagent.domain.labels import Classification, Intent, Sentiment, Status, Turn
from waagent.domain.messages import InboundMedia, InboundMessage, MessageKind, Origin
from waagent.domain.views import LeadView, MessageView, Tenant
from waagent.embedded import Backend
from waagent.services.followups import FollowUpService
from waagent.services.inbound import Arrival
from waagent.services.leases import Lease
from waagent.services.understanding import UnderstandingService

DAY = timedelta(days=1)
AT_ONCE = Policy(after=DAY, mute=timedelta(0), quiet_hours=False, hold_out=0)
"""Follow-ups go out at any hour, soon after a person wrote, and all of them."""
_PHONES = itertools.count(6281210000001)
_LIDS = itertools.count(111000000000001)
_MESSAGES = itertools.count(1)


def superuser_url(backend: Backend, home: Path) -> str:
    """The embedded server's superuser, whose password waagent itself never uses after starting."""
    password = (home / "secrets" / "postgres.password").read_text().strip()
    parts = urlsplit(backend.database_url)
    return f"postgresql://postgres:{quote(password)}@{parts.path}?{parts.query}"


class Admin:
    """A superuser's connection, in autocommit mode, with waagent's schema in its path."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("set search_path to waagent, public")

    def __enter__(self) -> Admin:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def rows(self, query: str, *params: object) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.connection.execute(cast(LiteralString, query), params).fetchall()

    def value(self, query: str, *params: object) -> Any:
        """The first column of the only row."""
        ((value, *_),) = self.rows(query, *params)
        return value

    def run(self, query: str, *params: object) -> int:
        """How many rows were touched."""
        return self.connection.execute(cast(LiteralString, query), params).rowcount

    def create_database(self, owner: str = "waagent") -> str:
        """A fresh database's name."""
        name = f"fresh_{uuid4().hex[:12]}"
        create = sql.SQL("create database {} owner {}")
        self.connection.execute(create.format(sql.Identifier(name), sql.Identifier(owner)))
        return name

    def drop_database(self, name: str) -> None:
        """With whoever is still connected to it."""
        drop = sql.SQL("drop database {} with (force)")
        self.connection.execute(drop.format(sql.Identifier(name)))


def eventually(holds: Callable[[], object], seconds: float = 15.0) -> None:
    """Poll until ``holds`` is true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who writes to a shop."""

    name: str | None = "Sari Wulandari"
    phone: str | None = field(default_factory=lambda: str(next(_PHONES)))
    lid: str | None = field(default_factory=lambda: str(next(_LIDS)))

    def says(
        self,
        text: str = "halo kak, nasi box ayam berapa?",
        *,
        id: str | None = None,  # noqa: A002
        at: datetime | None = None,
        kind: MessageKind = MessageKind.TEXT,
        from_me: bool = False,
        quoted: str | None = None,
        media: InboundMedia | None = None,
        history: bool = False,
    ) -> InboundMessage:
        """A message of theirs; with ``from_me`` one that the owner typed to them on the phone."""
        chat = f"{self.lid}@lid" if self.lid else f"{self.phone}@s.whatsapp.net"
        return InboundMessage(
            wa_message_id=id or f"3EB0{next(_MESSAGES):012X}",
            chat_jid=chat,
            lid=self.lid,
            phone=self.phone,
            from_me=from_me,
            push_name=None if from_me else self.name,
            kind=kind,
            text=text,
            sent_at=at or datetime.now(UTC),
            quoted_id=quoted,
            media=media,
            history=history,
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """A classifier that gives the same answer to everything, and remembers what it was asked."""

    label: Classification
    asked: list[list[Turn]] = field(default_factory=list)
    while_asked: Callable[[], object] = lambda: None
    name: str = "judge"
    shops: list[ShopContext] = field(default_factory=list)

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        self.asked.append(list(turns))
        self.shops.append(shop)
        self.while_asked()
        return self.label


def label(
    status: Status = Status.WARM_LEAD,
    intent: Intent = Intent.PRICE_INQUIRY,
    *,
    needs_follow_up: bool = True,
    product: str | None = "nasi_box",
    need: str | None = "Menanyakan harga nasi box.",
) -> Classification:
    """A classification."""
    return Classification(
        status=status,
        intent=intent,
        sentiment=Sentiment.NEUTRAL,
        needs_follow_up=needs_follow_up,
        product=product,
        need=need,
        confidence=0.75,
        engine="judge",
        model="judge@1",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A tenant, with the services bound to it."""

    tenant: Tenant
    front: Services
    host: HostServices
    admin: Admin

    @property
    def id(self) -> str:
        """The tenant's id."""
        return self.tenant.id

    def session(self, name: str = "main") -> str:
        """An unlinked session's id."""
        with self.host.core.tenant(self.id) as scope:
            return str(scope.tx.value("sessions.ensure", name=name))

    def linked(self, name: str = "main", phone: str | None = None) -> str:
        """A linked session's id, linked as the pairing worker does it."""
        session_id, pairing_id = self.session(name), str(uuid4())
        with self.host.core.tenant(self.id) as scope:
            scope.tx.run("sessions.begin_pairing", session_id=session_id, pairing_id=pairing_id)
        jid = f"{phone or next(_PHONES)}:3@s.whatsapp.net"
        lease = self.host.pairing.paired(self.id, session_id, pairing_id, jid, "9@lid")
        assert lease is not None
        self.host.leases.release(f"pairing-{pairing_id}", [session_id])
        return session_id

    def lease(self, session_id: str, owner: str = "host-1") -> Lease:
        """The session in the hands of ``owner``, as soon as nobody else is writing to its row."""
        found: list[Lease] = []

        def claim() -> bool:
            taken = self.host.leases.claim(owner, 1000, [])
            found[:] = [lease for lease in taken if lease.session_id == session_id]
            others = [lease.session_id for lease in taken if lease.session_id != session_id]
            self.host.leases.release(owner, others)
            return bool(found)

        eventually(claim)
        return found[0]

    def receive(self, session_id: str, *messages: InboundMessage) -> int:
        """Store what arrived; how many were new."""
        arrivals = [Arrival(session_id, message) for message in messages]
        return self.host.inbound.store(self.id, arrivals)

    def messages(self) -> list[MessageView]:
        """All messages."""
        return self.front.messages.list(self.tenant)

    def lead(self) -> LeadView:
        """The only lead."""
        (lead,) = self.front.leads.list(self.tenant)
        return lead

    def understanding(
        self, judge: Judge | None, after: timedelta = DAY, *, quiet_hours: bool = False
    ) -> UnderstandingService:
        """Judges by ``judge``; its follow-ups are due ``after`` the last message."""
        core = self.host.core
        policy = replace(AT_ONCE, after=after, quiet_hours=quiet_hours)
        return UnderstandingService(core, judge, policy=policy)

    def judge(self, answer: Classification, after: timedelta = DAY) -> None:
        """Have the only lead's conversation judged."""
        self.understanding(Judge(answer), after).process(self.id, self.lead().conversation_id)

    def due_follow_up(self, session_id: str, customer: Customer) -> str:
        """A conversation's id whose follow-up is due now, of a number that is connected."""
        self.connected(session_id)
        self.receive(session_id, customer.says(at=datetime.now(UTC) - 2 * DAY))
        self.judge(label())
        assert self.count("follow_ups", "state = 'pending' and due_at <= now()") == 1
        return self.lead().conversation_id

    def connected(self, session_id: str) -> None:
        """Let the session be connected, as a host would say."""
        self.admin.run("update sessions set state = 'connected' where id = %s", session_id)

    def dispatch(self) -> int:
        """Send what is due, at any hour."""
        return FollowUpService(self.host.core, AT_ONCE).dispatch_due()

    def count(self, table: str, where: str = "true") -> int:
        """How many rows of this shop a table has."""
        query = f"select count(*) from {table} where tenant_id = %s and ({where})"
        return int(self.admin.value(query, self.id))

    def column(self, query: str) -> list[Any]:
        """The first column of a query that has the tenant's id as its parameter."""
        return [row[0] for row in self.admin.rows(query, self.id)]

    def origins(self) -> list[Origin]:
        """Who wrote each message, oldest first."""
        return [message.origin for message in self.messages()]
