"""How the inbox, a conversation and their dialogs look; see test_tui_snapshots."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from board_fixture import TENANT, FakeServices, ago, clock, talk
from tui_driver import NARROW, WIDE, freeze, make_app, settle

from tui.app import WaagentApp
from tui.screens.inbox import InboxScreen
from tui.screens.picture import PictureScreen
from tui.widgets.message_list import Wanted
from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, MessageKind, MessageState
from waagent.domain.views import MediaView, QuotedView
from waagent.errors import DatabaseError

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
CHAT = ("l", "l", "l", "enter")
PHOTO = MediaView(
    mimetype="image/png", file_name="hiasan.png", size=240_000, state=MediaState.STORED
)


def shop(**values: object) -> FakeServices:
    """A conversation with a photo, a quote of it and a message that may not have been sent."""
    rows = talk()
    quoted = QuotedView(
        id=rows[2].id, direction=Direction.IN, kind=MessageKind.IMAGE, text=rows[2].text
    )
    rows[2] = replace(rows[2], media=PHOTO)
    rows[3] = replace(rows[3], quoted=quoted)
    unsure = replace(rows[3], id="u", quoted=None, state=MessageState.UNKNOWN, at=ago(2))
    rows.append(replace(unsure, text="Baik bu, kami kirim rekeningnya", reason="host_died"))
    return FakeServices(talks={"chat-9": rows}, **values)  # type: ignore[arg-type]


def run(*keys: str):
    """What is done before the picture is taken; the pane beside the inbox's list is waited for."""

    async def before(pilot) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        screen = pilot.app.screen
        if isinstance(screen, InboxScreen) and screen.has_two_panes and screen.chats.rows:
            while screen.talk is None or screen.talk.chat is None:
                await pilot.pause(0.01)
        await freeze(pilot)

    return before


class Held(WaagentApp):
    """What ``call`` asks for is on its way until the test ends."""

    def __init__(self, call: str) -> None:
        gate = self._gate = threading.Event()

        class Services(FakeServices):
            def called(self, *made: str) -> None:
                super().called(*made)
                if made[0] == call:
                    gate.wait(30)

        super().__init__(Services(), TENANT, clock=clock)
        self.animation_level = "none"  # the sign that it loads is drawn by the clock

    def on_unmount(self) -> None:
        """The end of the test."""
        self._gate.set()


def until_loading(*keys: str):
    async def before(pilot) -> None:
        await settle(pilot)
        await pilot.press(*keys)
        while not any(room.loading for room in pilot.app.screen.query("#loading-room, .chat-room")):
            await pilot.pause(0.01)

    return before


@SIZES
def test_inbox(snap_compare, size):
    app = make_app(shop())
    assert snap_compare(app, terminal_size=size, run_before=run("2", "j", "j"))


@SIZES
def test_inbox_empty(snap_compare, size):
    app = make_app(FakeServices(card_list=[]))
    assert snap_compare(app, terminal_size=size, run_before=run("2"))


@SIZES
def test_inbox_loading(snap_compare, size):
    app = Held("conversations.list")
    assert snap_compare(app, terminal_size=size, run_before=until_loading("2"))


@SIZES
def test_inbox_error(snap_compare, size):
    app = make_app(FakeServices(broken={"conversations.list": DatabaseError("gone")}))
    assert snap_compare(app, terminal_size=size, run_before=run("2"))


def test_inbox_search(snap_compare):
    app = make_app(shop())
    before = run("2", "slash", *"tumpeng", "enter")
    assert snap_compare(app, terminal_size=NARROW, run_before=before)


@SIZES
def test_chat_with_a_photo(snap_compare, size):
    async def before(pilot) -> None:
        await run(*CHAT, "tab")(pilot)
        messages = pilot.app.screen.messages
        (photo,) = [each.message for each in messages.drawn if each.message.media is not None]
        messages.post_message(Wanted(photo))  # before it is scrolled to, or while that is done
        while size is WIDE and not any(bubble.picture for bubble in messages.drawn):
            await pilot.pause(0.01)
        await run("k", "k", "k", "k")(pilot)

    assert snap_compare(make_app(shop()), terminal_size=size, run_before=before)


@SIZES
def test_chat_empty(snap_compare, size):
    app = make_app(FakeServices(talks={}))
    assert snap_compare(app, terminal_size=size, run_before=run(*CHAT))


@SIZES
def test_chat_loading(snap_compare, size):
    app = Held("messages.list")
    assert snap_compare(app, terminal_size=size, run_before=until_loading(*CHAT))


@SIZES
def test_chat_error(snap_compare, size):
    app = make_app(FakeServices(broken={"messages.list": DatabaseError("gone")}))
    assert snap_compare(app, terminal_size=size, run_before=run(*CHAT))


@pytest.mark.parametrize(
    "keys",
    [("tab", "n"), ("tab", "h"), ("tab", "d"), ("ctrl+t",)],
    ids=["note", "history", "delete", "texts"],
)
def test_dialogs(snap_compare, keys):
    before = run(*CHAT, *keys)
    assert snap_compare(make_app(shop()), terminal_size=NARROW, run_before=before)


@pytest.mark.filterwarnings("ignore:Image.Image.getdata")  # of textual-image
def test_picture(snap_compare):
    async def before(pilot) -> None:
        await run(*CHAT, "tab", "k", "k", "k", "k", "o")(pilot)
        while not isinstance(pilot.app.screen, PictureScreen):
            await pilot.pause(0.01)
        await freeze(pilot)

    assert snap_compare(make_app(shop()), terminal_size=NARROW, run_before=before)
