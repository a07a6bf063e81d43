"""``waagent doctor SHOP``: one verdict and one next step for each number of a shop.

The state of a number is explained as everywhere (:mod:`waagent.services.explain`); a number that
says it is connected is doubted besides: by its silence, by what waits, by what did not arrive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.checks import Check, Fact, Level, NumberDiagnosis, ShopDiagnosis
from waagent.domain.sessions import SessionState
from waagent.domain.views import Tenant
from waagent.i18n import t
from waagent.services.core import Core
from waagent.services.doctor_checks import found, span
from waagent.services.explain import FROZEN, explain

DOWN_FOR = timedelta(minutes=5)
"""A number that waagent connects again by itself gets so long for it."""
SILENT_TIMES = 2
SILENT_AT_LEAST_S = 3600
WAITING_S = 300
_BY_ITSELF = frozenset({SessionState.CONNECTING, SessionState.DEGRADED, SessionState.DISCONNECTED})
_BY_A_PERSON = frozenset(
    {
        SessionState.LOGGED_OUT,
        SessionState.BANNED_UNTIL,
        SessionState.REPLACED,
        SessionState.OUTDATED,
    }
)
_COUNTS = (
    "keepalive_timeouts",
    "failed_probes",
    "forced_reconnects",
    "client_restarts",
    "callback_faults",
    "disconnects",
    "gaps",
    "unknown_sends",
    "failed_sends",
    "held",
    "outbox",
)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    state: str
    reason: str | None
    paired: bool
    down_since: datetime | None
    connected_at: datetime | None
    frozen_until: datetime | None
    freeze_reason: str | None
    now: datetime
    owned: bool | None
    last_probe_ok: bool | None
    keepalive_timeouts: int
    failed_probes: int
    forced_reconnects: int
    client_restarts: int
    callback_faults: int
    disconnects: int
    gaps: int
    unknown_sends: int
    failed_sends: int
    held: int
    outbox: int
    waiting_s: float | None
    last_inbound_at: datetime | None
    usual_silence_s: float | None


@dataclass(frozen=True, slots=True)
class _Shop:
    channels: int
    untold: int
    late_follow_ups: int
    to_approve: int
    paused_until: datetime | None


def examine_shop(core: Core, tenant: Tenant) -> ShopDiagnosis:
    """Every number of a shop, and what concerns them all. Reads no customer's data.

    Raises:
        DatabaseError: PostgreSQL cannot be used.
    """
    with core.tenant(tenant.id) as scope:
        rows = scope.tx.all(_Row, "doctor.shop_numbers")
        shop = scope.tx.one(_Shop, "doctor.shop")
    assert shop is not None
    return ShopDiagnosis(
        numbers=tuple(_number(row, tenant.slug) for row in rows),
        checks=tuple(_shop_checks(shop, tenant.slug, has_number=bool(rows))),
    )


def _number(row: _Row, shop: str) -> NumberDiagnosis:
    findings = tuple(_findings(row, shop))
    order = list(Level)
    worst = max(findings, key=lambda check: order.index(check.level))
    return NumberDiagnosis(
        session=row.name,
        state=row.state,
        reason=row.reason,
        level=worst.level,
        text=worst.text,
        todo=worst.todo,
        down_since=row.down_since,
        last_inbound_at=row.last_inbound_at,
        facts=_facts(row),
        findings=findings,
    )


def _findings(row: _Row, shop: str) -> Iterator[Check]:
    """What is found, the better next step first: of equally bad ones the first is the verdict."""
    why, todo = explain(row.state, row.reason, shop=shop, session=row.name)
    state = _state_level(row)
    if row.paired and row.state in _BY_ITSELF and not row.owned and state is Level.FAIL:
        yield found("unheld", Level.FAIL)
    yield Check(name="state", level=state, text=why, todo=None if state is Level.OK else todo)
    if row.state == SessionState.CONNECTED:
        yield from _doubts(row, shop)
    if row.frozen_until is not None:
        text, step = explain(FROZEN, row.freeze_reason, shop=shop, session=row.name)
        yield Check(name="frozen", level=Level.WARN, text=text, todo=step)
    for name in ("unknown_sends", "failed_sends", "gaps"):
        count = getattr(row, name)
        if count:
            yield found(name, Level.WARN, facts={"count": count}, shop=shop)


def _doubts(row: _Row, shop: str) -> Iterator[Check]:
    """Why a number that says it is connected may not be."""
    waiting_s = row.waiting_s or 0
    if waiting_s >= WAITING_S:
        facts = {"waiting_s": round(waiting_s)}
        yield found("waiting", Level.FAIL, facts=facts, age=span(waiting_s))
    if row.last_probe_ok is False:
        yield found("probe", Level.WARN)
    silent_s, usual_s = _silence(row), row.usual_silence_s
    if silent_s is None or usual_s is None:
        return
    if silent_s > max(SILENT_AT_LEAST_S, SILENT_TIMES * usual_s):
        age, usual = span(silent_s), span(usual_s)
        yield found("silence", Level.WARN, age=age, usual=usual, session=row.name, shop=shop)


def _state_level(row: _Row) -> Level:
    if row.state == SessionState.CONNECTED:
        return Level.OK
    if row.state in _BY_ITSELF:
        down = row.now - (row.down_since or row.now)
        return Level.FAIL if down > DOWN_FOR else Level.WARN
    return Level.FAIL if row.state in _BY_A_PERSON else Level.WARN


def _silence(row: _Row) -> float | None:
    """Seconds since the last message of a customer, or since it was connected if that is later."""
    if row.last_inbound_at is None:
        return None
    since = max(row.last_inbound_at, row.connected_at or row.last_inbound_at)
    return (row.now - since).total_seconds()


def _facts(row: _Row) -> dict[str, Fact]:
    counts: dict[str, Fact] = {name: getattr(row, name) for name in _COUNTS}
    age = None if row.last_inbound_at is None else row.now - row.last_inbound_at
    return {
        **counts,
        "last_probe_ok": row.last_probe_ok,
        "last_inbound_s": None if age is None else round(age.total_seconds()),
        "usual_silence_s": None if row.usual_silence_s is None else round(row.usual_silence_s),
        "frozen": row.frozen_until is not None,
        "held_by_host": bool(row.owned),
    }


def _shop_checks(shop: _Shop, slug: str, *, has_number: bool) -> Iterator[Check]:
    if not has_number:
        yield found("no_number", Level.WARN, shop=slug)
    for name, count, bad in (
        ("channels", shop.channels, has_number and shop.channels == 0),
        ("untold", shop.untold, shop.untold > 0),
    ):
        level = Level.WARN if bad else Level.OK
        yield found(name, level, facts={"count": count}, shop=slug)
    facts: dict[str, Fact] = {"count": shop.late_follow_ups, "to_approve": shop.to_approve}
    if shop.paused_until is not None:
        text = t("doctor.late_follow_ups.paused", count=shop.late_follow_ups)
        yield Check(name="late_follow_ups", level=Level.OK, text=text, facts=facts)
    else:
        level = Level.WARN if shop.late_follow_ups else Level.OK
        yield found("late_follow_ups", level, facts=facts, shop=slug)
