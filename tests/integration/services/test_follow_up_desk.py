"""What a shop says of its follow-ups: rules, texts, approval, pauses, the hold-out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from shop_support import AT_ONCE, DAY, Admin, Customer, Judge, Shop, label

from waagent.domain.followups import (
    AGAIN_AFTER,
    Approval,
    CancelReason,
    FollowUpState,
    FollowUpStop,
    Rule,
)
from waagent.domain.labels import Intent, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import Origin, SentMessage
from waagent.domain.views import FollowUpView
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.i18n.follow_ups import BUILT_IN
from waagent.services.followup_desk import FollowUpDesk
from waagent.services.followups import FollowUpService
from waagent.services.understanding import UnderstandingService

ME = "tests"


def desk(shop: Shop) -> FollowUpDesk:
    return FollowUpDesk(shop.host.core, AT_ONCE)


def only(shop: Shop) -> FollowUpView:
    (found,) = FollowUpService(shop.host.core, AT_ONCE).list(shop.tenant)
    return found


def planned(shop: Shop, customer: Customer | None = None, **labels: object) -> FollowUpView:
    """The follow-up of a customer who just wrote."""
    session_id = shop.linked()
    shop.connected(session_id)
    shop.receive(session_id, (customer or Customer()).says())
    shop.judge(label(**labels))  # type: ignore[arg-type]
    return only(shop)


def forget_labels(shop: Shop) -> None:
    """Let every conversation be judged as if it never was."""
    shop.admin.run("update leads set insight_id = null where tenant_id = %s", shop.id)
    shop.admin.run("delete from customer_insights where tenant_id = %s", shop.id)
    shop.admin.run("update conversations set process_after = now() where tenant_id = %s", shop.id)


def make_due(shop: Shop) -> None:
    shop.admin.run(
        "update follow_ups set due_at = now() where tenant_id = %s and state = 'pending'", shop.id
    )


def went_out(shop: Shop) -> None:
    """What waits in the outbox is sent."""
    (session_id,) = shop.column("select id::text from sessions where tenant_id = %s")
    lease = shop.lease(session_id)
    (waiting,) = shop.host.outbox.waiting([session_id])
    claim = shop.host.outbox.claim(waiting, "host-1", lease.epoch)
    assert claim is not None
    at = datetime.now(UTC)
    shop.host.outbox.sent(claim, SentMessage(wa_message_id=str(uuid4()), at=at))
    shop.host.leases.release("host-1", [session_id])
    shop.connected(session_id)


def audited(shop: Shop) -> list[str]:
    return shop.column("select action from audit_log where tenant_id = %s order by id")


# --- what is shown is what is sent


def test_the_preview_is_what_is_sent(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    shown = only(shop)
    assert shown.text is not None
    assert "nasi box" in shown.text
    assert (shown.rule, shown.stage, shown.intent) == ("default", "qualified", "price_inquiry")
    assert (shown.template, shown.stops, shown.held_out) == ("belum-dijawab", (), False)
    shop.dispatch()
    assert shop.messages()[-1].text == shown.text
    after = only(shop)
    assert (after.text, after.variant) == (shown.text, shown.variant)
    assert after.state is FollowUpState.QUEUED


def test_an_approval_can_be_taken_back(shop: Shop) -> None:
    desk(shop).set_rule(shop.tenant, Rule(approval=True), actor=ME)
    before = planned(shop)
    given = desk(shop).approve(shop.tenant, before.id, text="Jadi kak? 😊", actor=ME)
    assert (given.text, given.approval) == ("Jadi kak? 😊", Approval.GIVEN)
    assert desk(shop).withdraw(shop.tenant, before.id, actor=ME) == before
    assert (before.approval, before.approved_by) == (Approval.WANTED, None)
    desk(shop).set_rule(shop.tenant, Rule(approval=False), actor=ME)
    desk(shop).approve(shop.tenant, before.id, text=None, actor=ME)
    assert desk(shop).withdraw(shop.tenant, before.id, actor=ME).approval is None
    assert audited(shop).count("follow_up.withdraw") == 2
    desk(shop).cancel(shop.tenant, before.id, actor=ME)
    with pytest.raises(ConflictError):
        desk(shop).withdraw(shop.tenant, before.id, actor=ME)


def test_the_price_of_the_catalogue_is_said(shop: Shop) -> None:
    body = "Halo {sapaan}, {produk} harganya {harga} di {toko} ya"
    shop.front.templates.add(shop.tenant, "harga", body, variant=False, actor=ME)
    desk(shop).set_rule(shop.tenant, Rule(template="harga"), actor=ME)
    planned(shop, Customer(name="Pak Joko"))
    name = shop.tenant.name
    assert only(shop).text == (
        f"Halo Pak Joko, nasi box harganya sesuai daftar harga kami di {name} ya"
    )
    shop.admin.run(
        "with p as (insert into products (tenant_id, name, price)"
        " values (%s, 'Nasi Box Ayam', 25000) returning tenant_id, id)"
        " update customer_insights i set product_id = p.id from p where i.tenant_id = p.tenant_id",
        shop.id,
    )
    assert only(shop).text == f"Halo Pak Joko, Nasi Box Ayam harganya Rp25.000 di {name} ya"


def test_one_that_ended_shows_no_text_that_was_never_sent(shop: Shop) -> None:
    planned(shop)
    desk(shop).cancel(shop.tenant, only(shop).id, actor=ME)
    assert only(shop).text is None
    assert only(shop).stops == ()


def test_what_would_stop_it_is_shown(shop: Shop) -> None:
    planned(shop)
    shop.admin.run("update sessions set state = 'disconnected' where tenant_id = %s", shop.id)
    desk(shop).pause(shop.tenant, until=None, actor=ME)
    assert set(only(shop).stops) == {FollowUpStop.PAUSED, FollowUpStop.NOT_CONNECTED}
    shop.admin.run("update sessions set paired = false where tenant_id = %s", shop.id)
    shop.admin.run("update leads set stage = 'won' where tenant_id = %s", shop.id)
    assert FollowUpStop.UNLINKED in only(shop).stops


# --- templates


def test_a_shop_s_own_wordings(shop: Shop) -> None:
    templates = shop.front.templates
    assert {each.template for each in templates.list(shop.tenant)} == set(BUILT_IN)
    assert templates.add(shop.tenant, "sopan", "Halo {sapaan}", variant=False, actor=ME) == "sopan"
    second = templates.add(shop.tenant, "sopan", "Hai {nama}", variant=True, actor=ME)
    assert second == "sopan/2"
    assert [each.body for each in templates.show(shop.tenant, "sopan")] == [
        "Halo {sapaan}",
        "Hai {nama}",
    ]
    templates.edit(shop.tenant, "sopan/2", "Hai kak {nama}", actor=ME)
    assert [each.body for each in templates.show(shop.tenant, "sopan/2")] == ["Hai kak {nama}"]
    with pytest.raises(ConflictError):
        templates.add(shop.tenant, "sopan", "x", variant=False, actor=ME)
    desk(shop).set_rule(shop.tenant, Rule(template="sopan"), actor=ME)
    with pytest.raises(ConflictError, match="rule"):
        templates.remove(shop.tenant, "sopan", actor=ME)
    desk(shop).set_rule(shop.tenant, Rule(), actor=ME)
    templates.remove(shop.tenant, "sopan", actor=ME)
    with pytest.raises(NotFoundError):
        templates.show(shop.tenant, "sopan")
    assert shop.count("templates") == 0


def test_one_of_a_built_in_name_takes_its_place(shop: Shop) -> None:
    templates = shop.front.templates
    with pytest.raises(NotFoundError, match="built in"):
        templates.edit(shop.tenant, "umum", "x", actor=ME)
    with pytest.raises(NotFoundError, match="built in"):
        templates.add(shop.tenant, "umum", "x", variant=True, actor=ME)
    templates.add(shop.tenant, "belum-dijawab", "Maaf {sapaan}", variant=False, actor=ME)
    planned(shop)
    assert only(shop).text == "Maaf kak Sari"
    templates.remove(shop.tenant, "belum-dijawab", actor=ME)
    assert only(shop).text != "Maaf kak Sari"


@pytest.mark.parametrize("body", ["Halo {namaa}", "", "x" * 501, "cek toko.com", "{"])
def test_a_bad_template_is_told(shop: Shop, body: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        shop.front.templates.add(shop.tenant, "buruk", body, variant=False, actor=ME)
    assert "{produk}" in str(caught.value.hint)
    with pytest.raises(InvalidInputError):
        shop.front.templates.add(shop.tenant, "a/b", "baik", variant=False, actor=ME)
    assert shop.count("templates") == 0


# --- rules


def test_the_rule_of_a_stage_and_an_intent(shop: Shop) -> None:
    shop.front.templates.add(shop.tenant, "cepat", "Cepat {sapaan}", variant=False, actor=ME)
    rule = Rule(
        stage=Stage.QUALIFIED,
        intent=Intent.PRICE_INQUIRY,
        after=timedelta(hours=3),
        template="cepat",
    )
    desk(shop).set_rule(shop.tenant, Rule(after=timedelta(hours=48)), actor=ME)
    desk(shop).set_rule(shop.tenant, rule, actor=ME)
    found = planned(shop)
    assert (found.rule, found.text) == ("qualified/price_inquiry", "Cepat kak Sari")
    last = shop.lead().last_message_at
    assert found.due_at - last == timedelta(hours=3)
    rules = desk(shop).rules(shop.tenant)
    assert [(each.intent, each.after_s, each.built_in) for each in rules] == [
        ("price_inquiry", 3 * 3600, False),
        (None, 48 * 3600, False),
        (None, 24 * 3600, True),
    ]
    desk(shop).remove_rule(shop.tenant, Stage.QUALIFIED, Intent.PRICE_INQUIRY, actor=ME)
    assert only(shop).rule == "*/*"
    with pytest.raises(NotFoundError):
        desk(shop).remove_rule(shop.tenant, Stage.LOST, None, actor=ME)


def test_a_rule_that_allows_none(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    desk(shop).set_rule(shop.tenant, Rule(most=0), actor=ME)
    assert only(shop).stops == (FollowUpStop.RULE,)
    shop.dispatch()
    assert (only(shop).state, only(shop).reason) == (FollowUpState.SKIPPED, CancelReason.RULE)


@pytest.mark.parametrize(
    "rule", [Rule(most=4), Rule(most=-1), Rule(after=timedelta(0)), Rule(after=31 * DAY)]
)
def test_a_rule_out_of_bounds_is_told(shop: Shop, rule: Rule) -> None:
    with pytest.raises(InvalidInputError):
        desk(shop).set_rule(shop.tenant, rule, actor=ME)
    with pytest.raises(NotFoundError, match="no template"):
        desk(shop).set_rule(shop.tenant, Rule(template="tidak-ada"), actor=ME)
    assert shop.count("follow_up_rules") == 0


def test_where_a_rule_allows_two_the_second_comes_after_days_of_silence(shop: Shop) -> None:
    desk(shop).set_rule(shop.tenant, Rule(most=2), actor=ME)
    shop.due_follow_up(shop.linked(), Customer())
    shop.dispatch()
    went_out(shop)
    first = only(shop)
    again = shop.admin.value("select again_at from follow_ups where tenant_id = %s", shop.id)
    assert again - datetime.now(UTC) > AGAIN_AFTER - timedelta(minutes=1)
    shop.dispatch()
    assert shop.count("follow_ups") == 1
    shop.admin.run("update follow_ups set again_at = now() where tenant_id = %s", shop.id)
    for _ in range(3):  # a doubled tick plans one, and sends one
        shop.dispatch()
    went_out(shop)
    make_due(shop)
    shop.dispatch()
    texts = [message.text for message in shop.messages() if message.origin is Origin.FOLLOW_UP]
    assert len(texts) == 2, "and never a third"
    assert texts[0] == first.text
    assert texts[1] != texts[0], "not the same words again"
    assert shop.count("follow_ups", "again_at is not null") == 0


@pytest.mark.parametrize("from_me", [False, True])
def test_no_second_one_to_somebody_who_was_talked_to(shop: Shop, from_me: bool) -> None:
    desk(shop).set_rule(shop.tenant, Rule(most=2), actor=ME)
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    went_out(shop)
    shop.receive(session_id, customer.says("nanti ya", from_me=from_me))
    shop.admin.run("update follow_ups set again_at = now() where tenant_id = %s", shop.id)
    shop.dispatch()
    assert shop.count("follow_ups") == 1


# --- approval


def approving(shop: Shop) -> FollowUpView:
    desk(shop).set_rule(shop.tenant, Rule(approval=True), actor=ME)
    shop.due_follow_up(shop.linked(), Customer())
    shop.dispatch()
    found = only(shop)
    assert (found.state, found.approval) == (FollowUpState.PENDING, Approval.WANTED)
    assert found.stops == (FollowUpStop.APPROVAL,)
    return found


def test_it_waits_for_a_person_who_may_change_the_words(shop: Shop) -> None:
    found = approving(shop)
    with pytest.raises(InvalidInputError, match="link"):
        desk(shop).approve(shop.tenant, found.id, text="cek toko.com", actor=ME)
    for text in ("Halo kak, jadi pesan?", None):  # agreeing twice keeps the words
        view = desk(shop).approve(shop.tenant, found.id, text=text, actor="cli:rini")
        assert (view.text, view.approved_by) == ("Halo kak, jadi pesan?", "cli:rini")
    shop.dispatch()
    assert shop.messages()[-1].text == "Halo kak, jadi pesan?"
    with pytest.raises(ConflictError, match="queued"):
        desk(shop).approve(shop.tenant, found.id, text=None, actor=ME)
    assert audited(shop).count("follow_up.approve") == 2


def test_what_was_agreed_to_is_sent_as_it_was_shown(shop: Shop) -> None:
    found = approving(shop)
    desk(shop).approve(shop.tenant, found.id, text=None, actor=ME)
    shop.front.templates.add(shop.tenant, "belum-dijawab", "Lain", variant=False, actor=ME)
    FollowUpService(shop.host.core, replace(AT_ONCE, hold_out=100)).dispatch_due()
    assert shop.messages()[-1].text == found.text, "nor is it left out by lot"


def test_nobody_agreed(shop: Shop) -> None:
    found = approving(shop)
    shop.admin.run(
        "update follow_ups set due_at = now() - interval '49 hours' where tenant_id = %s", shop.id
    )
    shop.dispatch()
    assert (only(shop).state, only(shop).reason) == (
        FollowUpState.SKIPPED,
        CancelReason.NOT_APPROVED,
    )
    with pytest.raises(ConflictError):
        desk(shop).approve(shop.tenant, found.id, text=None, actor=ME)


# --- snooze, cancel, pause


def test_snoozed_until_a_proper_hour(shop: Shop) -> None:
    found = planned(shop)
    quiet = FollowUpDesk(shop.host.core, replace(AT_ONCE, quiet_hours=True))
    view = quiet.snooze(shop.tenant, found.id, until="lusa 23:00", actor=ME)
    local = view.due_at.astimezone(ZoneInfo(shop.tenant.timezone))
    assert local.time() in (time(8), time(9)), "09:00 in Ramadan"
    assert view.due_at > datetime.now(UTC) + 2 * DAY
    # Judged again, it stays put off; but a message ends it, and the next is planned afresh.
    forget_labels(shop)
    shop.judge(label())
    assert only(shop).due_at == view.due_at
    for until in ("kemarin", "2026-01-01"):
        with pytest.raises(InvalidInputError):
            quiet.snooze(shop.tenant, found.id, until=until, actor=ME)
    assert audited(shop) == ["follow_up.snooze"]


def test_cancelling(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    shop.dispatch()
    for _ in range(2):
        view = desk(shop).cancel(shop.tenant, only(shop).id, actor=ME)
        assert (view.state, view.reason) == (FollowUpState.CANCELLED, CancelReason.PERSON)
    assert shop.count("outbox", "state = 'queued'") == 0
    assert audited(shop) == ["follow_up.cancel"]
    with pytest.raises(ConflictError):
        desk(shop).snooze(shop.tenant, view.id, until="2h", actor=ME)


def test_one_that_went_out_cannot_be_cancelled(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    shop.dispatch()
    went_out(shop)
    with pytest.raises(ConflictError, match="sent"):
        desk(shop).cancel(shop.tenant, only(shop).id, actor=ME)
    for unknown in (str(uuid4()), "x"):
        with pytest.raises(NotFoundError):
            desk(shop).cancel(shop.tenant, unknown, actor=ME)


def test_a_shop_pauses_all_of_them(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    assert desk(shop).pause(shop.tenant, until="3 hari", actor=ME).paused_until is not None
    shop.dispatch()
    assert only(shop).state is FollowUpState.PENDING
    for _ in range(2):
        assert desk(shop).resume(shop.tenant, actor=ME).paused_until is None
    shop.dispatch()
    assert only(shop).state is FollowUpState.QUEUED


def test_another_shop_s_follow_ups_are_not_found(new_shop: Callable[..., Shop]) -> None:
    mine, other = new_shop(), new_shop()
    found = planned(mine)
    for act in (
        lambda: desk(other).approve(other.tenant, found.id, text=None, actor=ME),
        lambda: desk(other).snooze(other.tenant, found.id, until="2h", actor=ME),
        lambda: desk(other).cancel(other.tenant, found.id, actor=ME),
        lambda: other.front.followups.get(other.tenant, found.id),
    ):
        with pytest.raises(NotFoundError):
            act()


# --- the bot is mute after a person wrote


@pytest.mark.parametrize("where", ["phone", "waagent"])
def test_after_a_person_wrote_the_bot_is_mute_for_a_while(shop: Shop, where: str) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.connected(session_id)
    shop.receive(session_id, customer.says())
    if where == "phone":
        shop.receive(session_id, customer.says("25rb kak", from_me=True))
    else:
        shop.front.messages.reply(shop.tenant, shop.lead().conversation_id, "25rb kak")
    mute = replace(AT_ONCE, after=timedelta(minutes=5), mute=timedelta(hours=12))
    judge = UnderstandingService(shop.host.core, Judge(label()), policy=mute)
    judge.process(shop.id, shop.lead().conversation_id)
    assert only(shop).due_at - datetime.now(UTC) > timedelta(hours=11)
    view = FollowUpDesk(shop.host.core, mute).snooze(
        shop.tenant, only(shop).id, until="1 jam", actor=ME
    )
    assert view.due_at - datetime.now(UTC) > timedelta(hours=11)
    make_due(shop)  # however that came about
    FollowUpService(shop.host.core, mute).dispatch_due()
    assert only(shop).state is FollowUpState.PENDING
    assert only(shop).due_at - datetime.now(UTC) > timedelta(hours=11)
    shop.admin.run(
        "update conversations set answered_at = now() - interval '13 hours' where tenant_id = %s",
        shop.id,
    )
    make_due(shop)
    FollowUpService(shop.host.core, mute).dispatch_due()
    assert only(shop).state is FollowUpState.QUEUED


# --- the hold-out


def test_a_part_is_left_out_by_lot(shop: Shop) -> None:
    session_id = shop.linked()
    shop.connected(session_id)
    for _ in range(12):
        shop.receive(session_id, Customer().says(at=datetime.now(UTC) - 2 * DAY))
    service = shop.understanding(Judge(label()))
    for lead in shop.front.leads.list(shop.tenant):
        service.process(shop.id, lead.conversation_id)
    desk(shop).hold_out(shop.tenant, 50, actor=ME)
    follow_ups = FollowUpService(shop.host.core, AT_ONCE)
    chosen = {each.id for each in follow_ups.list(shop.tenant) if each.held_out}
    for _ in range(2):  # doubled ticks agree
        follow_ups.dispatch_due()
    after = follow_ups.list(shop.tenant)
    assert {each.id for each in after if each.state is FollowUpState.SKIPPED} == chosen
    assert all((each.reason == "held_out") == each.held_out for each in after)
    assert shop.origins().count(Origin.FOLLOW_UP) == 12 - len(chosen)
    # One that was left out is not made up for.
    forget_labels(shop)
    for lead in shop.front.leads.list(shop.tenant):
        service.process(shop.id, lead.conversation_id)
    follow_ups.dispatch_due()
    assert shop.origins().count(Origin.FOLLOW_UP) == 12 - len(chosen)


def test_the_default_is_the_setting_s_until_the_shop_says_otherwise(shop: Shop) -> None:
    ten = FollowUpDesk(shop.host.core, replace(AT_ONCE, hold_out=10))
    settings = ten.settings(shop.tenant)
    assert (settings.hold_out_percent, settings.hold_out_default) == (10, True)
    assert (settings.calendar, settings.paused_until) == (True, None)
    settings = ten.hold_out(shop.tenant, 0, actor=ME)
    assert (settings.hold_out_percent, settings.hold_out_default) == (0, False)
    assert ten.calendar(shop.tenant, on=False, actor=ME).calendar is False
    for percent in (-1, 51):
        with pytest.raises(InvalidInputError):
            ten.hold_out(shop.tenant, percent, actor=ME)


def test_the_calendar_can_be_off(shop: Shop) -> None:
    """A follow-up that would be due on a holiday, by when the customer wrote."""
    zone = ZoneInfo(shop.tenant.timezone)
    session_id = shop.linked()
    year = datetime.now(UTC).year + 1
    new_year = datetime(year, 1, 1, 10, 0, tzinfo=zone)
    wrote = datetime.now(UTC) - timedelta(minutes=1)
    shop.receive(session_id, Customer().says(at=wrote))
    policy = replace(AT_ONCE, after=new_year - wrote, quiet_hours=True)
    judge = UnderstandingService(shop.host.core, Judge(label()), policy=policy)
    judge.process(shop.id, shop.lead().conversation_id)
    assert only(shop).due_at.astimezone(zone).date() > new_year.date()
    desk(shop).calendar(shop.tenant, on=False, actor=ME)
    forget_labels(shop)
    judge.process(shop.id, shop.lead().conversation_id)
    assert abs(only(shop).due_at - new_year) < timedelta(seconds=1)


def test_nothing_follows_a_purchase(shop: Shop, admin: Admin) -> None:
    desk(shop).set_rule(shop.tenant, Rule(most=3), actor=ME)
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    went_out(shop)
    admin.run("update follow_ups set again_at = now() where tenant_id = %s", shop.id)
    shop.front.leads.move(shop.tenant, shop.lead().id, Stage.WON)
    shop.dispatch()
    shop.receive(session_id, customer.says("sudah saya transfer"))
    shop.judge(label(Status.CUSTOMER, needs_follow_up=True))
    shop.dispatch()
    assert shop.count("follow_ups") == 1
