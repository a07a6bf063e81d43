"""Asks before every send: may this message go now, when else, or never?

The rules are in ``waagent.domain.pacing``, the counters in Redis. What Redis loses is counted again
from the messages in PostgreSQL, and without Redis nothing is sent: no fault opens the gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import structlog

from waagent.calendars import special_days
from waagent.domain import pacing as rules
from waagent.domain.followups import due_at
from waagent.domain.freezes import FREEZES, REST
from waagent.domain.messages import Origin
from waagent.domain.pacing import Hold, HoldReason, Permit, Refuse, RefuseReason, SendKind
from waagent.errors import RedisError
from waagent.pacing.limiter import Ask, Full, Session
from waagent.services.core import Core
from waagent.services.freezes import freeze, move_follow_ups
from waagent.services.pacing_counters import PacingCounters

log = structlog.get_logger(__name__)

WITHOUT_REDIS = timedelta(seconds=10)
"""How long a message waits when Redis cannot be asked."""
FOLLOW_UPS_APART = timedelta(minutes=5)
"""Follow-ups that wait for the same thing ask again spread over so long, not all at once."""
THAW = timedelta(hours=2)
"""The same for what a freeze held."""
BATCH = 100


@dataclass(frozen=True, slots=True)
class _Facts:
    number_since: date | None
    first_paired_at: datetime | None
    frozen_until: datetime | None
    timezone: str
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    opted_out: bool
    calendar: bool


@dataclass(frozen=True, slots=True)
class _Frozen:
    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingService:
    """``safe`` is whether there is a pace at all; ``quiet_hours`` whether shops sleep."""

    core: Core
    counters: PacingCounters
    safe: bool
    quiet_hours: bool
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def permit(
        self,
        *,
        tenant_id: str,
        session_id: str,
        conversation_id: str,
        message_id: str,
        origin: Origin,
        action: str,
        length: int,
    ) -> Permit | Hold | Refuse:
        """Whether a message, or an ``action`` on one (``edit``, ``revoke``, ``react``), may go now.

        A :class:`Permit` is spent from the allowances; asking again for the same message costs
        nothing. ``length`` is in characters. What is held because Redis is away is logged.

        Raises:
            DatabaseError: PostgreSQL cannot be used.
        """
        if not self.safe:
            return Permit(pause_s=0, typing_s=0)
        now = self.clock()
        with self.core.tenant(tenant_id) as scope:
            facts = scope.tx.one(
                _Facts, "pacing.facts", session_id=session_id, conversation_id=conversation_id
            )
        if facts is None:
            return Refuse(reason=RefuseReason.GONE)
        if facts.last_inbound_at is None:
            return Refuse(reason=RefuseReason.NEVER_WROTE)
        kind = rules.kind_of(
            action,
            origin,
            now=now,
            last_inbound_at=facts.last_inbound_at,
            last_outbound_at=facts.last_outbound_at,
        )
        if kind is SendKind.FOLLOW_UP and facts.opted_out:
            return Refuse(reason=RefuseReason.OPTED_OUT)
        member = message_id if action == "send" else f"{message_id}:{action}"
        held = self._standing_hold(kind, facts, now, member)
        if held is not None:
            return held
        # By the message: the same one takes the same time whenever it is asked for.
        random = Random(member)  # noqa: S311 - no secret
        pause, typing = rules.human_time(kind, length, random)
        ask = self._ask(kind, facts, now, member, conversation_id, random, pause + typing)
        session = Session(tenant_id=tenant_id, id=session_id)
        return self._answer(session, kind, ask, facts.timezone, pause, typing)

    def _standing_hold(
        self, kind: SendKind, facts: _Facts, now: datetime, member: str
    ) -> Hold | None:
        """What needs no counting: a freeze, and the night."""
        if rules.is_unasked(kind) and facts.frozen_until and facts.frozen_until > now:
            apart = _apart(kind, THAW, member)
            return Hold(until=facts.frozen_until + apart, reason=HoldReason.FROZEN)
        if kind is SendKind.FOLLOW_UP:
            kept = facts.calendar and self.quiet_hours
            days = special_days(facts.timezone, now.date()) if kept else None
            morning = due_at(
                now, timedelta(0), facts.timezone, quiet_hours=self.quiet_hours, days=days
            )
            if morning > now:
                apart = _apart(kind, FOLLOW_UPS_APART, member)
                return Hold(until=morning + apart, reason=HoldReason.QUIET_HOURS)
        return None

    def _ask(
        self,
        kind: SendKind,
        facts: _Facts,
        now: datetime,
        member: str,
        conversation_id: str,
        random: Random,
        seconds: float,
    ) -> Ask:
        zone = facts.timezone
        age, _ = rules.number_age(facts.number_since, facts.first_paired_at, now, zone)
        return Ask(
            now=now,
            member=member,
            recipient=conversation_id,
            counters=rules.counters_of(kind),
            limits=rules.limits_of(
                kind, rules.caps_at(age), now, zone, quiet_hours=self.quiet_hours
            ),
            gaps=rules.gaps_of(kind, random),
            takes=timedelta(seconds=seconds),
        )

    def _answer(
        self,
        session: Session,
        kind: SendKind,
        ask: Ask,
        zone: str,
        pause: float,
        typing: float,
    ) -> Permit | Hold:
        try:
            answer = self.counters.spend(session, ask, zone)
        except RedisError as error:
            _warn_of_redis(session, "permit", error)
            return Hold(until=ask.now + WITHOUT_REDIS, reason=HoldReason.REDIS)
        if isinstance(answer, Full):
            apart = _apart(kind, FOLLOW_UPS_APART, f"{ask.member}:{answer.until}")
            return Hold(until=answer.until + apart, reason=answer.reason)
        return Permit(pause_s=answer.wait.total_seconds() + pause, typing_s=typing)

    def refused(self, tenant_id: str, session_id: str, code: str) -> int:
        """WhatsApp refused a send with ``code``.

        A code that means "you write to too many who did not ask" freezes whatever is no reply, and
        moves the follow-ups that were due until the end; returns how many. Others do nothing.

        Raises:
            DatabaseError: PostgreSQL cannot be used.
        """
        if not self.safe or code not in FREEZES:
            return 0
        now, session = self.clock(), Session(tenant_id=tenant_id, id=session_id)
        with self.core.tenant(tenant_id) as scope:
            begun = freeze(scope, session_id, code, now=now, quiet_hours=self.quiet_hours)
        if code == "429":
            try:
                self.counters.rest(session, now + REST)
            except RedisError as error:
                _warn_of_redis(session, "rest", error)
        if begun is None:
            return 0
        log.warning(
            "pacing.frozen",
            action="freeze",
            tenant=tenant_id,
            session=session_id,
            code=code,
            until=begun.until.isoformat(timespec="seconds"),
            moved=begun.moved,
        )
        return begun.moved

    def replan(self) -> int:
        """Move what was planned for the time of a freeze since it began, or of a ban; how many.

        Raises:
            DatabaseError: PostgreSQL cannot be used.
        """
        now = self.clock()
        with self.core.db.system() as tx:
            frozen = tx.all(_Frozen, "pacing.to_replan", now=now, limit=BATCH) if self.safe else []
        return sum(self._replan(each, now) for each in frozen)

    def _replan(self, frozen: _Frozen, now: datetime) -> int:
        with self.core.tenant(frozen.tenant_id) as scope:
            moved = move_follow_ups(scope, frozen.id, now=now, quiet_hours=self.quiet_hours)
        log.info(
            "pacing.replanned",
            action="replan",
            tenant=frozen.tenant_id,
            session=frozen.id,
            moved=moved,
        )
        return moved


def _apart(kind: SendKind, span: timedelta, seed: str) -> timedelta:
    """A while more for a follow-up, which is in no hurry; none for a person's message."""
    part = Random(seed).random()  # noqa: S311 - no secret
    return span * part if kind is SendKind.FOLLOW_UP else timedelta(0)


def _warn_of_redis(session: Session, action: str, error: RedisError) -> None:
    log.warning(
        "pacing.redis_unreachable",
        action=action,
        tenant=session.tenant_id,
        session=session.id,
        error=error.code,
    )
