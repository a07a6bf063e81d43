"""The application: one shop's data kept live, its screens, what they share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

from tui.actions import Context, bindings
from tui.commands import ActionCommands, LeadCommands
from tui.drafts import Drafts
from tui.feed import Feed
from tui.hub import Hub, Update
from tui.links import Link
from tui.messages import Chosen, Failed, FeedState, OpenChat
from tui.places import Place
from tui.ports import BoardServices
from tui.reporting import explain, reported
from tui.safe import one_line
from tui.screens.base import HubScreen
from tui.screens.board import BoardScreen
from tui.screens.chooser import ChooserScreen
from tui.screens.conversation import ConversationScreen
from tui.screens.followups import FollowUpsScreen
from tui.screens.help import HelpScreen
from tui.screens.inbox import InboxScreen
from tui.screens.operator import OperatorScreen
from tui.screens.reports import ReportsScreen
from tui.screens.sessions import SessionsScreen
from tui.strings import t
from tui.theme import DARK, LIGHT
from waagent.domain.views import Tenant
from waagent.errors import BackendError

_SCREENS: dict[Place, Callable[[Hub], HubScreen]] = {
    Place.BOARD: BoardScreen,
    Place.INBOX: InboxScreen,
    Place.FOLLOWUPS: FollowUpsScreen,
    Place.SESSIONS: SessionsScreen,
    Place.REPORTS: ReportsScreen,
    Place.OPERATOR: OperatorScreen,
}

POLL_S = 5.0
AGES_S = 15.0
_POLL_SHARE = 20
"""A poll that takes long is made as much rarer that it costs at most one part in so many."""
_FEED_QUIET_S = 12.0
"""A feed that broke and has not broken again for so long is taken to work."""


_REPEAT_S = 60.0
"""A fault in loading is not told twice within so long."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class WaagentApp(App[None]):
    """The lead board over any :class:`tui.ports.BoardServices`.

    With ``tenant`` None the user chooses among ``tenants``. ``operator``: they may see the state of
    the whole service. ``clock`` gives aware times.
    """

    TITLE = "waagent"
    CSS_PATH = [  # noqa: RUF012  declared by Textual
        Path(__file__).parent / "styles" / f"{name}.tcss"
        for name in (
            "base",
            "board",
            "conversation",
            "inbox",
            "followups",
            "sessions",
            "reports",
            "operator",
            "dialogs",
        )
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.GLOBAL)]
    COMMANDS = App.COMMANDS | {ActionCommands, LeadCommands}
    ENABLE_COMMAND_PALETTE = False  # the key is one of our actions, with our placeholder

    def __init__(
        self,
        services: BoardServices,
        tenant: Tenant | None,
        *,
        tenants: Sequence[Tenant] = (),
        link: Link | None = None,
        operator: bool = True,
        clock: Callable[[], datetime] = utc_now,
        theme: str = DARK.name,
    ) -> None:
        super().__init__()
        self.services = services
        self.hub: Hub | None = None
        self.drafts = Drafts()
        self._tenant = tenant
        self._tenants = tenants
        self._link = link
        self._operator = operator
        self._clock = clock
        self._feed: Feed | None = None
        self._feed_broke_at = 0.0
        self._last_fault = ("", 0.0)
        for own in (DARK, LIGHT):
            self.register_theme(own)
        self.theme = theme

    async def on_mount(self) -> None:
        """Open the shop, or ask which."""
        if self._tenant is not None:
            self.open_tenant(self._tenant)
        else:
            await self.push_screen(ChooserScreen(self._tenants))

    def on_chosen(self, message: Chosen) -> None:
        """The shop was chosen."""
        self.open_tenant(message.tenant)

    def open_tenant(self, tenant: Tenant) -> None:
        """Show a shop and keep its data live."""
        hub = self.hub = Hub(self.services, tenant, self._clock)
        for place, screen in _SCREENS.items():
            self.add_mode(place, partial(screen, hub))
        self.switch_mode(Place.BOARD)
        feed = self._feed = Feed(self.services, tenant, self)
        self.run_worker(feed.follow, group="feed", thread=True, exit_on_error=False)
        self._poll()
        self.set_interval(AGES_S, self._tick_ages)

    def on_unmount(self) -> None:
        """Let the feed's thread end."""
        if self._feed is not None:
            self._feed.stop()

    @property
    def _in_dialog(self) -> bool:
        return isinstance(self.screen, ModalScreen)

    def _tick_ages(self) -> None:
        if self.hub is not None and not self._in_dialog:
            self.hub.publish(Update(ages=True))

    def _poll(self) -> None:
        self.run_worker(self._poll_once(), group="poll", exit_on_error=False)

    async def _poll_once(self) -> None:
        """Fetch everything, follow the link if it is the first time, and come again."""
        started = time.monotonic()
        if self.hub is not None and not self._in_dialog:
            await self._reload(self.hub)
        spent = time.monotonic() - started
        self.set_timer(max(POLL_S, spent * _POLL_SHARE), self._poll)

    async def _reload(self, hub: Hub) -> None:
        with reported(self, "error.load"):
            await hub.reload()
            await hub.apply(self._feed.take() if self._feed else ())
            if not hub.live and time.monotonic() - self._feed_broke_at > _FEED_QUIET_S:
                hub.live = True
                hub.publish(Update())
            self._follow_link(hub)

    def on_feed_tick(self) -> None:
        """Something changed; behind a dialog it waits for the next poll."""
        if not self._in_dialog:
            self.run_worker(self._apply_changes(), group="changes", exit_on_error=False)

    async def _apply_changes(self) -> None:
        if self.hub is not None and self._feed is not None:
            with reported(self, "error.load"):
                await self.hub.apply(self._feed.take())

    def on_feed_state(self, message: FeedState) -> None:
        """The feed broke or is back."""
        if self.hub is not None:
            self.hub.live = message.live
            self._feed_broke_at = time.monotonic()
            self.hub.publish(Update())

    def on_failed(self, message: Failed) -> None:
        """Say it. While the backend is away the banner says so already, without a toast a poll."""
        loading = message.title == t("error.load")
        if loading and isinstance(message.error, BackendError) and self.hub is not None:
            self.hub.set_online(False)
            return
        text, now = explain(message.error), time.monotonic()
        if loading and self._last_fault[0] == text and now - self._last_fault[1] < _REPEAT_S:
            return  # polls would repeat it every few seconds
        if loading:
            self._last_fault = (text, now)
        self.notify(text, title=message.title, severity="error", timeout=8, markup=False)

    def on_open_chat(self, message: OpenChat) -> None:
        """Open a conversation over the board."""
        if self.hub is not None:
            self.open_chat(self.hub, message.conversation_id)

    def open_chat(self, hub: Hub, conversation_id: str) -> None:
        """The same; an open conversation is replaced."""
        self.action_board()
        self.push_screen(ConversationScreen(hub, conversation_id, self.drafts))
        lead = hub.store.by_conversation(conversation_id)
        board = self.screen_stack[0]
        if lead is not None and isinstance(board, BoardScreen):
            board.board.select(lead.id)

    def _follow_link(self, hub: Hub) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        if link.place is not None:
            self.go(link.place)
        elif link.thing == "session":
            self._open_session(hub, link)
        else:
            lead = hub.store.lead(link.id) or hub.store.by_conversation(link.id)
            if lead is None:
                self._say_missing(link)
            else:
                self.open_chat(hub, lead.conversation_id)

    def _open_session(self, hub: Hub, link: Link) -> None:
        found = [s.id for s in hub.store.sessions if link.id in (s.name, s.id)]
        self.go(Place.SESSIONS)
        if found and isinstance(self.screen, SessionsScreen):
            self.screen.select(found[0])
        elif not found:
            self._say_missing(link)

    def _say_missing(self, link: Link) -> None:
        text = t("link.missing", link=one_line(link.text)) + "\n" + t("link.missing.hint")
        self.notify(text, severity="error", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Places exist once a shop is open, and not behind a dialog; the board leads nowhere."""
        if action == "board" and isinstance(self.screen, BoardScreen):
            return False
        if action == Place.OPERATOR and not self._operator:
            return False
        if action in {*Place, "refresh", "help"}:
            return self.hub is not None and not self._in_dialog
        return True

    def go(self, place: Place) -> None:
        """To a place; an operator's only if the user is one."""
        if place is not Place.OPERATOR or self._operator:
            self.switch_mode(place)

    def action_board(self) -> None:
        """To the board, closing a conversation."""
        self.go(Place.BOARD)
        if isinstance(self.screen, ConversationScreen):
            self.pop_screen()

    def action_inbox(self) -> None:
        """To the conversations."""
        self.go(Place.INBOX)

    def action_followups(self) -> None:
        """To the follow-ups."""
        self.go(Place.FOLLOWUPS)

    def action_sessions(self) -> None:
        """To the numbers."""
        self.go(Place.SESSIONS)

    def action_reports(self) -> None:
        """To the figures."""
        self.go(Place.REPORTS)

    def action_operator(self) -> None:
        """To the state of the service."""
        self.go(Place.OPERATOR)

    def action_refresh(self) -> None:
        """Fetch everything now."""
        if self.hub is not None:
            self.run_worker(self._reload(self.hub), group="refresh", exit_on_error=False)

    def action_palette(self) -> None:
        """Open the command palette."""
        if not self._in_dialog:
            self.push_screen(CommandPalette(placeholder=t("palette.placeholder")))

    def action_help(self) -> None:
        """Show every key."""
        self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Only the theme: the rest comes from the registry of actions."""
        yield SystemCommand(t("palette.theme"), t("palette.theme.help"), self.action_change_theme)
