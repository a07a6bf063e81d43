"""Reports."""

from __future__ import annotations

from tui.screens.loading import LoadingScreen
from tui.strings import t


class ReportsScreen(LoadingScreen):
    """Reports."""

    def draw(self) -> None:
        """Head."""
        self.head(t("do.reports"))
