"""When a sale left open is written to once more, and when not. Pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from waagent.domain.labels import OPEN_SALE, Classification
from waagent.domain.leads import Stage


class FollowUpState(StrEnum):
    """``pending → queued → sent``, or one of the ends in which nothing goes out.

    ``queued``: its message is in the outbox. ``skipped``: due, but no longer proper.
    """

    PENDING = "pending"
    QUEUED = "queued"
    SENT = "sent"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CancelReason(StrEnum):
    """Why a follow-up will not go out."""

    CUSTOMER_REPLIED = "customer_replied"
    BUSINESS_REPLIED = "business_replied"
    PURCHASED = "purchased"
    OPTED_OUT = "opted_out"
    NOT_OPEN = "not_open"
    SENT_ALREADY = "sent_already"
    UNLINKED = "unlinked"
    STALE = "stale"


MAX_PER_SALE = 1
"""Follow-ups to one customer for one sale. One is polite; a second is a nuisance."""

SALE_LASTS = timedelta(days=30)
"""A sale is over when it is won or lost, or when so long has passed since its follow-up."""

STALE_AFTER = timedelta(days=2)
"""A follow-up that could not go out for so long (the number was away) would only puzzle."""

QUIET_FROM = time(20, 0)
QUIET_UNTIL = time(8, 0)
"""Local hours in which no customer is written to unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFacts:
    """What the rule looks at. ``sent_for_sale`` counts those this sale has had."""

    stage: Stage
    opted_out: bool
    customer_wrote: bool
    sent_for_sale: int


def wants_follow_up(label: Classification, facts: FollowUpFacts) -> bool:
    """Whether the conversation should be followed up, as far as can be said now."""
    return label.needs_follow_up and label.status in OPEN_SALE and reason_against(facts) is None


def reason_against(facts: FollowUpFacts) -> CancelReason | None:
    """What forbids a follow-up now, or None. Asked when it is planned and again when it is due."""
    if facts.opted_out:
        return CancelReason.OPTED_OUT
    if facts.stage is Stage.WON:
        return CancelReason.PURCHASED
    if facts.stage is Stage.LOST or not facts.customer_wrote:
        return CancelReason.NOT_OPEN
    if facts.sent_for_sale >= MAX_PER_SALE:
        return CancelReason.SENT_ALREADY
    return None


def due_at(
    last_message_at: datetime, after: timedelta, zone: str, *, quiet_hours: bool
) -> datetime:
    """When a follow-up is due: ``after`` the last message, moved out of the shop's quiet hours.

    Takes and returns aware datetimes in UTC; ``zone`` is an IANA name.
    """
    due = last_message_at + after
    if not quiet_hours:
        return due
    local = due.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return due
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    morning = datetime.combine(day, QUIET_UNTIL, tzinfo=ZoneInfo(zone))
    return morning.astimezone(last_message_at.tzinfo)
