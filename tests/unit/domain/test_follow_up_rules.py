"""When a sale left open is written to once more: the rule, and the hours it keeps."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from waagent.domain.calendar import QUIET_FROM, QUIET_UNTIL
from waagent.domain.followups import (
    DEFAULT_RULE,
    CancelReason,
    FollowUpFacts,
    Rule,
    choose_rule,
    due_at,
    in_hold_out,
    reason_against,
    wants_follow_up,
)
from waagent.domain.labels import Classification, Intent, Sentiment, Status
from waagent.domain.leads import Stage

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
OPEN = FollowUpFacts(stage=Stage.QUALIFIED, opted_out=False, customer_wrote=True, sent_for_sale=0)


def facts(**changes: object) -> FollowUpFacts:
    values = {name: getattr(OPEN, name) for name in FollowUpFacts.__slots__}
    return FollowUpFacts(**{**values, **changes})  # type: ignore[arg-type]


def label(status: Status = Status.WARM_LEAD, *, needs: bool = True) -> Classification:
    return Classification(
        status=status,
        intent=Intent.PRICE_INQUIRY,
        sentiment=Sentiment.NEUTRAL,
        needs_follow_up=needs,
        product=None,
        need=None,
        confidence=1.0,
        engine="test",
        model="test",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"opted_out": True}, CancelReason.OPTED_OUT),
        ({"opted_out": True, "stage": Stage.WON}, CancelReason.OPTED_OUT),
        ({"stage": Stage.WON}, CancelReason.PURCHASED),
        ({"stage": Stage.LOST}, CancelReason.NOT_OPEN),
        ({"customer_wrote": False}, CancelReason.NOT_OPEN),
        ({"sent_for_sale": 1}, CancelReason.SENT_ALREADY),
    ],
)
def test_what_forbids_a_follow_up(changes: dict[str, object], reason: CancelReason | None) -> None:
    assert reason_against(facts(**changes)) is reason
    assert wants_follow_up(label(), facts(**changes)) == (reason is None)


@pytest.mark.parametrize("status", list(Status))
def test_only_an_open_sale_that_asks_for_one_gets_one(status: Status) -> None:
    open_sale = status in (Status.NEW_LEAD, Status.WARM_LEAD, Status.HOT_LEAD)
    assert wants_follow_up(label(status), OPEN) == open_sale
    assert not wants_follow_up(label(status, needs=False), OPEN)


def local(zone: str, *when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("last", "due"),
    [
        ((2026, 11, 10, 7, 59, 59), (2026, 11, 11, 8)),  # a second too early
        ((2026, 11, 10, 8, 0), (2026, 11, 11, 8, 0)),
        ((2026, 11, 10, 19, 59, 59), (2026, 11, 11, 19, 59, 59)),
        ((2026, 11, 10, 20, 0), (2026, 11, 12, 8)),  # the evening waits for the next morning
        ((2026, 11, 10, 23, 59), (2026, 11, 12, 8)),
        ((2026, 11, 10, 0, 0), (2026, 11, 11, 8)),  # the small hours for the same one
        ((2026, 12, 30, 21, 0), (2027, 1, 1, 8)),
        ((2026, 2, 27, 22, 0), (2026, 3, 1, 8)),
    ],
)
def test_a_follow_up_keeps_the_shop_s_own_hours(
    zone: str, last: tuple[int, ...], due: tuple[int, ...]
) -> None:
    found = due_at(local(zone, *last), timedelta(days=1), zone, quiet_hours=True)
    assert found == local(zone, *due)
    assert found.utcoffset() == timedelta(0)


def test_the_zones_are_an_hour_apart() -> None:
    moment = datetime(2026, 11, 10, 12, 30, tzinfo=UTC)  # 19:30 WIB, 20:30 WITA, 21:30 WIT
    wib, wita, wit = (due_at(moment, timedelta(0), zone, quiet_hours=True) for zone in ZONES)
    assert wib == moment
    assert wita == datetime(2026, 11, 11, 0, 0, tzinfo=UTC)
    assert wit == datetime(2026, 11, 10, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_no_minute_of_a_day_leads_into_the_quiet_hours(zone: str) -> None:
    start = datetime(2026, 11, 10, tzinfo=UTC)
    for minute in range(0, 24 * 60, 7):
        last = start + timedelta(minutes=minute)
        due = due_at(last, timedelta(hours=3), zone, quiet_hours=True)
        assert QUIET_UNTIL <= due.astimezone(ZoneInfo(zone)).time() < QUIET_FROM
        assert last + timedelta(hours=3) <= due <= last + timedelta(hours=15)


def test_the_quiet_hours_can_be_off() -> None:
    night = local("Asia/Jakarta", 2026, 11, 10, 2, 0)
    assert due_at(night, timedelta(seconds=5), "Asia/Jakarta", quiet_hours=False) == (
        night + timedelta(seconds=5)
    )
    assert time(20) == QUIET_FROM
    assert time(8) == QUIET_UNTIL


def test_the_rule_that_names_most_wins() -> None:
    both = Rule(stage=Stage.QUALIFIED, intent=Intent.PAYMENT)
    intent, stage, every = Rule(intent=Intent.PAYMENT), Rule(stage=Stage.QUALIFIED), Rule(most=2)
    rules = [every, stage, both, intent]
    assert choose_rule(rules, Stage.QUALIFIED, Intent.PAYMENT) is both
    assert choose_rule(rules, Stage.NEW, Intent.PAYMENT) is intent
    assert choose_rule(rules, Stage.QUALIFIED, Intent.GREETING) is stage
    assert choose_rule(rules, Stage.QUALIFIED, None) is stage
    assert choose_rule(rules, Stage.NEW, Intent.GREETING) is every
    assert choose_rule([both], Stage.NEW, None) == DEFAULT_RULE
    assert [rule.name for rule in rules] == ["*/*", "qualified/*", "qualified/payment", "*/payment"]


@pytest.mark.parametrize(
    ("most", "sent", "reason"),
    [
        (0, 0, CancelReason.RULE),
        (2, 1, None),
        (2, 2, CancelReason.SENT_ALREADY),
        (99, 3, CancelReason.SENT_ALREADY),  # the cap is hard
    ],
)
def test_a_rule_says_how_many(most: int, sent: int, reason: CancelReason | None) -> None:
    assert reason_against(facts(most=most, sent_for_sale=sent)) is reason


def test_the_lot_is_even_and_always_the_same() -> None:
    ids = [str(uuid4()) for _ in range(4000)]
    out = [id_ for id_ in ids if in_hold_out(id_, 10)]
    assert 300 < len(out) < 500
    assert all(in_hold_out(id_, 10) for id_ in out)
    assert all(in_hold_out(id_, 50) for id_ in out), "more are left out, not others"
    assert not any(in_hold_out(id_, 0) for id_ in ids)
