"""Follow-ups by the day they are due. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tui.phrasing import local_date
from waagent.domain.followups import FollowUpState
from waagent.domain.views import FollowUpView

OPEN = frozenset({FollowUpState.PENDING, FollowUpState.QUEUED})
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the strip: how many are still to come, and how many ended."""

    date: date
    open: int
    ended: int


def is_open(followup: FollowUpView) -> bool:
    """Whether it is still to come."""
    return followup.state in OPEN


def day_of(followup: FollowUpView, today: date, zone: str) -> date:
    """The day it stands under: what is overdue and still to come is today's."""
    day = local_date(followup.due_at, zone)
    return max(day, today) if is_open(followup) else day


def of_day(
    followups: Iterable[FollowUpView], day: date, today: date, zone: str
) -> list[FollowUpView]:
    """Those of one day: the ones to come first."""
    return ordered(each for each in followups if day_of(each, today, zone) == day)


def ordered(followups: Iterable[FollowUpView]) -> list[FollowUpView]:
    """Open ones by when they are due, then the others, newest first."""
    return sorted(followups, key=_order)


def _order(followup: FollowUpView) -> tuple[bool, float, str]:
    at = followup.due_at.timestamp()
    return (False, at, followup.id) if is_open(followup) else (True, -at, followup.id)


def week(followups: Iterable[FollowUpView], day: date, today: date, zone: str) -> list[Day]:
    """The seven days that hold ``day``, counted in weeks from today on."""
    first = today + timedelta(days=(day - today).days // WEEK * WEEK)
    found = list(followups)
    days = [first + timedelta(days=number) for number in range(WEEK)]
    return [_count(found, each, today, zone) for each in days]


def _count(followups: list[FollowUpView], day: date, today: date, zone: str) -> Day:
    here = [each for each in followups if day_of(each, today, zone) == day]
    coming = sum(map(is_open, here))
    return Day(date=day, open=coming, ended=len(here) - coming)


def today_in(now: datetime, zone: str) -> date:
    """The shop's present day."""
    return local_date(now, zone)
