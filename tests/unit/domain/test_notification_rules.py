"""What an owner is told of a number, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from waagent.domain.notifications import (
    MAX_ATTEMPTS,
    NoticeKind,
    SessionFacts,
    Told,
    may_be_folded,
    news,
    retry_after,
)
from waagent.domain.sessions import SessionState

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
GRACE = timedelta(minutes=2)
LONG_AGO = NOW - timedelta(hours=1)
UP = SessionFacts(
    state=SessionState.CONNECTED, detail=None, wanted=True, down_since=None, frozen_until=None
)
AWAY = replace(UP, state=SessionState.DISCONNECTED, down_since=LONG_AGO)
OUT = replace(UP, state=SessionState.LOGGED_OUT, down_since=NOW)
NOTHING = Told()


def said(session: SessionFacts, told: Told = NOTHING) -> NoticeKind | None:
    return news(session, told, now=NOW, grace=GRACE)


@pytest.mark.parametrize("state", SessionState)
def test_every_state_is_told_at_once_after_a_while_or_not_at_all(state: SessionState) -> None:
    at_once = said(replace(UP, state=state, down_since=NOW))
    after_an_hour = said(replace(UP, state=state, down_since=LONG_AGO))
    kinds = {
        "logged_out": (NoticeKind.ACTION, NoticeKind.ACTION),
        "banned_until": (NoticeKind.ACTION, NoticeKind.ACTION),
        "replaced": (NoticeKind.ACTION, NoticeKind.ACTION),
        "outdated": (NoticeKind.ACTION, NoticeKind.ACTION),
        "suspended": (NoticeKind.ACTION, NoticeKind.ACTION),
        "connecting": (None, NoticeKind.DOWN),
        "degraded": (None, NoticeKind.DOWN),
        "disconnected": (None, NoticeKind.DOWN),
    }
    assert (at_once, after_an_hour) == kinds.get(state, (None, None))


def test_the_grace_ends_to_the_second() -> None:
    assert said(replace(AWAY, down_since=NOW - GRACE)) is NoticeKind.DOWN
    assert said(replace(AWAY, down_since=NOW - GRACE + timedelta(seconds=1))) is None


def test_an_outage_is_told_once_and_the_next_one_again() -> None:
    told = Told(state="disconnected", outage=LONG_AGO)
    assert said(AWAY, told) is None
    assert said(replace(AWAY, down_since=LONG_AGO + GRACE), told) is NoticeKind.DOWN


def test_worse_news_of_the_same_outage_are_told() -> None:
    told = Told(state="disconnected", outage=LONG_AGO)
    out = replace(OUT, down_since=LONG_AGO)
    assert said(out, told) is NoticeKind.ACTION
    assert said(out, replace(told, state="logged_out")) is None


def test_back_is_told_when_an_outage_was() -> None:
    assert said(UP) is None
    assert said(UP, Told(outage=LONG_AGO)) is NoticeKind.BACK
    assert said(replace(UP, down_since=NOW), Told(outage=LONG_AGO)) is None


def test_what_nobody_wants_connected_is_not_missed() -> None:
    assert said(replace(OUT, wanted=False)) is None


def test_a_freeze_is_told_once_it_is_connected_and_again_when_it_outlasts_what_was_told() -> None:
    frozen = replace(UP, frozen_until=NOW + GRACE)
    assert said(frozen) is NoticeKind.FROZEN
    assert said(frozen, Told(frozen_until=NOW + timedelta(seconds=1))) is None
    assert said(frozen, Told(frozen_until=NOW)) is NoticeKind.FROZEN
    assert said(replace(frozen, frozen_until=NOW)) is None
    assert said(replace(OUT, frozen_until=NOW + GRACE)) is NoticeKind.ACTION


def test_in_the_quiet_hour_only_what_needs_somebody_for_good_is_told() -> None:
    quiet = Told(outage=LONG_AGO, quiet_until=NOW + GRACE)
    newer = LONG_AGO + GRACE
    assert said(replace(AWAY, down_since=newer), quiet) is None
    assert said(UP, quiet) is None
    assert said(replace(OUT, state=SessionState.REPLACED), quiet) is None
    assert said(OUT, quiet) is NoticeKind.ACTION
    over = replace(quiet, quiet_until=NOW)
    assert said(replace(AWAY, down_since=newer), over) is NoticeKind.DOWN
    assert said(UP, over) is NoticeKind.BACK


def test_what_may_be_folded() -> None:
    assert may_be_folded(NoticeKind.DOWN, SessionState.DISCONNECTED)
    assert may_be_folded(NoticeKind.BACK, SessionState.CONNECTED)
    assert may_be_folded(NoticeKind.ACTION, SessionState.REPLACED)
    assert not may_be_folded(NoticeKind.ACTION, SessionState.LOGGED_OUT)
    assert not may_be_folded(NoticeKind.FROZEN, SessionState.CONNECTED)


def test_waits_grow_to_an_hour() -> None:
    waits = [retry_after(attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]
    assert waits[0] == timedelta(seconds=30)
    assert waits == sorted(waits)
    assert retry_after(1000) == timedelta(hours=1)
