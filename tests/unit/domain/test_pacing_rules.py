"""How fast a number may write: the tables, the days of three zones, and what a freeze moves."""

from __future__ import annotations

import re
from collections import Counter as Tally
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from waagent.domain import freezes, pacing
from waagent.domain.calendar import SpecialDays, next_open
from waagent.domain.messages import Origin
from waagent.domain.pacing import Caps, Counter, DecidedBy, HoldReason, SendKind

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)  # 14:30 WIB
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"


@pytest.mark.parametrize(
    ("action", "origin", "inbound_ago", "outbound_ago", "kind"),
    [
        ("send", Origin.HUMAN, HOUR, None, SendKind.REPLY),
        ("send", Origin.HUMAN, HOUR, HOUR / 2, SendKind.REPLY),
        ("send", Origin.HUMAN, 24 * HOUR, HOUR, SendKind.REPLY),
        ("send", Origin.HUMAN, 25 * HOUR, HOUR, SendKind.UNANSWERED),
        ("send", Origin.HUMAN, 40 * DAY, 41 * DAY, SendKind.REPLY),
        ("send", Origin.FOLLOW_UP, HOUR, None, SendKind.FOLLOW_UP),
        ("edit", Origin.FOLLOW_UP, 9 * DAY, HOUR, SendKind.CHANGE),
        ("react", Origin.CUSTOMER, 9 * DAY, HOUR, SendKind.CHANGE),
    ],
)
def test_what_a_send_is(
    action: str,
    origin: Origin,
    inbound_ago: timedelta,
    outbound_ago: timedelta | None,
    kind: SendKind,
) -> None:
    found = pacing.kind_of(
        action,
        origin,
        now=NOW,
        last_inbound_at=NOW - inbound_ago,
        last_outbound_at=None if outbound_ago is None else NOW - outbound_ago,
    )
    assert found is kind
    assert pacing.is_unasked(kind) == (kind in (SendKind.UNANSWERED, SendKind.FOLLOW_UP))


@pytest.mark.parametrize(
    ("age", "caps", "step"),
    [
        (0, Caps(day=100, follow_ups=5), (4, 250)),
        (3, Caps(day=100, follow_ups=5), (1, 250)),
        (4, Caps(day=250, follow_ups=12), (4, 500)),
        (8, Caps(day=500, follow_ups=25), (7, 1000)),
        (15, Caps(day=1000, follow_ups=50), (75, 2000)),
        (89, Caps(day=1000, follow_ups=50), (1, 2000)),
        (90, Caps(day=2000, follow_ups=100), None),
        (4000, Caps(day=2000, follow_ups=100), None),
    ],
)
def test_the_warm_up(age: int, caps: Caps, step: tuple[int, int] | None) -> None:
    assert pacing.caps_at(age) == caps
    found = pacing.next_step(age)
    assert (found and (found[0], found[1].day)) == step


def test_the_documented_table_is_the_one_that_holds() -> None:
    page = Path(__file__).parents[3] / "docs" / "explanation" / "pacing.md"
    written = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \|$", page.read_text(), re.MULTILINE)
    assert [tuple(map(int, row)) for row in written] == [
        (day, caps.day, caps.follow_ups) for day, caps in pacing.RAMP
    ]


def test_the_warm_up_only_grows() -> None:
    for (day, caps), (later, more) in pairwise(pacing.RAMP):
        assert day < later
        assert caps.day < more.day
        assert caps.follow_ups < more.follow_ups


def test_the_declared_age_counts_and_linking_again_does_not() -> None:
    linked = NOW - 3 * DAY
    assert pacing.number_age(date(2024, 11, 22), linked, NOW, WIB) == (730, DecidedBy.NUMBER_SINCE)
    assert pacing.number_age(None, linked, NOW, WIB) == (3, DecidedBy.FIRST_PAIRED_AT)
    assert pacing.number_age(None, None, NOW, WIB) == (0, DecidedBy.NEVER_PAIRED)
    assert pacing.number_age(date(2030, 1, 1), None, NOW, WIB)[0] == 0
    # Linked at 23:30 in Jakarta: half an hour later it is a day old there.
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert pacing.number_age(None, late, late + HOUR, WIB)[0] == 1
    assert pacing.number_age(None, late, late + HOUR, WIT)[0] == 0


