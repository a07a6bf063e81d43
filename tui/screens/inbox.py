"""Inbox."""

from __future__ import annotations

from tui.screens.loading import LoadingScreen
from tui.strings import t


class InboxScreen(LoadingScreen):
    """Inbox."""

    def draw(self) -> None:
        """Head."""
        self.head(t("do.inbox"))
