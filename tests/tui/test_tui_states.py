"""Every state of a number on the board: a word, a symbol, what to do, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from board_fixture import TENANT, FakeServices, session
from textual.widgets import Static

from tui.sessions import full_story, is_healthy, next_step, style_of, symbol_of, word_of
from tui.strings import use_language
from waagent.domain.sessions import SessionState
from waagent.domain.views import SessionView
from waagent.services.explain import explain

DETAILS = ("qr", "code", "passkey_required")
STATES = [
    *[(state, None) for state in SessionState],
    *[(SessionState.PAIRING, detail) for detail in DETAILS],
]


def in_state(state: SessionState, detail: str | None) -> SessionView:
    owner = "host-1" if state in (SessionState.CONNECTED, SessionState.CONNECTING) else None
    return session(state=state, detail=detail, owner=owner)


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    yield
    use_language("id")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("state", "detail"), STATES)
def test_every_state_is_told_without_its_colour(state, detail, language) -> None:
    use_language(language)
    view = in_state(state, detail)
    assert word_of(view)
    assert style_of(view)
    assert (symbol_of(view) in "●◐") == (
        is_healthy(view) or (state == "pairing" and not asks(view))
    )
    if not is_healthy(view):
        assert next_step(view, TENANT)
        why, todo = explain(state, detail, language, shop=view.tenant, session=view.name)
        assert full_story(view, TENANT) == f"{why} {todo}"
    else:
        assert full_story(view, TENANT) == ""


def asks(view: SessionView) -> bool:
    return view.detail == "passkey_required"


def test_no_two_states_have_the_same_word() -> None:
    words = [word_of(in_state(*state)) for state in STATES if state[1] != "qr"]
    assert len(set(words)) == len(words)


def test_a_connected_number_that_nobody_holds_is_not_well() -> None:
    lost = session(state=SessionState.CONNECTED, owner=None)
    assert symbol_of(lost) == "▲"
    assert "waagent up" in full_story(lost, TENANT)


async def test_the_screen_tells_why_and_what_to_do(play) -> None:
    banned = session(state=SessionState.BANNED_UNTIL, reason="102", owner=None)

    async def scenario(ui):
        await ui.press("4")
        step = ui.app.screen.query_one("#step", Static)
        await ui.until(lambda: "102" in str(step.render()))
        assert "Jangan kirim apa-apa dari nomor ini" in str(step.render())

    await play(scenario, FakeServices(session_list=[banned]))
