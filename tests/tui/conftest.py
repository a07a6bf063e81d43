"""What the tests of the board share: no animations, the fictional shop, a way to play a scene."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when textual is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import pytest
import structlog
from board_fixture import FakeServices
from tui_driver import WIDE, Driver, Play, make_app, settle

from tui.app import WaagentApp

structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)


@pytest.fixture
def play() -> Callable[..., Awaitable[None]]:
    """``await play(scenario, services, size=…)``: run the board and the scenario with it."""

    async def run(
        scenario: Play,
        services: FakeServices | None = None,
        *,
        size: tuple[int, int] = WIDE,
        app: WaagentApp | None = None,
    ) -> None:
        services = services or FakeServices()
        app = app or make_app(services)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await scenario(Driver(pilot, services))

    return run
