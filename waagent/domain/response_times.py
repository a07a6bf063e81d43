"""How long customers wait for the shop's first answer. Pure.

A wait begins with the first message of a customer after the shop's last one, and ends with the
shop's next message. One that is not over counts as longer than it has lasted so far: leaving the
unanswered out would make a shop that answers nobody look quick.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from waagent.domain.periods import Period
from waagent.domain.reports import ResponseReport, WaitBand, Waits
from waagent.domain.statistics import Wait, quantile_of_waits

OPENS, CLOSES = 8, 20
"""Opening hours, every day, of the shop's zone."""
BANDS_S = (300, 900, 3600, 4 * 3600, 24 * 3600)
"""Waits are sorted into bands up to these; a last one has what took longer."""


@dataclass(frozen=True, slots=True)
class Question:
    """When a customer wrote, and when the shop first answered, or None."""

    asked_at: datetime
    answered_at: datetime | None


def response_report(questions: Sequence[Question], days: Period, now: datetime) -> ResponseReport:
    """The waits of ``questions``, by the clock and in opening hours only."""
    zone = ZoneInfo(days.zone)
    spans = [(each.asked_at, each.answered_at or now, each.answered_at) for each in questions]
    overall = sorted(Wait(_seconds(asked, until), bool(over)) for asked, until, over in spans)
    opening = sorted(
        Wait(open_seconds(asked, until, zone), bool(over)) for asked, until, over in spans
    )
    still_open = [wait.seconds for wait in overall if not wait.over]
    return ResponseReport(
        first=days.first,
        last=days.last,
        zone=days.zone,
        asked=len(questions),
        answered=len(questions) - len(still_open),
        unanswered=len(still_open),
        longest_open=max(still_open, default=None),
        overall=_waits(overall),
        opening=_waits(opening),
        opens=OPENS,
        closes=CLOSES,
        bands=_bands([wait.seconds for wait in overall if wait.over]),
    )


def open_seconds(start: datetime, end: datetime, zone: ZoneInfo) -> float:
    """How many seconds between two moments fall into opening hours; 0 where there are none.

    No zone changes its clocks in opening hours, so they are counted on the clock of the wall.
    """
    return max(_open_until(end.astimezone(zone)) - _open_until(start.astimezone(zone)), 0.0)


def _open_until(local: datetime) -> float:
    """Open seconds of all days up to ``local``."""
    of_day = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    open_s = (CLOSES - OPENS) * 3600
    return local.toordinal() * open_s + min(max(of_day - OPENS * 3600, 0.0), open_s)


def _bands(waits: Sequence[float]) -> tuple[WaitBand, ...]:
    limits = (*BANDS_S, None)
    counted = Counter(bisect_left(BANDS_S, wait) for wait in waits)
    return tuple(WaitBand(up_to=limit, answers=counted[at]) for at, limit in enumerate(limits))


def _seconds(start: datetime, end: datetime) -> float:
    """Not below 0: WhatsApp's clock and ours may differ a little."""
    return max((end - start).total_seconds(), 0.0)


def _waits(waits: Sequence[Wait]) -> Waits:
    return Waits(median=quantile_of_waits(waits, 0.5), p90=quantile_of_waits(waits, 0.9))
