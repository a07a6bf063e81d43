"""What may go when: on PostgreSQL and Valkey, with the clock in the test's hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from shop_support import Customer, Shop

from waagent.domain.freezes import MOVED_APART
from waagent.domain.messages import Origin
from waagent.domain.pacing import (
    DecidedBy,
    Hold,
    HoldReason,
    Permit,
    Refuse,
    RefuseReason,
    caps_at,
)
from waagent.errors import InvalidInputError, NotFoundError
from waagent.pacing.limiter import Limiter
from waagent.services.pacing import FOLLOW_UPS_APART, THAW, WITHOUT_REDIS, PacingService
from waagent.services.pacing_counters import PacingCounters
from waagent.services.pacing_report import PacingReportService

SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)  # 12:00 WIB
NewShop = Callable[..., Shop]


@dataclass
class Gate:
    """A shop's linked session, asked at ``now``."""

    shop: Shop
    session_id: str
    quiet_hours: bool = True
    safe: bool = True
    redis: Redis | None = None
    now: datetime = NOON
    conversations: list[str] = field(default_factory=list)

    @property
    def counters(self) -> PacingCounters:
        return PacingCounters(self.shop.host.core, Limiter(self.redis or self.shop.host.redis))

    @property
    def service(self) -> PacingService:
        return PacingService(
            core=self.shop.host.core,
            counters=self.counters,
            safe=self.safe,
            quiet_hours=self.quiet_hours,
            clock=lambda: self.now,
        )

    @property
    def reports(self) -> PacingReportService:
        return PacingReportService(
            core=self.shop.host.core,
            counters=self.counters,
            safe=self.safe,
            quiet_hours=self.quiet_hours,
            clock=lambda: self.now,
        )

    def customer(self, wrote_ago: timedelta = HOUR, answered_ago: timedelta | None = None) -> str:
        """A conversation with somebody who wrote so long ago, and was answered so long ago."""
        before = set(self.shop.column("select id::text from conversations where tenant_id = %s"))
        self.shop.receive(self.session_id, Customer().says(at=self.now - wrote_ago))
        after = set(self.shop.column("select id::text from conversations where tenant_id = %s"))
        made: str
        (made,) = after - before
        answered = None if answered_ago is None else self.now - answered_ago
        self.shop.admin.run(
            "update conversations set last_outbound_at = %s where id = %s", answered, made
        )
        self.conversations.append(made)
        return made

    def message(self, conversation_id: str, origin: Origin = Origin.HUMAN) -> str:
        """A message of ours, as if it had gone out now."""
        return str(
            self.shop.admin.value(
                "insert into messages (tenant_id, session_id, conversation_id, direction, origin,"
                " kind, body_enc, state, at) values (%s, %s, %s, 'out', %s, 'text', '', 'sent', %s)"
                " returning id",
                *(self.shop.id, self.session_id, conversation_id, origin.value, self.now),
            )
        )

    def ask(
        self,
        conversation_id: str,
        origin: Origin = Origin.HUMAN,
        message_id: str | None = None,
        action: str = "send",
    ) -> Permit | Hold | Refuse:
        return self.service.permit(
            tenant_id=self.shop.id,
            session_id=self.session_id,
            conversation_id=conversation_id,
            message_id=message_id or str(uuid4()),
            origin=origin,
            action=action,
            length=40,
        )

    def since(self, days: int) -> None:
        """Declare the number's age."""
        self.reports.set_number_since(self.shop.tenant, "main", f"{days}d", actor="tests")


@pytest.fixture
def gate(shop: Shop) -> Gate:
    """A number whose age nobody declared, linked at noon two days ago."""
    return linked(shop)


def linked(shop: Shop) -> Gate:
    session_id = shop.linked()
    shop.admin.run(
        "update sessions set first_paired_at = %s where id = %s", NOON - 2 * DAY, session_id
    )
    return Gate(shop, session_id)


def held(answer: Permit | Hold | Refuse, reason: HoldReason) -> datetime:
    assert isinstance(answer, Hold), answer
    assert answer.reason is reason
    return answer.until


def test_a_reply_goes_after_reading_and_typing(gate: Gate) -> None:
    chat, message = gate.customer(), str(uuid4())
    first = gate.ask(chat, message_id=message)
    assert isinstance(first, Permit)
    assert 0.4 <= first.pause_s <= 1.4
    assert 1 <= first.typing_s <= 8
    assert gate.ask(chat, message_id=message) == first
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.sent_today, report.unasked_today) == (1, 0)


