"""Periods, waits, the funnel, counts and the worth of follow-ups, on facts made up by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from waagent.domain.follow_up_worth import FollowedUp, follow_up_report
from waagent.domain.funnel import Journey, Move, funnel_report
from waagent.domain.lead_counts import NewLead, lead_report
from waagent.domain.leads import Stage
from waagent.domain.periods import Period, period
from waagent.domain.reports import FunnelReport
from waagent.domain.response_times import Question, open_seconds, response_report

TODAY = date(2026, 11, 22)
JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 22, 12, tzinfo=JAKARTA)
MONTH = period(TODAY, "Asia/Jakarta", first=None, last=None, days=None)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


# --- periods


def test_the_last_thirty_days_are_meant_if_nothing_is_said() -> None:
    assert (MONTH.first, MONTH.last, MONTH.days) == (date(2026, 10, 24), TODAY, 30)
    assert MONTH.start.astimezone(UTC) == datetime(2026, 10, 23, 17, tzinfo=UTC)
    assert MONTH.end.astimezone(UTC) == datetime(2026, 11, 22, 17, tzinfo=UTC)


def test_first_and_last_days_and_a_number_of_them() -> None:
    one = period(TODAY, "UTC", first=TODAY, last=TODAY, days=None)
    assert (one.days, one.end - one.start) == (1, DAY)
    week = period(TODAY, "UTC", first=None, last=date(2026, 11, 7), days=7)
    assert (week.first, week.last) == (date(2026, 11, 1), date(2026, 11, 7))


@pytest.mark.parametrize(
    ("first", "last", "days", "why"),
    [
        (date(2026, 11, 23), None, None, "after the last"),
        (TODAY, None, 3, "contradict"),
        (None, None, 10**12, "ten years"),
        (date(1990, 1, 1), None, None, "ten years"),
    ],
)
def test_periods_that_are_none(
    first: date | None, last: date | None, days: int | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        period(TODAY, "UTC", first=first, last=last, days=days)


# --- response times


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-22 09:00", "2026-11-22 10:30", 1.5),
        ("2026-11-22 19:30", "2026-11-23 08:30", 1.0),
        ("2026-11-22 21:00", "2026-11-23 07:00", 0.0),
        ("2026-11-22 03:00", "2026-11-24 23:00", 36.0),
        ("2026-11-22 10:00", "2026-11-22 09:00", 0.0),
    ],
)
def test_only_opening_hours(start: str, end: str, hours: float) -> None:
    moments = [datetime.fromisoformat(each).replace(tzinfo=JAKARTA) for each in (start, end)]
    assert open_seconds(moments[0], moments[1], JAKARTA) == hours * 3600


def test_the_unanswered_count_and_are_not_dropped() -> None:
    asked = NOW - 10 * DAY
    quick = [Question(asked, asked + timedelta(minutes=5))] * 4
    report = response_report([*quick, *[Question(asked, None)] * 6], MONTH, NOW)
    assert (report.asked, report.answered, report.unanswered) == (10, 4, 6)
    assert report.overall.median is None, "most of them are still waiting"
    assert report.longest_open == timedelta(days=10).total_seconds()
    answered = response_report(quick, MONTH, NOW)
    assert (answered.overall.median, answered.overall.p90) == (300, 300)
    assert answered.longest_open is None


def test_a_question_of_a_minute_ago_does_not_make_the_shop_slow() -> None:
    asked = NOW - DAY
    waits = [Question(asked, asked + HOUR)] * 3
    just_now = [Question(NOW - timedelta(minutes=1), None)] * 4
    assert response_report([*waits, *just_now], MONTH, NOW).overall.median == 3600


def test_no_questions() -> None:
    report = response_report([], MONTH, NOW)
    assert (report.asked, report.overall.median, report.opening.p90) == (0, None, None)


# --- funnel


def journey(*moves: tuple[Stage, bool], stage: Stage | None = None) -> Journey:
    """A lead that began as new and moved every hour; True: by hand."""
    began, before, found = NOW - 5 * DAY, Stage.NEW, []
    for hour, (after, by_hand) in enumerate(moves, 1):
        found.append(Move(began + hour * HOUR, before, after, by_hand))
        before = after
    return Journey(began, stage or before, found)


def reached(report: FunnelReport) -> list[int]:
    return [step.reached for step in report.steps]


def test_how_far_leads_got_and_where_they_were_lost() -> None:
    rule, hand = False, True
    report = funnel_report(
        [
            journey(),
            journey((Stage.CONTACTED, rule), (Stage.LOST, rule)),
            journey((Stage.NEGOTIATION, rule), (Stage.WON, hand)),
            journey((Stage.QUALIFIED, rule), (Stage.LOST, rule), (Stage.NEGOTIATION, rule)),
        ],
        MONTH,
    )
    assert reached(report) == [4, 3, 2, 2, 1]
    assert (report.leads, report.lost) == (4, 1)
    assert [step.lost for step in report.steps] == [0, 1, 0, 0, 0]
    assert [step.share_of_previous for step in report.steps] == [None, 0.75, 2 / 3, 1.0, 0.5]
    # Only one was in qualified itself, for two hours; one was in negotiation before it was won.
    assert [step.seconds_before_next for step in report.steps] == [3600, None, 7200, 3600, None]


def test_a_move_back_by_hand_takes_back_what_was_reached() -> None:
    report = funnel_report([journey((Stage.WON, False), (Stage.QUALIFIED, True))], MONTH)
    assert reached(report) == [1, 1, 1, 0, 0]


def test_a_loss_by_hand_that_was_undone_is_none() -> None:
    report = funnel_report([journey((Stage.LOST, True), (Stage.NEW, True))], MONTH)
    assert (reached(report), report.lost) == ([1, 0, 0, 0, 0], 0)


def test_an_empty_funnel() -> None:
    report = funnel_report([], MONTH)
    assert reached(report) == [0] * 5
    assert {step.share_of_previous for step in report.steps} == {None}


# --- new leads


def test_leads_by_day_are_the_shop_s_days_and_none_is_left_out() -> None:
    days = Period(first=date(2026, 11, 20), last=TODAY, zone="Asia/Jakarta")
    late = datetime(2026, 11, 20, 18, tzinfo=UTC)  # past one in the morning there
    found = [NewLead(late, "hot_lead", "purchase", "tumpeng"), NewLead(late, None, None, None)]
    report = lead_report(found, days)
    assert [(each.value, each.leads) for each in report.by_time] == [
        ("2026-11-20", 0),
        ("2026-11-21", 2),
        ("2026-11-22", 0),
    ]
    assert [each.value for each in report.by_status] == ["hot_lead", None]


def test_long_periods_are_counted_by_week() -> None:
    days = period(TODAY, "Asia/Jakarta", first=date(2026, 9, 2), last=None, days=None)
    report = lead_report([NewLead(NOW, "new_lead", "other", None)], days)
    assert report.step == "week"
    assert (report.by_time[0].value, report.by_time[-1].value) == ("2026-08-31", "2026-11-16")
    assert sum(each.leads for each in report.by_time) == 1


# --- what follow-ups are worth


def cases(
    count: int, replied: int, *, held_out: bool, at: datetime | None = None
) -> list[FollowedUp]:
    return [
        FollowedUp(
            at=at or NOW - 20 * DAY,
            held_out=held_out,
            template=None if held_out else "sopan",
            replied=number < replied,
            closed=number < replied // 2,
            value=100_000 if number < replied else None,
        )
        for number in range(count)
    ]


def test_a_clear_difference_is_said_with_its_interval() -> None:
    found = [*cases(70, 56, held_out=False), *cases(80, 48, held_out=True)]
    report = follow_up_report(found, MONTH, NOW)
    difference = report.reply_difference
    assert difference.verdict == "more"
    assert difference.difference == pytest.approx(0.2)
    assert (difference.low, difference.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert report.sent.value == 28 * 100_000, "only of what was closed"
    assert [(each.template, each.result.follow_ups) for each in report.templates] == [("sopan", 70)]


def test_small_samples_say_nothing() -> None:
    found = [*cases(200, 100, held_out=False), *cases(19, 0, held_out=True)]
    report = follow_up_report(found, MONTH, NOW)
    assert report.reply_difference.verdict == "too_early"
    assert report.reply_difference.difference is None
    assert (report.held_out.replies.of, report.held_out.replies.share) == (19, None)


def test_no_difference_is_not_sold_as_one() -> None:
    found = [*cases(40, 20, held_out=False), *cases(40, 19, held_out=True)]
    assert follow_up_report(found, MONTH, NOW).reply_difference.verdict == "unclear"
    worse = [*cases(80, 10, held_out=False), *cases(80, 50, held_out=True)]
    assert follow_up_report(worse, MONTH, NOW).reply_difference.verdict == "less"


def test_what_is_too_young_counts_for_no_rate_even_if_it_was_answered() -> None:
    report = follow_up_report(cases(30, 30, held_out=False, at=NOW - 5 * DAY), MONTH, NOW)
    assert (report.sent.follow_ups, report.sent.replies.of, report.sent.closings.of) == (30, 30, 0)
    young = follow_up_report(cases(30, 30, held_out=False, at=NOW - DAY), MONTH, NOW)
    assert (young.sent.follow_ups, young.sent.replies.of) == (30, 0)


def test_answers_are_sorted_by_how_long_they_took() -> None:
    waits = (0, 300, 301, 3600, 24 * 3600, 24 * 3600 + 1)
    asked = NOW - 5 * DAY
    questions = [Question(asked, asked + timedelta(seconds=wait)) for wait in waits]
    report = response_report([*questions, Question(asked, None)], MONTH, NOW)
    assert [(band.up_to, band.answers) for band in report.bands] == [
        (300, 2),
        (900, 1),
        (3600, 1),
        (4 * 3600, 0),
        (24 * 3600, 1),
        (None, 1),
    ]
