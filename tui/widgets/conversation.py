"""A conversation: its messages, a box to reply, and what is known of the customer beside it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from tui.actions import Context, bindings
from tui.chat_model import echo, items, joined, replaced, with_echoes
from tui.coalesce import Coalesced
from tui.drafts import Drafts
from tui.files import edit_text
from tui.hub import Chat, Hub, Update
from tui.phrasing import phone, stage_name
from tui.pictures import Thumbnails, decode, thumbnail
from tui.ready_texts import ready_texts
from tui.reporting import explain, reported
from tui.safe import one_line
from tui.screens.loading import LOADING_AFTER_S
from tui.screens.pick import Pick
from tui.strings import t
from tui.widgets.empty import EmptyState
from tui.widgets.insight_panel import InsightPanel
from tui.widgets.lead_acts import LeadActs
from tui.widgets.message_acts import MessageActs
from tui.widgets.message_list import MenuWanted, MessageList, OlderWanted, Unseen, Wanted
from tui.widgets.reply_box import ReplyBox
from waagent.domain.views import MessageView
from waagent.errors import WaagentError

PAGE = 60
"""Messages fetched at first, and again with every change."""
OLDER = 200
"""Messages fetched each time older ones are asked for."""
SOUGHT = 5000
"""How far back an old message is looked for, to be shown."""
_WIDE = 100
"""Columns from which the insight stands beside the messages unless it is closed."""
_THUMBNAIL_SIDE = 160
_IN_REPLY = frozenset({"send", "templates", "editor"})
_IN_MESSAGES = frozenset({"write", "menu", "quote", "react", "open_file", "save_file"})


class Conversation(LeadActs, MessageActs):
    """One customer. The draft of a reply outlives this widget.

    ``seen``: the user has it open, so that what they see counts as read; a preview does not.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            Context.CHAT,
            *("write", "menu", "quote", "react", "open_file", "save_file", "copy_text"),
            *("edit", "delete", "resolve", "insight", "older", "copy", "back"),
            *("stage", "relabel", "note", "tags", "value", "assign", "history", "lead_menu"),
        ),
        *bindings(Context.REPLY, "templates", "editor", "insight", "browse", "back"),
    ]

    class Facts(Message):
        """What is known of the customer was drawn anew."""

    class Left(Message):
        """The user is done with it."""

    def __init__(
        self, hub: Hub, conversation_id: str, drafts: Drafts, *, seen: bool = True
    ) -> None:
        super().__init__(hub, conversation_id)
        self.seen = seen
        self._drafts = drafts
        self._thumbnails = Thumbnails()
        self._has_older = False
        self._echoes: list[MessageView] = []
        self._quotes: dict[str, MessageView] = {}
        self._sent = 0
        self._sought: str | None = None
        self._load = Coalesced(self._load_once)
        self._load_older = Coalesced(self._older_once)
        self.messages = MessageList(hub.tenant.timezone, self._thumbnails)
        self.reply = ReplyBox(drafts.get(conversation_id))
        self.insight = InsightPanel()
        self.empty = EmptyState()
        self._room = Container(self.messages, self.empty, classes="chat-room")

    def compose(self) -> ComposeResult:
        """Messages over the reply box, the insight beside or above them."""
        self.empty.display = False
        self.reply.border_subtitle = t("chat.reply.keys")
        yield Vertical(self._room, self.reply, classes="talk")
        yield self.insight

    def on_mount(self) -> None:
        """Fetch the messages; say that they load only if it takes a moment."""
        self._show_facts()
        self.fetch()
        self.set_timer(LOADING_AFTER_S, self._show_loading)

    def on_resize(self) -> None:
        """The insight is beside the messages or over them, as the room allows."""
        self.set_class(self.size.width >= _WIDE, "-wide")
        self.set_class(self.size.width < _WIDE, "-narrow")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some are for the reply box only, some for the messages."""
        if action in _IN_REPLY:
            return self.reply.has_focus
        return not (action in _IN_MESSAGES and self.reply.has_focus)

    def shows(self, conversation_id: str) -> bool:
        """Whether it is that conversation, and on screen with all its parts."""
        return self.conversation_id == conversation_id and self.reply.is_attached

    def _show_loading(self) -> None:
        self._room.loading = self.chat is None and self.hub.online and not self.empty.display

    def follow(self, update: Update) -> None:
        """The insight always; the messages if this conversation changed."""
        self._show_facts()
        if update.poll or self.conversation_id in update.conversations:
            self.fetch()

    def fetch(self) -> None:
        """Load the newest messages and the insight again."""

        async def fetch() -> None:
            with reported(self, "error.load"):
                await self._load()

        self.run_worker(fetch(), group="chat", exit_on_error=False)

    async def _load_once(self) -> None:
        known = self.chat.messages if self.chat else ()
        try:
            chat = await self.hub.chat(self.conversation_id, PAGE, seen=self.seen)
        except Exception as error:
            self._say_failed(error)
            raise
        finally:
            self._room.loading = False
        messages = joined(known, chat.messages, PAGE)
        if not known or len(messages) == len(chat.messages):
            self._has_older = len(chat.messages) >= PAGE
        rows = with_echoes(messages, self._echoes, {message.id for message in known})
        self._echoes = [local for local in self._echoes if local in rows]
        self.chat = Chat(messages=messages, insight=chat.insight)
        self._draw()
        if self._sought:
            await self._seek(self._sought)

    def _say_failed(self, error: Exception) -> None:
        if self.chat is None and self.is_attached:
            self.empty.say(t("load.failed"), explain(error), t("load.failed.hint"))
            self.empty.display, self.messages.display = True, False

    def _draw(self) -> None:
        if not self.is_attached or self.chat is None:
            return
        rows = [*self.chat.messages, *self._echoes]
        moment = self.hub.moment()
        self.empty.display, self.messages.display = not rows, bool(rows)
        self.messages.sync(items(rows, moment.now, moment.zone), has_older=self._has_older)
        if not rows:
            self.empty.say(t("chat.none"), t("chat.none.hint"))
        self._show_facts()

    def _show_facts(self) -> None:
        lead = self.lead
        insight = self.chat.insight if self.chat else None
        stage = stage_name(lead.stage, self.hub.store.stage_names) if lead else ""
        self.insight.show(lead, stage, insight, self.hub.moment())
        self.post_message(self.Facts())

    def put(self, message: MessageView) -> None:
        """Show a message as a service has just given it."""
        if self.chat is not None:
            changed = replaced(self.chat.messages, message)
            self.chat = Chat(messages=changed, insight=self.chat.insight)
            self._draw()

    # Older messages

    async def _older_once(self) -> None:
        """One page more, before the oldest that is known."""
        if self.chat is None or not self._has_older or not self.chat.messages:
            return
        tenant, oldest = self.hub.tenant, self.chat.messages[0].id
        found = await self.hub.read(
            lambda all_: all_.messages.list(
                tenant, conversation_id=self.conversation_id, before=oldest, limit=OLDER
            )
        )
        self._has_older = len(found) >= OLDER
        if self.chat.messages[0].id == oldest:
            messages = (*found, *self.chat.messages)
            self.chat = Chat(messages=messages, insight=self.chat.insight)
        self._draw()

    def action_older(self) -> None:
        """Load older messages."""

        async def fetch() -> None:
            with reported(self, "error.load"):
                await self._load_older()

        self.run_worker(fetch(), group="chat", exit_on_error=False)

    def on_older_wanted(self, message: OlderWanted) -> None:
        """The user goes up beyond what is loaded."""
        message.stop()
        self.action_older()

    def show_message(self, message_id: str) -> None:
        """Show an old message, as soon as it is loaded."""
        self._sought = message_id
        if self.chat is not None:
            self.fetch()

    async def _seek(self, message_id: str) -> None:
        self._sought = None
        while not self.messages.select(message_id):
            count = len(self.chat.messages) if self.chat else 0
            if not self._has_older or count >= SOUGHT:
                self.warn("chat.not_found")
                return
            await self._load_older()

    # Pictures

    def on_wanted(self, message: Wanted) -> None:
        """Load a picture that is on screen."""
        message.stop()
        self.run_worker(self._picture(message.message), group="pictures", exit_on_error=False)

    async def _picture(self, message: MessageView) -> None:
        tenant = self.hub.tenant
        try:
            found = await self.hub.read(
                lambda all_: thumbnail(
                    decode(all_.media.open(tenant.id, message.id).chunks, _THUMBNAIL_SIDE)
                )
            )
        except WaagentError:
            found = None  # its line says what it is, and how to save it
        self._thumbnails.put(message.id, found)
        if self.is_attached:
            self.messages.picture_ready()

    # Replying

    def on_unseen(self, message: Unseen) -> None:
        """Messages arrived below what is on screen: say so instead of jumping there."""
        message.stop()
        self.messages.border_subtitle = t("chat.new", n=message.count) if message.count else ""
        self.messages.set_class(bool(message.count), "-unseen")

    def show_reply_title(self) -> None:
        """Say in the reply box's frame what it answers, or changes."""
        self.reply.keeps_text = self.edited is not None
        shown = self.quoted or self.edited
        key = "chat.answers" if self.quoted else "chat.edits"
        text = one_line(shown.text, limit=50) or t(f"kind.{shown.kind}") if shown else ""
        self.reply.border_title = t(key, text=text.replace("[", "\\[")) if shown else ""

    def on_text_area_changed(self) -> None:
        """Keep the draft; what is being edited is none."""
        if self.edited is None:
            self._drafts.put(self.conversation_id, self.reply.text)

    def on_reply_box_sent(self, message: ReplyBox.Sent) -> None:
        """Show the reply as queued, and send it."""
        message.stop()
        if self.edited is not None:
            self._amend(self.edited, message.text)
            return
        self._sent += 1
        local = echo(self._sent, self.conversation_id, message.text, self.hub.clock(), self.quoted)
        if self.quoted is not None:
            self._quotes[local.id] = self.quoted
        self._echoes.append(local)
        self.drop_reply_to()
        self._draw()
        self.messages.action_last()
        self.attempt("error.reply", lambda: self._send(local))

    async def _send(self, local: MessageView) -> None:
        """Runs on the application, so that leaving the screen does not cancel a reply."""
        quoted = self._quotes.pop(local.id, None)
        try:
            await self.hub.reply(self.conversation_id, local.text, quoted.id if quoted else None)
        except Exception:
            self._take_back(local, quoted)
            raise
        finally:
            self._draw()
        if self.is_attached:
            self.fetch()

    def _take_back(self, local: MessageView, quoted: MessageView | None) -> None:
        """A reply failed: its text is the draft again."""
        if local in self._echoes:
            self._echoes.remove(local)
        text = self._drafts.restore(self.conversation_id, local.text)
        if self.is_attached:
            self.reply.put(text)
            self.quoted = quoted
            self.show_reply_title()

    def _amend(self, message: MessageView, text: str) -> None:
        """Send other words for a message; if that is refused, they stay in the box."""
        tenant = self.hub.tenant

        async def work() -> None:
            changed = await self.hub.write(
                lambda all_: all_.message_actions.edit(tenant, message.id, text)
            )
            if self.is_attached:
                if self.edited is message:
                    self.drop_reply_to()
                self.put(changed)
                self.fetch()
            self.say("edit.done")

        self.attempt("error.edit", work)

    def on_reply_box_scrolled(self, message: ReplyBox.Scrolled) -> None:
        """Page keys of the reply box."""
        if message.direction < 0:
            self.messages.action_page_up()
        else:
            self.messages.action_page_down()

    def action_templates(self) -> None:
        """A text of the shop's, filled in for this customer, into the reply box."""

        async def ask() -> None:
            with reported(self, "error.load"):
                tenant = self.hub.tenant
                found = await self.hub.read(lambda all_: all_.templates.list(tenant))
                insight = self.chat.insight if self.chat else None
                choices = ready_texts(found, tenant.name, self.lead, insight)
                chosen = await self.answer(Pick(t("templates.title"), choices))
                texts = [choice.detail for choice in choices if choice.key == chosen]
                if texts:
                    self.reply.insert(texts[0])
                    self.reply.focus()

        self.dialog(ask())

    def action_editor(self) -> None:
        """Write the reply in the user's own editor."""
        with reported(self, "error.editor"):
            self.reply.put(edit_text(self.app, self.reply.text))

    # Moving about

    def action_write(self) -> None:
        """To the reply box."""
        self.reply.focus()

    def action_browse(self) -> None:
        """Between the messages and the reply box."""
        (self.messages if self.reply.has_focus else self.reply).focus()

    def on_menu_wanted(self, message: MenuWanted) -> None:
        """A double click on a message."""
        message.stop()
        self.action_menu()

    def on_insight_panel_clicked(self) -> None:
        """A click on the insight."""
        self.action_lead_menu()

    def action_insight(self) -> None:
        """Show or hide the insight."""
        self.toggle_class("-toggled")

    def action_copy(self) -> None:
        """The customer's number goes to the clipboard."""
        lead = self.lead
        if lead is None or lead.phone is None:
            self.warn("copy.none")
            return
        self.app.copy_to_clipboard(lead.phone)
        self.say("copied", what=phone(lead.phone))

    def action_back(self) -> None:
        """Let go of the message that is answered; without one, leave."""
        if not self.drop_reply_to():
            self.post_message(self.Left())
