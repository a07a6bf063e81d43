"""How the operator look in each state. After a wanted change: ``--snapshot-update``, and look."""

from __future__ import annotations

import time

import pytest
from board_fixture import FakeServices
from picture_support import SIZES, loading, pressed
from tui_driver import NARROW, make_app

from tui.screens.operator import OperatorScreen

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
    assert snap_compare(make_app(), terminal_size=size, run_before=pressed(keys))


@pytest.mark.parametrize("keys", NARROW_ONLY.values(), ids=NARROW_ONLY)
def test_operator_narrow(snap_compare, keys):
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=pressed(keys))


@SIZES
def test_operator_empty(snap_compare, size):
    services = FakeServices()
    services.overview.shop_list, services.overview.hosts = [], False
    assert snap_compare(make_app(services), terminal_size=size, run_before=pressed(("6",)))


@SIZES
def test_operator_error(snap_compare, size):
    services = FakeServices()
    services.overview.down = ("postgresql",)
    assert snap_compare(make_app(services), terminal_size=size, run_before=pressed(("6",)))


@SIZES
def test_operator_loading(snap_compare, size):
    services = FakeServices()
    app = make_app(services)

    def wait(*_call: str) -> None:
        while app.is_running:
            time.sleep(0.01)

    services.overview.called = wait
    assert snap_compare(app, terminal_size=size, run_before=loading("6", OperatorScreen))
