"""How the numbers and linking one look. After a wanted change: ``--snapshot-update``, and look."""

from __future__ import annotations

import pytest
from board_fixture import FakeServices
from fixture_sessions import CONNECTED, QR, TYPED, three_numbers
from held_support import HeldApp
from tui_driver import NARROW, WIDE, freeze, make_app

from waagent.domain.views import ConnectEvent
from waagent.errors import DatabaseError

SIZES = {"120x40": WIDE, "80x24": NARROW}


def shop() -> FakeServices:
    return FakeServices(session_list=three_numbers())


def at_numbers(*keys: str, step: ConnectEvent | None = None):
    """What is done before the picture is taken; ``step`` comes from the phone."""

    async def before(pilot) -> None:
        await freeze(pilot)
        for key in ("4", *keys):
            await pilot.press(key)
            await freeze(pilot)
        if step is not None:
            pilot.app.services.onboarding.steps.put(step)
            while pilot.app.screen.standing.phase == "wait":
                await pilot.pause(0.01)
            await freeze(pilot)

    return before


@pytest.mark.parametrize("size", SIZES)
def test_sessions(snap_compare, size):
    assert snap_compare(make_app(shop()), terminal_size=SIZES[size], run_before=at_numbers("G"))


def test_sessions_that_need_somebody(snap_compare):
    assert snap_compare(make_app(shop()), terminal_size=NARROW, run_before=at_numbers())


@pytest.mark.parametrize("size", SIZES)
def test_sessions_empty(snap_compare, size):
    app = make_app(FakeServices(session_list=[]))
    assert snap_compare(app, terminal_size=SIZES[size], run_before=at_numbers())


@pytest.mark.parametrize("size", SIZES)
def test_sessions_error(snap_compare, size):
    services = FakeServices(broken={"sessions.list": DatabaseError("the database is away")})
    assert snap_compare(make_app(services), terminal_size=SIZES[size], run_before=at_numbers())


@pytest.mark.parametrize("size", SIZES)
def test_sessions_loading(snap_compare, size):
    async def before(pilot) -> None:
        await pilot.press("4")
        while not pilot.app.screen.query_one("#loading-room").loading:
            await pilot.pause(0.01)

    assert snap_compare(HeldApp(), terminal_size=SIZES[size], run_before=before)


PAIRING = {
    "name": (NARROW, ("n",), None),
    "qr": (WIDE, ("c",), QR),
    "qr-small": (NARROW, ("c",), QR),
    "phone": (NARROW, ("c", "k"), None),
    "code": (NARROW, ("c", "k", "enter"), TYPED),
    "expired": (NARROW, ("c",), ConnectEvent(event="expired", reason="not_scanned")),
    "passkey": (NARROW, ("c",), ConnectEvent(event="passkey_required", reason="passkey_required")),
    "connected": (WIDE, ("c",), CONNECTED),
}


@pytest.mark.parametrize("state", PAIRING)
def test_pairing(snap_compare, state):
    size, keys, step = PAIRING[state]
    before = at_numbers(*keys, step=step)
    assert snap_compare(make_app(shop()), terminal_size=size, run_before=before)


def test_pairing_is_black_on_white_in_a_light_theme(snap_compare):
    app = make_app(shop(), theme="waagent-light")
    assert snap_compare(app, terminal_size=WIDE, run_before=at_numbers("c", step=QR))


def test_move_to_another_host(snap_compare):
    app = make_app(shop())
    assert snap_compare(app, terminal_size=NARROW, run_before=at_numbers("G", "m"))
