"""How the follow-ups look. After a wanted change: ``--snapshot-update``, and look."""

from __future__ import annotations

import pytest
from board_fixture import FakeServices
from held_support import HeldApp
from tui_driver import NARROW, WIDE, freeze, make_app

from waagent.errors import DatabaseError

SIZES = {"120x40": WIDE, "80x24": NARROW}


def at_followups(*keys: str):
    """What is done before the picture is taken."""

    async def before(pilot) -> None:
        await freeze(pilot)
        for key in ("3", *keys):
            await pilot.press(key)
            await freeze(pilot)

    return before


@pytest.mark.parametrize("size", SIZES)
def test_followups_of_a_day(snap_compare, size):
    assert snap_compare(make_app(), terminal_size=SIZES[size], run_before=at_followups())


@pytest.mark.parametrize("size", SIZES)
def test_followups_empty(snap_compare, size):
    app = make_app(FakeServices(followup_list=[]))
    assert snap_compare(app, terminal_size=SIZES[size], run_before=at_followups())


@pytest.mark.parametrize("size", SIZES)
def test_followups_error(snap_compare, size):
    services = FakeServices(broken={"desk.settings": DatabaseError("the database is away")})
    assert snap_compare(make_app(services), terminal_size=SIZES[size], run_before=at_followups())


@pytest.mark.parametrize("size", SIZES)
def test_followups_loading(snap_compare, size):
    async def before(pilot) -> None:
        await pilot.press("3")
        while not pilot.app.screen.query_one("#loading-room").loading:
            await pilot.pause(0.01)

    assert snap_compare(HeldApp(), terminal_size=SIZES[size], run_before=before)


MODALS = {
    "agenda-past": (WIDE, ("A", "G")),
    "paused": (NARROW, ("p", "end", "enter")),
    "a-day-without": (NARROW, ("left_square_bracket",)),
    "snooze": (NARROW, ("s",)),
    "rewrite": (NARROW, ("e",)),
    "cancel": (NARROW, ("c",)),
}


@pytest.mark.parametrize("what", MODALS)
def test_followups_and_what_is_asked(snap_compare, what):
    size, keys = MODALS[what]
    assert snap_compare(make_app(), terminal_size=size, run_before=at_followups(*keys))
