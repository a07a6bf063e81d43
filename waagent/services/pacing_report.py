"""How fast a number may write, shown to its owner; and its age, as they declare it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from waagent.domain import pacing as rules
from waagent.domain.calendar import SpecialDays
from waagent.domain.followups import due_at
from waagent.domain.views import HeldView, PacingView, Tenant
from waagent.errors import InvalidInputError, NotFoundError
from waagent.pacing.limiter import Session, Usage
from waagent.services.core import Core, Scope
from waagent.services.followup_shop import read_shop
from waagent.services.freezes import moved_to_after
from waagent.services.pacing_counters import PacingCounters


@dataclass(frozen=True, slots=True)
class _Session:
    id: str
    name: str
    number_since: date | None
    first_paired_at: datetime | None
    frozen_until: datetime | None
    freeze_reason: str | None


@dataclass(frozen=True, slots=True)
class _Held:
    reason: str
    messages: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingReportService:
    """``safe`` and ``quiet_hours`` as in :class:`waagent.services.pacing.PacingService`."""

    core: Core
    counters: PacingCounters
    safe: bool
    quiet_hours: bool
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def set_number_since(self, tenant: Tenant, session: str, text: str, *, actor: str) -> None:
        """Keep since when a number is in use: a date, or an age such as ``2y``. Audited.

        Raises:
            InvalidInputError: it is neither, or cannot be.
            NotFoundError: the shop has no such session.
        """
        today = self.clock().astimezone(ZoneInfo(tenant.timezone)).date()
        try:
            since = rules.parse_number_since(text, today)
        except ValueError as error:
            raise InvalidInputError(
                str(error), hint="give --number-since 2023-05-31, or 2y"
            ) from None
        with self.core.tenant(tenant.id) as scope:
            found = _find(scope, session)
            scope.tx.run(
                "pacing.set_number_since", session_id=found.id, number_since=since, actor=actor
            )
            scope.changed("session", found.id)

    def report(self, tenant: Tenant, session: str) -> PacingView:
        """How fast a session (its name or id) may write now, and what decides it.

        Raises:
            NotFoundError: the shop has no such session.
            RedisError: Redis cannot be used.
        """
        now = self.clock()
        with self.core.tenant(tenant.id) as scope:
            found = _find(scope, session)
            until = found.frozen_until
            frozen = until if until and until > now else None
            moved = moved_to_after(scope, found.id, frozen) if frozen else None
            held = scope.tx.all(_Held, "pacing.held", session_id=found.id, now=now)
            shop = read_shop(scope)
        key = Session(tenant_id=tenant.id, id=found.id)
        usage = self.counters.today(key, now, tenant.timezone)
        days = shop.days(max(now, frozen or now)) if self.quiet_hours else None
        view = self._view(tenant, found, frozen, usage, now, days)
        return replace(view, follow_ups_moved=moved, held=tuple(map(_held_view, held)))

    def _view(
        self,
        tenant: Tenant,
        session: _Session,
        frozen: datetime | None,
        usage: Usage,
        now: datetime,
        days: SpecialDays | None,
    ) -> PacingView:
        zone = tenant.timezone
        age, by = rules.number_age(session.number_since, session.first_paired_at, now, zone)
        caps, step = rules.caps_at(age), rules.next_step(age)
        reply_at, follow_up_at = self._next_times(caps, usage, frozen, now, zone, days)
        return PacingView(
            session=session.name,
            tenant=tenant.slug,
            pacing="safe" if self.safe else "off",
            number_since=session.number_since,
            age_days=age,
            decided_by=by,
            sent_today=usage.messages,
            day_cap=caps.day,
            unasked_today=usage.unasked,
            follow_up_cap=caps.follow_ups,
            grows_in_days=step and step[0],
            grows_to=step and step[1].day,
            next_reply_at=reply_at,
            next_follow_up_at=follow_up_at,
            quiet_hours=self.quiet_hours,
            quiet_now=self.quiet_hours and rules.is_quiet(now, zone),
            frozen_until=frozen,
            freeze_reason=session.freeze_reason if frozen else None,
            follow_ups_moved=None,
            held=(),
        )

    def _next_times(
        self,
        caps: rules.Caps,
        usage: Usage,
        frozen: datetime | None,
        now: datetime,
        zone: str,
        days: SpecialDays | None,
    ) -> tuple[datetime, datetime]:
        """When a reply and a follow-up may go, as far as that does not depend on the customer."""
        if not self.safe:
            return now, now
        _, midnight = rules.day_of(now, zone)
        morning = due_at(midnight, timedelta(0), zone, quiet_hours=self.quiet_hours)
        reply = max(now, usage.next_at or now)
        if usage.messages >= caps.day:
            reply = max(reply, morning)
        follow_up = max(reply, frozen or reply)
        if usage.unasked >= caps.follow_ups:
            follow_up = max(follow_up, morning)
        follow_up = due_at(follow_up, timedelta(0), zone, quiet_hours=self.quiet_hours, days=days)
        return reply, follow_up


def _find(scope: Scope, ref: str) -> _Session:
    found = scope.tx.one(_Session, "pacing.session", ref=ref)
    if found is None:
        raise NotFoundError(f"no session {ref}", hint="see: waagent session list")
    return found


def _held_view(held: _Held) -> HeldView:
    return HeldView(reason=held.reason, messages=held.messages, first=held.first, last=held.last)