def test_a_second_reply_waits_for_the_first(gate: Gate) -> None:
    first, second = gate.ask(gate.customer()), gate.ask(gate.customer())
    assert isinstance(first, Permit)
    third = gate.ask(gate.customer())
    if isinstance(second, Permit):  # its gap ends soon enough to be waited for
        assert second.pause_s > first.pause_s + first.typing_s
    until = held(third, HoldReason.SESSION_RATE)
    assert gate.now < until < gate.now + 30 * SECOND
    gate.now = until
    assert isinstance(gate.ask(gate.customer()), Permit)


def test_a_customer_gets_no_flood(gate: Gate) -> None:
    chat = gate.customer()
    gate.since(1000)
    for _ in range(10):
        gate.now += 5.5 * SECOND
        answer = gate.ask(chat)
        assert isinstance(answer, Permit), answer
    gate.now += 4.9 * SECOND
    until = held(gate.ask(chat), HoldReason.RECIPIENT_RATE)
    assert gate.now < until <= gate.now + MINUTE
    assert isinstance(gate.ask(gate.customer()), Permit)


def test_who_never_wrote_is_never_written_to(gate: Gate) -> None:
    chat = gate.customer()
    gate.shop.admin.run("update conversations set last_inbound_at = null where id = %s", chat)
    for origin in (Origin.HUMAN, Origin.FOLLOW_UP):
        assert gate.ask(chat, origin) == Refuse(reason=RefuseReason.NEVER_WROTE)
    assert gate.ask(str(uuid4())) == Refuse(reason=RefuseReason.GONE)


def test_who_opted_out_gets_no_follow_up(gate: Gate) -> None:
    chat = gate.customer(2 * DAY, DAY)
    gate.shop.admin.run(
        "insert into opt_outs (tenant_id, contact_id) select tenant_id, contact_id"
        " from conversations where id = %s",
        chat,
    )
    assert gate.ask(chat, Origin.FOLLOW_UP) == Refuse(reason=RefuseReason.OPTED_OUT)
    assert isinstance(gate.ask(chat), Permit)


def test_follow_ups_have_a_small_day_of_their_own(gate: Gate) -> None:
    chats = [gate.customer(2 * DAY, DAY) for _ in range(7)]
    assert isinstance(gate.ask(chats[0], Origin.FOLLOW_UP), Permit)
    for chat in chats[1:5]:
        until = held(gate.ask(chats[6], Origin.FOLLOW_UP), HoldReason.SESSION_RATE)
        assert gate.now + 40 * SECOND < until < gate.now + 90 * SECOND + FOLLOW_UPS_APART
        gate.now += 2 * MINUTE
        assert isinstance(gate.ask(chat, Origin.FOLLOW_UP), Permit)
    gate.now += MINUTE
    morning = datetime(2026, 11, 23, 1, tzinfo=UTC)
    until = held(gate.ask(chats[5], Origin.FOLLOW_UP), HoldReason.FOLLOW_UP_CAP)
    assert morning <= until <= morning + FOLLOW_UPS_APART
    # A person is not held for want of it, and neither are replies.
    assert isinstance(gate.ask(chats[5], Origin.HUMAN), Permit)
    gate.now += MINUTE
    assert isinstance(gate.ask(gate.customer()), Permit)
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.sent_today, report.unasked_today, report.follow_up_cap) == (7, 6, 5)
    assert report.next_follow_up_at == morning
    # An older number may do more, the same day.
    gate.since(200)
    gate.now += 2 * MINUTE
    assert isinstance(gate.ask(chats[6], Origin.FOLLOW_UP), Permit)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Jakarta", datetime(2026, 11, 22, 17, tzinfo=UTC)),
        ("Asia/Makassar", datetime(2026, 11, 22, 16, tzinfo=UTC)),
        ("Asia/Jayapura", datetime(2026, 11, 22, 15, tzinfo=UTC)),
    ],
)
def test_the_day_of_the_cap_is_the_shops(new_shop: NewShop, zone: str, midnight: datetime) -> None:
    gate = replace(linked(new_shop(timezone=zone)), quiet_hours=False)
    gate.now = midnight - HOUR
    chat = gate.customer(2 * DAY, DAY)
    for _ in range(caps_at(2).follow_ups):
        gate.message(chat, Origin.FOLLOW_UP)
    gate.now = midnight - SECOND
    until = held(gate.ask(chat, Origin.FOLLOW_UP), HoldReason.FOLLOW_UP_CAP)
    assert midnight <= until <= midnight + FOLLOW_UPS_APART
    gate.now = midnight + SECOND
    assert isinstance(gate.ask(chat, Origin.FOLLOW_UP), Permit)
    assert gate.reports.report(gate.shop.tenant, "main").sent_today == 1


