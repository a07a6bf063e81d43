"""What each thing WhatsApp tells means for a session's state."""

from __future__ import annotations

import pytest

from waagent.domain.sessions import (
    PARKED,
    SessionEvent,
    SessionEventKind,
    SessionState,
    next_state,
    stops_client,
)

K, S = SessionEventKind, SessionState
TERMINAL = (S.LOGGED_OUT, S.BANNED_UNTIL, S.REPLACED, S.OUTDATED)


def after(state: SessionState, *kinds: SessionEventKind) -> SessionState:
    for kind in kinds:
        state = next_state(state, SessionEvent(kind=kind))
    return state


def test_a_session_comes_up_and_survives_a_bad_network() -> None:
    assert after(S.CONNECTING, K.CONNECTED) is S.CONNECTED
    assert after(S.CONNECTED, K.KEEPALIVE_TIMEOUT) is S.DEGRADED
    assert after(S.CONNECTED, K.KEEPALIVE_TIMEOUT, K.KEEPALIVE_RESTORED) is S.CONNECTED
    assert after(S.CONNECTED, K.DISCONNECTED) is S.DISCONNECTED
    assert after(S.CONNECTED, K.DISCONNECTED, K.CONNECTED) is S.CONNECTED
    assert after(S.CONNECTED, K.CONNECT_FAILURE) is S.DISCONNECTED


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


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("kind", [K.STREAM_ERROR, K.OFFLINE_SYNC_COMPLETED])
def test_what_only_informs_changes_nothing(state: SessionState, kind: SessionEventKind) -> None:
    assert after(state, kind) is state


@pytest.mark.parametrize("state", list(S))
def test_a_client_is_stopped_exactly_where_the_library_gives_up(state: SessionState) -> None:
    assert stops_client(state) == (state in TERMINAL)
    if stops_client(state):
        assert state in PARKED, "a host would connect it again at once"


def test_every_event_has_a_meaning_in_every_state() -> None:
    for state in S:
        for kind in K:
            assert isinstance(after(state, kind), SessionState)
