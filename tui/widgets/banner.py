"""A line across the screen while the database does not answer."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.strings import t


class Banner(Static):
    """Shown while offline; what was loaded before stays readable below it."""

    def __init__(self) -> None:
        super().__init__(Content(t("live.lost")), classes="banner")
        self.display = False

    def show(self, *, online: bool) -> None:
        """Show or hide."""
        self.display = not online
