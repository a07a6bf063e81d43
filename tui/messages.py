"""What screens ask of the application."""

from __future__ import annotations

from textual.message import Message

from waagent.domain.views import Tenant


class Failed(Message):
    """Something the user asked for, or the board itself, could not be done."""

    def __init__(self, title: str, error: Exception) -> None:
        super().__init__()
        self.title = title
        self.error = error


class OpenChat(Message):
    """Open a conversation, at one of its messages if that is named."""

    def __init__(self, conversation_id: str, message_id: str | None = None) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.message_id = message_id


class Chosen(Message):
    """The shop to show was chosen."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self.tenant = tenant


class FeedTick(Message):
    """Changes wait to be fetched. A burst of them needs one fetch."""

    def can_replace(self, message: Message) -> bool:
        """One waiting tick says all."""
        return isinstance(message, FeedTick)


class FeedState(Message):
    """The change feed broke (False) or is followed again (True)."""

    def __init__(self, live: bool) -> None:
        super().__init__()
        self.live = live
