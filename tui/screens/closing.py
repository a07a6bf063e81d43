"""Screens that lie over another one, and close once."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


class ClosesOnce(Screen[ScreenResultType]):
    """Textual's ``dismiss`` closes whatever is on top: two quick keys closed the screen below too.

    Here, closing one that is not on top (any more) does nothing.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close it and give ``result``."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


class Dialog(ModalScreen[ScreenResultType], ClosesOnce[ScreenResultType]):
    """Something to answer or to read before all else goes on.

    ``ModalScreen`` comes first, since Textual takes styles from the first base only.
    """
