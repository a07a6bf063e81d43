"""What a bubble shows besides a text: files, quotes, edits, deletions, reactions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from board_fixture import talk
from tui_driver import Driver

from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, MessageKind
from waagent.domain.views import Change, MediaView, MessageView, QuotedView, ReactionView

OPEN = ("l", "l", "l", "enter")


def story() -> list[MessageView]:
    asked, answered, photo, changed, gone, last = talk()
    customer, shop = Direction.IN, Direction.OUT
    file = MediaView(
        mimetype="image/jpeg",
        file_name="hias\u202e\x1b[2Jgpj.jpg",
        size=1_240_000,
        state=MediaState.PENDING,
    )
    return [
        replace(asked, reactions=(ReactionView(direction=shop, emoji="🙏"),)),
        replace(
            answered,
            quoted=QuotedView(
                id=asked.id,
                direction=customer,
                kind=MessageKind.TEXT,
                text="Assalamualaikum bu,\n\x1b[31mtumpeng",
            ),
        ),
        replace(photo, media=file),
        replace(
            changed,
            edited_at=changed.at + timedelta(minutes=1),
            quoted=QuotedView(id=photo.id, direction=customer, kind=MessageKind.IMAGE, text=""),
            reactions=(ReactionView(direction=customer, emoji="👍🏽\x1b"),),
        ),
        replace(gone, text="", revoked_at=gone.at),
        replace(last, quoted=QuotedView(id=None, direction=None, kind=None, text="")),
    ]


async def test_everything_that_hangs_on_a_message_is_shown_and_safe(play):
    async def scenario(ui: Driver) -> None:
        ui.services.talks["chat-9"] = story()
        await ui.press(*OPEN)
        shown = ui.text()
        ui.chat.messages.action_first()
        await ui.press()
        shown += ui.text()
        for part in (
            *("🙏 toko", "│ Assalamualaikum bu, ␛[31mtumpeng", "│ [foto]", "│ pesan lain"),
            *("[foto · hias␛[2Jgpj.jpg · 1,2 MB · sedang diambil]", "diedit", "👍␛ pelanggan"),
            *("pesan ini dihapus", "Kalau hiasnya seperti ini bisa?"),
        ):
            assert part in shown, part
        assert "\u202e" not in shown
        assert "\x1b" not in shown

    await play(scenario)


async def test_a_change_is_drawn_in_place(play):
    async def scenario(ui: Driver) -> None:
        await ui.press(*OPEN)
        rows = ui.services.talks["chat-9"]
        edited = replace(rows[-1], text="Batal dulu ya bu", edited_at=rows[-1].at)
        rows[-1] = edited
        ui.services.tell(Change(kind="message", id=edited.id, conversation_id="chat-9"))
        await ui.until(lambda: "Batal dulu ya bu" in ui.text())
        assert "diedit" in ui.text()

    await play(scenario)


async def test_the_state_of_a_file_in_words(play):
    async def scenario(ui: Driver) -> None:
        photo = talk()[2]
        media = MediaView(
            mimetype="image/jpeg", file_name=None, size=900, state=MediaState.TOO_LARGE
        )
        ui.services.talks["chat-9"] = [
            replace(photo, id=f"m{number}", media=replace(media, state=state))
            for number, state in enumerate(MediaState)
        ]
        await ui.press(*OPEN)
        shown = ui.text()
        assert "[foto · 1 KB]" in shown
        for part in ("terlalu besar", "gagal diambil", "sudah tidak ada", "disk penuh"):
            assert part in shown, part

    await play(scenario)
