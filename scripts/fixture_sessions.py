"""The numbers of the invented shop: what its services say of them, and linking one by hand."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from board_fixture import NOW, TENANT, FakeServices, ago, session

from waagent.domain.pacing import DecidedBy
from waagent.domain.session_hours import SessionHour, first_hour
from waagent.domain.sessions import SessionState
from waagent.domain.views import (
    ConnectEvent,
    GapDay,
    HeldView,
    HostView,
    PacingView,
    SessionDetails,
    SessionEventView,
    SessionHealth,
    SessionView,
    Tenant,
)
from waagent.errors import ConflictError, NotFoundError

QR = ConnectEvent(
    event="qr",
    code="https://wa.me/settings/linked_devices#2@" + "Ab9cD8eF7gH6," * 17 + "1",
    expires_in=60,
)
TYPED = ConnectEvent(event="code", code="K7QW-2MXA", expires_in=120)
PAIRED = ConnectEvent(event="paired", jid="6281298765432:3@s.whatsapp.net")
CONNECTED = ConnectEvent(event="connected", phone="+6281298765432", session="kasir")


def three_numbers() -> list[SessionView]:
    """One well, one that was logged out, one suspended."""
    return [
        session(connected_at=ago(372), outbox=3),
        session(
            id="session-2",
            name="kasir",
            phone="+6281298765432",
            state=SessionState.LOGGED_OUT,
            reason="device_removed",
            owner=None,
            outbox=0,
            last_event_at=ago(95),
            down_since=ago(95),
        ),
        session(
            id="session-3",
            name="gudang",
            phone=None,
            state=SessionState.SUSPENDED,
            owner=None,
            outbox=0,
            last_event_at=None,
        ),
    ]


def past_events() -> tuple[SessionEventView, ...]:
    """A number's last events, newest first."""
    rows = (
        (372, SessionState.CONNECTED, None, None),
        (372.4, SessionState.CONNECTING, None, "restart"),
        (390, SessionState.DISCONNECTED, "503", "retry"),
        (2900, SessionState.CONNECTED, None, None),
        (2901, SessionState.CONNECTING, "linked", None),
        (2903, SessionState.PAIRING, "qr", None),
    )
    return tuple(
        SessionEventView(at=ago(minutes), state=state, reason=reason, action=action)
        for minutes, state, reason, action in rows
    )


def hours() -> list[SessionHour]:
    """A day of a number: quiet at night, away for a while in the morning."""
    received = (6, 9, 7, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 9, 7, 11, 15, 9, 6, 4)
    first = first_hour(NOW, len(received))
    return [
        SessionHour(
            at=first + timedelta(hours=number),
            received=count,
            sent=count * 2 // 3,
            away=18 if number == 17 else 0,
        )
        for number, count in enumerate(received)
    ]


def pacing(name: str = "main") -> PacingView:
    """The pace of a number that is six days old."""
    return PacingView(
        session=name,
        tenant=TENANT.slug,
        pacing="safe",
        number_since=None,
        age_days=6,
        decided_by=DecidedBy.FIRST_PAIRED_AT,
        sent_today=87,
        day_cap=250,
        unasked_today=4,
        follow_up_cap=12,
        grows_in_days=2,
        grows_to=500,
        next_reply_at=NOW,
        next_follow_up_at=NOW + timedelta(minutes=12),
        quiet_hours=True,
        quiet_now=False,
        frozen_until=None,
        freeze_reason=None,
        follow_ups_moved=None,
        held=(
            HeldView(
                reason="session_rate",
                messages=2,
                first=NOW + timedelta(minutes=1),
                last=NOW + timedelta(minutes=2),
            ),
        ),
    )


def host(number: int, *, sessions: int = 1, alive: bool = True) -> HostView:
    """A host."""
    return HostView(
        id=f"host-{number}",
        machine="ruko",
        pid=100 + number,
        sessions=sessions,
        capacity=50,
        draining=False,
        started_at=ago(500),
        seen_at=NOW,
        alive=alive,
    )


