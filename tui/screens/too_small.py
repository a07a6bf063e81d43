"""Shown while the terminal is smaller than the board can be drawn in; what is below it stays."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tui.screens.closing import Dialog
from tui.strings import t

MIN_COLUMNS, MIN_LINES = 60, 16


def too_small(size: Size) -> bool:
    """Whether the board cannot be drawn in so many cells."""
    return size.width < MIN_COLUMNS or size.height < MIN_LINES


class TooSmall(Dialog[None]):
    """Goes away by itself as soon as there is room."""

    def compose(self) -> ComposeResult:
        """How large it is, and how large it has to be."""
        yield Static(id="too-small")

    def on_mount(self) -> None:
        """The first size."""
        self.say(self.app.size)

    def say(self, size: Size) -> None:
        """The size now."""
        wanted = t("small.wanted", columns=MIN_COLUMNS, lines=MIN_LINES)
        now = t("small.now", columns=size.width, lines=size.height)
        self.query_one(Static).update(Content(f"{t('small.title')}\n{now}\n{wanted}"))
