"""What the command palette offers: actions with their keys, customers, contacts, numbers, shops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tui import actions, keys
from tui.messages import OpenChat
from tui.phrasing import customer, lead_name, phone, product
from tui.places import Place
from tui.safe import clip, one_line
from tui.screens.base import HubScreen
from tui.strings import Language, language, t
from tui.theme import theme_names
from waagent.domain.views import ContactView, Tenant
from waagent.errors import WaagentError

if TYPE_CHECKING:
    from tui.app import WaagentApp

_LANGUAGES: tuple[tuple[Language, str], ...] = (("id", "Bahasa Indonesia"), ("en", "English"))
_NAME = 40
"""Cells of a name; what stands beside it is still to be seen."""


def _app(provider: Provider) -> WaagentApp:
    from tui.app import WaagentApp

    assert isinstance(provider.app, WaagentApp)
    return provider.app


class ActionCommands(Provider):
    """What can be done on the present screen, and everywhere."""

    def _offered(self) -> Iterator[tuple[actions.Action, DOMNode]]:
        seen = set()
        for node, binding, enabled, _ in self.screen.active_bindings.values():
            action = actions.BY_ID.get(binding.id or "")
            if action is None or not enabled or not action.palette or action.label in seen:
                continue
            seen.add(action.label)
            yield action, self.screen if action.on_screen else node

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
    return Content.assemble(action.label, (f"  {keys.shown(action)}", "$foreground-muted"))


class LeadCommands(Provider):
    """Customers by name, number or product."""

    async def search(self, query: str) -> Hits:
        """Those that match. Names are shown as they are: never through markup."""
        if not isinstance(self.screen, HubScreen):
            return
        matcher = self.matcher(query)
        for lead in self.screen.hub.store.cards():
            about = " · ".join(filter(None, (phone(lead.phone), product(lead.product))))
            run = partial(self.app.post_message, OpenChat(lead.conversation_id))
            if hit := _hit(matcher.match, lead_name(lead), about, run, t("palette.lead")):
                yield hit


class ContactCommands(Provider):
    """Customers who have no conversation yet: their number is copied."""

    _contacts: Sequence[ContactView] | None = None

    async def _found(self) -> Sequence[ContactView]:
        app = _app(self)
        if self._contacts is None and app.hub is not None:
            hub = app.hub
            try:
                found = await asyncio.to_thread(hub.services.contacts.list, hub.tenant)
            except WaagentError:
                return ()  # the palette is no place to tell of it: banner and toasts do
            with_lead = {lead.phone for lead in hub.store.cards()}
            self._contacts = [c for c in found if c.phone and c.phone not in with_lead]
        return self._contacts or ()

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for contact in await self._found():
            name, about = customer(contact.name, contact.phone), phone(contact.phone) or ""
            run = partial(self._copy, contact.phone or "")
            if hit := _hit(matcher.match, name, about, run, t("palette.contact")):
                yield hit

    def _copy(self, number: str) -> None:
        self.app.copy_to_clipboard(number)
        self.app.notify(t("copied", what=phone(number)), markup=False)


class SessionCommands(Provider):
    """The shop's numbers."""

    async def search(self, query: str) -> Hits:
        """Those that match."""
        app = _app(self)
        if app.hub is None:
            return
        matcher = self.matcher(query)
        for session in app.hub.store.sessions:
            run = partial(app.open_session, app.hub, session.id)
            about = phone(session.phone) or ""
            if hit := _hit(matcher.match, session.name, about, run, t("palette.session")):
                yield hit


class ShopCommands(Provider):
    """Other shops, for those who serve several."""

    _shops: Sequence[Tenant] | None = None

    async def _found(self) -> Sequence[Tenant]:
        app = _app(self)
        if self._shops is None and app.hub is not None and Place.OPERATOR in app.hub.places:
            try:
                self._shops = await asyncio.to_thread(app.services.tenants.list)
            except WaagentError:
                return ()  # as above
        here = app.hub.tenant.id if app.hub else None
        return [shop for shop in self._shops or () if shop.id != here]

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher, app = self.matcher(query), _app(self)
        for shop in await self._found():
            run = partial(app.switch_tenant, shop)
            if hit := _hit(matcher.match, shop.name, shop.slug, run, t("palette.shop")):
                yield hit


class LookCommands(Provider):
    """Themes and languages."""

    def _offered(self) -> Iterator[tuple[str, Callable[[], None], str]]:
        app = _app(self)
        for code, name in _LANGUAGES:
            if code != language():
                title = t("palette.language", name=name)
                yield title, partial(app.switch_language, code), t("palette.language.help")
        for name in theme_names():
            if name != app.theme:
                title = t("palette.theme.one", name=name)
                yield title, partial(setattr, app, "theme", name), t("palette.theme.help")

    async def discover(self) -> Hits:
        """The other language, and that there are themes."""
        for title, run, about in self._offered():
            if not title.startswith(t("palette.theme.one", name="")):
                yield DiscoveryHit(title, run, title, about)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for title, run, about in self._offered():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, Content(title), run, title, about)


def _hit(
    match: Callable[[str], float], name: str, about: str, run: Callable[[], object], tells: str
) -> Hit | None:
    """A hit that shows ``name`` and ``about`` as they are, if they match."""
    shown = clip(one_line(name), _NAME)
    score = match(f"{shown} {about}")
    if score <= 0:
        return None
    title = Content.assemble((shown, "bold"), (f"  {about}", "$foreground-muted"))
    return Hit(score, title, run, shown, tells)


PROVIDERS = frozenset(
    {ActionCommands, LeadCommands, ContactCommands, SessionCommands, ShopCommands, LookCommands}
)
