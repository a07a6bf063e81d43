"""The line in which the inbox is searched: names as typed, texts on Enter."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Input, Static

from tui.strings import t
from tui.widgets.filter_bar import FilterBar


class SearchBar(FilterBar):
    """``/`` and a text box; on the right, what was found."""

    def on_mount(self) -> None:
        """Say what can be typed."""
        self.query_one(Input).placeholder = t("inbox.search")

    @property
    def is_typing(self) -> bool:
        """Whether the keys go into the box."""
        return self.query_one(Input).has_focus

    def say(self, text: str) -> None:
        """What was found, or that it is searched."""
        self.query_one(".filter--count", Static).update(Content(text))
