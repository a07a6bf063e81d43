"""Reports on a real database, of rows with known times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import DAY, Customer, Shop, label

from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.periods import Period
from waagent.errors import InvalidInputError

HOUR = timedelta(hours=1)


@pytest.fixture
def days(shop: Shop) -> Period:
    return shop.front.reports.period(shop.tenant)


def test_a_shop_without_anything(shop: Shop, days: Period) -> None:
    reports, tenant = shop.front.reports, shop.tenant
    assert reports.follow_ups(tenant, days).sent.follow_ups == 0
    assert reports.leads(tenant, days).total == 0
    assert reports.response_times(tenant, days).asked == 0
    assert reports.funnel(tenant, days).leads == 0


def test_periods_are_of_the_shop_s_days(new_shop: Callable[..., Shop]) -> None:
    shop = new_shop("Toko Timur", timezone="Asia/Jayapura")
    days = shop.front.reports.period(shop.tenant, days=1)
    assert days.start.utcoffset() == timedelta(hours=9)
    with pytest.raises(InvalidInputError, match="after the last"):
        shop.front.reports.period(shop.tenant, first=days.last + DAY)
    with pytest.raises(InvalidInputError):
        shop.front.reports.period(shop.tenant, days=10**9)


def follow_up(shop: Shop, lead_id: str, at: datetime, *, held_out: bool, template: str) -> None:
    shop.admin.run(
        "insert into follow_ups (tenant_id, conversation_id, lead_id, due_at, state, reason,"
        " template, held_out, sent_at) select tenant_id, conversation_id, id, %s, %s, %s, %s, %s,"
        " %s from leads where id = %s",
        at,
        "skipped" if held_out else "sent",
        "held_out" if held_out else None,
        template,
        held_out,
        None if held_out else at,
        lead_id,
    )


def test_what_follow_ups_are_worth(shop: Shop, days: Period) -> None:
    session_id, now = shop.session(), datetime.now(UTC)
    came = now - 25 * DAY
    for number in range(4):
        customer = Customer(name=f"Pelanggan {number}")
        shop.receive(session_id, customer.says(at=came))
        (lead,) = [x for x in shop.front.leads.list(shop.tenant) if x.name == customer.name]
        at = now - 20 * DAY
        follow_up(shop, lead.id, at, held_out=number == 3, template="sopan")
        if number < 2:
            late = (HOUR, 4 * DAY)[number]
            shop.receive(session_id, customer.says("jadi pesan kak", at=at + late))
        if number in (0, 2):
            shop.front.leads.move(shop.tenant, lead.id, Stage.WON)
            shop.front.lead_details.set_value(shop.tenant, lead.id, "250rb")
            sold = at + (13 if number == 0 else 15) * DAY
            shop.admin.run(
                "update lead_stage_history set at = %s where lead_id = %s", sold, lead.id
            )
    report = shop.front.reports.follow_ups(shop.tenant, days)
    assert (report.sent.follow_ups, report.held_out.follow_ups) == (3, 1)
    assert (report.sent.replies.hits, report.sent.replies.of) == (1, 3), "the other came late"
    assert (report.sent.closings.hits, report.sent.closings.of) == (1, 3)
    assert (report.sent.value, report.sent.valued) == (250_000, 1)
    assert report.reply_difference.verdict == "too_early"
    assert [(each.template, each.result.follow_ups) for each in report.templates] == [("sopan", 3)]


def test_a_sale_that_was_undone_was_none(shop: Shop, days: Period) -> None:
    shop.receive(shop.session(), Customer().says())
    lead = shop.lead()
    follow_up(shop, lead.id, datetime.now(UTC) - HOUR, held_out=False, template="sopan")
    shop.front.leads.move(shop.tenant, lead.id, Stage.WON)
    shop.front.lead_details.set_value(shop.tenant, lead.id, "1jt")
    assert shop.front.reports.follow_ups(shop.tenant, days).sent.value == 1_000_000
    shop.front.lead_details.undo(shop.tenant, lead.id)
    assert shop.front.reports.follow_ups(shop.tenant, days).sent.value == 0


def test_planned_and_cancelled_follow_ups_are_in_no_group(shop: Shop, days: Period) -> None:
    customer = Customer()
    shop.due_follow_up(shop.linked(), customer)
    shop.admin.run("update follow_ups set held_out = true where tenant_id = %s", shop.id)
    shop.front.leads.move(shop.tenant, shop.lead().id, Stage.WON)
    report = shop.front.reports.follow_ups(shop.tenant, days)
    assert (report.sent.follow_ups, report.held_out.follow_ups) == (0, 0)


def test_new_leads(shop: Shop, days: Period) -> None:
    shop.receive(shop.session(), Customer().says())
    shop.judge(label(Status.HOT_LEAD, product="tumpeng"))
    shop.receive(shop.session(), Customer(name="Budi").says())
    report = shop.front.reports.leads(shop.tenant, days)
    assert report.total == 2
    assert [(each.value, each.leads) for each in report.by_status] == [("hot_lead", 1), (None, 1)]
    assert [each.value for each in report.by_product] == ["tumpeng", None]
    assert report.by_time[-1].leads == 2
    assert len(report.by_time) == 30


def test_response_times(shop: Shop, days: Period) -> None:
    session_id, customer = shop.session(), Customer()
    at = datetime.now(UTC).replace(microsecond=0) - 5 * DAY
    shop.receive(
        session_id,
        customer.says("halo", at=at),
        customer.says("ada orang?", at=at + timedelta(minutes=4)),
        customer.says("ada kak", at=at + timedelta(minutes=10), from_me=True),
        customer.says("25 ribu ya", at=at + timedelta(minutes=11), from_me=True),
        customer.says("oke, kalau 50 porsi?", at=at + HOUR),
    )
    shop.receive(session_id, Customer(name="Lama").says("dulu", at=at - 60 * DAY))
    report = shop.front.reports.response_times(shop.tenant, days)
    assert (report.asked, report.answered, report.unanswered) == (2, 1, 1)
    assert report.overall.median == 600, "from the first of several messages"
    assert report.overall.p90 is None
    assert report.longest_open is not None
    assert report.longest_open > 4 * DAY.total_seconds()


def test_a_follow_up_is_no_answer(shop: Shop, days: Period) -> None:
    customer = Customer()
    shop.due_follow_up(shop.linked(), customer)
    assert shop.dispatch() == 1
    shop.admin.run(
        "update messages set state = 'read' where direction = 'out' and tenant_id = %s", shop.id
    )
    report = shop.front.reports.response_times(shop.tenant, days)
    assert (report.asked, report.answered) == (1, 0)


def test_the_funnel(shop: Shop, days: Period, new_shop: Callable[..., Shop]) -> None:
    shop.receive(shop.session(), Customer().says())
    shop.judge(label())
    lead = shop.lead()
    shop.front.leads.move(shop.tenant, lead.id, Stage.LOST)
    shop.receive(shop.session(), Customer(name="Budi").says())
    report = shop.front.reports.funnel(shop.tenant, days)
    assert [step.reached for step in report.steps] == [2, 1, 1, 0, 0]
    assert [step.lost for step in report.steps] == [0, 0, 1, 0, 0]
    other = new_shop("Toko Lain")
    assert other.front.reports.funnel(other.tenant, days).leads == 0


def test_today(shop: Shop, new_shop: Callable[..., Shop]) -> None:
    """The day of the shop's zone, and of this shop alone."""
    other, now = new_shop("Toko Sebelah"), datetime.now(UTC)
    today = shop.front.reports.today
    assert today(shop.tenant).longest_waiting is None
    session_id, customer = shop.session(), Customer()
    start = shop.front.reports.period(shop.tenant, days=1).start
    early = max(start, now - HOUR)
    shop.receive(
        session_id,
        customer.says("kemarin", at=start - timedelta(seconds=1)),
        customer.says("halo", at=early),
        customer.says("ada kak", at=early + timedelta(milliseconds=1), from_me=True),
        customer.says("lama", at=now - 2 * DAY, history=True),
    )
    shop.receive(session_id, Customer(name="Budi").says("harga?", at=early))
    shop.receive(session_id, Customer(name="Lama").says("dulu", at=now - 40 * DAY))
    lead = next(each for each in shop.front.leads.list(shop.tenant) if each.name == customer.name)
    follow_up(shop, lead.id, early, held_out=False, template="sopan")
    shop.front.leads.move(shop.tenant, lead.id, Stage.WON)
    assert (today(shop.tenant).won, today(shop.tenant).won_valued) == (1, 0)
    shop.front.lead_details.set_value(shop.tenant, lead.id, "250rb")
    found = today(shop.tenant)
    assert (found.day, found.zone) == (start.date(), "Asia/Jakarta")
    assert (found.messages_in, found.messages_out) == (2, 1), "neither yesterday's nor history"
    assert found.waiting == 1, "one was answered, and one is long over"
    assert found.longest_waiting == pytest.approx((now - early).total_seconds(), abs=60)
    assert (found.follow_ups_sent, found.follow_ups_due) == (1, 0)
    assert (found.won, found.won_value, found.won_valued) == (1, 250_000, 1)
    assert found.new_customers == 3
    empty = today(other.tenant)
    assert (empty.new_customers, empty.messages_in, empty.waiting, empty.won) == (0, 0, 0, 0)
    bands = shop.front.reports.response_times(shop.tenant, shop.front.reports.period(shop.tenant))
    assert sum(band.answers for band in bands.bands) == bands.answered
