"""What can be done to a message and to the customer beside it; files and pictures; long chats."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from board_fixture import NOW, FakeServices, ago, talk
from fixture_inbox import FakeFile
from tui_driver import NARROW, WIDE, Driver

from tui.screens.ask import Ask
from tui.screens.confirm import Confirm
from tui.screens.facts import Facts
from tui.screens.pick import Pick
from tui.screens.picture import PictureScreen
from waagent.domain.media import MediaState
from waagent.domain.messages import MessageKind, MessageState
from waagent.domain.views import MediaView, MessageView
from waagent.errors import ConflictError, NotPairedError

OPEN = ("l", "l", "l", "enter", "tab")
PHOTO = MediaView(
    mimetype="image/png", file_name="../hiasan.png", size=240_000, state=MediaState.STORED
)


def with_photo() -> FakeServices:
    rows = talk()
    rows[2] = replace(rows[2], media=PHOTO)
    return FakeServices(talks={"chat-9": rows})


def called(ui: Driver, name: str) -> list[tuple[str, ...]]:
    return [call for call in ui.services.calls if call[0] == name]


async def test_quote_react_edit_delete(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "k", "k")
        assert ui.chat.messages.selected.id == "chat-9-m4"
        await ui.press("b")
        assert "membalas: Bisa bu" in ui.text()
        await ui.press("escape")
        assert "membalas" not in ui.text()
        await ui.press("tab", "b", *"Siap", "enter")
        assert called(ui, "replies.reply") == [("replies.reply", "chat-9", "Siap", "chat-9-m4")]
        assert "│ Bisa bu" in ui.text()
        await ui.press("tab", "k", "k", "k", "plus", "j", "enter")
        assert called(ui, "message_actions.react") == [("message_actions.react", "chat-9-m4", "🙏")]
        await ui.press("plus", "up", "up", "enter")
        assert isinstance(ui.app.screen, Ask)
        await ui.press("escape", "E")
        assert ui.chat.reply.text.startswith("Bisa bu")
        await ui.press(*"!", "enter")
        assert called(ui, "message_actions.edit")[0][2].endswith("timun.!")
        assert ui.chat.reply.text == ""
        await ui.press("tab", "d")
        assert isinstance(ui.app.screen, Confirm)
        await ui.press("enter")
        assert not called(ui, "message_actions.delete"), "the focus is on no"
        await ui.press("d", "y")
        assert called(ui, "message_actions.delete") == [("message_actions.delete", "chat-9-m4")]
        await ui.press("k", "E", "d")
        assert any("Hanya pesan dari toko" in toast for toast in ui.toasts())

    await play(scenario, size=NARROW)


async def test_refused_changes_are_told_and_their_text_stays(play):
    async def scenario(ui: Driver) -> None:
        ui.services.broken["message_actions.edit"] = ConflictError("too old [x]")
        ui.services.broken["replies.reply"] = NotPairedError("not linked")
        await ui.press(*OPEN, "k", "k", "E", *" ya", "enter")
        assert ui.chat.reply.text.endswith("timun. ya")
        assert any("too old [x]" in toast for toast in ui.toasts())
        await ui.press("escape", "tab", "b", *"Siap", "enter")
        assert ui.chat.reply.text == "Siap"
        assert "membalas: Bisa bu" in ui.text()

    await play(scenario, size=NARROW)


async def test_an_uncertain_message_is_resolved(play):
    unsure = replace(talk()[3], id="u", state=MessageState.UNKNOWN, reason="recipient_rate")

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        text = ui.text()
        assert "menunggu jeda ke pelanggan ini" in text
        assert "lalu tekan v." in text
        await ui.press("v")
        assert isinstance(ui.app.screen, Pick)
        assert "Pesan ada di percakapan" in ui.text()
        await ui.press("j", "j", "enter")
        assert called(ui, "message_actions.resolve") == [("message_actions.resolve", "u", "drop")]

    await play(scenario, FakeServices(talks={"chat-9": [unsure]}), size=NARROW)


async def test_the_menu_offers_what_makes_sense(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "space")
        text = ui.text()
        assert "Kutip" in text
        assert "Hapus pesan" not in text, "it is the customer's"
        await ui.press("j", "enter")
        assert "👍" in ui.text()
        await ui.press("escape", "f3")
        for word in ("Pindah tahap", "Catat", "Riwayat"):
            assert word in ui.text()

    await play(scenario, size=NARROW)


async def test_the_customer_is_changed_from_the_conversation(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "m", "j", "enter")
        assert called(ui, "leads.move") == [("leads.move", "lead-9", "won")]
        await ui.press("n", *"antar jam 9", "enter", "w", *"850rb", "enter", "a", *"Rina", "enter")
        assert called(ui, "lead_details.add_note")[0][2] == "antar jam 9"
        assert called(ui, "lead_details.set_value")[0][2] == "850rb"
        assert called(ui, "lead_details.assign")[0][2] == "Rina"
        await ui.press("t", *"vip #Baru", "enter", "t", "backspace", "backspace", "backspace",
                       "backspace", "enter")  # fmt: skip
        assert called(ui, "lead_details.tag")[0][2:] == ("baru vip", "")
        await ui.press("c", "enter", "j", "enter")
        assert called(ui, "corrections.correct") == [("corrections.correct", "chat-9", "customer")]
        await ui.press("c", "G", "enter", "ctrl+u", *"nasi box", "enter")
        assert called(ui, "corrections.correct")[1][2] == "nasi box"
        await ui.press("h")
        assert isinstance(ui.app.screen, Facts)
        await ui.until(lambda: "Minta antar sebelum jam 9" in ui.text())
        await ui.press("escape")
        ui.services.broken["lead_details.add_note"] = ConflictError("no")
        await ui.press("n", *"x", "enter")
        assert any("Catatan tidak tersimpan" in toast for toast in ui.toasts())

    await play(scenario, size=NARROW)


async def test_ready_texts_are_filled_in(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "tab", "ctrl+t")
        assert "Halo Bu Sri, pesanan tumpeng" in ui.text()
        await ui.press("j", "enter")
        assert (
            ui.chat.reply.text
            == "Pembayaran ke rekening Dapur Bu Rini, Bu Sri. Kabari bila sudah ya."
        )
        assert not called(ui, "messages.reply"), "it is for reading first"

    await play(scenario, size=NARROW)


async def test_an_editor_that_fails_keeps_the_text(play, monkeypatch: pytest.MonkeyPatch):
    async def scenario(ui: Driver) -> None:
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.delenv("EDITOR", raising=False)
        await ui.press(*OPEN, "tab", *"Draf", "ctrl+e")
        monkeypatch.setenv("EDITOR", "true")
        await ui.press("ctrl+e")
        assert ui.chat.reply.text == "Draf"
        told = "\n".join(ui.toasts())
        assert "no editor is set" in told
        assert "cannot be lent" in told, "a test has no terminal to lend"

    await play(scenario, size=NARROW)


@pytest.mark.filterwarnings("ignore:Image.Image.getdata")  # of textual-image
async def test_a_picture_is_shown_opened_and_saved(
    play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path))

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "g")
        await ui.until(lambda: "▀▀▀▀" in ui.text())
        await ui.press("j", "j", "o")
        await ui.until(lambda: isinstance(ui.app.screen, PictureScreen))
        assert "hiasan.png" in ui.text()
        await ui.press("escape", "s", "s")
        folder = tmp_path / "waagent"
        assert sorted(p.name for p in folder.iterdir()) == ["hiasan (2).png", "hiasan.png"]
        assert (folder / "hiasan.png").read_bytes().startswith(b"\x89PNG")
        assert any(str(folder / "hiasan.png") in toast for toast in ui.toasts())

    await play(scenario, with_photo(), size=WIDE)


async def test_a_file_that_is_no_picture_does_no_harm(play):
    async def scenario(ui: Driver) -> None:
        ui.services.media.files["chat-9-m3"] = FakeFile("a.png", "image/png", b"\x89PNG broken")
        await ui.press(*OPEN, "g", "j", "j")
        assert "[foto · ../hiasan.png · 240 KB] o buka · s simpan" in ui.text()
        await ui.press("o")
        assert any("the picture cannot be shown" in toast for toast in ui.toasts())

    await play(scenario, with_photo(), size=WIDE)


def many(count: int) -> list[MessageView]:
    first = talk()[0]
    return [
        replace(first, id=f"m{n}", text=f"pesan {n}. " + "kata " * (n % 40), at=ago(count - n))
        for n in range(count)
    ]


async def test_five_thousand_messages_scroll_without_widgets_for_them(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        messages = ui.chat.messages
        assert len(messages.drawn) == 60
        while messages.has_older:
            await ui.press("g", "k")
        assert len(messages.drawn) == 5000
        assert len(list(messages.walk_children())) < 5
        await ui.press("g")
        assert "pesan 0." in ui.text()
        began = time.process_time()
        for _ in range(20):
            messages.action_page_down()
            messages.render_lines(messages.size.region)
        assert time.process_time() - began < 1.0
        await ui.press("G")
        assert "pesan 4999." in ui.text()

    await play(scenario, FakeServices(talks={"chat-9": many(5000)}), size=NARROW)


async def test_what_arrives_below_is_told_and_nothing_moves(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN, "ctrl+u", "ctrl+u", "ctrl+u")
        messages = ui.chat.messages
        top, seen = messages.scroll_y, ui.text().splitlines()[3:8]
        ui.services.put_message(replace(many(1)[0], id="new", conversation_id="chat-9", at=NOW))
        await ui.until(lambda: "↓ 1 baru" in ui.text())
        assert messages.scroll_y == top
        assert ui.text().splitlines()[3:8] == seen
        await ui.press("G")
        assert "↓ 1 baru" not in ui.text()

    await play(scenario, FakeServices(talks={"chat-9": many(100)}), size=NARROW)


async def test_kinds_without_a_picture_say_what_they_are(play):
    rows = [
        replace(talk()[2], id=f"k{kind}", kind=kind, text="")
        for kind in (MessageKind.AUDIO, MessageKind.LOCATION, MessageKind.OTHER)
    ]

    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        for word in ("[pesan suara]", "[lokasi]", "[pesan jenis lain; buka di HP toko]"):
            assert word in ui.text()
        await ui.press("o")
        assert any("tidak membawa berkas" in toast for toast in ui.toasts())

    await play(scenario, FakeServices(talks={"chat-9": rows}), size=NARROW)
