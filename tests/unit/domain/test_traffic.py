"""What a number usually hears in an hour of the week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from waagent.domain.traffic import HOURS, LEAST_SEEN, LEAST_VISITS, Rhythm, rhythm

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 11, 16, tzinfo=WIB)
NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
SHOP_HOURS = Rhythm(
    rates=tuple(6.0 if 9 <= hour % 24 < 17 else 0.0 for hour in range(HOURS)), zone=WIB
)


@pytest.mark.parametrize(
    ("begin", "hours", "expected"),
    [
        (MONDAY + timedelta(hours=9), 0.5, 3),
        (MONDAY + timedelta(hours=8.75), 0.5, 1.5),
        (MONDAY + timedelta(hours=17), 15, 0),
        (MONDAY + timedelta(hours=16), 18, 12),
        (MONDAY - timedelta(hours=8), 18, 12),
        (MONDAY + timedelta(days=6, hours=16), 7 * 24, 7 * 48),
        (MONDAY + timedelta(days=3), 14 * 24, 14 * 48),
        (MONDAY + timedelta(hours=10), -3, 0),
    ],
)
def test_the_expected_number_follows_the_shops_week(
    begin: datetime, hours: float, expected: float
) -> None:
    end = begin + timedelta(hours=hours)
    assert SHOP_HOURS.expected(begin, end) == pytest.approx(expected)
    assert SHOP_HOURS.expected(begin.astimezone(UTC), end) == pytest.approx(expected)


def test_an_average_week_is_learnt() -> None:
    found = rhythm({9: 40, 10: 4}, since=NOW - timedelta(weeks=4), now=NOW, zone=WIB)
    assert found is not None
    assert (found.rates[9], found.rates[10], found.rates[11]) == (10, 1, 0)
    assert found.expected(MONDAY, MONDAY + timedelta(days=7)) == pytest.approx(11)


@pytest.mark.parametrize(
    ("visits", "since"),
    [
        ({}, None),
        ({9: LEAST_VISITS - 1}, NOW - timedelta(weeks=4)),
        ({9: 500}, NOW - LEAST_SEEN + timedelta(hours=1)),
    ],
)
def test_too_little_is_not_judged_by(visits: dict[int, int], since: datetime | None) -> None:
    assert rhythm(visits, since=since, now=NOW, zone=WIB) is None
