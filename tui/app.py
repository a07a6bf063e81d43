"""The application: one shop's data kept live, its screens, what they share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

from tui.actions import Context, bindings
from tui.commands import PROVIDERS
from tui.drafts import Drafts
from tui.hub import Hub
from tui.keys import own_keys
from tui.links import Link
from tui.messages import Chosen, Failed, FeedState, OpenChat
from tui.places import SHOP_PLACES, Place
from tui.ports import BoardServices, PracticePhone
from tui.preferences import Preferences, PreferencesFile
from tui.reporting import explain
from tui.safe import one_line
from tui.screens.base import HubScreen
from tui.screens.board import BoardScreen
from tui.screens.chooser import ChooserScreen
from tui.screens.conversation import ConversationScreen
from tui.screens.followups import FollowUpsScreen
from tui.screens.go_to import GoTo
from tui.screens.help import HelpScreen
from tui.screens.inbox import InboxScreen
from tui.screens.operator import OperatorScreen
from tui.screens.reports import ReportsScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.too_small import TooSmall, too_small
from tui.shop import OpenShop
from tui.strings import Language, language, t, use_language
from tui.stylesheet import KeptStylesheet
from tui.theme import DARK, OWN
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

_BETWEEN = "between"
"""The mode in which there is no shop: between two of them."""
_REPEAT_S = 60.0
"""A fault in loading is not told twice within so long."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class WaagentApp(App[None]):
    """The lead board over any :class:`tui.ports.BoardServices`.

    With ``tenant`` None the user chooses among ``tenants``. ``operator``: they may see the state of
    the whole service. ``clock`` gives aware times. ``preferences`` keeps theme and language,
    ``practice`` links numbers where there is no real phone.
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
    COMMANDS = App.COMMANDS | PROVIDERS
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
        preferences: PreferencesFile | None = None,
        practice: PracticePhone | None = None,
    ) -> None:
        super().__init__()
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.services = services
        self._shop: OpenShop | None = None
        self.drafts = Drafts()
        self._tenant = tenant
        self._tenants = tenants
        self._link = link
        self._places = tuple(Place) if operator else SHOP_PLACES
        self._clock = clock
        self._practice = practice
        self._preferences = preferences
        self._last_fault = ("", 0.0)
        for own in OWN:
            self.register_theme(own)
        self.theme = theme
        self.set_keymap(own_keys())

    async def on_mount(self) -> None:
        """Open the shop, or ask which."""
        if self._tenant is not None:
            self.open_tenant(self._tenant)
        else:
            await self.push_screen(ChooserScreen(self._tenants))

    def on_chosen(self, message: Chosen) -> None:
        """The shop was chosen: the first one, or another instead."""
        if self._shop is None:
            self.open_tenant(message.tenant)
        else:
            self.switch_tenant(message.tenant)

    @property
    def hub(self) -> Hub | None:
        """The data of the shop that is shown."""
        return self._shop.hub if self._shop else None

    def open_tenant(self, tenant: Tenant) -> None:
        """Show a shop and keep its data live."""
        shop = self._shop = OpenShop(
            self,
            self.services,
            tenant,
            clock=self._clock,
            places=self._places,
            paused=lambda: self._in_dialog,
            on_loaded=self._follow_link,
            practice=self._practice,
        )
        for place, screen in _SCREENS.items():
            self.add_mode(place, partial(screen, shop.hub))
        self.switch_mode(Place.BOARD)
        shop.start()

    def switch_tenant(self, tenant: Tenant) -> None:
        """Show another shop instead, or the same one anew."""
        self._tenant = tenant
        self.run_worker(self._reopen(tenant), group="reopen", exit_on_error=False)

    async def _reopen(self, tenant: Tenant) -> None:
        if self._shop is not None:
            self._shop.close()
        self.add_mode(_BETWEEN, Screen)
        await self.switch_mode(_BETWEEN)
        for place in _SCREENS:
            await self.remove_mode(place)
        self.open_tenant(tenant)
        await self.remove_mode(_BETWEEN)

    def switch_language(self, wanted: Language) -> None:
        """Say everything in another language from now on."""
        use_language(wanted)
        self._keep_preferences()
        if self.hub is not None:
            self.switch_tenant(self.hub.tenant)

    def watch_theme(self, _before: str, _after: str) -> None:
        """A theme that was chosen is that of the next time."""
        if self.is_running:
            self._keep_preferences()

    def _keep_preferences(self) -> None:
        if self._preferences is not None:
            chosen = Preferences(theme=self.theme, language=language())
            save = partial(self._preferences.save, chosen)
            self.run_worker(save, group="preferences", thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """Let the feed's thread end."""
        if self._shop is not None:
            self._shop.close()

    def on_resize(self, event: events.Resize) -> None:
        """A message instead of a broken screen while there is too little room."""
        on_top = self.screen
        if not too_small(event.size):
            if isinstance(on_top, TooSmall):
                on_top.dismiss()
        elif isinstance(on_top, TooSmall):
            on_top.say(event.size)
        else:
            self.push_screen(TooSmall())

    @property
    def _in_dialog(self) -> bool:
        return isinstance(self.screen, ModalScreen)

    def on_feed_tick(self) -> None:
        """Something changed."""
        if self._shop is not None:
            self._shop.changed()

    def on_feed_state(self, message: FeedState) -> None:
        """The feed broke or is back."""
        if self._shop is not None:
            self._shop.feed_is(live=message.live)

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
        """Open a conversation where the user is."""
        if self.hub is not None:
            self.open_chat(self.hub, message.conversation_id, message.message_id)

    def open_chat(self, hub: Hub, conversation_id: str, message_id: str | None = None) -> None:
        """The same; an open conversation is replaced. Esc leads back to where it was opened."""
        if isinstance(self.screen, ConversationScreen):
            self.pop_screen()
        place = self.screen
        if isinstance(place, InboxScreen) and place.open_chat(conversation_id):
            return
        self.push_screen(ConversationScreen(hub, conversation_id, self.drafts, message_id))
        lead = hub.store.by_conversation(conversation_id)
        if lead is not None and isinstance(place, BoardScreen):
            place.board.select(lead.id)

    def _follow_link(self) -> None:
        """To where the board was asked to open at, now that there is something to open."""
        link, self._link = self._link, None
        if link is not None:
            self.follow(link)

    def follow(self, link: Link) -> None:
        """To a place or a thing; says so if there is none."""
        hub = self.hub
        if hub is None or not self.leads_somewhere(link):
            text = t("link.missing", link=one_line(link.text)) + "\n" + t("link.missing.hint")
            self.notify(text, severity="error", markup=False)
            if hub is not None and link.thing == "session":
                self.go(Place.SESSIONS)
        elif link.place is not None:
            self.go(link.place)
        elif link.thing == "session":
            self.open_session(hub, link.id)
        elif (lead := hub.store.find(link.id)) is not None:
            self.open_chat(hub, lead.conversation_id)

    def leads_somewhere(self, link: Link) -> bool:
        """Whether this shop has what the link is to."""
        if self.hub is None:
            return False
        if link.place is not None:
            return link.place in self._places
        if link.thing == "session":
            return any(link.id in (s.name, s.id) for s in self.hub.store.sessions)
        return self.hub.store.find(link.id) is not None

    def open_session(self, hub: Hub, ref: str) -> None:
        """To a number, by name or id."""
        found = [s.id for s in hub.store.sessions if ref in (s.name, s.id)]
        self.go(Place.SESSIONS)
        if found and isinstance(self.screen, SessionsScreen):
            self.screen.select(found[0])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Places exist once a shop is open, and not behind a dialog; the board leads nowhere."""
        if action == "board" and isinstance(self.screen, BoardScreen):
            return False
        if action == Place.OPERATOR and action not in self._places:
            return False
        if action == "help":
            return self.hub is not None and not isinstance(self.screen, HelpScreen | TooSmall)
        if action in {*Place, "refresh", "goto"}:
            asking = self._in_dialog and not isinstance(self.screen, CommandPalette)
            return self.hub is not None and not asking  # the palette offers them
        return True

    def go(self, place: Place) -> None:
        """To a place, closing a conversation there; an operator's only if the user is one."""
        if place in self._places:
            self.switch_mode(place)
            if isinstance(self.screen, ConversationScreen):
                self.pop_screen()

    def action_board(self) -> None:
        """To the board, closing a conversation."""
        self.go(Place.BOARD)

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
        if self._shop is not None:
            self._shop.refresh()

    def action_goto(self) -> None:
        """Ask where to."""
        if self._in_dialog:
            return

        def follow(link: Link | None) -> None:
            if link is not None:
                self.follow(link)

        self.push_screen(GoTo(self.leads_somewhere), follow)

    def action_palette(self) -> None:
        """Open the command palette."""
        if not self._in_dialog:
            self.push_screen(CommandPalette(placeholder=t("palette.placeholder")))

    def action_help(self) -> None:
        """Every key, those of what is in front first."""
        self.push_screen(HelpScreen(self.screen))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Only the theme: the rest comes from the registry of actions."""
        yield SystemCommand(t("palette.theme"), t("palette.theme.help"), self.action_change_theme)
