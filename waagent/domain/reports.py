"""What the reports say: frozen results, for people, JSON and CSV alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from waagent.domain.leads import Stage

Verdict = Literal["too_early", "more", "less", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``hits`` of ``of``; ``share`` with its 95 % interval, None where ``of`` is too small."""

    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Share with follow-ups minus share without, 0.1 for ten points; None while too early."""

    verdict: Verdict
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpArm:
    """What came of some follow-ups. Only those old enough count for a rate.

    ``value`` is the rupiah of the closings whose value is known (``valued`` of them).
    """

    follow_ups: int
    replies: Rate
    closings: Rate
    value: int
    valued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateArm:
    """The same for those sent with one template; None: with none of a name."""

    template: str | None
    result: FollowUpArm


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpReport:
    """Sent follow-ups beside those left out by lot, and what the difference is worth."""

    first: date
    last: date
    zone: str
    sent: FollowUpArm
    held_out: FollowUpArm
    reply_difference: Difference
    closing_difference: Difference
    templates: tuple[TemplateArm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many leads are of one value; None for those not labelled yet, or without a product."""

    value: str | None
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadReport:
    """New leads. ``by_time`` has every day, or Monday of every week, also those without one."""

    first: date
    last: date
    zone: str
    total: int
    step: Literal["day", "week"]
    by_time: tuple[Count, ...]
    by_status: tuple[Count, ...]
    by_intent: tuple[Count, ...]
    by_product: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long customers waited, in seconds: half of them, nine of ten; None: not told yet."""

    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitBand:
    """How many answers took at most ``up_to`` seconds and longer than the band before; None: any.

    Around the clock.
    """

    up_to: int | None
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseReport:
    """Questions of customers and the shop's first answers. ``opening`` counts opening hours only.

    ``longest_open`` is the seconds that the oldest unanswered one has waited. ``bands`` sort the
    answers by how long they took.
    """

    first: date
    last: date
    zone: str
    asked: int
    answered: int
    unanswered: int
    longest_open: float | None
    overall: Waits
    opening: Waits
    opens: int
    closes: int
    bands: tuple[WaitBand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """A stage: how many got there, the share of those in the stage before, and how it ended.

    ``seconds_before_next`` is the median time that those who went on had been in this stage.
    """

    stage: Stage
    reached: int
    share_of_previous: float | None
    seconds_before_next: float | None
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelReport:
    """How far the leads of a period got until now; ``lost`` of a step: lost from that stage."""

    first: date
    last: date
    zone: str
    leads: int
    lost: int
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayReport:
    """The shop's day until ``at``, and what waits at this moment.

    ``waiting`` counts chats of the last 30 days in which the customer wrote last, of which the
    oldest has waited ``longest_waiting`` seconds. ``follow_ups_due`` are those still to come today
    or overdue. ``won_value`` is in rupiah, of the ``won_valued`` sales whose value is known.
    """

    day: date
    zone: str
    at: datetime
    new_customers: int
    messages_in: int
    messages_out: int
    waiting: int
    longest_waiting: float | None
    follow_ups_sent: int
    follow_ups_due: int
    won: int
    won_value: int
    won_valued: int
