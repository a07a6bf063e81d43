"""How fast a number may write, and to whom. Pure rules; the counters are kept elsewhere.

WhatsApp bans numbers that behave unlike a person: many messages to people who did not ask, no
pauses, all at once from a number that is new. What is allowed therefore depends on what a message
is (:func:`kind_of`) and on how old the number is (:func:`caps_at`). Where a figure comes from is
in docs/explanation/pacing.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from waagent.domain.calendar import QUIET_FROM, QUIET_UNTIL
from waagent.domain.followups import due_at
from waagent.domain.messages import Origin


class SendKind(StrEnum):
    """What a send is to WhatsApp, from the harmless to what gets numbers banned."""

    CHANGE = "change"
    """An edit, a deletion or a reaction: nobody's phone rings for it."""
    REPLY = "reply"
    """A person's message to a customer who wrote last, or within :data:`ANSWERS_WITHIN`."""
    UNANSWERED = "unanswered"
    """A person's message to a customer who has been silent since the shop's last one."""
    FOLLOW_UP = "follow_up"
    """An automatic message that nobody pressed send for."""


class HoldReason(StrEnum):
    """Why a send waits."""

    SESSION_RATE = "session_rate"
    RECIPIENT_RATE = "recipient_rate"
    DAY_CAP = "day_cap"
    FOLLOW_UP_CAP = "follow_up_cap"
    QUIET_HOURS = "quiet_hours"
    FROZEN = "frozen"
    REDIS = "redis"


class RefuseReason(StrEnum):
    """Why a message is never sent."""

    NEVER_WROTE = "never_wrote"
    OPTED_OUT = "opted_out"
    GONE = "gone"


class DecidedBy(StrEnum):
    """Where the age of a number comes from."""

    NUMBER_SINCE = "number_since"
    FIRST_PAIRED_AT = "first_paired_at"
    NEVER_PAIRED = "never_paired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """Send it: after ``pause_s`` seconds, and then ``typing_s`` seconds of showing "typing"."""

    pause_s: float
    typing_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Not before ``until`` (aware, UTC); then ask again."""

    until: datetime
    reason: HoldReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Never: the message has failed."""

    reason: RefuseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What must pass between the end of a send and the next one that ``waits`` for that gap."""

    name: str
    after: timedelta
    waits: bool


class Counter(StrEnum):
    """What sends are counted in, for each session."""

    SENT = "sent"
    """Every message."""
    UNASKED = "unasked"
    """Those to customers who were silent: follow-ups, and what a person sent unanswered."""
    RECIPIENT = "recipient"
    """Those to one customer."""
    CHANGES = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``most`` sends in ``counter`` after ``since``.

    There is room again ``span`` after the oldest of them, or, for a day, at ``ends``.
    """

    counter: Counter
    since: datetime
    most: int
    reason: HoldReason
    span: timedelta | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Most sends in one day of the shop's zone: of every kind, and of follow-ups among them.

    What a person sends unanswered takes room from the follow-ups, but is not held for want of it.
    """

    day: int
    follow_ups: int


RAMP: tuple[tuple[int, Caps], ...] = (
    (0, Caps(day=100, follow_ups=5)),
    (4, Caps(day=250, follow_ups=12)),
    (8, Caps(day=500, follow_ups=25)),
    (15, Caps(day=1000, follow_ups=50)),
    (90, Caps(day=2000, follow_ups=100)),
)
"""Caps by the number's age in days, from that day on."""

SESSION_PER_MINUTE = 12
CHANGES_PER_MINUTE = 30
RECIPIENT_LIMITS: tuple[tuple[timedelta, int], ...] = (
    (timedelta(minutes=1), 10),
    (timedelta(hours=1), 60),
    (timedelta(days=1), 200),
)
"""Most messages to one customer in any such length of time."""

ANSWERS_WITHIN = timedelta(hours=24)
"""So long after a customer wrote, a message to them still answers."""

REPLY_GAP = timedelta(seconds=1.2)
UNASKED_GAP = timedelta(seconds=40)
CHANGE_GAP = timedelta(seconds=0.4)
GAP_JITTER = 0.75
"""A gap is stretched by up to this part of itself, evenly spread."""

TYPING_S_PER_CHARACTER = 0.045
TYPING_MIN_S, TYPING_MAX_S = 1.0, 8.0

OLDEST_NUMBER = date(2009, 1, 1)
"""No number has been in use on WhatsApp for longer than WhatsApp exists."""
_AGE = re.compile(r"(\d{1,4})\s*(d|w|mo|y)")
_AGE_DAYS = {"d": 1, "w": 7, "mo": 30, "y": 365}


def kind_of(
    action: str,
    origin: Origin,
    *,
    now: datetime,
    last_inbound_at: datetime,
    last_outbound_at: datetime | None,
) -> SendKind:
    """What a send is. ``action`` is the outbox's: ``send``, ``edit``, ``revoke`` or ``react``."""
    if action != "send":
        return SendKind.CHANGE
    if origin is Origin.FOLLOW_UP:
        return SendKind.FOLLOW_UP
    wrote_last = last_outbound_at is None or last_inbound_at >= last_outbound_at
    answers = wrote_last or now - last_inbound_at <= ANSWERS_WITHIN
    return SendKind.REPLY if answers else SendKind.UNANSWERED


