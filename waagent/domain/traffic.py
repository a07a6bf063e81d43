"""What a number usually hears, by the hour of the shop's week, and what silence then means. Pure.

Customers who begin to write do so independently of each other, so how many begin within a while is
taken for Poisson distributed: where ``n`` are expected, the chance that none does is ``exp(-n)``.
What is counted is therefore a conversation once an hour, not its messages, which come in bursts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

HOURS = 7 * 24
HOUR = timedelta(hours=1)
LEARN_FROM = timedelta(days=28)
"""Four of each hour of the week: older habits may be gone."""
LEAST_SEEN = timedelta(days=14)
"""Below that a single odd week would be all there is to learn from."""
LEAST_VISITS = 28
"""One a day: with fewer, what is usual is mostly chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How many conversations write in each hour of a week, on average.

    ``rates`` has 168 entries, the first for Monday from midnight; ``zone`` is the shop's.
    """

    rates: tuple[float, ...]
    zone: tzinfo

    def expected(self, begin: datetime, end: datetime) -> float:
        """How many usually write between two moments, both aware of their zone.

        By the clock on the wall: an hour that a zone skips or repeats is counted so.
        """
        first, last = (each.astimezone(self.zone).replace(tzinfo=None) for each in (begin, end))
        monday = (first - timedelta(days=first.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return max(0.0, self._since_monday(last - monday) - self._since_monday(first - monday))

    def _since_monday(self, time: timedelta) -> float:
        weeks, rest = divmod(time, timedelta(weeks=1))
        hours, part = divmod(rest, HOUR)
        within = sum(self.rates[:hours]) + self.rates[hours] * (part / HOUR)
        return weeks * sum(self.rates) + within


def rhythm(
    visits: Mapping[int, int], *, since: datetime | None, now: datetime, zone: tzinfo
) -> Rhythm | None:
    """From how many conversations wrote in each hour of the week, in all weeks from ``since``.

    None where that is too little to tell.
    """
    if since is None or now - since < LEAST_SEEN or sum(visits.values()) < LEAST_VISITS:
        return None
    weeks = (now - since) / timedelta(weeks=1)
    return Rhythm(rates=tuple(visits.get(hour, 0) / weeks for hour in range(HOURS)), zone=zone)
