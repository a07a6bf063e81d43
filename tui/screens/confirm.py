"""Asks before something that cannot be taken back is done."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t


class Confirm(Dialog[bool]):
    """Yes or no; Esc and everything unclear is no. ``push_screen_wait`` gives the answer.

    ``text`` names the object and how many there are. With ``typed`` (for severe acts) the user has
    to type that name first. All texts are plain, never markup.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", show=False),
        Binding("y", "answer(True)", show=False),
        Binding("left,up,h,k", "focus_button('no')", show=False),
        Binding("right,down,l,j", "focus_button('yes')", show=False),
    ]

    def __init__(self, title: str, text: str, yes_label: str, typed: str | None = None) -> None:
        super().__init__()
        self._title = clip(one_line(title), 60)
        self._text = text
        self._yes_label = yes_label
        self._typed = typed

    def compose(self) -> ComposeResult:
        """The question, a box for the name if one is wanted, two buttons."""
        with Vertical(id="confirm") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = t("confirm.keys" if self._typed is None else "confirm.keys.typed")
            yield Static(Content(self._text), id="confirm-text")
            if self._typed is not None:
                yield Static(Content(t("confirm.type", name=self._typed)), id="confirm-ask")
                yield Input(id="confirm-name", compact=True)
            with Horizontal(id="confirm-buttons"):
                yield Button(Content(t("confirm.no")), id="no", compact=True)
                yield Button(Content(self._yes_label), id="yes", variant="error", compact=True)

    def on_mount(self) -> None:
        """The cursor is where no harm is done."""
        if self._typed is None:
            self.query_one("#no").focus()
        else:
            self.query_one("#yes", Button).disabled = True
            self.query_one(Input).focus()

    @property
    def _allowed(self) -> bool:
        return self._typed is None or self.query_one(Input).value.strip() == self._typed

    def action_answer(self, yes: bool) -> None:
        """A key for either answer; yes counts only if the name was typed, where one is wanted."""
        if not yes or self._allowed:
            self.dismiss(yes)

    def action_focus_button(self, name: str) -> None:
        """To a button."""
        self.query_one(f"#{name}").focus()

    @on(Input.Changed)
    def _name_changed(self) -> None:
        self.query_one("#yes", Button).disabled = not self._allowed

    @on(Input.Submitted)
    def _name_given(self) -> None:
        self.action_answer(True)

    @on(Button.Pressed)
    def _pressed(self, message: Button.Pressed) -> None:
        self.action_answer(message.button.id == "yes")
