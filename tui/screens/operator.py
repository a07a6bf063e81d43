"""Operator."""

from __future__ import annotations

from tui.screens.loading import LoadingScreen
from tui.strings import t


class OperatorScreen(LoadingScreen):
    """Operator."""

    def draw(self) -> None:
        """Head."""
        self.head(t("do.operator"))