def test_the_cap_of_the_day_holds_replies_until_morning(gate: Gate) -> None:
    chat = gate.customer()
    for _ in range(100):
        gate.message(chat)
    gate.now += 2 * MINUTE
    other = gate.customer()
    until = held(gate.ask(other), HoldReason.DAY_CAP)
    assert until == datetime(2026, 11, 23, 1, tzinfo=UTC)
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.sent_today, report.day_cap) == (100, 100)
    assert report.next_reply_at == until


def test_a_redis_that_lost_its_data_opens_no_gate(gate: Gate) -> None:
    chats = [gate.customer(2 * DAY, DAY) for _ in range(6)]
    for chat in chats[:5]:
        message = gate.message(chat, Origin.FOLLOW_UP)
        assert isinstance(gate.ask(chat, Origin.FOLLOW_UP, message), Permit)
        gate.now += 2 * MINUTE
    held(gate.ask(chats[5], Origin.FOLLOW_UP), HoldReason.FOLLOW_UP_CAP)
    gate.shop.host.redis.flushdb()
    held(gate.ask(chats[5], Origin.FOLLOW_UP), HoldReason.FOLLOW_UP_CAP)
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.sent_today, report.unasked_today) == (5, 5)


def test_without_redis_everything_waits(gate: Gate) -> None:
    gate.redis = Redis(unix_socket_path="/nonexistent/valkey.sock", retry=Retry(NoBackoff(), 0))
    answer = gate.ask(gate.customer())
    assert answer == Hold(until=gate.now + WITHOUT_REDIS, reason=HoldReason.REDIS)


def test_follow_ups_wait_for_the_morning_and_people_do_not(gate: Gate) -> None:
    gate.now = datetime(2026, 11, 22, 16, tzinfo=UTC)  # 23:00 WIB
    chat = gate.customer(2 * DAY, DAY)
    until = held(gate.ask(chat, Origin.FOLLOW_UP), HoldReason.QUIET_HOURS)
    morning = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert morning <= until <= morning + FOLLOW_UPS_APART
    assert isinstance(gate.ask(chat), Permit)
    assert gate.reports.report(gate.shop.tenant, "main").quiet_now
    assert isinstance(replace(gate, quiet_hours=False, now=gate.now + MINUTE).ask(chat), Permit)


def test_actions_are_cheap(gate: Gate) -> None:
    chat = gate.customer(9 * DAY, 8 * DAY)
    gate.service.refused(gate.shop.id, gate.session_id, "463")
    for action in ("edit", "revoke", "react"):
        gate.now += 2 * SECOND
        answer = gate.ask(chat, action=action)
        assert isinstance(answer, Permit), answer
        assert answer.typing_s == 0
    assert gate.reports.report(gate.shop.tenant, "main").sent_today == 0


def test_off_is_off(gate: Gate) -> None:
    off = replace(gate, safe=False)
    chat = off.customer()
    assert {off.ask(chat) for _ in range(50)} == {Permit(pause_s=0, typing_s=0)}
    assert off.service.refused(off.shop.id, off.session_id, "463") == 0
    assert off.reports.report(off.shop.tenant, "main").pacing == "off"


def test_two_shops_share_nothing(new_shop: NewShop) -> None:
    one, two = linked(new_shop()), linked(new_shop())
    chat = one.customer()
    for _ in range(100):
        one.message(chat)
    one.service.refused(one.shop.id, one.session_id, "463")
    held(one.ask(one.customer()), HoldReason.DAY_CAP)
    assert isinstance(two.ask(two.customer()), Permit)
    assert isinstance(replace(two, now=NOON + MINUTE).ask(two.customer(9 * DAY, DAY)), Permit)
    report = two.reports.report(two.shop.tenant, "main")
    assert (report.frozen_until, report.sent_today) == (None, 2)
    # Nor can one ask about the other's.
    with pytest.raises(NotFoundError):
        two.reports.report(two.shop.tenant, one.session_id)
    assert two.service.refused(two.shop.id, one.session_id, "429") == 0
    assert two.service.permit(
        tenant_id=two.shop.id,
        session_id=one.session_id,
        conversation_id=chat,
        message_id=str(uuid4()),
        origin=Origin.HUMAN,
        action="send",
        length=1,
    ) == Refuse(reason=RefuseReason.GONE)


