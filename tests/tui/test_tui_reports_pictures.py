"""How the reports look in each state. After a wanted change: ``--snapshot-update``, and look."""

from __future__ import annotations

import time

import pytest
from board_fixture import FakeServices
from picture_support import SIZES, loading, pressed
from tui_driver import WIDE, make_app

from tui.screens.reports import ReportsScreen
from waagent.errors import DatabaseError

CASES = {
    "funnel": ("5",),
    "leads": ("5", "right"),
    "responses": ("5", "right", "right"),
    "worth": ("5", "left", "p"),
}


@SIZES
@pytest.mark.parametrize("keys", CASES.values(), ids=CASES)
def test_reports(snap_compare, size, keys):
    assert snap_compare(make_app(), terminal_size=size, run_before=pressed(keys))


@SIZES
def test_reports_empty(snap_compare, size):
    services = FakeServices()
    services.reports.many = 0
    assert snap_compare(make_app(services), terminal_size=size, run_before=pressed(("5",)))


@SIZES
def test_reports_error(snap_compare, size):
    services = FakeServices(broken={"reports.funnel": DatabaseError("gone")})
    assert snap_compare(make_app(services), terminal_size=size, run_before=pressed(("5",)))


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
    assert snap_compare(app, terminal_size=WIDE, run_before=pressed(("5",)))
