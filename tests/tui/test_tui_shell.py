"""What all screens share: places, help, dialogs, themes, languages, sizes, the thread of calls."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from typing import Any

import pytest
from board_fixture import TENANT, FakeServices, lead
from textual.widgets import Button, Input
from tui_driver import NARROW, Driver, make_app, settle

from tui.places import Place
from tui.preferences import Preferences, PreferencesFile, prepare
from tui.screens.board import BoardScreen
from tui.screens.confirm import Confirm
from tui.screens.go_to import GoTo
from tui.screens.help import HelpScreen
from tui.screens.too_small import TooSmall
from tui.strings import language, use_language
from waagent.domain.leads import Stage
from waagent.domain.views import Tenant
from waagent.errors import ConfigError, DatabaseError
from waagent.settings import load_settings

OTHER = Tenant(id="t2", slug="toko-lain", name="Toko [i]Lain", timezone="Asia/Makassar")


async def test_places_are_one_click_away_and_named(play):
    async def scenario(ui: Driver) -> None:
        first = ui.text().splitlines()[0]
        assert "[1 Papan]" in first
        assert "2 Pesan ●4" in first
        await ui.pilot.click(offset=(first.index("3 Lanjut") + 1, 0))
        await settle(ui.pilot)
        assert ui.app.current_mode == Place.FOLLOWUPS
        assert "[3 Tindak lanjut]" in ui.text().splitlines()[0]
        await ui.pilot.resize_terminal(60, 16)
        await settle(ui.pilot)
        assert "[3 Tindak lanjut]" in ui.text().splitlines()[0]
        await ui.press("1")
        assert isinstance(ui.app.screen, BoardScreen)

    await play(scenario, size=NARROW)


async def test_the_operators_place_is_for_operators(play):
    async def scenario(ui: Driver) -> None:
        assert "Operator" not in ui.text().splitlines()[0]
        await ui.press("6")
        assert ui.app.current_mode == Place.BOARD

    services = FakeServices()
    await play(scenario, services, app=make_app(services, operator=False))


async def test_help_begins_with_what_is_in_front(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("3", "f1")
        assert isinstance(ui.app.screen, HelpScreen)
        text = ui.text()
        assert "Tindak lanjut: apa yang akan dikirim sendiri" in text
        assert text.index("Tindak lanjut") < text.index("Di mana saja")
        await ui.press("escape", "1", "question_mark")
        assert "Memilih tahap untuk kartu ini" in ui.text()

    await play(scenario)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), False),
        (("escape",), False),
        (("n",), False),
        (("y",), True),
        (("l", "enter"), True),
        (("right", "h", "enter"), False),
    ],
)
async def test_a_question_is_answered_no_unless_told_otherwise(play, keys, answer):
    async def scenario(ui: Driver) -> None:
        answers: list[bool | None] = []
        ui.app.push_screen(Confirm("Hapus?", "[b]3[/b] prospek.", "Hapus"), answers.append)
        await ui.press()
        assert "[b]3[/b] prospek." in ui.text()
        await ui.press(*keys)
        assert answers == [answer]

    await play(scenario)


async def test_a_severe_act_wants_the_name_typed(play):
    async def scenario(ui: Driver) -> None:
        answers: list[bool | None] = []
        ui.app.push_screen(Confirm("Lepas", "Nomor main.", "Lepas", typed="main"), answers.append)
        await ui.press(*"mai", "enter")
        assert ui.app.screen.query_one("#yes", Button).disabled
        assert answers == []
        await ui.press(*"n", "enter")
        assert answers == [True]

    await play(scenario)


async def test_going_to_a_link_a_number_or_nowhere(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("ctrl+g", *"nowhere", "enter")
        assert isinstance(ui.app.screen, GoTo)
        assert "nowhere tidak ditemukan" in ui.text()
        ui.app.screen.query_one(Input).value = "0812-3456-7809"
        await ui.press("enter")
        assert ui.chat.conversation_id == "chat-9"
        await ui.press("escape", "escape")
        await ui.press("ctrl+g", *"session/main", "enter")
        assert ui.app.current_mode == Place.SESSIONS
        await ui.press("ctrl+g", *"reports", "enter")
        assert ui.app.current_mode == Place.REPORTS

    await play(scenario)


async def test_language_and_theme_change_in_place_and_are_kept(play, tmp_path):
    services = FakeServices()
    kept = PreferencesFile(tmp_path, "sari")
    app = make_app(services, preferences=kept)

    async def scenario(ui: Driver) -> None:
        await ui.press("ctrl+p", *"English")
        await ui.until(lambda: "Bahasa: English" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: "Lead board" in ui.text())
        assert "Enter Open" in ui.text()
        ui.app.theme = "waagent-contrast"
        await ui.until(lambda: kept.load().theme == "waagent-contrast")

    try:
        await play(scenario, services, app=app)
    finally:
        use_language("id")
    assert kept.load() == Preferences(theme="waagent-contrast", language="en")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def test_what_was_chosen_gives_way_to_what_is_set(tmp_path):
    PreferencesFile(tmp_path, "x/../y").save(Preferences(theme="waagent-light", language="en"))
    try:
        assert prepare(load_settings(home=tmp_path), "x/../y")[0] == "waagent-light"
        assert language() == "en"
        set_ = load_settings(home=tmp_path, theme="waagent-contrast")
        assert prepare(set_, "x/../y")[0] == "waagent-contrast"
        with pytest.raises(ConfigError, match="no 'waagent-lite'") as caught:
            prepare(load_settings(home=tmp_path, theme="waagent-lite"))
        assert "'waagent-light'" in caught.value.hint
        PreferencesFile(tmp_path, "z").path.write_text("[broken")
        assert prepare(load_settings(home=tmp_path), "z")[0] == "waagent"
    finally:
        use_language("id")


async def test_another_shop_is_shown_in_place(play):
    services = FakeServices(tenant_list=[TENANT, OTHER])

    async def scenario(ui: Driver) -> None:
        await ui.press("ctrl+p", *"laporan")
        await ui.until(lambda: "Ke angka-angka toko" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: ui.app.current_mode == Place.REPORTS)
        await ui.press("ctrl+p", *"toko-lain")
        await ui.until(lambda: "Toko [i]Lain" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: "Toko [i]Lain" in ui.text().splitlines()[0])
        assert ui.app.hub.tenant == OTHER
        services.put_lead(lead(77, name="Bu Ida"))
        await ui.until(lambda: "Bu Ida" in ui.text())

    await play(scenario, services)


async def test_too_little_room_is_told_and_everything_is_there_afterwards(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("slash", *"nasi")
        await ui.pilot.resize_terminal(59, 20)
        await settle(ui.pilot)
        assert isinstance(ui.app.screen, TooSmall)
        assert "59x20" in ui.text()
        await ui.press("4")
        await ui.pilot.resize_terminal(200, 60)
        await settle(ui.pilot)
        assert "4 cocok" in ui.text()
        assert ui.app.focused.value == "nasi"

    await play(scenario)


async def test_cards_are_dragged_chosen_a_stage_and_walked_through(play):
    async def scenario(ui: Driver) -> None:
        new, won = (ui.board.query_one(f"#column-{s}").cards for s in (Stage.NEW, Stage.WON))
        await ui.pilot.mouse_down(new, offset=(4, 1))
        await ui.pilot.hover(won, offset=(4, 1))
        await settle(ui.pilot)
        assert "↓ lepas di sini" in ui.text()
        await ui.pilot.mouse_up(won, offset=(4, 1))
        await settle(ui.pilot)
        assert ("leads.move", "lead-1", Stage.WON) in ui.services.calls
        assert "↓ lepas di sini" not in ui.text()
        await ui.press("m")
        await ui.press("g", "j", "enter")
        assert ui.services.leads.get(None, "lead-1").stage is Stage.CONTACTED
        await ui.press("u", "u")
        assert ui.services.leads.get(None, "lead-1").stage is Stage.NEW
        await ui.press("Y")
        assert ui.app.clipboard == "lead/lead-1"
        await ui.press("slash", *"nasi", "enter", "n", "n")
        assert ui.board.board.lead.name == "Pak Budi"
        await ui.press("N")
        assert ui.board.board.lead.name == "Bang Togar"

    await play(scenario)


class _Everything(dict[str, Exception]):
    """No call succeeds."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> Exception:
        return DatabaseError("gone")


