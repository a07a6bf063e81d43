"""One line to be typed: a note, an amount, a name."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t


class Ask(Dialog[str | None]):
    """Gives what was typed, without spaces around it, or None for Esc. All texts are plain."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]

    def __init__(self, title: str, hint: str, value: str = "") -> None:
        super().__init__()
        self._title = clip(one_line(title), 60)
        self._hint = hint
        self._value = value

    def compose(self) -> ComposeResult:
        """The box to type in, and what is expected."""
        with Vertical(id="ask") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = t("ask.keys")
            yield Input(self._value, compact=True)
            yield Static(Content(self._hint), classes="ask--hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.dismiss(event.value.strip())

    def action_close(self) -> None:
        """Nothing."""
        self.dismiss(None)