def planned(gate: Gate, due: datetime) -> str:
    """A follow-up that is planned."""
    chat = gate.customer(2 * DAY, DAY)
    return str(
        gate.shop.admin.value(
            "insert into follow_ups (tenant_id, conversation_id, lead_id, due_at)"
            " select tenant_id, conversation_id, id, %s from leads where conversation_id = %s"
            " returning id",
            *(due, chat),
        )
    )


def queued(gate: Gate, follow_up_id: str) -> None:
    """The same, in the outbox."""
    gate.shop.admin.run(
        "with m as (insert into messages (tenant_id, session_id, conversation_id, direction,"
        " origin, kind, body_enc, state, at) select f.tenant_id, v.session_id, v.id, 'out',"
        " 'follow_up', 'text', '', 'queued', %s from follow_ups f join conversations v"
        " on v.id = f.conversation_id where f.id = %s returning *),"
        " o as (insert into outbox (message_id, tenant_id, session_id, conversation_id, priority,"
        " dedupe_key) select id, tenant_id, session_id, conversation_id, 10, id::text from m)"
        " update follow_ups f set state = 'queued', message_id = m.id from m where f.id = %s",
        *(gate.now, follow_up_id, follow_up_id),
    )


def test_a_freeze_that_ends_on_a_holiday_moves_them_behind_it(gate: Gate) -> None:
    gate.now = datetime(2026, 12, 24, 5, tzinfo=UTC)  # noon; Friday is Christmas
    ids = [planned(gate, gate.now + n * HOUR) for n in (1, 2)]
    assert gate.service.refused(gate.shop.id, gate.session_id, "463") == 2
    due = dict(gate.shop.admin.rows("select id::text, due_at from follow_ups"))
    saturday = datetime(2026, 12, 26, 1, tzinfo=UTC)
    assert min(due[each] for each in ids) == saturday
    assert gate.reports.report(gate.shop.tenant, "main").next_follow_up_at == saturday


def test_463_freezes_what_is_unasked_and_moves_follow_ups(gate: Gate) -> None:
    ids = [planned(gate, gate.now + n * HOUR) for n in range(7)]
    queued(gate, ids[0])
    after = planned(gate, gate.now + 25 * HOUR)
    assert gate.service.refused(gate.shop.id, gate.session_id, "463") == 7
    end = gate.now + 24 * HOUR

    due = dict(gate.shop.admin.rows("select id::text, due_at from follow_ups order by due_at"))
    moved = [due[each] for each in ids]
    assert moved == sorted(moved)
    assert moved[0] == end + MOVED_APART
    assert due[after] == NOON + 25 * HOUR
    local = [at.astimezone(ZoneInfo("Asia/Jakarta")) for at in [*moved, due[after]]]
    assert all(8 <= at.hour < 20 for at in local)
    # At half the five a day of this number, with the one that was planned for then.
    per_day = [sum(at.day == day for at in local) for day in (23, 24, 25, 26)]
    assert per_day == [2, 2, 2, 2]
    waiting = gate.shop.admin.rows(
        "select held, not_before from outbox where tenant_id = %s", gate.shop.id
    )
    assert waiting == [("frozen", moved[0])]

    # Once is enough: another refusal of the same kind is of the same freeze.
    gate.now += HOUR
    assert gate.service.refused(gate.shop.id, gate.session_id, "463") == 0
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.frozen_until, report.freeze_reason) == (end, "463")
    assert report.follow_ups_moved == 7
    assert [(each.reason, each.messages) for each in report.held] == [("frozen", 1)]
    assert report.next_reply_at == gate.now
    assert report.next_follow_up_at == end
    events = gate.shop.admin.rows(
        "select reason, action from session_events"
        " where tenant_id = %s and action is not null order by reason",
        gate.shop.id,
    )
    assert events == [
        ("follow_ups_moved", "7 after 2026-11-23T05:00:00+00:00"),
        ("frozen_463", "none"),
    ]


