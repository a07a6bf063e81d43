"""How the operator look in each state. After a wanted change: ``--snapshot-update``, and look."""

from __future__ import annotations

import time

import pytest
from board_fixture import FakeServices
from tui_driver import NARROW, WIDE, freeze, make_app

from tui.screens.operator import OperatorScreen

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def run(keys: tuple[str, ...]):
    """What is done before the picture is taken."""

    async def before(pilot) -> None:
        await freeze(pilot)
        for key in keys:
            await pilot.press(key)
            await freeze(pilot)

    return before


def loading(key: str, screen: type):
    """Take the picture while the screen waits for its data, which never come."""

    async def before(pilot) -> None:
        await freeze(pilot)
        await pilot.press(key)
        while not isinstance(pilot.app.screen, screen):
            await pilot.pause(0.01)
        pilot.app.animation_level = "none"  # the indicator would be of another colour each time
        pilot.app.screen._show_loading()
        await pilot.pause()

    return before


TABLES = {"shops": ("6",), "hosts": ("6", "right")}
NARROW_ONLY = {
    "queues": ("6", "right", "right"),
    "workers": ("6", "left", "left"),
    "checks": ("6", "left"),
    "verdict": ("6", "enter"),
}


@SIZES
@pytest.mark.parametrize("keys", TABLES.values(), ids=TABLES)
def test_operator(snap_compare, size, keys):
    assert snap_compare(make_app(), terminal_size=size, run_before=run(keys))


@pytest.mark.parametrize("keys", NARROW_ONLY.values(), ids=NARROW_ONLY)
def test_operator_narrow(snap_compare, keys):
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=run(keys))


@SIZES
def test_operator_empty(snap_compare, size):
    services = FakeServices()
    services.overview.shop_list, services.overview.hosts = [], False
    assert snap_compare(make_app(services), terminal_size=size, run_before=run(("6",)))


@SIZES
def test_operator_error(snap_compare, size):
    services = FakeServices()
    services.overview.down = ("postgresql",)
    assert snap_compare(make_app(services), terminal_size=size, run_before=run(("6",)))


@SIZES
def test_operator_loading(snap_compare, size):
    services = FakeServices()
    app = make_app(services)

    def wait(*_call: str) -> None:
        while app.is_running:
            time.sleep(0.01)

    services.overview.called = wait
    assert snap_compare(app, terminal_size=size, run_before=loading("6", OperatorScreen))
