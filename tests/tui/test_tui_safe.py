"""Customer text cannot do anything but be read, and is never wider than its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_fixture import FakeServices, followups, insight, lead, session, talk
from rich.cells import cell_len
from tui_driver import NARROW, WIDE, Driver

from tui.phrasing import Moment, lead_name
from tui.safe import clean, clip, fit, one_line
from tui.widgets import card

NASTY = [
    "[bold]tebal[/bold]",
    "[link=https://x.test]klik[/link]",
    "[@click=app.quit]keluar[/]",
    "[/]",
    "\x1b[31mmerah\x1b[0m\x1b]8;;https://x.test\x07klik\x1b]8;;\x07",
    "\x9b2Jhapus",
    "\u202egnilabret\u202c \u2066x\u2069",
    "👨‍👩‍👧‍👦👍🏽❤️🇮🇩",
    "漢字かな交じり文 " * 50,
    "Z" + "\u0301\u0316" * 300 + "algo",
    "a" * 10_000,
    "baris\nsatu\r\ndua\ttiga\x00",
    "\ud83d",
    "\u3164\u3164",
]


@pytest.mark.parametrize("text", NASTY)
def test_clean_text_has_nothing_that_acts(text):
    for char in clean(text):
        assert char == "\n" or (char.isprintable() and ord(char) not in range(0x202A, 0x202F))
    assert len(clean(text)) <= max(len(text), 1)


def test_markup_stays_as_written():
    assert clean("[bold]x[/bold]") == "[bold]x[/bold]"


def test_what_is_harmless_stays():
    text = "Siap bu, Rp 850.000 (√) ñ جزاك الله 漢字 😊"
    assert clean(text) == text


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("width", [0, 1, 2, 7, 20])
def test_clip_never_exceeds_its_width(text, width):
    assert cell_len(clip(one_line(text), width)) <= width
    left, right = fit(one_line(text), one_line(text), width)
    assert cell_len(left + right) == width or width < 2


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("width", [4, 16, 40])
def test_a_card_is_exactly_as_wide_as_told(text, width):
    shown = lead(1, name=text, product=text, phone=None)
    moment = Moment(now=shown.last_message_at, zone="Asia/Jakarta")
    for line in card.draw(shown, width, moment):
        assert sum(cell_len(part) for part, _ in line) == width


def test_a_name_of_nothing_falls_back_to_the_number():
    assert lead_name(lead(1, name="\u202e\u200b\u3164", phone="+6281234567890")).startswith(
        "+62 812"
    )


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_every_screen_draws_nasty_text_as_text(play, size):
    cards = [lead(n, name=text, product=text, need=text, unread=1) for n, text in enumerate(NASTY)]
    services = FakeServices(
        card_list=cards,
        session_list=[session(name=text, owner=text, id=str(n)) for n, text in enumerate(NASTY)],
        followup_list=[
            replace(followups()[0], id=str(n), name=text, reason=text)
            for n, text in enumerate(NASTY)
        ],
        talks={"chat-0": [replace(talk()[0], id=f"{n}", text=x) for n, x in enumerate(NASTY)]},
        tenant_list=[],
    )

    async def scenario(ui: Driver) -> None:
        assert "[bold]" in ui.text()
        assert not any(ord(char) < 32 and char != "\n" for char in ui.text())
        for line in ui.text().split("\n"):
            assert cell_len(line) == size[0]
        for key in ("2", "3", "4", "5", "6", "1"):
            await ui.press(key)
            assert "\x1b" not in ui.text()
        ui.app.open_chat(ui.app.hub, "chat-0")
        await ui.press("tab", "e")
        for key in ("g", *["ctrl+d"] * 12, "G"):
            await ui.press(key)
            assert not any(ord(char) < 32 and char != "\n" for char in ui.text())
            assert all(cell_len(line) == size[0] for line in ui.text().split("\n"))
        await ui.press("escape")
        await ui.press("ctrl+p", *"keluar")
        await ui.until(lambda: "@click=app.quit" in ui.text())
        await ui.press("escape", "escape")
        assert ui.app.is_running

    await play(scenario, services, size=size)


async def test_the_insight_is_text_too(play, monkeypatch):
    nasty = replace(insight(), product="[red]x", need="\x1b[2J" + "y" * 10_000)
    services = FakeServices()
    monkeypatch.setattr(services.leads, "insight", lambda tenant, conversation_id: nasty)

    async def scenario(ui: Driver) -> None:
        await ui.press("enter")
        assert "[red]x" in ui.text()
        assert "\x1b" not in ui.text()

    await play(scenario, services)
