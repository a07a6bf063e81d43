"""The user's own keys: read, checked, used, shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from board_fixture import FakeServices
from tui_driver import Driver, make_app

from tui import actions, keys
from tui.screens.help import help_text
from waagent.errors import ConfigError
from waagent.settings import load_settings


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    yield
    keys.use_keys({})


def test_keys_are_read_as_people_write_them():
    keys.use_keys({"board.move_on": "M", "global.help": "F5, ctrl+H", "board.filter": "?"})
    assert keys.own_keys() == {
        "board.move_on": "M",
        "global.help": "f5,ctrl+h",
        "board.filter": "question_mark",
    }
    assert keys.shown(actions.BY_ID["global.help"]) == "F5"
    assert keys.shown(actions.BY_ID["board.filter"]) == "?"
    assert "F5  Ctrl+H" in help_text().plain


@pytest.mark.parametrize(
    ("own", "says", "hint"),
    [
        ({"board.move_onn": "M"}, "no action 'board.move_onn'", "'board.move_on'"),
        ({"board.move_on": "strange"}, "is no key", "ctrl+g"),
        ({"board.move_on": ""}, "is no key", "ctrl+g"),
        ({"board.move_on": "hyper+m"}, "is no key", "ctrl+g"),
        ({"board.move_on": "u"}, "u would mean both", "board.undo"),
        ({"board.move_on": "q"}, "q would mean both", "global.quit"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(own, says, hint):
    with pytest.raises(ConfigError, match=says) as caught:
        keys.use_keys(own)
    assert hint in caught.value.hint
    assert keys.own_keys() == {}


def test_keys_may_change_places():
    keys.use_keys({"board.undo": "x", "board.not_leads": "u"})
    assert keys.keys_of(actions.BY_ID["board.undo"]) == "x"


def test_keys_come_from_the_environment_and_a_table(monkeypatch, tmp_path):
    monkeypatch.setenv("WAAGENT_KEYS", "board.move_on=M; global.quit=Q,ctrl+x")
    found = load_settings(home=tmp_path)
    assert found.keys == {"board.move_on": "M", "global.quit": "Q,ctrl+x"}
    assert found.environment()["WAAGENT_KEYS"] == "board.move_on=M; global.quit=Q,ctrl+x"
    monkeypatch.delenv("WAAGENT_KEYS")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "waagent.toml").write_text('[keys]\nboard.move_on = "M"\n"global.quit" = "Q"\n')
    assert load_settings(home=tmp_path).keys == {"board.move_on": "M", "global.quit": "Q"}


async def test_an_own_key_works_and_is_shown_and_the_old_one_rests(play):
    keys.use_keys({"board.move_on": "M", "global.inbox": "f6"})
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        assert "M Pindah" in ui.text().splitlines()[-1]
        assert "F6 Pesan" in ui.text().splitlines()[0]
        await ui.press("L")
        assert not any(call[0] == "leads.move" for call in services.calls)
        await ui.press("M")
        assert any(call[0] == "leads.move" for call in services.calls)
        await ui.press("2")
        assert ui.board
        await ui.press("f6")
        assert ui.app.current_mode == "inbox"

    await play(scenario, services, app=make_app(services))
