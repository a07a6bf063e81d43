"""A customer's picture as large as the terminal allows, by the best means that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t
from tui.terminal import picture_widget

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_SIDE = 1600
"""In pixels: what a large terminal shows."""


class PictureScreen(Dialog[None]):
    """Any of the closing keys ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o,enter,space", "close", show=False),
    ]

    def __init__(self, title: str, image: Image) -> None:
        super().__init__()
        self._title = clip(one_line(title), 70)
        self._image = image

    def compose(self) -> ComposeResult:
        """The picture in a box."""
        with Container(id="picture") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = t("picture.keys")
            yield picture_widget(self._image)

    def on_click(self) -> None:
        """A click closes it too."""
        self.dismiss()

    def action_close(self) -> None:
        """Back."""
        self.dismiss()
