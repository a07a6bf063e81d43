"""Replies that are not finished: kept for each conversation while the board is open."""

from __future__ import annotations


class Drafts:
    """Half-typed texts by conversation id."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def get(self, conversation_id: str) -> str:
        """The draft; empty if there is none."""
        return self._texts.get(conversation_id, "")

    def put(self, conversation_id: str, text: str) -> None:
        """Keep ``text``; empty forgets."""
        if text:
            self._texts[conversation_id] = text
        else:
            self._texts.pop(conversation_id, None)

    def restore(self, conversation_id: str, failed: str) -> str:
        """Bring back a reply that failed, before whatever was typed since; returns the draft."""
        since = self.get(conversation_id)
        text = f"{failed}\n{since}" if since else failed
        self.put(conversation_id, text)
        return text
