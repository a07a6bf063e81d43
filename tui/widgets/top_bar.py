"""The first line of a screen: where you are on the left, how things stand on the right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.safe import clip
from tui.strings import t


class TopBar(Static):
    """Shop and place; counts; whether changes arrive live."""

    def __init__(self) -> None:
        super().__init__(classes="top-bar")
        self._shown: tuple[str, str, tuple[str, ...], bool] | None = None

    def show(self, shop: str, place: str, notes: Sequence[str], *, live: bool) -> None:
        """Draw; the last notes give way first when there is no room. All texts are plain."""
        shown = (shop, place, tuple(notes), live)
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def on_resize(self) -> None:
        """Another width, another selection of notes."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        shop, place, notes, live = self._shown
        width = max(self.size.width - self.styles.gutter.width, 10)
        shop = clip(shop, width // 2)
        state = f"● {t('live.on')}" if live else f"○ {t('live.off')}"
        room = width - cell_len(shop) - cell_len(place) - 3 - cell_len(state) - 2
        right = ""
        for note in notes:
            if cell_len(right) + cell_len(note) + 3 <= room:
                right += f"{note} · "
        gap = " " * max(room - cell_len(right) + 2, 1)
        self.update(
            Content.assemble(
                (shop, "bold $text-primary"),
                (f" · {place}", "$foreground-muted"),
                gap,
                (right, "$foreground-muted"),
                (state, "$text-success" if live else "$text-warning"),
            )
        )
