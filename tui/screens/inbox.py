"""The inbox: every conversation, newest first, and beside it the one under the cursor."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import Worker

from tui.actions import Context, bindings
from tui.drafts import Drafts
from tui.hub import Hub, Update
from tui.inbox_rows import InboxRow, chat_row, hit_row, named
from tui.messages import OpenChat
from tui.phrasing import lead_name, stage_name
from tui.reporting import reported
from tui.screens.conversation import facts
from tui.screens.loading import LoadingScreen
from tui.screens.pick import Choice, Pick
from tui.strings import t
from tui.widgets.conversation import Conversation
from tui.widgets.inbox_list import InboxList
from tui.widgets.search_bar import SearchBar
from waagent.domain.conversation_views import (
    ConversationFilter,
    ConversationView,
    SearchView,
    search_words,
)
from waagent.domain.leads import Stage

PAGE = 100
"""Conversations fetched at first, and more each time the cursor comes near the end."""
MOST = 1000
"""Conversations held; older ones are found by searching."""
TWO_PANES = 100
"""Columns from which the conversation stands beside the list."""
_PREVIEW_AFTER_S = 0.12
"""The cursor rests on a row for so long before its conversation is fetched."""
_ALL = "*"


class InboxScreen(LoadingScreen):
    """One pane or two, by the width. A conversation counts as read once it is opened."""

    AUTO_FOCUS: ClassVar[str | None] = "#chats"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  declared by Textual
        (0, "-one-pane"),
        (TWO_PANES, "-two-panes"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.INBOX)]

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.chats = InboxList()
        self.search = SearchBar()
        self.only = ConversationFilter()
        self.talk: Conversation | None = None
        self._pane = Container(id="pane")
        self._list = Vertical(self.search, self.chats, id="inbox-list")
        self._panes = Horizontal(self._list, self._pane, id="panes")
        self._views: tuple[ConversationView, ...] = ()
        self._limit = PAGE
        self._found: SearchView | None = None
        self._stop = threading.Event()
        self._preview: Timer | None = None
        self._opening: Worker[None] | None = None
        self._own_drafts = Drafts()

    def body(self) -> Iterable[Widget]:
        """Search line and list, the conversation beside them."""
        return (self._panes,)

    @property
    def _drafts(self) -> Drafts:
        """Those of the application, so that a draft is the same wherever it is written."""
        found = getattr(self.app, "drafts", None)
        return found if isinstance(found, Drafts) else self._own_drafts

    @property
    def has_two_panes(self) -> bool:
        """Whether the conversation is beside the list."""
        return self.app.size.width >= TWO_PANES

    def concerns(self, update: Update) -> bool:
        """Messages, leads and labels change rows."""
        return update.poll or update.leads or bool(update.conversations)

    async def fetch(self) -> None:
        """As many conversations as are shown."""
        tenant, only, limit = self.hub.tenant, self.only, self._limit
        found = await self.hub.read(lambda all_: all_.conversations.list(tenant, only, limit=limit))
        if only == self.only:
            self._views = tuple(found)

    def follow(self, update: Update) -> None:
        """The list, and the conversation beside it."""
        super().follow(update)
        if self.talk is not None and self.talk.is_attached:
            self.talk.follow(update)

    def draw(self) -> None:
        """The rows, or why there are none."""
        rows = self._rows()
        self.chats.show(rows)
        self.chats.display = bool(rows)
        self._panes.set_class(not rows, "-empty")
        self._panes.display = bool(rows) or self.search.display
        self.empty.display = not rows
        self._pane.display = self.has_two_panes and bool(rows)
        if not rows:
            self._say_empty()
        self._show_head()

    def _rows(self) -> list[InboxRow]:
        moment, stages = self.hub.moment(), self.hub.store.stage_names
        query = self.search.query_text
        if self._found is not None:
            words = search_words(query)
            rows = [chat_row(view, moment, stages) for view in self._found.customers]
            return rows + [hit_row(hit, words, moment) for hit in self._found.messages]
        return [chat_row(view, moment, stages) for view in named(self._views, query)]

    def _say_empty(self) -> None:
        query = self.search.query_text
        if query and self._found is None:
            self.empty.say(t("inbox.no_name", query=query), t("inbox.no_name.hint"))
        elif query:
            self.empty.say(t("inbox.not_found", query=query), t("inbox.not_found.hint"))
        elif self.only != ConversationFilter():
            self.empty.say(t("inbox.none_such"), t("inbox.none_such.hint"))
        else:
            self.empty.say(t("inbox.none"), t("inbox.none.hint"))

    def _show_head(self) -> None:
        """Where this is, and what of it is shown; of a search how much was searched."""
        if self._found is not None:
            found = self._found
            key = "inbox.found" if found.complete or found.more else "inbox.found.of"
            searched = f"{found.searched:,}".replace(",", t("thousands"))
            self.head(t("inbox.search.title"), [t(key, n=_count(found), of=searched)])
            return
        notes = [t(f"inbox.only.{n}") for n in ("unread", "waiting") if getattr(self.only, n)]
        if self.only.stage is not None:
            notes.append(stage_name(self.only.stage, self.hub.store.stage_names))
        notes += [self.only.session] if self.only.session else []
        if not notes:
            new = sum(view.unread > 0 for view in self._views)
            waiting = sum(view.waiting_since is not None for view in self._views)
            notes = [t("inbox.count.unread", n=new), t("inbox.count.waiting", n=waiting)]
        lead = self.talk.lead if self.talk is not None and self._pane.display else None
        place = t("do.inbox")
        if lead is not None:
            place, notes = f"{place} · {lead_name(lead)}", [*facts(self.hub, lead), *notes]
        self.head(place, notes)

    # The conversation beside the list

    def on_inbox_list_moved(self) -> None:
        """Another row: show its conversation once the cursor rests."""
        if self._preview is not None:
            self._preview.stop()
        if self.has_two_panes:
            self._preview = self.set_timer(_PREVIEW_AFTER_S, self._show_preview)

    def _show_preview(self) -> None:
        row = self.chats.selected
        if self._opening is not None and not self._opening.is_finished:
            return  # it would take its place, and what is typed would go to the list
        if row is not None and self.chats.has_focus:
            self.run_worker(self._place(row), group="preview", exclusive=True, exit_on_error=False)

    async def _place(self, row: InboxRow) -> Conversation:
        """The conversation of ``row`` in the pane; the one that is there, if it is that."""
        talk = self.talk
        if talk is None or not talk.shows(row.conversation_id):
            self.talk = talk = Conversation(self.hub, row.conversation_id, self._drafts, seen=False)
            await self._pane.remove_children()
            await self._pane.mount(talk)
        if row.message_id is not None:
            talk.show_message(row.message_id)
        self._show_head()
        return talk

    def on_inbox_list_opened(self, message: InboxList.Opened) -> None:
        """Answer it: beside the list, or over it where there is no room."""
        self.open_row(message.row)

    def open_row(self, row: InboxRow) -> None:
        """The same."""
        if not self.has_two_panes:
            self.post_message(OpenChat(row.conversation_id, row.message_id))
            return

        talk = self.talk
        if talk is not None and talk.shows(row.conversation_id):
            if row.message_id is not None:
                talk.show_message(row.message_id)
            self._enter(talk, row)  # now: what is typed next is for the reply box
            return

        async def enter() -> None:
            self._enter(await self._place(row), row)

        self._opening = self.run_worker(
            enter(), group="preview", exclusive=True, exit_on_error=False
        )

    def _enter(self, talk: Conversation, row: InboxRow) -> None:
        talk.seen = True
        talk.fetch()
        (talk.messages if row.message_id else talk.reply).focus()

    def open_chat(self, conversation_id: str) -> bool:
        """Open a conversation of the list; whether it is there and there is room for it."""
        if not self.has_two_panes or not self.chats.select(conversation_id):
            return False
        if self.chats.selected is not None:
            self.open_row(self.chats.selected)
        return True

    def on_conversation_facts(self) -> None:
        """The head says whose conversation it is."""
        self._show_head()

    def on_conversation_left(self) -> None:
        """Back to the list."""
        self.chats.focus()

    def on_resize(self) -> None:
        """One pane or two."""
        if self.loaded:
            self.draw()
            self.on_inbox_list_moved()

    def on_inbox_list_fresh(self, message: InboxList.Fresh) -> None:
        """Something new is above the screen: say so instead of jumping there."""
        self.chats.border_title = t("inbox.fresh", n=message.count) if message.count else ""
        self.chats.set_class(bool(message.count), "-fresh")

    def on_inbox_list_end_near(self) -> None:
        """More rows, before the user reaches the last one."""
        if self._found is None and len(self._views) >= self._limit and self._limit < MOST:
            self._limit = min(self._limit + PAGE, MOST)
            self.reload()

    # Filters and searching

    def _filter(self, only: ConversationFilter) -> None:
        self.only, self._limit = only, PAGE
        self.reload()

    def action_only_unread(self) -> None:
        """Only those with new messages, or all again."""
        self._filter(replace(self.only, unread=not self.only.unread))

    def action_only_waiting(self) -> None:
        """Only those that wait for an answer, or all again."""
        self._filter(replace(self.only, waiting=not self.only.waiting))

    def action_only_stage(self) -> None:
        """Only those of one stage."""
        names = self.hub.store.stage_names
        choices = [Choice(key=_ALL, label=t("inbox.every_stage"))]
        choices += [Choice(key=stage, label=stage_name(stage, names)) for stage in Stage]

        def chosen(key: str | None) -> None:
            if key is not None:
                self._filter(replace(self.only, stage=None if key == _ALL else Stage(key)))

        now = self.only.stage or _ALL
        self.app.push_screen(Pick(t("do.only_stage"), choices, current=now), chosen)

    def action_only_session(self) -> None:
        """Only those of one number of the shop."""
        names = [session.name for session in self.hub.store.sessions]
        choices = [Choice(key=_ALL, label=t("inbox.every_session"))]
        choices += [Choice(key=name, label=name) for name in names]

        def chosen(key: str | None) -> None:
            if key is not None:
                self._filter(replace(self.only, session=None if key == _ALL else key))

        now = self.only.session or _ALL
        self.app.push_screen(Pick(t("do.only_session"), choices, current=now), chosen)

    def action_all_chats(self) -> None:
        """Esc: end the search first, then the filters."""
        self._stop.set()
        if self.search.display:
            self.search.clear()
            self._found = None
            self.chats.focus()
            self.draw()
        elif self.only != ConversationFilter():
            self._filter(ConversationFilter())

    def key_escape(self) -> None:
        """From the search's box, where the keys of the screen are not bound."""
        self.action_all_chats()

    def action_search(self) -> None:
        """Search: names as typed, texts on Enter."""
        self.search.open()

    def on_filter_bar_changed(self) -> None:
        """Other words."""
        self._stop.set()
        self._found = None
        found = len(self._rows())
        hint = t("inbox.names", n=found) if self.search.query_text else ""
        self.search.say(hint)
        if self.loaded:
            self.draw()

    def on_filter_bar_kept(self) -> None:
        """Enter: search the texts."""
        query = self.search.query_text
        if not query:
            self.action_all_chats()
            self.chats.focus()
            return
        self._stop = stop = threading.Event()
        self.search.say(t("inbox.searching"))
        self.run_worker(self._seek(query, stop), group="search", exclusive=True,
                        exit_on_error=False)  # fmt: skip

    async def _seek(self, query: str, stop: threading.Event) -> None:
        with reported(self, "error.search"):
            tenant = self.hub.tenant
            found = await self.hub.read(
                lambda all_: all_.conversations.search(tenant, query, stop=stop)
            )
            if stop.is_set():
                return
            self._found = found
            self.search.say(t("inbox.found", n=_count(found)))
            self.draw()
            self.chats.focus()

    def on_unmount(self) -> None:
        """Let a search end; the parent's own is called besides."""
        self._stop.set()

    def action_mark_unread(self) -> None:
        """To come back to it later."""
        row, tenant = self.chats.selected, self.hub.tenant
        if row is None:
            return

        async def write() -> None:
            with reported(self, "error.unread"):
                await self.hub.write(
                    lambda all_: all_.conversations.mark_unread(tenant, row.conversation_id)
                )
                self.reload()

        self.run_worker(write(), group="writes", exit_on_error=False)


def _count(found: SearchView) -> str:
    """How much was found."""
    count = len(found.customers) + len(found.messages)
    return f"{count}+" if found.more else str(count)
