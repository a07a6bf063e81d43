"""The lead board: moving about, moving cards, filtering, hiding, copying."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_fixture import FakeServices, ago, lead, session
from tui_driver import NARROW, Driver

from tui.screens.help import HelpScreen
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.sessions import SessionState
from waagent.errors import ConflictError, DatabaseError


async def test_columns_count_and_show_cards(play):
    async def scenario(ui: Driver) -> None:
        text = ui.text()
        for part in ("Baru 3", "Dihubungi 2", "Negosiasi 2", "panas", "hangat", "kesal", "↻ 16.00"):
            assert part in text
        assert "Pelangga…" in text
        assert ui.board.board.lead.id == "lead-1"
        assert ui.app.focused is ui.board.board

    await play(scenario)


@pytest.mark.parametrize(("right", "down"), [("right", "down"), ("l", "j")])
async def test_arrows_and_letters_move_the_cursor(play, right, down):
    async def scenario(ui: Driver) -> None:
        await ui.press(right, right, down)
        assert ui.board.board.lead.name == "Teh Neneng"
        await ui.press("G")
        assert ui.board.board.lead.name == "Bang Togar"
        await ui.press("g")
        assert ui.board.board.lead.name == "Kak Dinda"

    await play(scenario)


async def test_a_card_moves_and_comes_back(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("L")
        assert ("leads.move", "lead-1", Stage.CONTACTED) in ui.services.calls
        assert ui.board.board.stage is Stage.CONTACTED
        assert ui.board.board.lead.id == "lead-1"
        await ui.press("u")
        assert ui.services.leads.get(None, "lead-1").stage is Stage.NEW
        assert ui.board.board.lead.id == "lead-1"

    await play(scenario)


async def test_two_quick_moves_are_two_stages(play):
    async def scenario(ui: Driver) -> None:
        ui.board.board.action_move_on()
        ui.board.board.action_move_on()
        await ui.press()
        assert ui.services.leads.get(None, "lead-1").stage is Stage.QUALIFIED
        await ui.press("u", "u")
        assert ui.services.leads.get(None, "lead-1").stage is Stage.NEW

    await play(scenario)


async def test_a_refused_move_is_taken_back_and_told(play):
    async def scenario(ui: Driver) -> None:
        ui.services.broken["leads.move"] = ConflictError("no", hint="look [bold]again")
        await ui.press("L")
        assert ui.board.board.lead.id == "lead-1"
        assert ui.board.board.stage is Stage.NEW
        assert any("look [bold]again" in toast for toast in ui.toasts())
        await ui.press("u")
        assert any("Belum ada yang dipindah" in toast for toast in ui.toasts())

    await play(scenario)


async def test_undo_leaves_a_card_that_somebody_else_moved(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("L")
        moved = ui.services.leads.get(None, "lead-1")
        ui.services.put_lead(replace(moved, stage=Stage.WON))
        await ui.until(lambda: ui.app.hub.store.lead("lead-1").stage is Stage.WON)
        await ui.press("u")
        assert ui.services.leads.get(None, "lead-1").stage is Stage.WON

    await play(scenario)


async def test_filter_as_typed_and_clear(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("slash", *"nasi")
        assert "4 cocok" in ui.text()
        assert "Ibu Ratna" not in ui.text()
        await ui.press("enter")
        assert ui.app.focused is ui.board.board
        assert "Ibu Ratna" not in ui.text()
        await ui.press("escape")
        assert "Ibu Ratna" in ui.text()

    await play(scenario)


async def test_escape_while_typing_clears_the_filter(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("slash", *"zzz")
        assert "Tidak ada yang cocok" in ui.text()
        await ui.press("escape")
        assert "Ibu Ratna" in ui.text()
        assert ui.app.focused is ui.board.board

    await play(scenario)


async def test_the_filter_finds_local_numbers(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("slash", *"081234567809")
        assert "1 cocok" in ui.text()
        assert ui.board.board.lead.name == "Bu Sri Wahyuni"

    await play(scenario)


async def test_not_leads_are_hidden_until_asked_for(play):
    async def scenario(ui: Driver) -> None:
        assert "Sales" not in ui.text()
        assert "1 disembunyikan (x)" in ui.text()
        await ui.press("x")
        assert "Sales" in ui.text()

    await play(scenario)


async def test_copy_puts_the_number_on_the_clipboard(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("y")
        assert ui.app.clipboard == "+6281234567801"
        await ui.press("j", "y")
        assert any("belum diketahui" in toast for toast in ui.toasts())

    await play(scenario)


async def test_mouse_click_selects_and_double_click_opens(play):
    async def scenario(ui: Driver) -> None:
        cards = ui.board.query_one("#column-negotiation").cards
        await ui.pilot.click(cards, offset=(4, 5))
        assert ui.board.board.lead.name == "Mbak Ayu"
        await ui.pilot.click(cards, offset=(4, 1), times=2)
        await ui.press()
        assert ui.chat.conversation_id == "chat-9"

    await play(scenario)


async def test_narrow_terminal_scrolls_to_the_current_column(play):
    async def scenario(ui: Driver) -> None:
        assert ui.board.ruler.display
        assert "Om Wayan" not in ui.text()
        await ui.press(*"lllll")
        assert "Om Wayan" in ui.text()
        assert Stage.LOST in ui.board.board.shown_stages

    await play(scenario, size=NARROW)


async def test_an_empty_board_says_what_to_do(play):
    async def scenario(ui: Driver) -> None:
        assert "Belum ada prospek." in ui.text()
        assert "waagent connect dapur-bu-rini" in ui.text()

    await play(scenario, FakeServices(card_list=[], session_list=[]), size=NARROW)


async def test_sick_sessions_stand_out_with_the_next_step(play):
    sick = session(id="s2", name="toko", state=SessionState.LOGGED_OUT, owner=None)

    async def scenario(ui: Driver) -> None:
        text = ui.text()
        assert "▲ toko" in text
        assert "waagent connect dapur-bu-rini --session toko" in text
        assert text.index("▲ toko") < text.index("● main")

    await play(scenario, FakeServices(session_list=[session(), sick]))


async def test_a_lost_backend_shows_a_banner_and_recovers(play):
    async def scenario(ui: Driver) -> None:
        ui.services.broken["leads.list"] = DatabaseError("gone")
        await ui.press("r")
        assert "Koneksi ke basis data terputus" in ui.text()
        assert "Ibu Ratna" in ui.text()
        assert ui.toasts() == []
        ui.services.broken.clear()
        await ui.press("r")
        assert "Koneksi ke basis data terputus" not in ui.text()

    await play(scenario)


async def test_an_unforeseen_error_is_a_toast_told_once(play):
    async def scenario(ui: Driver) -> None:
        ui.services.broken["leads.list"] = ZeroDivisionError("secret detail")
        await ui.press("r")
        await ui.press("r")
        assert len(ui.toasts()) == 1
        assert "secret" not in ui.toasts()[0]

    await play(scenario)


async def test_ten_thousand_leads_are_no_trouble(play):
    many = [lead(n, stage=Stage.NEW, last_message_at=ago(n)) for n in range(10_000)]

    async def scenario(ui: Driver) -> None:
        await ui.press("G")
        assert ui.board.board.lead.id == "lead-9999"
        assert "Pelangg" in ui.text()

    await play(scenario, FakeServices(card_list=many))


async def test_places_and_help(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("4")
        assert "terhubung" in ui.text()
        await ui.press("3")
        assert "sudah membeli" in ui.text()
        await ui.press("1", "question_mark")
        assert isinstance(ui.app.screen, HelpScreen)
        await ui.press("escape")
        assert ui.board.board.lead is not None

    await play(scenario)


async def test_follow_up_opens_its_conversation(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("3", "j", "enter")
        assert ui.chat.lead.name == "Bu Endang Sulistyowati"
        await ui.press("escape")
        assert ui.app.current_mode == "followups"  # back to where it was opened

    await play(scenario)


async def test_the_palette_runs_actions_and_finds_customers(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("ctrl+p", *"Tindak lanjut")
        await ui.until(lambda: "Ke daftar tindak lanjut" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: "terjadwal" in ui.text())
        await ui.press("ctrl+p", *"togar")
        await ui.until(lambda: "Bang Togar" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: ui.app.screen.id is None and "nasi box" in ui.text())
        assert ui.chat.lead.name == "Bang Togar"

    await play(scenario)


async def test_status_of_every_kind_is_text(play):
    cards = [lead(n, status=status) for n, status in enumerate(Status)]

    async def scenario(ui: Driver) -> None:
        await ui.press("x")
        for word in ("baru", "hangat", "panas", "pelanggan", "batal", "bukan prospek"):
            assert word in ui.text()

    await play(scenario, FakeServices(card_list=cards))