@dataclass
class _Part:
    all: FakeServices


class FakeSessions(_Part):
    """Numbers, their details, and moves."""

    def list(self, tenant: Tenant) -> list[SessionView]:
        self.all.called("sessions.list")
        return list(self.all.session_list)

    def show(self, tenant: Tenant, name: str, *, events: int = 20) -> SessionDetails:
        self.all.called("sessions.show", name)
        found = next((each for each in self.all.session_list if each.name == name), None)
        if found is None:
            raise NotFoundError(f"no session {name!r}")
        told = past_events()[:events] if found.phone else ()
        counts = SessionHealth(last_inbound_at=ago(0.2), disconnects=2, client_restarts=1)
        return SessionDetails(session=found, health=counts, events=told)

    def hours(self, tenant: Tenant, name: str) -> Sequence[SessionHour]:
        return hours() if name == "main" else []

    def move(self, tenant: Tenant, name: str, host: str | None, *, actor: str) -> SessionView:
        self.all.called("sessions.move", name, host or "", actor)
        return put_session(self.all, name, owner=host)


class FakeSuspension(_Part):
    """Suspending and resuming."""

    def suspend(self, tenant: Tenant, name: str, *, actor: str) -> None:
        self.all.called("suspension.suspend", name, actor)
        put_session(self.all, name, state=SessionState.SUSPENDED, owner=None)

    def resume(self, tenant: Tenant, name: str, *, actor: str) -> None:
        self.all.called("suspension.resume", name, actor)
        put_session(self.all, name, state=SessionState.CONNECTED, owner="host-1")


class FakeHosts(_Part):
    """Two hosts that answer and one that does not."""

    def list(self) -> list[HostView]:
        self.all.called("hosts.list")
        return [host(1, sessions=3), host(2), host(3, alive=False)]

    def drain(self, host_id: str) -> HostView:
        self.all.called("hosts.drain", host_id)
        return host(1, sessions=3)


class FakeOnboarding(_Part):
    """Linking: its steps are what a test puts into ``steps``; ``stopped`` counts those given up."""

    def __init__(self, all_: FakeServices) -> None:
        super().__init__(all_)
        self.steps: queue.Queue[ConnectEvent | Exception] = queue.Queue()
        self.stopped = 0

    def connect(
        self,
        tenant: Tenant,
        *,
        session: str,
        timeout_s: float,
        phone: str | None,
        change_number: bool,
        actor: str,
        stop: threading.Event,
    ) -> Iterator[ConnectEvent]:
        changed = "change" if change_number else ""
        self.all.called("onboarding.connect", session, phone or "", changed, actor)
        if any(s.name == session and s.state == "connected" for s in self.all.session_list):
            raise ConflictError(f"the session {session!r} is connected already")
        while not stop.is_set():
            try:
                step = self.steps.get(timeout=0.02)
            except queue.Empty:
                continue
            if isinstance(step, Exception):
                raise step
            yield step
            if step.event not in ("qr", "code", "paired"):
                return
        self.stopped += 1


class FakePacing(_Part):
    """The pace of a number."""

    def report(self, tenant: Tenant, session: str) -> PacingView:
        self.all.called("pacing.report", session)
        return pacing(session)


class FakeGaps(_Part):
    """Two messages of this week that cannot be read yet."""

    def days(self, tenant: Tenant, days: int = 7) -> list[GapDay]:
        day = NOW.date()
        return [
            GapDay(
                day=day, session="main", undecryptable=3, unavailable=0, late=1, resolved=2, open=2
            )
        ]


def put_session(services: FakeServices, name: str, **values: object) -> SessionView:
    """Change a number; what it is now."""
    services.session_list = [
        replace(each, **values) if each.name == name else each  # type: ignore[arg-type]
        for each in services.session_list
    ]
    return next(each for each in services.session_list if each.name == name)