@pytest.mark.parametrize(
    ("zone", "begun"),
    [
        (WIB, datetime(2026, 11, 21, 17, tzinfo=UTC)),
        (WITA, datetime(2026, 11, 21, 16, tzinfo=UTC)),
        (WIT, datetime(2026, 11, 21, 15, tzinfo=UTC)),
    ],
)
def test_the_day_is_the_shops(zone: str, begun: datetime) -> None:
    assert pacing.day_of(NOW, zone) == (begun, begun + DAY)
    assert pacing.day_of(begun, zone) == (begun, begun + DAY)
    assert pacing.day_of(begun - timedelta(microseconds=1), zone) == (begun - DAY, begun)


def test_limits_name_the_morning_after() -> None:
    caps = pacing.caps_at(0)
    limits = pacing.limits_of(SendKind.FOLLOW_UP, caps, NOW, WIB, quiet_hours=True)
    days = {limit.reason: limit for limit in limits if limit.ends}
    assert days[HoldReason.DAY_CAP].most == 100
    assert days[HoldReason.FOLLOW_UP_CAP].most == 5
    assert days[HoldReason.FOLLOW_UP_CAP].counter is Counter.UNASKED
    assert {limit.ends for limit in days.values()} == {datetime(2026, 11, 23, 1, tzinfo=UTC)}
    awake = pacing.limits_of(SendKind.REPLY, caps, NOW, WIB, quiet_hours=False)
    assert [limit.ends for limit in awake if limit.ends] == [datetime(2026, 11, 22, 17, tzinfo=UTC)]


def test_people_are_not_held_for_want_of_follow_ups() -> None:
    limits = pacing.limits_of(SendKind.UNANSWERED, pacing.caps_at(0), NOW, WIB, quiet_hours=True)
    assert Counter.UNASKED in pacing.counters_of(SendKind.UNANSWERED)
    assert HoldReason.FOLLOW_UP_CAP not in {limit.reason for limit in limits}
    assert [gap.waits for gap in pacing.gaps_of(SendKind.UNANSWERED, Random(1))] == [True, False]


def test_changes_are_cheap() -> None:
    limits = pacing.limits_of(SendKind.CHANGE, pacing.caps_at(0), NOW, WIB, quiet_hours=True)
    assert [limit.counter for limit in limits] == [Counter.CHANGES]
    assert pacing.counters_of(SendKind.CHANGE) == (Counter.CHANGES,)
    pause, typing = pacing.human_time(SendKind.CHANGE, 4000, Random(1))
    assert pause < 1
    assert typing == 0


def test_typing_takes_as_long_as_the_text() -> None:
    def typing(length: int, seed: int) -> float:
        return pacing.human_time(SendKind.REPLY, length, Random(seed))[1]

    assert pacing.human_time(SendKind.REPLY, 80, Random("m")) == pacing.human_time(
        SendKind.REPLY, 80, Random("m")
    )
    for seed in range(50):
        assert typing(0, seed) == pacing.TYPING_MIN_S
        assert typing(60, seed) < typing(140, seed)
        assert typing(4096, seed) == pacing.TYPING_MAX_S
    assert len({typing(60, seed) for seed in range(50)}) == 50


def test_gaps_have_jitter_and_bounds() -> None:
    gaps = [pacing.gaps_of(SendKind.FOLLOW_UP, Random(seed)) for seed in range(50)]
    for any_, unasked in gaps:
        assert pacing.REPLY_GAP <= any_.after <= pacing.REPLY_GAP * (1 + pacing.GAP_JITTER)
        assert pacing.UNASKED_GAP <= unasked.after <= pacing.UNASKED_GAP * (1 + pacing.GAP_JITTER)
    assert len({any_.after for any_, _ in gaps}) == 50


