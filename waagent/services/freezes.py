"""What WhatsApp's refusals do: nothing unasked goes out for a while, and follow-ups move behind it.

A freeze stands in ``sessions`` and ends by itself. Replies go on meanwhile.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from waagent.domain import freezes as rules
from waagent.domain.pacing import caps_at, number_age
from waagent.services.core import Scope
from waagent.services.followup_shop import read_shop

_MOVED = "follow_ups_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A freeze that began, and how many follow-ups were planned anew."""

    until: datetime
    moved: int


@dataclass(frozen=True, slots=True)
class _Session:
    number_since: date | None
    first_paired_at: datetime | None
    frozen_until: datetime | None
    freeze_reason: str | None
    timezone: str


@dataclass(frozen=True, slots=True)
class _Due:
    id: str
    outbox_id: str | None


def freeze(
    scope: Scope, session_id: str, code: str, *, now: datetime, quiet_hours: bool
) -> Freeze | None:
    """Freeze a session because WhatsApp said ``code``.

    None when the code freezes nothing, or the session is frozen for it already.
    """
    session = scope.tx.one(_Session, "pacing.freezing", session_id=session_id)
    reason = f"frozen_{code}"
    earlier = scope.tx.value(
        "pacing.freezes",
        session_id=session_id,
        since=now - rules.FREEZES_REMEMBERED,
        reason=reason,
    )
    length = rules.freeze_for(code, int(earlier))
    if session is None or length is None:
        return None
    until, standing = now + length, session.frozen_until or now
    if standing >= until or (standing > now and session.freeze_reason == code):
        return None
    moved = _move(scope, session_id, session, until, now, quiet_hours)
    scope.tx.run("pacing.freeze", session_id=session_id, until=until, code=code, reason=reason)
    scope.changed("session", session_id)
    return Freeze(until=until, moved=moved)


def move_follow_ups(scope: Scope, session_id: str, *, now: datetime, quiet_hours: bool) -> int:
    """Plan anew what is due while a session is frozen, however that came about; how many."""
    session = scope.tx.one(_Session, "pacing.freezing", session_id=session_id)
    if session is None or session.frozen_until is None or session.frozen_until <= now:
        return 0
    return _move(scope, session_id, session, session.frozen_until, now, quiet_hours)


def moved_to_after(scope: Scope, session_id: str, until: datetime) -> int:
    """How many follow-ups were moved behind the freeze that ends then."""
    action = _moved_action(until)
    return sum(
        int(each.partition(" ")[0])
        for each in scope.tx.column(
            "pacing.moved", session_id=session_id, reason=_MOVED, action=f"% {action}"
        )
    )


def _move(
    scope: Scope,
    session_id: str,
    session: _Session,
    until: datetime,
    now: datetime,
    quiet_hours: bool,
) -> int:
    """After ``until``, at half the pace allowed now, with what is planned for then anyway."""
    zone = session.timezone
    touched = scope.tx.column("pacing.conversations_due", session_id=session_id, until=until)
    scope.tx.column("conversations.lock", conversation_ids=touched)
    due = scope.tx.all(_Due, "pacing.follow_ups_due", conversation_ids=touched, until=until)
    if not due:
        return 0
    later = scope.tx.column("pacing.due_later", session_id=session_id, until=until)
    age, _ = number_age(session.number_since, session.first_paired_at, now, zone)
    times = rules.spread(
        len(due),
        until + rules.MOVED_APART,
        zone,
        per_day=caps_at(age).follow_ups // 2,
        taken=Tally(at.astimezone(ZoneInfo(zone)).date() for at in later),
        quiet_hours=quiet_hours,
        days=read_shop(scope).days(until) if quiet_hours else None,
    )
    scope.tx.run("pacing.move_follow_ups", ids=[each.id for each in due], ats=times)
    queued = [(each.outbox_id, at) for each, at in zip(due, times, strict=True) if each.outbox_id]
    scope.tx.run(
        "pacing.move_messages", ids=[id_ for id_, _ in queued], ats=[at for _, at in queued]
    )
    scope.tx.run(
        "pacing.note_moved",
        session_id=session_id,
        reason=_MOVED,
        action=f"{len(due)} {_moved_action(until)}",
    )
    for each in due:
        scope.changed("follow_up", each.id)
    return len(due)


def _moved_action(until: datetime) -> str:
    """After the count, in the session's event: the end names the freeze."""
    return f"after {until.astimezone(UTC).isoformat(timespec='seconds')}"