async def test_a_lost_database_shows_on_every_screen_and_goes_by_itself(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        services.broken = _Everything()
        await ui.press("r")
        for key in "23451":
            await ui.press(key)
            assert "Koneksi ke basis data terputus" in ui.text()
        services.broken = {}
        await ui.press("r")
        assert "Koneksi ke basis data terputus" not in ui.text()

    await play(scenario, services)


class _Watched:
    """Services that note in which thread they are called."""

    def __init__(self, real: Any, threads: set[int]) -> None:
        self._real, self._threads = real, threads

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if callable(value):
            return lambda *given, **named: self._called(value, *given, **named)
        return _Watched(value, self._threads)

    def _called(self, call: Any, *given: Any, **named: Any) -> Any:
        self._threads.add(threading.get_ident())
        return call(*given, **named)


async def test_no_screen_calls_a_service_on_the_event_loop(play):
    services, threads = FakeServices(), set()

    async def scenario(ui: Driver) -> None:
        for place in Place:
            ui.app.go(place)
            await settle(ui.pilot)
        await ui.press("1", "L", "u", "r", "ctrl+p", *"bu")
        await ui.until(lambda: "Bu Lurah" in ui.text())
        await ui.press("escape", "enter")
        await ui.press(*"ya", "enter")
        assert len(threads) > 1
        assert threading.get_ident() not in threads

    await play(scenario, services, app=make_app(_Watched(services, threads)))


async def test_a_poll_costs_little_and_finds_what_the_feed_missed(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        await ui.app.hub.poll()
        services.calls.clear()
        await ui.app.hub.poll()
        assert ("leads.list",) not in services.calls
        assert not any(call[0] == "leads.get" for call in services.calls)
        services.card_list[0] = replace(services.card_list[0], name="Bu Terlewat")
        del services.card_list[1]
        await ui.app.hub.poll()
        await ui.press()
        assert ui.app.hub.store.lead("lead-1").name == "Bu Terlewat"
        assert ui.app.hub.store.lead("lead-2") is None
        assert "Baru 2" in ui.text()
        fetched = {call for call in services.calls if call[0] == "leads.get"}
        assert fetched == {("leads.get", "lead-1"), ("leads.get", "lead-2")}

    await play(scenario, services)


async def test_what_is_closed_twice_at_once_closes_once(play):
    """As by two quick keys, whose messages are heeded one after the other."""

    async def scenario(ui: Driver) -> None:
        for opened_by in ("enter", "m"):
            await ui.press(opened_by)
            over = ui.app.screen
            assert over is not ui.app.screen_stack[0]
            over.dismiss()
            over.dismiss()
            await settle(ui.pilot)
            assert isinstance(ui.app.screen, BoardScreen)

    await play(scenario)