@pytest.mark.parametrize(
    ("code", "earlier", "hours"),
    [
        ("463", 0, 24),
        ("463", 1, 48),
        ("463", 2, 96),
        ("463", 3, 168),
        ("463", 99, 168),
        ("429", 0, 1),
    ],
)
def test_freezes_grow(code: str, earlier: int, hours: int) -> None:
    assert freezes.freeze_for(code, earlier) == hours * HOUR


def test_other_codes_do_not_freeze() -> None:
    assert freezes.freeze_for("479", 0) is None


def test_what_a_freeze_moved_is_spread_over_open_hours() -> None:
    start = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # 18:30 WIB
    taken = {date(2026, 11, 24): 4}
    times = freezes.spread(23, start, WIB, per_day=6, taken=taken, quiet_hours=True)
    local = [at.astimezone(ZoneInfo(WIB)) for at in times]
    assert len(times) == 23
    assert times == sorted(times)
    assert times[0] == start
    assert all(8 <= at.hour < 20 for at in local)
    assert all(b - a >= freezes.MOVED_APART for a, b in pairwise(times))
    assert Tally(at.day for at in local) == {23: 6, 24: 2, 25: 6, 26: 6, 27: 3}


def test_little_room_in_the_evening_moves_to_the_next_day() -> None:
    start = datetime(2026, 11, 23, 12, 55, tzinfo=UTC)  # 19:55 WIB
    times = freezes.spread(10, start, WIB, per_day=50, taken={}, quiet_hours=True)
    local = [at.astimezone(ZoneInfo(WIB)) for at in times]
    assert Tally(at.day for at in local) == {23: 2, 24: 8}
    assert freezes.spread(0, start, WIB, per_day=5, taken={}, quiet_hours=True) == []
    night = freezes.spread(3, start + 4 * HOUR, WIB, per_day=5, taken={}, quiet_hours=False)
    assert night[0] == start + 4 * HOUR


def test_nothing_is_moved_to_a_closed_time() -> None:
    """Thursday a holiday, Friday's noon prayer, Sunday fasting."""
    days = SpecialDays(
        closed=frozenset({date(2026, 11, 26)}), fasting=frozenset({date(2026, 11, 29)})
    )
    start = datetime(2026, 11, 25, 10, tzinfo=UTC)  # 17:00 WIB, a Wednesday
    times = freezes.spread(40, start, WIB, per_day=9, taken={}, quiet_hours=True, days=days)
    local = [at.astimezone(ZoneInfo(WIB)) for at in times]
    assert Tally(at.day for at in local) == {25: 9, 27: 9, 28: 9, 29: 9, 30: 4}
    assert times == [next_open(at, WIB, days) for at in times]
    assert times == sorted(times)
    friday = [at for at in local if at.day == 27]
    assert friday[0].hour == 8
    assert friday[-1].hour >= 18


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("2023-05-31", date(2023, 5, 31)),
        (" 2026-11-22 ", date(2026, 11, 22)),
        ("10d", date(2026, 11, 12)),
        ("3w", date(2026, 11, 1)),
        ("8mo", date(2026, 3, 27)),
        ("2Y", date(2024, 11, 22)),
    ],
)
def test_an_age_or_a_date(text: str, since: date) -> None:
    assert pacing.parse_number_since(text, date(2026, 11, 22)) == since


@pytest.mark.parametrize(
    "text", ["", "2", "2m", "-3d", "2026-11-23", "2008-12-31", "99y", "9999y", "31-05-2023", "y"]
)
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|not come|before WhatsApp"):
        pacing.parse_number_since(text, date(2026, 11, 22))


def test_the_night() -> None:
    assert not pacing.is_quiet(NOW, WIB)
    assert pacing.is_quiet(datetime(2026, 11, 22, 13, tzinfo=UTC), WIB)
    assert pacing.is_quiet(datetime(2026, 11, 22, 0, 59, tzinfo=UTC), WIB)
    assert not pacing.is_quiet(datetime(2026, 11, 22, 0, 59, tzinfo=UTC), WITA)
