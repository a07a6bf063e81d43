"""Linking a number, as the shop's side sees it, with a pairing worker that answers by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread
from typing import Any, cast

import pytest
from rq import Worker
from shop_support import Admin, Shop, eventually

from waagent.domain.sessions import SessionState
from waagent.domain.views import ConnectEvent, SessionDetails, SessionEventView
from waagent.errors import (
    BackendError,
    ConflictError,
    EndpointError,
    InvalidInputError,
    InvalidPhoneError,
    NotFoundError,
    RefusedError,
)
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue, JsonJob, JsonQueue
from waagent.queueing.pairing import PairingChannel
from waagent.services.leases import StateChange
from waagent.services.onboarding import OnboardingService
from waagent.services.pairings import NumberRefusedError, claim_whatsapp, same_number

pytestmark = pytest.mark.usefixtures("redis_clean")
QR = ConnectEvent(event="qr", code="https://wa.me/settings/linked_devices#2@abc", expires_in=20)


@pytest.fixture
def worker(shop: Shop, redis_clean: None) -> Iterator[None]:
    """A pairing worker that is registered, and never takes a job."""
    redis = shop.host.redis
    worker = Worker(
        [JsonQueue(names.PAIRING, connection=redis)], connection=redis, job_class=JsonJob
    )
    worker.register_birth()
    yield
    worker.register_death()


class PairingWorker:
    """What the worker does with the job, step by step."""

    def __init__(self, shop: Shop) -> None:
        (job,) = JsonQueue(names.PAIRING, connection=shop.host.redis).get_jobs()
        assert job.func_name == names.PAIR_SESSION
        tenant_id, self.session_id, self.pairing_id, self.timeout_s, sealed, change = job.args
        assert tenant_id == shop.id
        self.shop, self.pairing = shop, shop.host.pairing
        self.sealed, self.change_number = sealed, bool(change)
        self.channel: PairingChannel = self.pairing.channel(shop.id, self.pairing_id)

    def pair(self, jid: str = "6281230001000:2@s.whatsapp.net") -> None:
        lease = self.pairing.paired(
            self.shop.id,
            self.session_id,
            self.pairing_id,
            jid,
            "7@lid",
            asked=self.pairing.number(self.shop.id, self.sealed),
            change_number=self.change_number,
        )
        assert lease is not None
        self.shop.host.leases.release(f"pairing-{self.pairing_id}", [self.session_id])
        self.channel.publish(ConnectEvent(event="paired", jid=jid))

    def connect(self) -> None:
        self.lease = self.shop.lease(self.session_id)
        self.becomes(SessionState.CONNECTED)

    def becomes(self, state: SessionState) -> None:
        self.shop.host.leases.set_state(self.lease, "host-1", StateChange(state=state))


def shown(shop: Shop) -> tuple[SessionState, str | None]:
    (session,) = shop.front.sessions.list(shop.tenant)
    return session.state, session.reason


@pytest.mark.usefixtures("worker")
def test_a_number_is_linked_step_by_step(shop: Shop) -> None:
    steps = shop.front.onboarding.connect(shop.tenant, timeout_s=20)
    events: list[ConnectEvent] = []
    thread = Thread(target=lambda: events.extend(steps))
    thread.start()
    queue = JsonQueue(names.PAIRING, connection=shop.host.redis)
    eventually(lambda: queue.count == 1)
    worker = PairingWorker(shop)
    assert worker.pairing.is_current(shop.id, worker.session_id, worker.pairing_id)
    assert 15 <= cast(int, worker.timeout_s) <= 20
    assert shown(shop) == (SessionState.PAIRING, None)
    worker.channel.publish(QR)
    worker.pair()
    worker.connect()
    thread.join(10)
    assert [event.event for event in events] == ["qr", "paired", "connected"]
    assert events[0] == QR
    assert events[1].jid == "6281230001000:2@s.whatsapp.net"
    assert (events[2].phone, events[2].session) == ("+6281230001000", "main")
    with pytest.raises(ConflictError) as refused:
        next(shop.front.onboarding.connect(shop.tenant))
    assert refused.value.exit_code == 6


def test_without_a_pairing_worker_it_says_so_at_once(shop: Shop) -> None:
    with pytest.raises(BackendError) as refused:
        next(shop.front.onboarding.connect(shop.tenant))
    assert refused.value.exit_code == 3
    assert refused.value.hint
    assert shown(shop)[0] is SessionState.NEW


@pytest.mark.usefixtures("worker")
def test_a_code_that_nobody_scans_expires_and_leaves_nothing(shop: Shop) -> None:
    steps = shop.front.onboarding.connect(shop.tenant, timeout_s=0.05)
    events: list[ConnectEvent] = []
    thread = Thread(target=lambda: events.extend(steps))
    thread.start()
    eventually(lambda: JsonQueue(names.PAIRING, connection=shop.host.redis).count == 1)
    worker = PairingWorker(shop)
    worker.channel.publish(QR)
    thread.join(10)
    assert events == [QR, ConnectEvent(event="expired", reason="not_scanned")]
    assert worker.channel.cancelled()
    assert not worker.pairing.is_current(shop.id, worker.session_id, worker.pairing_id)
    assert shown(shop) == (SessionState.NEW, "given_up")


@pytest.mark.usefixtures("worker")
def test_a_code_that_never_came_is_not_called_unscanned(shop: Shop) -> None:
    redis = shop.host.redis
    hasty = OnboardingService(shop.host.core, redis, JobQueue(redis), region="ID", start_s=0.05)
    events = list(hasty.connect(shop.tenant, timeout_s=60))
    assert events == [ConnectEvent(event="expired", reason="not_started")]
    assert shown(shop) == (SessionState.NEW, "given_up")


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("known", [False, True])
def test_stopping_leaves_nothing_behind(shop: Shop, known: bool) -> None:
    if known:
        shop.session("main")
    stop, events = Event(), list[ConnectEvent]()
    steps = shop.front.onboarding.connect(shop.tenant, actor="tui:rini", stop=stop)
    thread = Thread(target=lambda: events.extend(steps))
    thread.start()
    eventually(lambda: JsonQueue(names.PAIRING, connection=shop.host.redis).count == 1)
    worker = PairingWorker(shop)
    worker.channel.publish(QR)
    eventually(lambda: events == [QR])
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert events == [QR]
    assert worker.channel.cancelled()
    left = [(each.state, each.reason) for each in shop.front.sessions.list(shop.tenant)]
    assert left == ([(SessionState.NEW, "given_up")] if known else [])
    noted = shop.column("select actor || ' ' || action from audit_log where tenant_id = %s")
    assert noted == ["tui:rini session.connect"]


@pytest.mark.usefixtures("worker")
def test_closing_the_iterator_gives_the_pairing_up(shop: Shop) -> None:
    steps = cast("Iterator[ConnectEvent]", shop.front.onboarding.connect(shop.tenant))
    first: list[ConnectEvent] = []
    thread = Thread(target=lambda: first.append(next(steps)))
    thread.start()
    eventually(lambda: JsonQueue(names.PAIRING, connection=shop.host.redis).count == 1)
    worker = PairingWorker(shop)
    worker.channel.publish(QR)
    thread.join(10)
    assert first == [QR]
    steps.close()  # type: ignore[attr-defined]
    assert worker.channel.cancelled()
    assert shown(shop) == (SessionState.NEW, "given_up")
    assert worker.pairing.paired(
        shop.id, worker.session_id, worker.pairing_id, "6281230001001@s.whatsapp.net", None
    ) is None  # fmt: skip


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("end", ["refused", "expired"])
def test_the_worker_s_end_is_the_end(shop: Shop, end: str) -> None:
    events: list[ConnectEvent] = []
    steps = shop.front.onboarding.connect(shop.tenant, timeout_s=20)
    thread = Thread(target=lambda: events.extend(steps))
    thread.start()
    eventually(lambda: JsonQueue(names.PAIRING, connection=shop.host.redis).count == 1)
    worker = PairingWorker(shop)
    worker.pairing.ended(shop.id, worker.session_id, worker.pairing_id, end)
    last = ConnectEvent(event=end, reason="why")  # type: ignore[arg-type]
    worker.channel.publish(last)
    thread.join(10)
    assert events == [last]
    assert shown(shop) == (SessionState.NEW, end)


def test_a_linked_session_is_only_waited_for(shop: Shop) -> None:
    session_id = shop.linked()
    events: list[ConnectEvent] = []
    steps = shop.front.onboarding.connect(shop.tenant, timeout_s=20)
    thread = Thread(target=lambda: events.extend(steps))
    with shop.host.core.tenant(shop.id) as scope:  # so that it is not too late for its first look
        scope.tx.value("sessions.ensure", name="main")
        thread.start()
        blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        eventually(lambda: shop.admin.value(blocked))
    lease = shop.lease(session_id)
    shop.host.leases.set_state(lease, "host-1", StateChange(state=SessionState.CONNECTED))
    thread.join(10)
    assert [event.event for event in events] == ["connected"]
    assert shop.host.redis.dbsize() == 0, "no pairing was asked for"


@pytest.mark.parametrize("state", ["replaced", "outdated", "banned_until"])
def test_a_number_that_was_given_up_is_taken_up_again(shop: Shop, state: str) -> None:
    session_id = shop.linked()
    shop.admin.run(
        "update sessions set state = %s, banned_until = now() - interval '1 second' where id = %s",
        state,
        session_id,
    )
    (end,) = shop.front.onboarding.connect(shop.tenant, timeout_s=0)
    assert end == ConnectEvent(event="expired", reason="not_connected")
    assert shop.lease(session_id), "a host may have it"


def test_but_not_while_it_is_banned(shop: Shop) -> None:
    session_id = shop.linked()
    shop.admin.run(
        "update sessions set state = 'banned_until', banned_until = now() + interval '1 hour'"
        " where id = %s",
        session_id,
    )
    with pytest.raises(RefusedError) as refused:
        next(iter(shop.front.onboarding.connect(shop.tenant)))
    assert refused.value.hint
    shop.host.ticks.run()
    assert shown(shop)[0] is SessionState.BANNED_UNTIL
    shop.admin.run("update sessions set banned_until = now() where id = %s", session_id)
    shop.host.ticks.run()
    assert shown(shop) == (SessionState.DISCONNECTED, "ban_over")


@pytest.mark.usefixtures("worker")
def test_the_code_that_is_being_shown_can_be_asked_for(shop: Shop) -> None:
    onboarding = shop.front.onboarding
    assert onboarding.current_code(shop.tenant) is None
    steps = cast("Iterator[ConnectEvent]", onboarding.connect(shop.tenant, timeout_s=20))
    thread = Thread(target=lambda: next(steps))
    thread.start()
    eventually(lambda: JsonQueue(names.PAIRING, connection=shop.host.redis).count == 1)
    worker = PairingWorker(shop)
    assert onboarding.current_code(shop.tenant) is None
    worker.channel.publish(QR)
    newer = replace(QR, code="https://wa.me/settings/linked_devices#2@def")
    worker.channel.publish(newer)
    thread.join(10)
    assert onboarding.current_code(shop.tenant) == newer.code
    steps.close()  # type: ignore[attr-defined]
    assert onboarding.current_code(shop.tenant) is None


@contextmanager
def asked_for(shop: Shop, **how: Any) -> Iterator[tuple[PairingWorker, list[ConnectEvent]]]:
    """Somebody waits for a pairing; at the end of the block it must be over."""
    events: list[ConnectEvent] = []
    steps = shop.front.onboarding.connect(shop.tenant, timeout_s=20, **how)
    thread = Thread(target=lambda: events.extend(steps))
    thread.start()
    queue = JsonQueue(names.PAIRING, connection=shop.host.redis)
    eventually(lambda: queue.count == 1)
    yield PairingWorker(shop), events
    queue.empty()
    thread.join(10)
    assert not thread.is_alive()


def log_out(shop: Shop, worker: PairingWorker) -> None:
    worker.becomes(SessionState.LOGGED_OUT)
    shop.host.leases.release("host-1", [worker.session_id])


@pytest.mark.usefixtures("worker")
def test_a_code_to_type_and_the_same_number_again(shop: Shop) -> None:
    with asked_for(shop, phone="0812-3000-1000") as (worker, events):
        assert "81230001000" not in str(worker.sealed)
        assert worker.pairing.number(shop.id, worker.sealed) == "6281230001000"
        worker.pairing.shows(shop.id, worker.session_id, worker.pairing_id, "code")
        (session,) = shop.front.sessions.list(shop.tenant)
        assert (session.state, session.detail) == (SessionState.PAIRING, "code")
        worker.channel.publish(ConnectEvent(event="code", code="ABCD-EFGH", expires_in=20))
        worker.pair()
        worker.connect()
    assert [event.event for event in events] == ["code", "paired", "connected"]
    log_out(shop, worker)
    with pytest.raises(ConflictError, match="another number before") as refused:
        next(shop.front.onboarding.connect(shop.tenant, phone="0812-3000-1001"))
    assert "--change-number" in str(refused.value.hint)
    with asked_for(shop, phone="+62 812 3000 1000") as (worker, events):
        worker.pair()
        worker.connect()
    assert events[-1].event == "connected"
    seen = [(event.state, event.reason) for event in shown_events(shop)]
    assert seen[:3] == [("connected", None), ("connecting", "linked"), ("pairing", None)]


def shown_events(shop: Shop) -> Sequence[SessionEventView]:
    details: SessionDetails = shop.front.sessions.show(shop.tenant, "main")
    return details.events


@pytest.mark.usefixtures("worker")
def test_another_number_only_where_that_is_meant(shop: Shop) -> None:
    other = "6281230001009:1@s.whatsapp.net"
    with asked_for(shop) as (worker, _):
        worker.pair()
        worker.connect()
    log_out(shop, worker)
    with asked_for(shop) as (worker, _):
        with pytest.raises(NumberRefusedError) as refused:
            worker.pair(other)
        worker.pairing.ended(shop.id, worker.session_id, worker.pairing_id, refused.value.reason)
        worker.channel.publish(ConnectEvent(event="refused", reason=refused.value.reason))
    assert shown(shop) == (SessionState.LOGGED_OUT, "another_number")
    with asked_for(shop, change_number=True) as (worker, events):
        worker.pair(other)
        worker.connect()
    assert events[-1].phone == "+6281230001009"


@pytest.mark.usefixtures("worker")
def test_a_number_belongs_to_one_session_of_a_shop(shop: Shop) -> None:
    shop.linked("kasir", "6281230001000")
    with pytest.raises(ConflictError, match="another session"):
        next(shop.front.onboarding.connect(shop.tenant, phone="0812-3000-1000"))
    with asked_for(shop) as (worker, _):
        with pytest.raises(NumberRefusedError) as refused:
            worker.pair()
        assert refused.value.reason == "number_linked_already"
        worker.channel.publish(ConnectEvent(event="refused", reason="number_linked_already"))
    with pytest.raises(ConflictError, match="another number is linked"):
        next(shop.front.onboarding.connect(shop.tenant, session="kasir", phone="0812-3000-1001"))


@pytest.mark.parametrize("phone", ["0812", "bukan nomor", "99912345678"])
def test_a_number_that_is_none_is_bad_input(shop: Shop, phone: str) -> None:
    with pytest.raises(InvalidPhoneError):
        next(shop.front.onboarding.connect(shop.tenant, phone=phone))
    assert shop.front.sessions.list(shop.tenant) == []


@pytest.mark.parametrize(
    ("linked", "same"),
    [("5511987654321", True), ("551187654321", True), ("5511987654322", False)],
)
def test_one_number_may_be_written_in_two_ways(linked: str, same: bool) -> None:
    assert same_number("5511987654321", linked) is same


@pytest.mark.usefixtures("worker")
def test_a_demand_for_a_passkey_is_shown_until_it_is_given_up(shop: Shop) -> None:
    with asked_for(shop) as (worker, events):
        worker.channel.publish(QR)
        worker.pairing.shows(shop.id, worker.session_id, worker.pairing_id, "passkey_required")
        worker.channel.publish(ConnectEvent(event="passkey_required", reason="passkey_required"))
    assert events[-1].event == "passkey_required"
    (session,) = shop.front.sessions.list(shop.tenant)
    assert (session.state, session.detail) == (SessionState.PAIRING, "passkey_required")
    assert shop.front.onboarding.current_code(shop.tenant) is None, "that code is dead"
    shop.admin.run(
        "update sessions set updated_at = now() - interval '16 minutes' where id = %s", session.id
    )
    shop.host.ticks.run()
    assert shown(shop) == (SessionState.NEW, "passkey_required")
    (session,) = shop.front.sessions.list(shop.tenant)
    assert session.detail is None


@pytest.mark.usefixtures("worker")
def test_a_suspended_session_is_in_nobody_s_hands(shop: Shop) -> None:
    session_id = shop.linked()
    lease = shop.lease(session_id)
    shop.host.leases.set_state(lease, "host-1", StateChange(state=SessionState.CONNECTED))
    suspension = shop.front.suspension
    suspension.suspend(shop.tenant, "main", actor="tests")
    (undesired,) = shop.host.leases.undesired("host-1", [session_id])
    assert undesired.parked
    late = StateChange(state=SessionState.DISCONNECTED)
    assert not shop.host.leases.set_state(lease, "host-1", late), "it hides nothing"
    assert shown(shop) == (SessionState.SUSPENDED, None)
    with pytest.raises(RefusedError, match="suspended"):
        next(shop.front.onboarding.connect(shop.tenant))
    with pytest.raises(ConflictError):
        suspension.suspend(shop.tenant, "main", actor="tests")
    with pytest.raises(NotFoundError):
        suspension.suspend(shop.tenant, "kasir", actor="tests")
    shop.host.leases.release("host-1", [session_id])
    assert session_id not in {lease.session_id for lease in shop.host.leases.claim("h", 50, [])}
    suspension.resume(shop.tenant, "main", actor="tests")
    assert shown(shop) == (SessionState.DISCONNECTED, "resumed")
    assert shop.lease(session_id)
    with pytest.raises(ConflictError):
        suspension.resume(shop.tenant, "main", actor="tests")


@pytest.mark.usefixtures("worker")
def test_suspending_gives_a_pairing_up_and_keeps_a_ban(shop: Shop) -> None:
    with asked_for(shop) as (worker, _):
        shop.front.suspension.suspend(shop.tenant, "main", actor="tests")
        assert not worker.pairing.is_current(shop.id, worker.session_id, worker.pairing_id)
        worker.channel.publish(ConnectEvent(event="refused", reason="given_up"))
    shop.front.suspension.resume(shop.tenant, "main", actor="tests")
    assert shown(shop)[0] is SessionState.NEW
    banned = shop.linked("kasir")
    shop.admin.run(
        "update sessions set state = 'banned_until', banned_until = now() + interval '1 hour'"
        " where id = %s",
        banned,
    )
    shop.front.suspension.suspend(shop.tenant, "kasir", actor="tests")
    shop.front.suspension.resume(shop.tenant, "kasir", actor="tests")
    assert shop.front.sessions.get(shop.tenant, "kasir").state is SessionState.BANNED_UNTIL


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "nul\0", "rusak \udcff"])
def test_a_session_s_name_that_is_none_is_bad_input(shop: Shop, name: str) -> None:
    with pytest.raises(InvalidInputError):
        next(shop.front.onboarding.connect(shop.tenant, session=name))
    assert shop.front.sessions.list(shop.tenant) == []


@pytest.fixture
def untied(admin: Admin) -> Iterator[None]:
    """The database as before its first pairing."""
    admin.run("update instance set whatsapp = null")
    yield
    admin.run("update instance set whatsapp = null")


@pytest.mark.usefixtures("untied")
@pytest.mark.parametrize("first", [True, False])
def test_the_first_pairing_ties_the_database_to_its_whatsapp(shop: Shop, first: bool) -> None:
    core = shop.host.core
    claim_whatsapp(core, shop.id, sandbox=first)
    claim_whatsapp(core, shop.id, sandbox=first)
    with pytest.raises(EndpointError) as refused:
        claim_whatsapp(core, shop.id, sandbox=not first)
    assert refused.value.hint
    claim_whatsapp(core, shop.id, sandbox=first)


@pytest.mark.usefixtures("untied")
def test_of_two_that_come_first_one_decides(shop: Shop) -> None:
    assert os.environ.get("WAAGENT_WHATSAPP_ENDPOINT") is None
    outcomes: list[bool] = []

    def claim(sandbox: bool) -> None:
        try:
            claim_whatsapp(shop.host.core, shop.id, sandbox=sandbox)
            outcomes.append(True)
        except EndpointError:
            outcomes.append(False)

    threads = [Thread(target=claim, args=(number % 2 == 0,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 3 + [True] * 3
