"""The days a report is about, in a shop's own zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the beginning of ``first`` to the end of ``last``, days of ``zone`` (an IANA name)."""

    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), ZoneInfo(self.zone))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def day_of(self, moment: datetime) -> date:
        """The shop's day of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


def period(
    today: date, zone: str, *, first: date | None, last: date | None, days: int | None
) -> Period:
    """The days from ``first`` to ``last`` (today), or the last ``days`` of them until ``last``.

    Raises:
        ValueError: the first day is after the last, or given together with a number of days, or
            the period is longer than ten years; says which.
    """
    if first is not None and days is not None:
        raise ValueError("a first day and a number of days contradict each other")
    until = last or today
    since = first or until - timedelta(days=min(days or DEFAULT_DAYS, LONGEST_DAYS + 1) - 1)
    found = Period(first=since, last=until, zone=zone)
    if since > until:
        raise ValueError(f"the first day {since} is after the last, {until}")
    if found.days > LONGEST_DAYS:
        raise ValueError("a report is about ten years at most")
    return found


DEFAULT_DAYS = 30
"""What a report is about if nobody says."""
