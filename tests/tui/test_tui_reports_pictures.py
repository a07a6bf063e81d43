"""How the reports look in each state. After a wanted change: ``--snapshot-update``, and look."""

from __future__ import annotations

import time

import pytest
from board_fixture import FakeServices
from tui_driver import NARROW, WIDE, freeze, make_app

from tui.screens.reports import ReportsScreen
from waagent.errors import DatabaseError

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


CASES = {
    "funnel": ("5",),
    "leads": ("5", "right"),
    "responses": ("5", "right", "right"),
    "worth": ("5", "left", "p"),
}


@SIZES
@pytest.mark.parametrize("keys", CASES.values(), ids=CASES)
def test_reports(snap_compare, size, keys):
    assert snap_compare(make_app(), terminal_size=size, run_before=run(keys))


@SIZES
def test_reports_empty(snap_compare, size):
    services = FakeServices()
    services.reports.many = 0
    assert snap_compare(make_app(services), terminal_size=size, run_before=run(("5",)))


@SIZES
def test_reports_error(snap_compare, size):
    services = FakeServices(broken={"reports.funnel": DatabaseError("gone")})
    assert snap_compare(make_app(services), terminal_size=size, run_before=run(("5",)))


@SIZES
def test_reports_loading(snap_compare, size):
    services = FakeServices()
    app = make_app(services)

    def wait(*_call: str) -> None:
        while app.is_running:
            time.sleep(0.01)

    services.reports.called = wait
    assert snap_compare(app, terminal_size=size, run_before=loading("5", ReportsScreen))


def test_reports_light(snap_compare):
    app = make_app(theme="waagent-light")
    assert snap_compare(app, terminal_size=WIDE, run_before=run(("5",)))
