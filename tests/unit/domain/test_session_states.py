"""What each thing WhatsApp tells means for a session's state, and what is done about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from waagent.domain.sessions import (
    ENDED,
    LONGEST_OUT_OF_REACH,
    LONGEST_PAUSE,
    PARKED,
    REPLACED_MOST,
    REPLACED_PAUSE,
    Action,
    SessionEvent,
    SessionEventKind,
    SessionState,
    react,
    retry_after,
    stops_client,
)

K, S, A = SessionEventKind, SessionState, Action
TERMINAL = (S.LOGGED_OUT, S.BANNED_UNTIL, S.REPLACED, S.OUTDATED)
SECOND = timedelta(seconds=1)


def after(state: SessionState, *kinds: SessionEventKind) -> SessionState:
    for kind in kinds:
        state = react(state, SessionEvent(kind=kind)).state
    return state


def action(state: SessionState, kind: SessionEventKind, code: str | None = None) -> Action:
    return react(state, SessionEvent(kind=kind, code=code)).action


def test_a_session_comes_up_and_survives_a_bad_network() -> None:
    assert after(S.CONNECTING, K.CONNECTED) is S.CONNECTED
    assert after(S.CONNECTED, K.KEEPALIVE_TIMEOUT) is S.DEGRADED
    assert after(S.CONNECTED, K.KEEPALIVE_TIMEOUT, K.KEEPALIVE_RESTORED) is S.CONNECTED
    assert after(S.CONNECTED, K.DISCONNECTED) is S.DISCONNECTED
    assert after(S.CONNECTED, K.DISCONNECTED, K.CONNECTED) is S.CONNECTED
    assert after(S.CONNECTED, K.CONNECT_FAILURE) is S.DISCONNECTED


def test_news_of_keepalives_says_nothing_of_a_connection_that_is_gone() -> None:
    assert after(S.DISCONNECTED, K.KEEPALIVE_TIMEOUT) is S.DISCONNECTED
    assert after(S.CONNECTING, K.KEEPALIVE_RESTORED) is S.CONNECTING


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (K.LOGGED_OUT, S.LOGGED_OUT),
        (K.TEMPORARY_BAN, S.BANNED_UNTIL),
        (K.REPLACED, S.REPLACED),
        (K.OUTDATED, S.OUTDATED),
    ],
)
def test_the_reason_of_an_end_is_not_hidden_by_the_socket_that_closes(
    kind: SessionEventKind, state: SessionState
) -> None:
    assert after(S.CONNECTED, kind) is state
    assert after(S.CONNECTED, kind, K.DISCONNECTED) is state
    assert after(S.CONNECTED, kind, K.CONNECT_FAILURE, K.DISCONNECTED) is state
    assert action(state, K.DISCONNECTED, ENDED) is A.NONE


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize(
    "kind",
    [K.STREAM_ERROR, K.OFFLINE_SYNC_PREVIEW, K.OFFLINE_SYNC_COMPLETED, K.CALLBACK_FAULT],
)
def test_what_only_informs_changes_nothing(state: SessionState, kind: SessionEventKind) -> None:
    assert react(state, SessionEvent(kind=kind)).state is state
    assert action(state, kind) is A.NONE


@pytest.mark.parametrize("state", list(S))
def test_a_client_is_stopped_exactly_where_the_library_gives_up(state: SessionState) -> None:
    assert stops_client(state) == (state in TERMINAL)
    if stops_client(state):
        assert state in PARKED, "a host would connect it again at once"


def test_every_event_has_a_meaning_in_every_state() -> None:
    for state in S:
        for kind in K:
            assert isinstance(after(state, kind), SessionState)


@pytest.mark.parametrize(
    ("kind", "code", "wanted"),
    [
        (K.CONNECTED, None, A.NONE),
        (K.DISCONNECTED, None, A.WAIT),
        (K.DISCONNECTED, ENDED, A.RESTART),
        (K.KEEPALIVE_TIMEOUT, None, A.WAIT),
        (K.LOGGED_OUT, "401", A.STOP),
        (K.TEMPORARY_BAN, "101", A.STOP),
        (K.REPLACED, None, A.RETRY),
        (K.CONNECT_FAILURE, "400", A.RETRY),
        (K.OUTDATED, "405", A.PROBE),
    ],
)
def test_what_is_done(kind: SessionEventKind, code: str | None, wanted: Action) -> None:
    assert action(S.CONNECTED, kind, code) is wanted


def test_the_pauses_grow_up_to_a_longest_one_and_are_spread() -> None:
    waits = [retry_after(K.CONNECT_FAILURE, n, 0.5) for n in range(1, 30)]
    assert waits[:3] == [5 * SECOND, 10 * SECOND, 20 * SECOND]
    assert waits[-1] == LONGEST_PAUSE
    assert waits == sorted(waits, key=lambda wait: wait or timedelta.max)
    assert retry_after(K.CONNECT_FAILURE, 1, 0.0) == 3.75 * SECOND
    assert retry_after(K.CONNECT_FAILURE, 1, 1.0) == 6.25 * SECOND
    assert retry_after(K.DISCONNECTED, 99, 0.5) == LONGEST_OUT_OF_REACH


def test_a_number_that_is_taken_again_and_again_is_left_to_a_person() -> None:
    waits = [retry_after(K.REPLACED, n, 0.5) for n in range(1, REPLACED_MOST + 2)]
    assert waits == [REPLACED_PAUSE, 2 * REPLACED_PAUSE, None, None]
