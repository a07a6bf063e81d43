"""What a list shows when it has nothing: why, and what to do next."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class EmptyState(Static):
    """A sentence and the next steps, in the middle of the room."""

    def say(self, title: str, *steps: str) -> None:
        """Show these; none of it is markup."""
        parts: list[str | tuple[str, str]] = [(title, "bold")]
        for step in steps:
            parts.append((f"\n\n{step}", "$foreground-muted"))
        self.update(Content.assemble(*parts))
