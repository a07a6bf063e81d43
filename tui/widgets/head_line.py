"""The second line of a screen: what it shows on the left, counts on the right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.safe import clip


class HeadLine(Static):
    """Plain texts; the last notes give way first when there is no room."""

    def __init__(self) -> None:
        super().__init__(classes="head-line")
        self._shown: tuple[str, tuple[str, ...]] | None = None

    def show(self, title: str, notes: Sequence[str]) -> None:
        """Draw."""
        shown = (title, tuple(notes))
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def on_resize(self) -> None:
        """Another width, another selection of notes."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        title, notes = self._shown
        width = max(self.size.width - self.styles.gutter.width, 10)
        title = clip(title, width)
        room = width - cell_len(title) - 2
        right = ""
        for note in notes:
            longer = f"{right} · {note}" if right else note
            if cell_len(longer) <= room:
                right = longer
        gap = " " * max(width - cell_len(title) - cell_len(right), 0)
        line = Content.assemble((title, "bold"), gap, (right, "$foreground-muted"))
        self.update(line, layout=False)
