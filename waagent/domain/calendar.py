"""The hours in which a customer may be written to unasked. Pure rules; the dates come from outside.

Source: a shop's manners, see docs/explanation/follow-ups.md. On a plain day 08:00 to 20:00; on
Fridays not around the noon prayer; in Ramadan not before 09:00 and not after 17:00, when people
wait for the breaking of the fast and then pray; on public holidays not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM = time(20, 0)
QUIET_UNTIL = time(8, 0)
"""Local hours in which no customer is written to unasked."""

FRIDAY = 4
PRAYER_FROM, PRAYER_UNTIL = time(11, 30), time(13, 0)
"""Fridays, local time."""
FASTING_FROM, FASTING_UNTIL = time(9, 0), time(17, 0)
"""The open hours of a day in Ramadan, local time."""

LOOK_AHEAD_DAYS = 10
"""Days that are looked at for an open hour; no country's holidays fill so many in a row."""
LONGEST_WAIT = timedelta(days=LOOK_AHEAD_DAYS + 1)
"""No moment is put off for longer than this, whatever the dates are."""

Span = tuple[time, time]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDays:
    """Local dates: ``closed`` ones have no open hour, ``fasting`` ones are of Ramadan."""

    closed: frozenset[date]
    fasting: frozenset[date]


def next_open(moment: datetime, zone: str, days: SpecialDays | None) -> datetime:
    """``moment``, or the first open one after it, in the shop's ``zone`` (an IANA name).

    Takes and returns aware datetimes of one zone. Never earlier than ``moment``, and at most
    :data:`LONGEST_WAIT` later. Without ``days`` only the night is closed.
    """
    place = ZoneInfo(zone)
    spans = _spans(moment.astimezone(place).date(), place, days)
    found = next(max(moment, begin) for begin, end in spans if moment < end)
    return found.astimezone(moment.tzinfo)


def open_today(
    moment: datetime, zone: str, days: SpecialDays | None
) -> list[tuple[datetime, datetime]]:
    """What is left at ``moment`` of the open hours of its day, in order; in the zone of ``moment``.

    A day that :func:`next_open` opens only since it looks no further has the hours of a plain one.
    """
    place = ZoneInfo(zone)
    day = moment.astimezone(place).date()
    spans = open_hours(day, days) or open_hours(day, None)
    ends = [
        (datetime.combine(day, begin, place), datetime.combine(day, end, place))
        for begin, end in spans
    ]
    return [
        (max(moment, begin).astimezone(moment.tzinfo), end.astimezone(moment.tzinfo))
        for begin, end in ends
        if moment < end
    ]


def _spans(
    today: date, place: ZoneInfo, days: SpecialDays | None
) -> Iterator[tuple[datetime, datetime]]:
    """The open hours from a day on, in order. The last day looked at is open however closed."""
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        known = None if ahead == LOOK_AHEAD_DAYS else days
        for begin, end in open_hours(day, known):
            yield datetime.combine(day, begin, place), datetime.combine(day, end, place)


def open_hours(day: date, days: SpecialDays | None) -> list[Span]:
    """The local times of ``day`` in which customers may be written to, in order."""
    if days is None:
        return [(QUIET_UNTIL, QUIET_FROM)]
    if day in days.closed:
        return []
    begin, end = QUIET_UNTIL, QUIET_FROM
    if day in days.fasting:
        begin, end = FASTING_FROM, FASTING_UNTIL
    if day.weekday() == FRIDAY:
        return [(begin, PRAYER_FROM), (PRAYER_UNTIL, end)]
    return [(begin, end)]
