"""When a session that seems to run does not."""

from __future__ import annotations

import pytest

from waagent.domain.health import Limits, Signs, Trouble, diagnose, suspicious
from waagent.domain.sessions import SessionState

LIMITS = Limits(connect=60, offline=60, degraded=45, failed_probes=2, silent=3600)
S = SessionState


def found(
    state: SessionState,
    lasted: float,
    *,
    failed_probes: int = 0,
    heard: float = 0,
    reachable: bool = True,
) -> Trouble | None:
    """``lasted`` seconds in ``state``; something was heard ``heard`` seconds into it."""
    signs = Signs(state=state, since=100, heard_at=100 + heard, failed_probes=failed_probes)
    return diagnose(signs, 100 + lasted, reachable=reachable, limits=LIMITS)


@pytest.mark.parametrize(
    ("state", "limit", "trouble"),
    [
        (S.CONNECTING, 60, Trouble.NEVER_CONNECTED),
        (S.DISCONNECTED, 60, Trouble.OFFLINE),
        (S.DEGRADED, 45, Trouble.KEEPALIVE),
        (S.CONNECTED, 3600, Trouble.SILENT),
    ],
)
def test_a_state_that_lasts_too_long(state: SessionState, limit: float, trouble: Trouble) -> None:
    assert found(state, limit) is None
    assert found(state, limit + 1) is trouble
    assert found(state, limit + 1, reachable=False) is None, "restarting heals no network"


def test_probes_without_an_answer() -> None:
    assert found(S.CONNECTED, 10, failed_probes=1) is None
    assert found(S.CONNECTED, 10, failed_probes=2) is Trouble.DEAF
    assert found(S.DEGRADED, 10, failed_probes=2) is None, "the keepalive decides there"


def silent(lasted: float, expected: float | None, in_vain: int = 0) -> tuple[bool, Trouble | None]:
    signs = Signs(
        state=S.CONNECTED,
        since=0,
        heard_at=0,
        failed_probes=0,
        expected=expected,
        in_vain=in_vain,
    )
    limits = Limits()
    asked = suspicious(signs, lasted, limits)
    return asked, diagnose(signs, lasted, reachable=True, limits=limits)


@pytest.mark.parametrize(
    ("minutes", "expected", "in_vain", "what"),
    [
        (14, 50, 0, (False, None)),
        (16, 4.9, 0, (False, None)),
        (16, 5, 0, (True, None)),
        (16, 10, 0, (True, Trouble.SILENT)),
        (16, 10, 1, (True, None)),
        (40, 20, 1, (True, Trouble.SILENT)),
        (8 * 60, 1.5, 0, (False, None)),
        (24 * 60 + 1, 1.5, 0, (False, Trouble.SILENT)),
        (6 * 60 + 1, None, 0, (False, Trouble.SILENT)),
        (5 * 60, None, 0, (False, None)),
    ],
)
def test_silence_is_judged_by_what_is_usual(
    minutes: int, expected: float | None, in_vain: int, what: tuple[bool, Trouble | None]
) -> None:
    assert silent(60.0 * minutes, expected, in_vain) == what


def test_who_hears_something_is_not_silent() -> None:
    assert found(S.CONNECTED, 3601, heard=2) is None


@pytest.mark.parametrize("state", sorted(set(S) - {S.CONNECTING, S.DISCONNECTED, S.DEGRADED}))
def test_what_waits_for_a_person_is_left_alone(state: SessionState) -> None:
    if state is not S.CONNECTED:
        assert found(state, 1e9, failed_probes=9) is None
