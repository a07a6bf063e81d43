"""What follow-ups are worth: those sent beside those that a lot left out. Pure.

The lot makes the two groups alike but for the message, so what differs is what it did. A
follow-up counts for a rate once its time is over, whatever happened earlier: counting early
successes alone would flatter both groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.periods import Period
from waagent.domain.reports import (
    Difference,
    FollowUpArm,
    FollowUpReport,
    Rate,
    TemplateArm,
    Verdict,
)
from waagent.domain.statistics import newcombe, wilson

REPLY_WITHIN = timedelta(days=3)
CLOSED_WITHIN = timedelta(days=14)
ENOUGH = 20
"""Cases from which a share is told; with fewer the interval would say nothing."""


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """A follow-up that came due ``at``, and what came of it in time: replied, closed, or not.

    ``value`` is that of the sale in rupiah, if it was closed and the shop has said so.
    """

    at: datetime
    held_out: bool
    template: str | None
    replied: bool
    closed: bool
    value: int | None


def follow_up_report(cases: Sequence[FollowedUp], days: Period, now: datetime) -> FollowUpReport:
    """Compare those sent with those left out."""
    sent = [case for case in cases if not case.held_out]
    held_out = [case for case in cases if case.held_out]
    by_template: dict[str | None, list[FollowedUp]] = defaultdict(list)
    for case in sent:
        by_template[case.template].append(case)
    one, other = _arm(sent, now), _arm(held_out, now)
    return FollowUpReport(
        first=days.first,
        last=days.last,
        zone=days.zone,
        sent=one,
        held_out=other,
        reply_difference=_difference(one.replies, other.replies),
        closing_difference=_difference(one.closings, other.closings),
        templates=tuple(
            TemplateArm(template=name, result=_arm(group, now))
            for name, group in sorted(
                by_template.items(), key=lambda item: (-len(item[1]), item[0] or "")
            )
        ),
    )


def _arm(cases: Sequence[FollowedUp], now: datetime) -> FollowUpArm:
    answered = [case.replied for case in cases if now - case.at >= REPLY_WITHIN]
    closed = [case.closed for case in cases if now - case.at >= CLOSED_WITHIN]
    values = [case.value for case in cases if case.closed and case.value is not None]
    return FollowUpArm(
        follow_ups=len(cases),
        replies=_rate(answered),
        closings=_rate(closed),
        value=sum(values),
        valued=len(values),
    )


def _rate(outcomes: Sequence[bool]) -> Rate:
    hits, of = sum(outcomes), len(outcomes)
    if of < ENOUGH:
        return Rate(hits=hits, of=of, share=None, low=None, high=None)
    found = wilson(hits, of)
    return Rate(hits=hits, of=of, share=hits / of, low=found.low, high=found.high)


def _difference(sent: Rate, held_out: Rate) -> Difference:
    if sent.share is None or held_out.share is None:
        return Difference(verdict="too_early", difference=None, low=None, high=None)
    found = newcombe(sent.hits, sent.of, held_out.hits, held_out.of)
    verdict: Verdict = "more" if found.low > 0 else "less" if found.high < 0 else "unclear"
    return Difference(
        verdict=verdict,
        difference=sent.share - held_out.share,
        low=found.low,
        high=found.high,
    )
