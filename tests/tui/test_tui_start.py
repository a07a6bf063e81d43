"""Starting the board: the terminal, the shop, the language."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys

import pytest
from board_fixture import TENANT, FakeServices, clock
from tui_driver import WIDE, Driver, settle

from tui import __main__ as start
from tui.app import WaagentApp
from waagent.domain.views import Tenant
from waagent.errors import ConfigError, NotFoundError

OTHER = Tenant(id="t2", slug="toko-lain", name="Toko [i]Lain", timezone="Asia/Makassar")


def test_without_a_terminal_it_says_so_and_exits_2():
    done = subprocess.run(
        [sys.executable, "-m", "tui"], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: the board needs a terminal\nhint: ")
    assert done.stdout == ""


_WATCHED = """
from tui import __main__ as start
start.TERMINAL_S = 0.05
start.end_with_terminal()
print("watching", flush=True)
import time
time.sleep(60)
"""


def test_it_ends_with_its_terminal():
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _WATCHED],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # so that no hang-up signal comes by itself
    ) as process:
        os.close(theirs)
        assert b"watching" in os.read(ours, 100)
        os.close(ours)
        assert process.wait(20) == -signal.SIGHUP


@pytest.mark.parametrize(("columns", "lines", "fits"), [(60, 16, True), (59, 40, False)])
def test_a_small_terminal_is_refused(monkeypatch, columns, lines, fits):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    if fits:
        start.check_terminal()
    else:
        with pytest.raises(ConfigError, match="too small") as caught:
            start.check_terminal()
        assert caught.value.exit_code == 2
        assert "60x16" in caught.value.hint


def test_which_shops_there_are_to_show():
    services = FakeServices(tenant_list=[TENANT, OTHER])
    assert start.candidates(services, "toko-lain") == [OTHER]
    assert len(start.candidates(services, None)) == 2
    with pytest.raises(NotFoundError):
        start.candidates(services, "nothing")
    with pytest.raises(NotFoundError) as caught:
        start.candidates(FakeServices(tenant_list=[]), None)
    assert "waagent tenant create" in caught.value.hint


async def test_several_shops_are_chosen_among():
    services = FakeServices(tenant_list=[TENANT, OTHER])
    app = WaagentApp(services, None, tenants=services.tenants.list(), clock=clock)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        ui = Driver(pilot, services)
        assert "Toko [i]Lain" in ui.text()
        await ui.press("j", "enter")
        await ui.press()
        assert "Papan prospek" in ui.text()
        assert "Toko [i]Lain" in ui.text().splitlines()[0]


def test_english_is_spoken_when_asked_for():
    code = (
        "from tui.strings import use_language; use_language('en')\n"
        "from tui.actions import ACTIONS; print(ACTIONS[0].label)\n"
        "from tui.widgets.board import Board; print(Board.BINDINGS[0].description)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.split() == ["Open", "Open"]
