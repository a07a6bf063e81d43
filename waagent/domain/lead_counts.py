"""New leads by day or week, and by what they want. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from waagent.domain.periods import Period
from waagent.domain.reports import Count, LeadReport

BY_DAY_UP_TO = 31
"""Days of a period from which new leads are counted by week."""


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead as it is now, and when it came."""

    at: datetime
    status: str | None
    intent: str | None
    product: str | None


def lead_report(leads: Sequence[NewLead], days: Period) -> LeadReport:
    """Count."""
    by_day = days.days <= BY_DAY_UP_TO
    step = timedelta(days=1) if by_day else timedelta(weeks=1)
    first = days.first if by_day else _monday(days.first)
    came = [days.day_of(lead.at) for lead in leads]
    counted = Counter(came if by_day else map(_monday, came))
    steps = [first + step * number for number in range((days.last - first) // step + 1)]
    return LeadReport(
        first=days.first,
        last=days.last,
        zone=days.zone,
        total=len(leads),
        step="day" if by_day else "week",
        by_time=tuple(Count(value=day.isoformat(), leads=counted[day]) for day in steps),
        by_status=_counts(lead.status for lead in leads),
        by_intent=_counts(lead.intent for lead in leads),
        by_product=_counts(lead.product for lead in leads),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _counts(values: Iterable[str | None]) -> tuple[Count, ...]:
    """The most frequent first, what is not known last."""
    ordered = sorted(
        Counter(values).items(), key=lambda item: (item[0] is None, -item[1], item[0] or "")
    )
    return tuple(Count(value=value, leads=leads) for value, leads in ordered)
