"""A shop whose lists do not come while its application runs: what a screen shows meanwhile."""

from __future__ import annotations

import threading

from board_fixture import TENANT, FakeServices, clock

from tui.app import WaagentApp


class HeldServices(FakeServices):
    """Its list of leads is on its way until ``gate`` is set."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gate = threading.Event()

    def called(self, *call: str) -> None:
        """Note a call; the board's list waits."""
        super().called(*call)
        if call[0] == "leads.list":
            self.gate.wait(30)


class HeldApp(WaagentApp):
    """Lets the waiting threads go when it ends."""

    def __init__(self) -> None:
        self.held = HeldServices()
        super().__init__(self.held, TENANT, clock=clock)
        self.animation_level = "none"  # the sign that it loads is drawn by the clock

    def on_unmount(self) -> None:
        """The end of the test."""
        self.held.gate.set()
