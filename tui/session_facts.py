"""What is told of one number: its day in figures, its pace, what waits, what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.phrasing import Moment, age, clock, due_day
from tui.ports import BoardServices
from tui.safe import clip, one_line
from tui.sparkline import bar, sparkline
from tui.strings import keys, language, t
from waagent import i18n
from waagent.domain.pacing import DecidedBy
from waagent.domain.session_hours import SessionHour
from waagent.domain.views import HeldView, PacingView, SessionDetails, SessionEventView, Tenant
from waagent.errors import BackendError
from waagent.services.explain import FROZEN, explain

EVENTS = 12
GAP_DAYS = 7
_BAR = 10
Row = tuple[str, str]
"""A label, empty where the row goes on with the one above, and what is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """``pacing`` is None while Redis cannot say; ``gaps`` counts messages that are still missing
    of the last :data:`GAP_DAYS` days.
    """

    details: SessionDetails
    pacing: PacingView | None
    hours: Sequence[SessionHour]
    gaps: int


def read_facts(services: BoardServices, tenant: Tenant, name: str) -> SessionFacts:
    """Fetch them; blocks. Raises what the services raise."""
    details = services.sessions.show(tenant, name, events=EVENTS)
    days = services.gaps.days(tenant, GAP_DAYS)
    return SessionFacts(
        details=details,
        pacing=_pacing(services, tenant, name),
        hours=services.sessions.hours(tenant, name),
        gaps=sum(day.open for day in days if day.session == name),
    )


def _pacing(services: BoardServices, tenant: Tenant, name: str) -> PacingView | None:
    """The rest is worth showing without it."""
    try:
        return services.pacing.report(tenant, name)
    except BackendError:
        return None


def rows(facts: SessionFacts, moment: Moment) -> Iterator[Row]:
    """All of it, in the order of how often it is looked for."""
    yield from _connection(facts.details, moment)
    yield from _day(facts.hours)
    if facts.pacing is not None:
        yield from _pace(facts.pacing, moment)
    else:
        yield t("number.pace"), t("number.pace.unknown")
    if facts.gaps:
        yield t("number.gaps"), t("number.gaps.open", n=facts.gaps, days=GAP_DAYS)
    yield from _events(facts.details.events, moment)


def _connection(details: SessionDetails, moment: Moment) -> Iterator[Row]:
    session, health = details.session, details.health
    if session.move_to:
        yield t("number.host"), t("number.moving", host=one_line(session.move_to))
    else:
        yield t("number.host"), clip(one_line(session.owner or t("session.no_owner")), 40)
    last = [_ago("number.heard", session.last_event_at, moment)]
    last += [_ago("number.received", health.last_inbound_at, moment)]
    yield t("col.last_event"), " · ".join(filter(None, last)) or t("session.never")
    for name in ("connected_at", "down_since", "retry_at", "banned_until"):
        at = getattr(session, name)
        if at is not None and not (name == "connected_at" and session.down_since):
            yield t(f"number.{name}"), when(at, moment)
    if session.outbox:
        yield t("col.outbox"), t("number.queued", n=session.outbox)


def _ago(key: str, at: datetime | None, moment: Moment) -> str:
    return "" if at is None else t(key, age=age(at, moment.now))


def _day(hours: Sequence[SessionHour]) -> Iterator[Row]:
    if not hours:
        return
    received, sent = [h.received for h in hours], [h.sent for h in hours]
    most = max(*received, *sent)
    yield t("number.in"), f"{sparkline(received, most)} {sum(received)}"
    yield t("number.out"), f"{sparkline(sent, most)} {sum(sent)}"
    away = [hour.away for hour in hours]
    yield t("number.away"), f"{sparkline(away, 60)} {t('number.minutes', n=sum(away))}"


def _pace(view: PacingView, moment: Moment) -> Iterator[Row]:
    if view.pacing == "off":
        yield t("number.pace"), i18n.t("pacing.off")
        return
    used = bar(view.sent_today, view.day_cap, _BAR)
    sent = t("number.pace.sent", sent=view.sent_today, cap=view.day_cap)
    yield t("number.pace"), f"{used} {sent}"
    used = bar(view.unasked_today, view.follow_up_cap, _BAR)
    sent = t("number.pace.sent", sent=view.unasked_today, cap=view.follow_up_cap)
    yield t("number.unasked"), f"{used} {sent}"
    yield t("number.decided"), _decided(view)
    yield t("number.reply"), _from(view, moment)
    if view.frozen_until is not None:
        why, _ = explain(FROZEN, view.freeze_reason, language())
        yield t("number.frozen"), t("number.until", time=when(view.frozen_until, moment), why=why)
    for number, held in enumerate(view.held):
        yield t("number.held") if number == 0 else "", _held(held, moment)


def _decided(view: PacingView) -> str:
    """What decides the cap: the number's age, and when it grows."""
    if view.decided_by is DecidedBy.NEVER_PAIRED:
        return i18n.t("pacing.never_paired")
    key = "declared" if view.decided_by is DecidedBy.NUMBER_SINCE else "linked"
    age_text = t(f"number.age.{key}", days=view.age_days)
    if view.grows_to is None:
        return age_text
    return f"{age_text}; {t('number.grows', cap=view.grows_to, days=view.grows_in_days)}"


def _from(view: PacingView, moment: Moment) -> str:
    if view.next_reply_at <= moment.now:
        return i18n.t("pacing.now")
    return i18n.t("pacing.at", time=when(view.next_reply_at, moment))


def _held(held: HeldView, moment: Moment) -> str:
    key = f"pacing.held.{held.reason}"
    known = i18n.keys()
    why = i18n.t(key if key in known else "pacing.held.other")
    return t("number.held.one", n=held.messages, why=why, time=when(held.last, moment))


def _events(events: Sequence[SessionEventView], moment: Moment) -> Iterator[Row]:
    for number, event in enumerate(events):
        yield t("number.events") if number == 0 else "", event_line(event, moment)


def event_line(event: SessionEventView, moment: Moment) -> str:
    """``Hari ini 08.18 terputus (503), dicoba lagi``."""
    own = f"session.{event.state}.{event.reason}"
    line = f"{when(event.at, moment)} {t(own if own in keys() else f'session.{event.state}')}"
    if event.reason and own not in keys():
        line += f" ({clip(one_line(event.reason), 24)})"
    key = f"session.action.{event.action}"
    return f"{line}, {t(key)}" if key in keys() else line


def when(at: datetime, moment: Moment) -> str:
    """A day and a time, as a person says them."""
    return f"{due_day(at, moment.now, moment.zone)} {clock(at, moment.zone)}"
