"""A conversation over the place it was opened from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from tui.drafts import Drafts
from tui.hub import Hub, Update
from tui.phrasing import lead_name, product, stage_name, status
from tui.screens.base import HubScreen
from tui.screens.closing import ClosesOnce
from tui.strings import t
from tui.widgets.conversation import Conversation
from tui.widgets.message_list import MessageList
from tui.widgets.reply_box import ReplyBox
from waagent.domain.views import LeadView


class ConversationScreen(HubScreen, ClosesOnce[None]):
    """One customer; Esc goes back to where the user came from."""

    AUTO_FOCUS: ClassVar[str | None] = ""  # see on_mount

    def __init__(
        self, hub: Hub, conversation_id: str, drafts: Drafts, message_id: str | None = None
    ) -> None:
        super().__init__(hub)
        self.conversation_id = conversation_id
        self.talk = Conversation(hub, conversation_id, drafts)
        self._to_read = message_id is not None
        if message_id is not None:
            self.talk.show_message(message_id)

    def content(self) -> Iterable[Widget]:
        """Only that."""
        return (self.talk,)

    def on_mount(self) -> None:
        """To the reply box, or to the message that was looked for.

        Textual looks for what is to have the focus as soon as a screen is put up; the boxes stand
        inside another widget and may not be there yet.
        """
        self.call_after_refresh((self.messages if self._to_read else self.reply).focus)

    @property
    def reply(self) -> ReplyBox:
        """Where a reply is written."""
        return self.talk.reply

    @property
    def messages(self) -> MessageList:
        """The messages."""
        return self.talk.messages

    @property
    def lead(self) -> LeadView | None:
        """The customer's card."""
        return self.talk.lead

    def follow(self, update: Update) -> None:
        """The conversation sees to itself."""
        super().follow(update)
        self.talk.follow(update)

    def on_conversation_facts(self) -> None:
        """Draw the head."""
        lead = self.lead
        if lead is None:
            self.head(t("chat.gone") if self.hub.store.loaded else "")
        else:
            self.head(lead_name(lead), facts(self.hub, lead))

    def on_conversation_left(self) -> None:
        """Back."""
        self.dismiss()


def facts(hub: Hub, lead: LeadView) -> list[str]:
    """What is said of a customer in one line: stage and labels."""
    notes = [stage_name(lead.stage, hub.store.stage_names), status(lead.status)]
    notes += [t(f"intent.{lead.intent}")] if lead.intent else []
    return notes + ([product(lead.product)] if lead.product else [])
