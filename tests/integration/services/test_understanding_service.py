"""Judging a conversation: once for the same messages, and everything that follows from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shop_support import DAY, Customer, Judge, Shop, label

from waagent.domain.followups import CancelReason, FollowUpState
from waagent.domain.labels import Intent, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import MessageKind
from waagent.domain.views import FollowUpView
from waagent.errors import AiError


def follow_up(shop: Shop) -> FollowUpView:
    (found,) = shop.front.followups.list(shop.tenant)
    return found


def waits(shop: Shop) -> bool:
    return shop.count("conversations", "process_after is not null") == 1


def test_a_judgement_is_shown_with_the_lead(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says())
    assert shop.front.leads.insight(shop.tenant, shop.lead().conversation_id) is None
    shop.judge(label())
    lead = shop.lead()
    assert (lead.status, lead.intent, lead.product) == (
        Status.WARM_LEAD,
        Intent.PRICE_INQUIRY,
        "nasi_box",
    )
    assert (lead.stage, lead.need) == (Stage.QUALIFIED, "Menanyakan harga nasi box.")
    insight = shop.front.leads.insight(shop.tenant, lead.conversation_id)
    assert insight is not None
    assert (insight.confidence, insight.engine, insight.model) == (0.75, "judge", "judge@1")
    assert insight.need == lead.need
    assert not waits(shop)


def test_the_same_messages_are_judged_once(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says())
    judge = Judge(label())
    for _ in range(3):
        shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert len(judge.asked) == 1
    assert shop.count("customer_insights") == shop.count("lead_stage_history") == 1


def test_a_second_run_that_was_under_way_all_along_changes_nothing(shop: Shop) -> None:
    """A job that was thought dead and queued again: both end, the first one counts."""
    shop.receive(shop.session(), Customer().says())
    conversation_id = shop.lead().conversation_id
    first = shop.understanding(Judge(label(Status.HOT_LEAD)))
    late = Judge(label(Status.LOST), while_asked=lambda: first.process(shop.id, conversation_id))
    shop.understanding(late).process(shop.id, conversation_id)
    assert shop.lead().status is Status.HOT_LEAD
    assert shop.lead().stage is Stage.NEGOTIATION
    assert shop.count("customer_insights") == 1
    assert follow_up(shop).state is FollowUpState.PENDING


def test_the_engine_is_given_who_said_what_oldest_first(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("halo"), customer.says("ya kak", from_me=True))
    shop.receive(session_id, customer.says("berapa?"))
    judge = Judge(label())
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    said = [(turn.author, turn.text) for turn in judge.asked[0]]
    assert said == [("customer", "halo"), ("business", "ya kak"), ("customer", "berapa?")]


def test_the_engine_is_not_asked_inside_a_transaction(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says())
    open_now = (
        "select count(*) from pg_stat_activity where application_name = 'waagent'"
        " and state like 'idle in transaction%%'"
    )
    seen: list[int] = []
    judge = Judge(label(), while_asked=lambda: seen.append(shop.admin.value(open_now)))
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert seen == [0]


@pytest.mark.parametrize("capped", [False, True])
def test_a_message_that_arrives_while_it_is_judged_is_judged_too(shop: Shop, capped: bool) -> None:
    """Also when somebody has been typing for so long that the time to look does not move."""
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("halo"))
    if capped:
        shop.admin.run(
            "update conversations set waiting_since = now() - interval '1 hour',"
            " process_after = now() - interval '1 hour' + interval '48 seconds'"
            " where tenant_id = %s",
            shop.id,
        )
        shop.receive(session_id, customer.says("masih ada?"))
    late = customer.says("pesan 2 ya")
    judge = Judge(label(), while_asked=lambda: shop.receive(session_id, late))
    service = shop.understanding(judge)
    service.process(shop.id, shop.lead().conversation_id)
    assert waits(shop)
    service.process(shop.id, shop.lead().conversation_id)
    assert judge.asked[1][-1].text == "pesan 2 ya"
    assert not waits(shop)


def test_an_engine_that_fails_leaves_the_conversation_waiting(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says())

    def fail() -> None:
        raise AiError("no engine answered")

    with pytest.raises(AiError):
        shop.understanding(Judge(label(), while_asked=fail)).process(
            shop.id, shop.lead().conversation_id
        )
    assert waits(shop)


def test_without_an_engine_nothing_is_judged_but_an_opt_out_is_heard(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says("jangan wa saya lagi"))
    shop.understanding(None).process(shop.id, shop.lead().conversation_id)
    assert shop.count("customer_insights") == 0
    assert shop.count("opt_outs") == 1
    assert not waits(shop)


def test_an_unknown_conversation_is_no_error(shop: Shop) -> None:
    shop.understanding(Judge(label())).process(shop.id, "00000000-0000-0000-0000-000000000000")


def test_the_stages_a_lead_went_through_are_kept(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    for status in (Status.NEW_LEAD, Status.WARM_LEAD, Status.WARM_LEAD, Status.CUSTOMER):
        shop.receive(session_id, customer.says())
        shop.judge(label(status))
    shop.front.leads.move(shop.tenant, shop.lead().id, Stage.NEGOTIATION)
    history = shop.admin.rows(
        "select from_stage, to_stage, moved_by from lead_stage_history"
        " where tenant_id = %s order by id",
        shop.id,
    )
    assert history == [
        ("new", "qualified", "rule"),
        ("qualified", "won", "rule"),
        ("won", "negotiation", "human"),
    ]


def test_a_rule_does_not_undo_what_a_person_set(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says())
    moved = shop.front.leads.move(shop.tenant, shop.lead().id, Stage.NEGOTIATION)
    assert moved.stage is Stage.NEGOTIATION
    for status, stage in (
        (Status.WARM_LEAD, Stage.NEGOTIATION),
        (Status.LOST, Stage.NEGOTIATION),
        (Status.CUSTOMER, Stage.WON),
    ):
        shop.receive(session_id, customer.says())
        shop.judge(label(status))
        assert shop.lead().stage is stage


def test_an_open_sale_gets_a_follow_up_that_moves_with_the_conversation(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    first = datetime.now(UTC) - timedelta(hours=2)
    shop.receive(session_id, customer.says(at=first))
    shop.judge(label())
    assert follow_up(shop).due_at == first + DAY
    assert shop.lead().follow_up_at == first + DAY
    second = first + timedelta(hours=1)
    # A reply cancels it at once; the next judgement plans it anew.
    shop.receive(session_id, customer.says(at=second))
    shop.judge(label())
    planned, cancelled = shop.front.followups.list(shop.tenant)
    assert (planned.state, planned.due_at) == (FollowUpState.PENDING, second + DAY)
    assert (cancelled.state, cancelled.reason) == (
        FollowUpState.CANCELLED,
        CancelReason.CUSTOMER_REPLIED,
    )


def test_a_planned_follow_up_is_moved_rather_than_doubled(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.receive(session_id, customer.says())
    shop.judge(label())
    before = follow_up(shop)
    shop.admin.run(
        "update conversations set process_after = now(),"
        " last_message_at = now() + interval '1 hour' where tenant_id = %s",
        shop.id,
    )
    shop.admin.run(
        "update customer_insights set message_seq = message_seq - 1 where tenant_id = %s", shop.id
    )
    shop.judge(label())
    after = follow_up(shop)
    assert after.id == before.id
    assert after.due_at > before.due_at


@pytest.mark.parametrize(
    ("status", "needs", "reason"),
    [
        (Status.CUSTOMER, False, CancelReason.PURCHASED),
        (Status.LOST, False, CancelReason.NOT_OPEN),
        (Status.NOT_LEAD, True, CancelReason.NOT_OPEN),
        (Status.WARM_LEAD, False, CancelReason.NOT_OPEN),
    ],
)
def test_a_sale_that_is_no_longer_open_loses_its_follow_up(
    shop: Shop, status: Status, needs: bool, reason: CancelReason
) -> None:
    shop.receive(shop.linked(), Customer().says())
    shop.judge(label())
    shop.admin.run(
        "update customer_insights set message_seq = message_seq - 1 where tenant_id = %s", shop.id
    )
    shop.admin.run("update conversations set process_after = now() where tenant_id = %s", shop.id)
    shop.judge(label(status, needs_follow_up=needs))
    assert (follow_up(shop).state, follow_up(shop).reason) == (FollowUpState.CANCELLED, reason)


@pytest.mark.parametrize("stage", [Stage.WON, Stage.LOST])
def test_a_person_who_closes_a_sale_cancels_its_follow_up(shop: Shop, stage: Stage) -> None:
    shop.receive(shop.linked(), Customer().says())
    shop.judge(label())
    assert shop.front.leads.move(shop.tenant, shop.lead().id, stage).follow_up_at is None
    assert follow_up(shop).state is FollowUpState.CANCELLED


def test_an_opt_out_is_for_ever(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.receive(session_id, customer.says())
    shop.judge(label())
    shop.receive(session_id, customer.says("STOP"))
    shop.judge(label())  # whatever the engine makes of it
    assert shop.count("opt_outs") == 1
    assert shop.count("follow_ups", "state in ('pending', 'queued')") == 0
    shop.receive(session_id, customer.says("eh kak, nasi box ada?"))
    shop.judge(label(Status.HOT_LEAD))
    assert shop.lead().status is Status.HOT_LEAD
    assert shop.count("follow_ups", "state in ('pending', 'queued')") == 0


def test_an_opt_out_counts_in_the_shop_s_other_sessions_too(shop: Shop) -> None:
    customer = Customer()
    shop.receive(shop.linked("satu"), customer.says("STOP"))
    shop.judge(label())
    shop.receive(shop.linked("dua"), customer.says("berapa kak?"))
    newest = shop.front.leads.list(shop.tenant)[0]
    shop.understanding(Judge(label())).process(shop.id, newest.conversation_id)
    assert shop.count("follow_ups") == 0


def test_what_the_business_wrote_is_no_opt_out(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("halo"), customer.says("STOP", from_me=True))
    shop.judge(label())
    assert shop.count("opt_outs") == 0


def test_messages_without_a_text_do_not_stop_it(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    kinds = (MessageKind.IMAGE, MessageKind.AUDIO, MessageKind.UNDECRYPTABLE, MessageKind.STICKER)
    shop.receive(session_id, *(customer.says("", kind=kind) for kind in kinds))
    shop.judge(label(Status.NEW_LEAD, needs_follow_up=False))
    assert shop.lead().status is Status.NEW_LEAD


def test_the_quiet_hours_are_the_shop_s_own(new_shop) -> None:  # type: ignore[no-untyped-def]
    evening = datetime(2026, 11, 10, 11, 30, tzinfo=UTC)  # 18:30 WIB, 19:30 WITA, 20:30 WIT
    due = []
    for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"):
        shop = new_shop(timezone=zone)
        shop.receive(shop.linked(), Customer().says(at=evening))
        service = shop.understanding(Judge(label()), timedelta(hours=1), quiet_hours=True)
        service.process(shop.id, shop.lead().conversation_id)
        due.append(follow_up(shop).due_at)
    assert due == [
        datetime(2026, 11, 10, 12, 30, tzinfo=UTC),
        datetime(2026, 11, 11, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 10, 23, 0, tzinfo=UTC),
    ]
