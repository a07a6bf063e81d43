"""What is done before a picture of a place is taken."""

from __future__ import annotations

import pytest
from tui_driver import NARROW, WIDE, freeze

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def pressed(keys: tuple[str, ...]):
    """Press each key, and wait until all is quiet."""

    async def before(pilot) -> None:
        await freeze(pilot)
        for key in keys:
            await pilot.press(key)
            await freeze(pilot)

    return before


def loading(key: str, screen: type):
    """Go to the screen, which waits for data that never come."""

    async def before(pilot) -> None:
        await freeze(pilot)
        await pilot.press(key)
        while not isinstance(pilot.app.screen, screen):
            await pilot.pause(0.01)
        pilot.app.animation_level = "none"  # the indicator would be of another colour each time
        pilot.app.screen._show_loading()
        await pilot.pause()

    return before
