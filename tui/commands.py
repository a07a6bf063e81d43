"""What the command palette offers: actions of the registry, customers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tui import actions
from tui.messages import OpenChat
from tui.phrasing import lead_name, phone, product
from tui.safe import clip
from tui.screens.base import HubScreen
from tui.screens.board import BoardScreen
from tui.strings import t


class ActionCommands(Provider):
    """The actions that can run on the present screen."""

    def _offered(self) -> Iterator[tuple[actions.Action, DOMNode]]:
        for action in actions.ACTIONS:
            if not action.palette:
                continue
            if action.context is actions.Context.GLOBAL:
                yield action, self.app
            elif action.context is actions.Context.BOARD and isinstance(self.screen, BoardScreen):
                node = self.screen if action.on_screen else self.screen.board
                if node.check_action(action.name, ()):
                    yield action, node

    async def discover(self) -> Hits:
        """All of them."""
        for action, node in self._offered():
            run = partial(self.app.run_action, action.name, node)
            yield DiscoveryHit(_titled(action), run, action.label, action.help)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for action, node in self._offered():
            if (score := matcher.match(f"{action.label} {action.help}")) > 0:
                run = partial(self.app.run_action, action.name, node)
                yield Hit(score, _titled(action), run, action.label, action.help)


def _titled(action: actions.Action) -> Content:
    return Content.assemble(action.label, (f"  {action.shown}", "$foreground-muted"))


class LeadCommands(Provider):
    """Customers by name, number or product."""

    async def search(self, query: str) -> Hits:
        """Those that match. Names are shown as they are: never through markup."""
        if not isinstance(self.screen, HubScreen):
            return
        matcher = self.matcher(query)
        for lead in self.screen.hub.store.cards():
            name = clip(lead_name(lead), 40)
            about = " · ".join(filter(None, (phone(lead.phone), product(lead.product))))
            if (score := matcher.match(f"{name} {about}")) > 0:
                opened = OpenChat(lead.conversation_id)
                run = partial(self.app.post_message, opened)
                shown = Content.assemble((name, "bold"), (f"  {about}", "$foreground-muted"))
                yield Hit(score, shown, run, name, t("palette.lead"))
