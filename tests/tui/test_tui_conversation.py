"""Reading and answering a conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_fixture import FakeServices, talk
from PIL import Image
from textual import events
from tui_driver import NARROW, Driver, make_app

from tui.links import parse_link
from tui.pictures import thumbnail
from waagent.domain.media import MediaState
from waagent.domain.messages import MessageKind, MessageState
from waagent.domain.views import MediaView
from waagent.errors import InvalidInputError, NotPairedError, RefusedError

OPEN = ("l", "l", "l", "enter")


async def test_messages_states_days_and_insight_are_shown(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        text = ui.text()
        for part in (
            *("Kemarin", "Hari ini", "[foto]", "✓✓ dibaca", "✓✓ sampai", "dari HP toko"),
            *("tindak lanjut otomatis", "lewat waagent", "pembayaran", "93%", "local · e5-small-1"),
        ):
            assert part in text

    await play(scenario)


async def test_enter_sends_and_shift_enter_makes_a_line(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, *"satu", "ctrl+j", *"dua", "shift+enter", *"tiga", "enter")
        assert ("messages.reply", "chat-9", "satu\ndua\ntiga") in ui.services.calls
        assert ui.chat.reply.text == ""
        await ui.press(*"lagi", "ctrl+s")
        assert ("messages.reply", "chat-9", "lagi") in ui.services.calls

    await play(scenario)


async def test_what_is_typed_faster_than_it_is_drawn_is_sent_whole_and_in_order(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        for text in ("satu", "dua"):  # as a terminal hands over a burst: nobody waits in between
            for char in text:
                ui.app.post_message(events.Key(char, char))
            ui.app.post_message(events.Key("enter", "\r"))
        await ui.press()
        await ui.until(lambda: len(ui.services.talks["chat-9"]) == 8)
        assert [message.text for message in ui.services.talks["chat-9"][-2:]] == ["satu", "dua"]
        assert ui.chat.reply.text == ""

    await play(scenario)


async def test_nothing_is_sent_of_white_space(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "space", "enter")
        assert not any(call[0] == "messages.reply" for call in ui.services.calls)

    await play(scenario)


async def test_a_failed_reply_keeps_its_text_and_says_why(play):
    async def scenario(ui: Driver) -> None:
        ui.services.broken["messages.reply"] = NotPairedError("not linked", hint="link [it]")
        await ui.press(*OPEN, *"Siap bu", "enter")
        assert ui.chat.reply.text == "Siap bu"
        assert any("not linked\nlink [it]" in toast for toast in ui.toasts())
        assert all(message.text != "Siap bu" for message in ui.services.talks["chat-9"])
        ui.services.broken.clear()
        await ui.press("enter")
        assert ui.services.talks["chat-9"][-1].text == "Siap bu"
        assert ui.chat.reply.text == ""

    await play(scenario)


async def test_a_draft_survives_going_to_the_board(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, *"Nanti", "escape")
        assert ui.board.board.lead.name == "Bu Sri Wahyuni"
        await ui.press("j", "enter")
        assert ui.chat.reply.text == ""
        await ui.press("escape", "k", "enter")
        assert ui.chat.reply.text == "Nanti"

    await play(scenario)


async def test_insight_can_be_hidden_and_shown(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        assert "Keyakinan" not in ui.text()
        await ui.press("f2")
        assert "Keyakinan" in ui.text()
        await ui.press("tab", "i")
        assert "Keyakinan" not in ui.text()

    await play(scenario, size=NARROW)


async def test_an_empty_conversation_says_so(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("enter")
        assert "Belum ada pesan." in ui.text()
        assert "Belum dinilai." in ui.text()

    await play(scenario)


async def test_long_messages_are_folded_and_unfold(play):
    long = replace(talk()[0], text="kata " * 2000)

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        assert "karakter lagi" in ui.text()
        await ui.press("tab", "e", "G")
        assert "karakter lagi" not in ui.text()

    await play(scenario, FakeServices(talks={"chat-9": [long]}))


async def test_failed_and_uncertain_messages_are_named(play):
    failed = replace(talk()[3], state=MessageState.FAILED)
    unsure = replace(talk()[3], id="u", state=MessageState.UNKNOWN)
    lost = replace(talk()[0], id="l", kind=MessageKind.UNDECRYPTABLE, text="")

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        for part in ("✗ gagal", "? tidak pasti", "belum bisa dibaca"):
            assert part in ui.text()

    await play(scenario, FakeServices(talks={"chat-9": [lost, failed, unsure]}))


async def test_older_messages_are_loaded_on_demand(play):
    many = [replace(talk()[0], id=f"m{n}", text=f"pesan {n}.") for n in range(90)]

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "tab")
        assert len(ui.chat.messages.drawn) == 60
        await ui.press("O", "g")
        assert len(ui.chat.messages.drawn) == 90
        assert "pesan 0." in ui.text()

    await play(scenario, FakeServices(talks={"chat-9": many}))


@pytest.mark.parametrize("link", ["lead/lead-9", "chat/chat-9"])
async def test_a_link_opens_the_conversation(play, link):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        assert ui.chat.conversation_id == "chat-9"
        await ui.press("escape")
        assert ui.board.board.lead.id == "lead-9"

    await play(scenario, services, app=make_app(services, link=parse_link(link)))


async def test_a_link_to_nothing_is_told(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        assert any("lead/none tidak ditemukan" in toast for toast in ui.toasts())

    await play(scenario, services, app=make_app(services, link=parse_link("lead/none")))


def test_malformed_links_are_refused():
    for text in ("lead", "lead/", "nowhere", "board/1"):
        with pytest.raises(InvalidInputError):
            parse_link(text)


async def test_opening_marks_as_read_what_was_not(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        assert ("messages.mark_read", "chat-9") in ui.services.calls
        await ui.press("escape", "down", "enter")
        assert ui.chat.conversation_id == "chat-10"
        assert ("messages.mark_read", "chat-10") not in ui.services.calls

    await play(scenario)


@pytest.mark.parametrize("below", [1, 3])
async def test_a_picture_that_is_loaded_leaves_the_chosen_message_in_place(play, below):
    rows = [replace(talk()[0], id=f"m{n}", text=f"pesan {n}") for n in range(40)]
    stored = MediaView(mimetype="image/png", file_name=None, size=9, state=MediaState.STORED)
    rows[20] = replace(rows[20], kind=MessageKind.IMAGE, media=stored)
    unreadable = {"media.open": RefusedError("damaged")}
    services = FakeServices(talks={"chat-9": rows}, broken=unreadable)

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "tab")
        messages, chosen = ui.chat.messages, f"pesan {20 + below}"
        messages.select(f"m{20 - 5}")
        await ui.press()
        messages.select(f"m{20 + below}")
        await ui.press()
        before = line_of(ui, chosen)
        assert line_of(ui, "foto") < before, "it is on screen, above"
        messages._thumbnails.put("m20", thumbnail(Image.new("RGB", (400, 300))))
        messages.picture_ready()
        await ui.press()
        assert any(bubble.picture for bubble in messages.drawn)
        assert line_of(ui, chosen) == before

    await play(scenario, services)


def line_of(ui: Driver, text: str) -> int:
    """The line of the screen that ``text`` is on."""
    (line,) = [number for number, row in enumerate(ui.text().splitlines()) if text in row]
    return line
