"""How the screens look. After a wanted change: ``pytest tests/tui --snapshot-update``, and look."""

from __future__ import annotations

import pytest
from board_fixture import FakeServices, session
from held_support import HeldApp
from textual.command import CommandList
from tui_driver import NARROW, WIDE, freeze, make_app

from tui.screens.confirm import Confirm
from waagent.domain.sessions import SessionState
from waagent.errors import DatabaseError

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
CHAT = ("l", "l", "l", "enter")


def run(keys: tuple[str, ...] = ()):
    """What is done before the picture is taken."""

    async def before(pilot) -> None:
        await freeze(pilot)
        await pilot.press(*keys)
        await freeze(pilot)

    return before


@SIZES
def test_board(snap_compare, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=run())


@SIZES
def test_board_empty(snap_compare, size):
    services = FakeServices(card_list=[], session_list=[])
    assert snap_compare(make_app(services), terminal_size=size, run_before=run())


@SIZES
def test_board_error(snap_compare, size):
    services = FakeServices(session_list=[session(state=SessionState.LOGGED_OUT)])

    async def before(pilot) -> None:
        await freeze(pilot)
        services.broken["leads.list"] = DatabaseError("gone")
        await pilot.press("r")
        await freeze(pilot)

    assert snap_compare(make_app(services), terminal_size=size, run_before=before)


@SIZES
def test_board_loading(snap_compare, size):
    async def before(pilot) -> None:
        while not pilot.app.screen.query_one("#room").loading:
            await pilot.pause(0.01)
        await pilot.pause()

    assert snap_compare(HeldApp(), terminal_size=size, run_before=before)


def test_board_of_high_contrast_while_filtered(snap_compare):
    app = make_app(theme="waagent-contrast")
    assert snap_compare(app, terminal_size=NARROW, run_before=run(("slash", *"nasi", "enter")))


@pytest.mark.parametrize("size", [(200, 60), (60, 16), (59, 15)], ids=["200x60", "60x16", "59x15"])
def test_board_in_other_sizes(snap_compare, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=run())


@pytest.mark.parametrize(
    "keys",
    [("m",), ("ctrl+g", *"nowhere", "enter"), ("question_mark",)],
    ids=["stages", "goto", "help"],
)
def test_dialogs(snap_compare, keys):
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=run(keys))


def test_palette(snap_compare):
    async def before(pilot) -> None:
        await freeze(pilot)
        await pilot.press("ctrl+p", *"wayan")
        await freeze(pilot)
        found = pilot.app.screen.query_one(CommandList)
        assert found.option_count == 1, "of several with the same score the order is not fixed"

    assert snap_compare(make_app(), terminal_size=NARROW, run_before=before)


@pytest.mark.parametrize("typed", [None, "main"], ids=["plain", "typed"])
def test_confirm(snap_compare, typed):
    async def before(pilot) -> None:
        await freeze(pilot)
        text = "Nomor main akan dilepas dari toko ini. 2 pesan yang antre tidak terkirim."
        await pilot.app.push_screen(Confirm("Lepas nomor main?", text, "Lepas nomor", typed))
        await freeze(pilot)

    assert snap_compare(make_app(), terminal_size=NARROW, run_before=before)


@SIZES
def test_conversation(snap_compare, size):
    assert snap_compare(make_app(), terminal_size=size, run_before=run(CHAT))


def test_conversation_insight_narrow(snap_compare):
    before = run((*CHAT, "tab", "i"))
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=before)


@pytest.mark.parametrize("theme", ["waagent-light", "textual-light"])
def test_board_light(snap_compare, theme):
    assert snap_compare(make_app(theme=theme), terminal_size=WIDE, run_before=run())


def test_conversation_light(snap_compare):
    app = make_app(theme="waagent-light")
    assert snap_compare(app, terminal_size=WIDE, run_before=run(CHAT))
