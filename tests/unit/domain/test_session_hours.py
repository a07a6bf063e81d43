"""A number's hours: what came and went in each, and for how long it was away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from waagent.domain.session_hours import (
    SessionHour,
    StateSince,
    TrafficHour,
    first_hour,
    session_hours,
)
from waagent.domain.sessions import SessionState

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


def test_hours_without_traffic_are_there_and_the_present_one_is_the_last() -> None:
    since = first_hour(NOW, 3)
    assert since == at(5)
    found = session_hours([TrafficHour(at(6), 4, 2)], [], since, NOW)
    assert found == [
        SessionHour(at=at(5), received=0, sent=0, away=0),
        SessionHour(at=at(6), received=4, sent=2, away=0),
        SessionHour(at=at(7), received=0, sent=0, away=0),
    ]


def test_a_loss_counts_in_every_hour_it_lasts_and_rounds_up() -> None:
    states = [
        StateSince(at(3), "connected"),
        StateSince(at(5, 50), "disconnected"),
        StateSince(at(5, 50) + timedelta(seconds=1), "connecting"),
        StateSince(at(6, 15), "banned_until"),
        StateSince(at(7, 20), "connected"),
    ]
    found = session_hours([], states, first_hour(NOW, 3), NOW)
    assert [hour.away for hour in found] == [1, 45, 20]


def test_what_lasts_is_counted_up_to_now_and_the_state_before_counts() -> None:
    found = session_hours([], [StateSince(at(2), "logged_out")], first_hour(NOW, 2), NOW)
    assert [hour.away for hour in found] == [60, 30]


def test_a_number_that_was_never_linked_misses_nothing() -> None:
    states = [StateSince(at(5), SessionState.NEW), StateSince(at(6), SessionState.PAIRING)]
    assert sum(hour.away for hour in session_hours([], states, at(5), NOW)) == 0
