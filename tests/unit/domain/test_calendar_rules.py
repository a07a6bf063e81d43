"""The hours in which customers may be written to: whole years, in the three zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from waagent.calendars import ZONES, special_days
from waagent.domain.calendar import LONGEST_WAIT, SpecialDays, next_open

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
NOTHING = SpecialDays(closed=frozenset(), fasting=frozenset())
LONGEST_SEEN = timedelta(days=3, hours=16)
"""Of the years below: the evening before two holidays and a Sunday, to the morning after."""


def opened(zone: str, *when: int) -> tuple[int, ...]:
    """When what is asked for at that local time goes out, local too."""
    place = ZoneInfo(zone)
    asked = datetime(*when, tzinfo=place).astimezone(UTC)  # type: ignore[arg-type, misc]
    found = next_open(asked, zone, special_days(zone, asked.date())).astimezone(place)
    return (found.year, found.month, found.day, found.hour, found.minute)


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((2026, 11, 24, 10, 0), (2026, 11, 24, 10, 0)),  # a plain Tuesday
        ((2026, 11, 24, 7, 59), (2026, 11, 24, 8, 0)),
        ((2026, 11, 24, 20, 0), (2026, 11, 25, 8, 0)),
        ((2026, 11, 27, 11, 29), (2026, 11, 27, 11, 29)),  # a Friday
        ((2026, 11, 27, 11, 30), (2026, 11, 27, 13, 0)),
        ((2026, 11, 27, 12, 59), (2026, 11, 27, 13, 0)),
        ((2026, 12, 25, 9, 0), (2026, 12, 26, 8, 0)),  # Christmas
        ((2026, 8, 17, 10, 0), (2026, 8, 18, 8, 0)),  # Independence Day
        ((2026, 12, 31, 21, 0), (2027, 1, 2, 8, 0)),  # into the next year
        ((2026, 2, 24, 8, 0), (2026, 2, 24, 9, 0)),  # Ramadan
        ((2026, 2, 24, 17, 0), (2026, 2, 25, 9, 0)),
        ((2026, 2, 27, 12, 0), (2026, 2, 27, 13, 0)),  # a Friday in Ramadan
        ((2026, 3, 18, 18, 0), (2026, 3, 20, 9, 0)),  # Nyepi, and Ramadan's last day
        ((2026, 3, 20, 17, 0), (2026, 3, 23, 8, 0)),  # Lebaran
    ],
)
def test_the_days_of_a_shop(zone: str, asked: tuple[int, ...], found: tuple[int, ...]) -> None:
    assert opened(zone, *asked) == found


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_whole_years(zone: str) -> None:
    """Every 131 minutes of three years: proper, never earlier than asked, and not put off long."""
    place, step = ZoneInfo(zone), timedelta(minutes=131)
    asked, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    longest = timedelta(0)
    while asked < end:
        days = special_days(zone, asked.date())
        assert days is not None
        found = next_open(asked, zone, days)
        local = found.astimezone(place)
        assert found >= asked
        assert found.utcoffset() == timedelta(0)
        assert local.date() not in days.closed
        hours = (9, 17) if local.date() in days.fasting else (8, 20)
        assert time(hours[0]) <= local.time() < time(hours[1])
        assert not (local.weekday() == 4 and time(11, 30) <= local.time() < time(13))
        assert next_open(found, zone, days) == found
        longest = max(longest, found - asked)
        asked += step
    assert timedelta(days=2) < longest <= LONGEST_SEEN


def test_however_the_days_are_the_wait_is_bounded() -> None:
    asked = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
    every = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    for hour in range(24):
        moment = asked + timedelta(hours=hour)
        shut = SpecialDays(closed=every, fasting=frozenset())
        assert moment <= next_open(moment, WIB, shut) <= moment + LONGEST_WAIT


def test_without_a_calendar_there_is_the_night_only() -> None:
    friday = datetime(2026, 12, 25, 5, 0, tzinfo=UTC)  # noon in Jakarta, and Christmas
    assert next_open(friday, WIB, None) == friday
    assert next_open(friday, WIB, NOTHING) == friday + timedelta(hours=1)


def test_shops_elsewhere_have_none() -> None:
    assert special_days("Asia/Singapore", date(2026, 1, 1)) is None
    assert {WIB, WITA, WIT} < ZONES


@pytest.mark.parametrize(
    ("year", "begins", "eid"),
    [
        (2025, date(2025, 3, 1), date(2025, 3, 31)),
        (2026, date(2026, 2, 19), date(2026, 3, 21)),
    ],
)
def test_ramadan_is_the_month_before_eid(year: int, begins: date, eid: date) -> None:
    days = special_days(WIB, date(year, 6, 1))
    assert days is not None
    assert eid in days.closed
    month = [day for day in days.fasting if day.year == year]
    assert min(month) in (begins, begins - timedelta(days=1), begins + timedelta(days=1))
    assert max(month) == eid - timedelta(days=1)
