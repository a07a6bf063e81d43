"""Until when something is put off: a few usual moments, or any that people write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.phrasing import Moment, clock, due_day
from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import language, t
from waagent.moments import parse_moment

USUAL = (("2 jam", "2h"), ("besok 9.00", "tomorrow 9.00"), ("lusa 9.00", "2d"),
         ("senin 9.00", "monday 9.00"))  # fmt: skip
"""Offered first; each is what one could have written, Indonesian and English."""


class Snooze(Dialog[str | None]):
    """``push_screen_wait`` gives the moment as ``YYYY-MM-DD HH:MM`` in the shop's zone, or None.

    ``forever`` adds a choice without an end, which answers an empty string.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, title: str, moment: Moment, *, forever: str | None = None) -> None:
        super().__init__()
        self._title = clip(one_line(title), 56)
        self._moment = moment
        self._forever = forever
        self._usual = [pair[1 if language() == "en" else 0] for pair in USUAL]

    def compose(self) -> ComposeResult:
        """Choices, a line to write on, what it comes to."""
        with Vertical(classes="choices") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = t("pick.keys")
            options = [self._option(text) for text in self._usual]
            if self._forever is not None:
                options.append(Option(Content(self._forever)))
            yield OptionList(*options)
            yield Input(placeholder=t("snooze.placeholder"), compact=True)
            yield Static(t("snooze.hint"), id="snooze-said", markup=False)

    def _option(self, text: str) -> Option:
        return Option(Content.assemble(text, (f"  {self._said(text)}", "$foreground-muted")))

    def _read(self, text: str) -> datetime:
        """Up to the next full minute: what is sent on has none smaller. Raises ValueError."""
        at = parse_moment(text, self._moment.now, self._moment.zone)
        return at + timedelta(seconds=-at.timestamp() % 60)

    def _said(self, text: str) -> str:
        at = self._read(text)
        zone = self._moment.zone
        return f"{due_day(at, self._moment.now, zone)} {clock(at, zone)}"

    def _answer(self, text: str) -> None:
        at = self._read(text).astimezone(ZoneInfo(self._moment.zone))
        self.dismiss(f"{at:%Y-%m-%d %H:%M}")

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """One of the usual ones."""
        if message.option_index < len(self._usual):
            self._answer(self._usual[message.option_index])
        else:
            self.dismiss("")

    def on_input_changed(self, message: Input.Changed) -> None:
        """Say what it comes to as it is written."""
        said = self.query_one("#snooze-said", Static)
        if not message.value.strip():
            said.update(t("snooze.hint"))
            return
        try:
            said.update(f"= {self._said(message.value)}")
        except ValueError:
            said.update(t("snooze.unclear"))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Take it, if it names a moment to come."""
        try:
            self._answer(message.value)
        except ValueError:
            self.query_one("#snooze-said", Static).update(t("snooze.unclear"))

    def key_j(self) -> None:
        """Down, from the list."""
        self._move("cursor_down")

    def key_k(self) -> None:
        """Up."""
        self._move("cursor_up")

    def _move(self, name: str) -> None:
        options = self.query_one(OptionList)
        if self.focused is options:
            getattr(options, f"action_{name}")()
