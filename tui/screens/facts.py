"""Something to read: what happened to a lead."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t


class Facts(Dialog[None]):
    """A text to read; any of the closing keys ends it. It is plain, never markup."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,h", "close", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+d,space", "scroll(10)", show=False),
        Binding("pageup,ctrl+u", "scroll(-10)", show=False),
    ]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title = clip(one_line(title), 60)
        self._text = text

    def compose(self) -> ComposeResult:
        """The text in a box."""
        box = VerticalScroll(Static(self._text), id="facts")
        box.border_title = Content(self._title)
        box.border_subtitle = t("help.close")
        yield box

    def action_close(self) -> None:
        """Back."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one("#facts").scroll_relative(y=lines, animate=False)
