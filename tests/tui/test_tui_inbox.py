"""The inbox: what a row says, filters, searching, two panes or one, and staying put."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from board_fixture import NOW, FakeServices, ago, lead, talk
from fixture_inbox import conversation
from tui_driver import NARROW, WIDE, Driver

from tui.screens.conversation import ConversationScreen
from tui.screens.inbox import InboxScreen
from tui.screens.pick import Pick
from tui.widgets.conversation import Conversation
from waagent.domain.leads import Stage
from waagent.domain.messages import MessageState
from waagent.domain.views import Change
from waagent.errors import DatabaseError

MANY = [lead(n, last_message_at=ago(n)) for n in range(1, 61)]


def inbox(ui: Driver) -> InboxScreen:
    assert isinstance(ui.app.screen, InboxScreen)
    return ui.app.screen


def pane(ui: Driver) -> Conversation:
    talk = inbox(ui).talk
    assert talk is not None
    return talk


def names(ui: Driver) -> list[str]:
    return [row.name for row in inbox(ui).chats.rows]


async def preview(ui: Driver, conversation_id: str) -> None:
    """Wait until the cursor has rested and the conversation beside it is loaded."""
    await ui.until(
        lambda: (
            inbox(ui).talk is not None
            and pane(ui).conversation_id == conversation_id
            and pane(ui).chat is not None
        )
    )


async def test_rows_say_who_what_and_whether_somebody_waits(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        assert names(ui)[:3] == ["Ibu Ratna", "Pelanggan tanpa nomor", "Bu Sri Wahyuni"]
        text = ui.text()
        for part in ("●2", "↩ menunggu", "✓✓ Tumpeng mini", "4 belum dibaca", "4 mnt"):
            assert part in text, part
        assert "Negosiasi · panas · tumpeng" in text
        await ui.press("G")
        assert "berhenti" in ui.text()
        assert "[foto] Nanti saya" in ui.text()

    await play(scenario, size=NARROW)


async def test_filters_by_keys_and_esc_takes_them_back(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        count = len(names(ui))
        await ui.press("u")
        assert len(names(ui)) == 4
        assert "hanya belum dibaca" in ui.text()
        await ui.press("w", "escape")
        assert len(names(ui)) == count
        await ui.press("w")
        assert "Mbak Ayu" not in names(ui)
        await ui.press("escape", "f")
        assert isinstance(ui.app.screen, Pick)
        await ui.press("j", "j", "j", "j", "enter")
        assert inbox(ui).only.stage is Stage.NEGOTIATION
        assert names(ui) == ["Bu Sri Wahyuni", "Mbak Ayu"]
        await ui.press("escape", "n", "j", "enter")
        assert inbox(ui).only.session == "main"
        await ui.press("u", "u", "escape")
        ui.services.card_list = []
        await ui.press("u")
        assert "Tidak ada percakapan seperti itu." in ui.text()

    await play(scenario, size=NARROW)


async def test_names_are_searched_as_typed_and_texts_on_enter(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2", "slash", *"sri")
        assert names(ui) == ["Bu Sri Wahyuni"]
        assert not any(call[0] == "conversations.search" for call in ui.services.calls)
        await ui.press("escape", "slash", *"0812345678", "enter")
        assert len(names(ui)) > 5
        await ui.press("escape", "slash", *"UANG DEKORASI", "enter")
        assert "tidak ditemukan" in ui.text()
        await ui.press("escape", "slash", *"wortel", "enter")
        row = inbox(ui).chats.selected
        assert row is not None
        assert row.message_id == "chat-9-m4"
        assert "1 ditemukan dalam 20.000 pesan terbaru" in ui.text()
        await ui.press("enter")
        chat = ui.chat
        assert chat.messages.selected is not None
        assert chat.messages.selected.id == "chat-9-m4"
        assert chat.messages.has_focus
        await ui.press("escape", "escape")
        assert len(names(ui)) == 15

    await play(scenario, size=NARROW)


async def test_a_failed_search_is_told(play):
    async def scenario(ui: Driver) -> None:
        ui.services.broken["conversations.search"] = DatabaseError("gone")
        await ui.press("2", "slash", *"wortel", "enter")
        assert any("Pencarian gagal" in toast for toast in ui.toasts())

    await play(scenario, size=NARROW)


async def test_at_80_columns_enter_opens_and_esc_comes_back_to_the_row(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2", "j", "j", "enter")
        assert isinstance(ui.app.screen, ConversationScreen)
        assert ("messages.mark_read", "chat-9") in ui.services.calls
        await ui.press(*"Siap", "escape")
        assert inbox(ui).chats.selected.name == "Bu Sri Wahyuni"
        await ui.press("1", "2", "enter")
        assert ui.chat.reply.text == "Siap"
        await ui.press("tab", "2")
        assert isinstance(ui.app.screen, InboxScreen)

    await play(scenario, size=NARROW)


async def test_two_panes_preview_without_reading_and_answer_on_enter(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2", "j", "j")
        await preview(ui, "chat-9")
        assert "Jadi bu! Saya DP dulu" in ui.text()
        assert ("messages.mark_read", "chat-9") not in ui.services.calls
        await ui.press("enter", *"Baik bu", "enter")
        assert ("messages.mark_read", "chat-9") in ui.services.calls
        assert ("messages.reply", "chat-9", "Baik bu") in ui.services.calls
        assert isinstance(ui.app.screen, InboxScreen)
        await ui.press(*"Nanti", "escape")
        assert inbox(ui).chats.has_focus
        await ui.press("j")
        await preview(ui, "chat-6")
        assert pane(ui).reply.text == ""
        await ui.press("k", "enter")
        await ui.until(lambda: pane(ui).reply.text == "Nanti")

    await play(scenario, size=WIDE)


async def test_mark_unread(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2", *"jjjj", "U")
        assert ("conversations.mark_unread", "chat-10") in ui.services.calls
        assert inbox(ui).chats.selected.unread

    await play(scenario, size=NARROW)


async def test_what_arrives_moves_neither_cursor_nor_screen(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2", *"jjjjjjjjjjjjjjj")
        chats = inbox(ui).chats
        name, top = chats.selected.name, chats.scroll_y
        line = next(i for i, text in enumerate(ui.text().splitlines()) if name in text)
        for number in (58, 59, 60):
            ui.services.conversations.receive(MANY[number - 1], "masih ada?", NOW)
        await ui.until(lambda: names(ui)[0] in ("Pelanggan 58", "Pelanggan 59", "Pelanggan 60"))
        await ui.until(lambda: "↑ 3 baru" in ui.text())
        assert chats.selected.name == name
        assert chats.scroll_y == top + 3 * chats.pitch
        now = next(i for i, text in enumerate(ui.text().splitlines()) if f" {name} " in text)
        assert now - line in (0, 1), "one line for the sign"
        await ui.press("g")
        assert "baru ──" not in ui.text()
        assert chats.scroll_y == 0

    await play(scenario, FakeServices(card_list=MANY), size=NARROW)


async def test_a_draft_and_focus_survive_updates_beside_the_list(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2", "j", "j", "enter")
        await ui.press(*"Sebentar")
        message = replace(talk()[-1], id="new", text="Halo?", at=NOW)
        ui.services.put_message(message)
        ui.services.conversations.receive(ui.services.card_list[0], "saya lagi", NOW)
        await ui.until(lambda: "Halo?" in ui.text(), seconds=30)
        assert pane(ui).reply.text == "Sebentar"
        assert pane(ui).reply.has_focus
        await ui.press(*" ya")
        assert pane(ui).reply.text == "Sebentar ya"

    await play(scenario, size=WIDE)


async def test_enter_right_after_a_move_opens_what_it_is_on(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        for _ in range(5):
            # The preview of the row that was moved to is due while the conversation opens.
            await ui.press("j")
            inbox(ui).open_row(inbox(ui).chats.selected)
            inbox(ui)._show_preview()
            await ui.until(lambda: pane(ui).reply.has_focus)
            await ui.press("escape")

    await play(scenario, size=WIDE)


async def test_more_rows_come_before_the_last_one_is_reached(play):
    many = [lead(n, last_message_at=NOW - timedelta(minutes=n)) for n in range(1, 251)]

    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        assert len(names(ui)) == 100
        await ui.press("G")
        await ui.until(lambda: len(names(ui)) == 200)
        await ui.press("G")
        await ui.until(lambda: len(names(ui)) == 250)
        assert len(list(inbox(ui).chats.children)) < 5, "rows are no widgets"

    await play(scenario, FakeServices(card_list=many), size=NARROW)


async def test_markup_and_control_codes_of_customers_do_nothing(play):
    evil = lead(1, name="[red]A\x1b[2J\u202eB", last_message_at=NOW, unread=1)
    services = FakeServices(card_list=[evil])
    view = conversation(evil)
    last = replace(view.last, text="[b]x\x1b[31m\n[/b]\u202e", state=MessageState.RECEIVED)
    services.conversations.extra[evil.conversation_id] = replace(view, last=last)

    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        text = ui.text()
        assert "[red]A␛[2JB" in text
        assert "[b]x␛[31m [/b]" in text

    await play(scenario, services, size=NARROW)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_a_change_by_somebody_else_is_drawn(play, size):
    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        card = ui.services.card_list[0]
        ui.services.conversations.extra[card.conversation_id] = conversation(card, 0, unread=0)
        ui.services.tell(Change(kind="lead", id=card.id, conversation_id=card.conversation_id))
        await ui.until(lambda: not inbox(ui).chats.rows[0].unread)

    await play(scenario, size=size)