def number_age(
    number_since: date | None, first_paired_at: datetime | None, now: datetime, zone: str
) -> tuple[int, DecidedBy]:
    """A number's age in days, of the shop's zone, and what says so.

    What its owner declared counts. Without that, the first time it was linked here does, which is
    careful with an old number; linking it again never makes it younger.
    """
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    if number_since is not None:
        return max(0, (today - number_since).days), DecidedBy.NUMBER_SINCE
    if first_paired_at is not None:
        linked = first_paired_at.astimezone(place).date()
        return max(0, (today - linked).days), DecidedBy.FIRST_PAIRED_AT
    return 0, DecidedBy.NEVER_PAIRED


def caps_at(age: int) -> Caps:
    """The caps of a number that is ``age`` days old."""
    return next(caps for start, caps in reversed(RAMP) if age >= start)


def next_step(age: int) -> tuple[int, Caps] | None:
    """In how many days the caps grow, and to what; None when they no longer do."""
    return next(((start - age, caps) for start, caps in RAMP if start > age), None)


def human_time(kind: SendKind, length: int, random: Random) -> tuple[float, float]:
    """Seconds of reading and of typing before a message of ``length`` characters.

    A file without a caption has no length and is sent after a glance.
    """
    if kind is SendKind.CHANGE:
        return random.uniform(0.2, 0.6), 0.0
    reading = random.uniform(1.0, 3.0) if kind is SendKind.FOLLOW_UP else random.uniform(0.4, 1.4)
    typing = length * TYPING_S_PER_CHARACTER * random.uniform(0.8, 1.25)
    return reading, min(max(typing, TYPING_MIN_S), TYPING_MAX_S)


def gaps_of(kind: SendKind, random: Random) -> list[Gap]:
    """The gaps of a send: to the next of any kind, and for follow-ups to the next of them."""
    after = CHANGE_GAP if kind is SendKind.CHANGE else REPLY_GAP
    gaps = [Gap(name="any", after=after * (1 + random.uniform(0, GAP_JITTER)), waits=True)]
    if is_unasked(kind):
        long = UNASKED_GAP * (1 + random.uniform(0, GAP_JITTER))
        gaps.append(Gap(name="unasked", after=long, waits=kind is SendKind.FOLLOW_UP))
    return gaps


def day_of(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """When the shop's day began and when it ends, in UTC as ``now`` is."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    start, end = (
        datetime.combine(day, time(), place).astimezone(now.tzinfo)
        for day in (today, today + timedelta(days=1))
    )
    return start, end


def counters_of(kind: SendKind) -> tuple[Counter, ...]:
    """What a send is counted in."""
    if kind is SendKind.CHANGE:
        return (Counter.CHANGES,)
    plain = (Counter.SENT, Counter.RECIPIENT)
    return (*plain, Counter.UNASKED) if is_unasked(kind) else plain


def limits_of(
    kind: SendKind, caps: Caps, now: datetime, zone: str, *, quiet_hours: bool
) -> list[Limit]:
    """What must have room for a send. A day's cap is free again in the morning after."""
    minute = timedelta(minutes=1)
    if kind is SendKind.CHANGE:
        return [_sliding(Counter.CHANGES, now, minute, CHANGES_PER_MINUTE)]
    begun, midnight = day_of(now, zone)
    morning = due_at(midnight, timedelta(0), zone, quiet_hours=quiet_hours)
    limits = [
        _sliding(Counter.SENT, now, minute, SESSION_PER_MINUTE),
        *(_sliding(Counter.RECIPIENT, now, span, most) for span, most in RECIPIENT_LIMITS),
        Limit(
            counter=Counter.SENT,
            since=begun,
            most=caps.day,
            reason=HoldReason.DAY_CAP,
            ends=morning,
        ),
    ]
    if kind is SendKind.FOLLOW_UP:
        limits.append(
            Limit(
                counter=Counter.UNASKED,
                since=begun,
                most=caps.follow_ups,
                reason=HoldReason.FOLLOW_UP_CAP,
                ends=morning,
            )
        )
    return limits


def _sliding(counter: Counter, now: datetime, span: timedelta, most: int) -> Limit:
    to_one = counter is Counter.RECIPIENT
    reason = HoldReason.RECIPIENT_RATE if to_one else HoldReason.SESSION_RATE
    return Limit(counter=counter, since=now - span, most=most, reason=reason, span=span)


def is_unasked(kind: SendKind) -> bool:
    """Whether it goes to a customer who is silent. A freeze holds it; replies and changes go on."""
    return kind in (SendKind.UNANSWERED, SendKind.FOLLOW_UP)


def is_quiet(now: datetime, zone: str) -> bool:
    """Whether nobody is written to unasked at this hour."""
    return not QUIET_UNTIL <= now.astimezone(ZoneInfo(zone)).time() < QUIET_FROM


def parse_number_since(text: str, today: date) -> date:
    """Since when a number is in use: ``2023-05-31``, or its age: ``10d``, ``3w``, ``8mo``, ``2y``.

    Raises ValueError, with a sentence for people, for anything else and for the future.
    """
    aged = _AGE.fullmatch(text.strip().lower())
    if aged:
        days = int(aged[1]) * _AGE_DAYS[aged[2]]
        since = today - timedelta(days=min(days, (today - date.min).days))
    else:
        try:
            since = date.fromisoformat(text.strip())
        except ValueError:
            raise ValueError(f"{text!r} is no date and no age, such as 2023-05-31 or 2y") from None
    if since > today:
        raise ValueError(f"{since} has not come yet")
    if since < OLDEST_NUMBER:
        raise ValueError(f"{since} is before WhatsApp existed")
    return since
