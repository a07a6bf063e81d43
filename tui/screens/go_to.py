"""``ctrl+g``: go to an id, a link, a customer's number."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.links import Link, parse_link
from tui.safe import one_line
from tui.screens.closing import Dialog
from tui.strings import t
from waagent.errors import InvalidInputError


class GoTo(Dialog[Link | None]):
    """Asks where; stays open, and says so, for what leads nowhere. ``exists`` tells which do."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, exists: Callable[[Link], bool]) -> None:
        super().__init__()
        self._exists = exists

    def compose(self) -> ComposeResult:
        """A box to type into, and what is wrong with what was typed."""
        with Vertical(id="goto") as box:
            box.border_title = Content(t("goto.title"))
            box.border_subtitle = Content(t("goto.keys"))
            yield Input(placeholder=t("goto.placeholder"), compact=True)
            yield Static(id="goto-said")

    def on_input_changed(self) -> None:
        """A new attempt."""
        self.query_one("#goto-said", Static).update("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter."""
        text = message.value.strip()
        if not text:
            return
        try:
            link = parse_link(text)
        except InvalidInputError:
            link = Link(text=text, thing="lead", id=text)
        if self._exists(link):
            self.dismiss(link)
        else:
            said = t("link.missing", link=one_line(text, limit=60))
            self.query_one("#goto-said", Static).update(Content(said))
