"""A running board under test: waits without sleeping, reads the screen."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from board_fixture import TENANT, FakeServices, clock
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tui.app import WaagentApp
from tui.screens.board import BoardScreen
from tui.screens.conversation import ConversationScreen

WIDE, NARROW = (120, 40), (80, 24)
ENDLESS = frozenset({"pairing", "dialogs"})
"""Workers that wait for somebody: the change feed, a phone, an answer to a question."""


class Driver:
    """A running board with its fake services."""

    def __init__(self, pilot: Pilot[None], services: FakeServices) -> None:
        assert isinstance(pilot.app, WaagentApp)
        self.pilot = pilot
        self.app: WaagentApp = pilot.app
        self.services = services

    @property
    def board(self) -> BoardScreen:
        """The board, which must be in front."""
        assert isinstance(self.app.screen, BoardScreen)
        return self.app.screen

    @property
    def chat(self) -> ConversationScreen:
        """The conversation, which must be in front."""
        assert isinstance(self.app.screen, ConversationScreen)
        return self.app.screen

    async def press(self, *keys: str) -> None:
        """Press keys and wait until all is quiet."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def until(self, true: Callable[[], bool], *, seconds: float = 30) -> None:
        """Wait for something that another thread brings about."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "it did not happen"
            await self.pilot.pause(0.01)
        await settle(self.pilot)

    def text(self) -> str:
        """What is on screen, line by line."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    def toasts(self) -> list[str]:
        """What the toasts say, titles included."""
        return [f"{note.title}\n{note.message}" for note in self.app._notifications]


async def settle(pilot: Pilot[None]) -> None:
    """Wait for every worker but the change feed's, and for what they posted."""
    for _ in range(100):
        await pilot.pause()
        busy = [w for w in pilot.app.workers if w.group not in ENDLESS and not w.is_finished]
        if not busy:
            break
        await pilot.app.workers.wait_for_complete(busy)
    await pilot.pause()


async def freeze(pilot: Pilot[None]) -> None:
    """Settle, and stop cursors from blinking: for pictures."""
    await settle(pilot)
    for box in (*pilot.app.screen.query(TextArea), *pilot.app.screen.query(Input)):
        box.cursor_blink = False
    await pilot.pause()


def make_app(services: FakeServices | None = None, **options: object) -> WaagentApp:
    """The board over a fake shop, at a fixed time."""
    given = {"clock": clock, **options}
    return WaagentApp(services or FakeServices(), TENANT, **given)  # type: ignore[arg-type]


Play = Callable[[Driver], Awaitable[None]]
