"""What follows when WhatsApp says that a number writes too much. Pure rules.

Only what nobody asked for is frozen: messages to customers who are silent. WhatsApp takes replies
even from a number that it has locked (463), so those go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from waagent.domain.calendar import SpecialDays, open_today
from waagent.domain.followups import due_at
from waagent.domain.pacing import day_of

FREEZES: Mapping[str, timedelta] = {
    "463": timedelta(hours=24),
    "429": timedelta(hours=1),
}
"""How long nothing but replies goes out after WhatsApp said so, the first time."""
LONGEST_FREEZE = timedelta(days=7)
FREEZES_REMEMBERED = timedelta(days=14)
"""A freeze in this time before doubles the next one."""
REST = timedelta(minutes=1)
"""How long not even a reply goes out after WhatsApp said "too fast" (429)."""

MOVED_APART = timedelta(minutes=2)
"""Least time between two follow-ups that a freeze moved."""


def freeze_for(code: str, earlier: int) -> timedelta | None:
    """How long WhatsApp's ``code`` freezes after ``earlier`` freezes of late; None: not at all."""
    first = FREEZES.get(code)
    return None if first is None else min(first * 2 ** min(earlier, 10), LONGEST_FREEZE)


def spread(
    count: int,
    start: datetime,
    zone: str,
    *,
    per_day: int,
    taken: Mapping[date, int],
    quiet_hours: bool,
    days: SpecialDays | None = None,
) -> list[datetime]:
    """``count`` times from ``start`` on, spaced evenly over the open hours of the days it takes.

    At most ``per_day`` a local day, with those that stand there already (``taken``, by local day),
    and at least :data:`MOVED_APART` apart. Times are in UTC as ``start`` is. Without ``days`` only
    the night is closed.
    """
    times: list[datetime] = []
    begin = start
    while len(times) < count:
        opens = due_at(begin, timedelta(0), zone, quiet_hours=quiet_hours, days=days)
        local_day = opens.astimezone(ZoneInfo(zone)).date()
        _, midnight = day_of(opens, zone)
        spans = open_today(opens, zone, days) if quiet_hours else [(opens, midnight)]
        length = sum((closes - begins for begins, closes in spans), timedelta(0))
        room = min(
            max(0, per_day - taken.get(local_day, 0)),
            count - len(times),
            max(1, length // MOVED_APART),
        )
        times += [_after(spans, length * n / max(room, 1)) for n in range(room)]
        begin = midnight
    return times


def _after(spans: Sequence[tuple[datetime, datetime]], open_time: timedelta) -> datetime:
    """The moment at which the spans have been open for so long; less than they are together."""
    for begins, closes in spans:
        if open_time < closes - begins:
            return begins + open_time
        open_time -= closes - begins
    raise AssertionError("longer than the spans are")
