"""A conversation: its messages, what the engine understood, and a box to reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.actions import Context, bindings
from tui.chat_model import echo, items, with_echoes
from tui.coalesce import Coalesced
from tui.drafts import Drafts
from tui.hub import Chat, Hub, Update
from tui.phrasing import lead_name, product, stage_name, status
from tui.reporting import reported
from tui.screens.base import HubScreen
from tui.screens.board import copy_phone
from tui.screens.loading import LOADING_AFTER_S
from tui.strings import t
from tui.widgets.empty import EmptyState
from tui.widgets.insight_panel import InsightPanel
from tui.widgets.message_list import MessageList, Unseen
from tui.widgets.reply_box import ReplyBox
from waagent.domain.views import LeadView, MessageView

PAGE = 60
"""Messages fetched at first, and more each time older ones are asked for."""


class ConversationScreen(HubScreen):
    """One customer. The draft of a reply outlives the screen."""

    AUTO_FOCUS: ClassVar[str | None] = "#reply"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  declared by Textual
        (0, "-narrow"),
        (100, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.CHAT, *("write", "insight", "older", "copy", "back"))
    ]

    def __init__(self, hub: Hub, conversation_id: str, drafts: Drafts) -> None:
        super().__init__(hub)
        self.conversation_id = conversation_id
        self._drafts = drafts
        self._limit = PAGE
        self._chat: Chat | None = None
        self._echoes: list[MessageView] = []
        self._sent = 0
        self._load = Coalesced(self._load_once)
        self._older = Static(t("chat.older"), classes="older", markup=False)
        self.messages = MessageList(hub.tenant.timezone, self._older)
        self.reply = ReplyBox(drafts.get(conversation_id))
        self.insight = InsightPanel()
        self.empty = EmptyState()

    def content(self) -> Iterable[Widget]:
        """Messages over the reply box, the insight beside or above them."""
        self._older.display = self.empty.display = False
        self.reply.border_subtitle = t("chat.reply.keys")
        self._room = Container(self.messages, self.empty, id="chat-room")
        return (Container(Vertical(self._room, self.reply, id="talk"), self.insight, id="chat"),)

    @property
    def lead(self) -> LeadView | None:
        """The customer's card."""
        return self.hub.store.by_conversation(self.conversation_id)

    def on_mount(self) -> None:
        """Fetch the messages; say that they load only if it takes a moment."""
        super().on_mount()
        self._fetch()
        self.set_timer(LOADING_AFTER_S, self._show_loading)

    def _show_loading(self) -> None:
        self._room.loading = self._chat is None and self.hub.online

    def follow(self, update: Update) -> None:
        """Head and insight always; the messages if this conversation changed."""
        super().follow(update)
        self._show_facts()
        if update.poll or self.conversation_id in update.conversations:
            self._fetch()

    def _fetch(self) -> None:
        async def fetch() -> None:
            with reported(self, "error.load"):
                await self._load()

        self.run_worker(fetch(), group="chat", exit_on_error=False)

    async def _load_once(self) -> None:
        known = {message.id for message in self._chat.messages} if self._chat else set()
        try:
            chat = await self.hub.chat(self.conversation_id, self._limit)
        finally:
            self._room.loading = False
        rows = with_echoes(chat.messages, self._echoes, known)
        self._echoes = [local for local in self._echoes if local in rows]
        self._chat = chat
        await self._draw()

    async def _draw(self) -> None:
        if not self.is_attached or self._chat is None:
            return
        rows = [*self._chat.messages, *self._echoes]
        moment = self.hub.moment()
        await self.messages.sync(items(rows, moment.now, moment.zone))
        self._older.display = len(self._chat.messages) >= self._limit
        self.empty.display = not rows
        self.messages.display = bool(rows)
        if not rows:
            self.empty.say(t("chat.none"), t("chat.none.hint"))
        self._show_facts()

    def _show_facts(self) -> None:
        lead = self.lead
        insight = self._chat.insight if self._chat else None
        stage = stage_name(lead.stage, self.hub.store.stage_names) if lead else ""
        self.insight.show(lead, stage, insight, self.hub.moment())
        if lead is None:
            self.head(t("chat.gone") if self.hub.store.loaded else "")
            return
        notes = [stage, status(lead.status)]
        notes += [t(f"intent.{lead.intent}")] if lead.intent else []
        notes += [product(lead.product)] if lead.product else []
        self.head(lead_name(lead), notes)

    def on_unseen(self, message: Unseen) -> None:
        """Messages arrived below what is on screen: say so instead of jumping there."""
        self.reply.border_title = t("chat.new", n=message.count) if message.count else ""

    def on_text_area_changed(self) -> None:
        """Keep the draft."""
        self._drafts.put(self.conversation_id, self.reply.text)

    def on_reply_box_sent(self, message: ReplyBox.Sent) -> None:
        """Show the reply as queued, and send it."""
        self._sent += 1
        local = echo(self._sent, self.conversation_id, message.text, self.hub.clock())
        self._echoes.append(local)
        self.reply.put("")
        self.messages.action_last()
        self.app.run_worker(self._send(local), group="writes", exit_on_error=False)

    async def _send(self, local: MessageView) -> None:
        """Runs on the application, so that leaving the screen does not cancel a reply."""
        await self._draw()
        with reported(self, "error.reply"):
            try:
                await self.hub.reply(self.conversation_id, local.text)
            except Exception:
                self._take_back(local)
                raise
            finally:
                if self.is_attached:
                    await self._draw()
        if self.is_attached:
            self._fetch()

    def _take_back(self, local: MessageView) -> None:
        """A reply failed: its text is the draft again."""
        if local in self._echoes:
            self._echoes.remove(local)
        text = self._drafts.restore(self.conversation_id, local.text)
        if self.is_attached:
            self.reply.put(text)

    def on_reply_box_scrolled(self, message: ReplyBox.Scrolled) -> None:
        """Page keys of the reply box."""
        if message.direction < 0:
            self.messages.action_page_up()
        else:
            self.messages.action_page_down()

    def action_write(self) -> None:
        """To the reply box."""
        self.reply.focus()

    def action_browse(self) -> None:
        """To the messages."""
        self.messages.focus()

    def action_insight(self) -> None:
        """Show or hide the insight."""
        self.toggle_class("-toggled")

    def action_older(self) -> None:
        """Load older messages."""
        if self._older.display:
            self._limit += PAGE
            self._fetch()

    def action_copy(self) -> None:
        """The customer's number goes to the clipboard."""
        copy_phone(self, self.lead)

    def action_back(self) -> None:
        """To the board."""
        self.dismiss()