def test_a_freeze_lets_replies_go_and_thaws_by_itself(gate: Gate) -> None:
    silent, asking = gate.customer(3 * DAY, 2 * DAY), gate.customer()
    gate.service.refused(gate.shop.id, gate.session_id, "463")
    end = gate.now + DAY
    until = held(gate.ask(silent, Origin.FOLLOW_UP), HoldReason.FROZEN)
    assert end <= until <= end + THAW
    assert held(gate.ask(silent, Origin.HUMAN), HoldReason.FROZEN) == end
    assert isinstance(gate.ask(asking), Permit)
    gate.now = end
    assert isinstance(gate.ask(silent, Origin.FOLLOW_UP), Permit)
    assert gate.reports.report(gate.shop.tenant, "main").frozen_until is None
    # It grows with repetition.
    gate.service.refused(gate.shop.id, gate.session_id, "463")
    report = gate.reports.report(gate.shop.tenant, "main")
    assert report.frozen_until == gate.now + 2 * DAY


def test_what_a_ban_froze_is_moved_by_the_tick(new_shop: NewShop) -> None:
    gate, other = linked(new_shop()), linked(new_shop())
    mine, theirs = [planned(each, each.now + HOUR) for each in (gate, other)]
    end = gate.now + 3 * DAY
    # As the host writes it when WhatsApp bans the number.
    gate.shop.admin.run(
        "update sessions set frozen_until = %s, freeze_reason = 'ban' where id = %s",
        *(end, gate.session_id),
    )
    assert gate.service.replan() == 1
    assert gate.service.replan() == 0
    due = dict(gate.shop.admin.rows("select id::text, due_at from follow_ups"))
    assert due[mine] == end + MOVED_APART
    assert due[theirs] == NOON + HOUR
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.freeze_reason, report.follow_ups_moved) == ("ban", 1)
    # A longer freeze stands.
    assert gate.service.refused(gate.shop.id, gate.session_id, "463") == 0
    assert gate.reports.report(gate.shop.tenant, "main").freeze_reason == "ban"
    gate.now = end
    assert gate.service.replan() == 0


def test_the_tick_moves_too(gate: Gate, redis_clean: None) -> None:
    gate.now = datetime.now(UTC)
    mine = planned(gate, gate.now + HOUR)
    end = gate.now + 3 * DAY
    gate.shop.admin.run(
        "update sessions set frozen_until = %s, freeze_reason = 'ban' where id = %s",
        *(end, gate.session_id),
    )
    gate.shop.host.ticks.run()
    assert gate.shop.admin.value("select due_at from follow_ups where id = %s", mine) > end


def test_429_stops_everything_for_a_moment(gate: Gate) -> None:
    gate.service.refused(gate.shop.id, gate.session_id, "429")
    report = gate.reports.report(gate.shop.tenant, "main")
    assert (report.frozen_until, report.freeze_reason) == (gate.now + HOUR, "429")
    assert report.next_reply_at == gate.now + MINUTE
    assert held(gate.ask(gate.customer()), HoldReason.SESSION_RATE) == gate.now + MINUTE
    assert gate.service.refused(gate.shop.id, gate.session_id, "479") == 0


def test_the_declared_age(gate: Gate) -> None:
    def report() -> tuple[object, ...]:
        view = gate.reports.report(gate.shop.tenant, gate.session_id)
        return view.decided_by, view.age_days, view.day_cap, view.grows_in_days, view.grows_to

    assert report() == (DecidedBy.FIRST_PAIRED_AT, 2, 100, 2, 250)
    gate.reports.set_number_since(gate.shop.tenant, "main", "2023-05-31", actor="owner")
    assert report() == (DecidedBy.NUMBER_SINCE, 1271, 2000, None, None)
    assert gate.reports.report(gate.shop.tenant, "main").number_since == date(2023, 5, 31)
    audited = gate.shop.admin.rows(
        "select actor, action, subject from audit_log where tenant_id = %s", gate.shop.id
    )
    assert audited == [("owner", "session.number_since", gate.session_id)]
    with pytest.raises(InvalidInputError, match="no date and no age"):
        gate.reports.set_number_since(gate.shop.tenant, "main", "lama", actor="owner")
    with pytest.raises(NotFoundError):
        gate.reports.set_number_since(gate.shop.tenant, "second", "2y", actor="owner")
    gate.shop.admin.run(
        "update sessions set number_since = null, first_paired_at = null where id = %s",
        gate.session_id,
    )
    assert report()[:3] == (DecidedBy.NEVER_PAIRED, 0, 100)
