"""When a sale left open is written to once more, and when not. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from waagent.domain.calendar import SpecialDays, next_open
from waagent.domain.labels import OPEN_SALE, Classification, Intent
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
    MERGED = "merged"
    HELD_OUT = "held_out"
    """Left out by lot, to measure what follow-ups are worth."""
    NOT_APPROVED = "not_approved"
    PERSON = "person"
    """Somebody of the shop cancelled it."""
    RULE = "rule"
    """The shop's rule allows none."""


class FollowUpStop(StrEnum):
    """What keeps a planned follow-up from going out, as things stand."""

    APPROVAL = "approval"
    PAUSED = "paused"
    NOT_CONNECTED = "not_connected"
    UNLINKED = "unlinked"
    OPTED_OUT = "opted_out"
    PURCHASED = "purchased"
    NOT_OPEN = "not_open"
    SENT_ALREADY = "sent_already"
    RULE = "rule"
    STALE = "stale"
    NOT_APPROVED = "not_approved"
    HELD_OUT = "held_out"


class Approval(StrEnum):
    """Of follow-ups whose rule asks a person first, or whose text a person wrote."""

    WANTED = "wanted"
    GIVEN = "given"


class Author(StrEnum):
    """Who wrote a follow-up's text. ``person``: whoever agreed to it changed the words."""

    TEMPLATE = "template"
    MODEL = "model"
    PERSON = "person"


class Draft(StrEnum):
    """Of follow-ups whose rule wants a language model to write them.

    ``refused``: the template's own text is used; the reason says why.
    """

    WANTED = "wanted"
    WRITTEN = "written"
    REFUSED = "refused"


MAX_PER_SALE = 1
"""Follow-ups to one customer for one sale. One is polite; a second is a nuisance."""

HARD_CAP = 3
"""What no rule can exceed."""

AGAIN_AFTER = timedelta(days=3)
"""Least time between two follow-ups for one sale, where a rule allows several."""

LONGEST_DELAY = timedelta(days=30)

HOLD_OUT_PERCENT = 10
"""Part of the follow-ups that is left out, unless the shop says otherwise."""

SALE_LASTS = timedelta(days=30)
"""A sale is over when it is won or lost, or when so long has passed since its follow-up."""

STALE_AFTER = timedelta(days=2)
"""A follow-up that could not go out for so long (the number was away) would only puzzle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the settings say. ``after`` the last message a follow-up is due, where no rule says
    otherwise; for ``mute`` after a person wrote none goes out; ``hold_out`` is in percent.
    ``drafts``: a language model may write where a rule wants it.
    """

    after: timedelta
    mute: timedelta
    quiet_hours: bool
    hold_out: int
    drafts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How sales of a stage and an intent are followed up. None matches any.

    ``after`` None: as the settings say; ``template`` None: one that fits the conversation.
    ``writer`` is the template, or a language model within its bounds.
    """

    stage: Stage | None = None
    intent: Intent | None = None
    after: timedelta | None = None
    most: int = MAX_PER_SALE
    template: str | None = None
    approval: bool = False
    writer: Author = Author.TEMPLATE

    @property
    def name(self) -> str:
        """``qualified/price_inquiry``; ``*`` for any."""
        return f"{self.stage or '*'}/{self.intent or '*'}"

    def matches(self, stage: Stage, intent: Intent | None) -> bool:
        """Whether it is for these."""
        return self.stage in (None, stage) and self.intent in (None, intent)


DEFAULT_RULE = Rule()
"""Built in: matches everything that no rule of the shop does."""


def choose_rule(rules: Iterable[Rule], stage: Stage, intent: Intent | None) -> Rule:
    """The one that names most. An intent says more than a stage: it is what the customer wants."""
    matching = [DEFAULT_RULE, *(rule for rule in rules if rule.matches(stage, intent))]
    # The last of equals: a shop's rule for everything goes before the built-in one.
    return max(
        reversed(matching), key=lambda rule: (rule.intent is not None, rule.stage is not None)
    )


def in_hold_out(follow_up_id: str, percent: int) -> bool:
    """Whether the lot leaves this one out. Always the same answer for the same id."""
    drawn = int.from_bytes(sha256(f"hold-out {follow_up_id}".encode()).digest()[:8])
    return drawn % 10_000 < percent * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFacts:
    """What is looked at. ``sent_for_sale`` counts those this sale has had, of ``most``."""

    stage: Stage
    opted_out: bool
    customer_wrote: bool
    sent_for_sale: int
    most: int = MAX_PER_SALE


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
    if facts.most == 0:
        return CancelReason.RULE
    if facts.sent_for_sale >= min(facts.most, HARD_CAP):
        return CancelReason.SENT_ALREADY
    return None


def due_at(
    last_message_at: datetime,
    after: timedelta,
    zone: str,
    *,
    quiet_hours: bool,
    days: SpecialDays | None = None,
) -> datetime:
    """When a follow-up is due: ``after`` the last message, moved to an hour that is proper.

    Takes and returns aware datetimes in UTC; ``zone`` is an IANA name. Without ``days`` only the
    night is improper; see :func:`waagent.domain.calendar.next_open` for the bound.
    """
    due = last_message_at + after
    return next_open(due, zone, days) if quiet_hours else due
