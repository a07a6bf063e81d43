"""Keeps the store like the database: first load, changes of the feed, polls, moves, replies.

Service calls block, so each runs in a thread; what they return is put into the store on the event
loop only. Knows nothing of widgets: it publishes what changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from tui.coalesce import Coalesced
from tui.phrasing import Moment
from tui.places import Place
from tui.ports import BoardServices, FollowUpDeskPort, PracticePhone
from tui.store import Store
from waagent.domain.brain_views import InsightView
from waagent.domain.lead_views import StageView
from waagent.domain.leads import Stage
from waagent.domain.views import (
    Change,
    FollowUpView,
    LeadView,
    MessageView,
    SessionView,
    Tenant,
)
from waagent.errors import BackendError, NotFoundError

T = TypeVar("T")

log = structlog.get_logger(__name__)

_MANY = 20
"""Changed leads from which one full list is cheaper than fetching each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What changed. ``conversations`` are the ids of those whose messages or insight did.

    ``poll``: everything was fetched again, so whatever a screen holds beyond the lists may be old.
    """

    leads: bool = False
    sessions: bool = False
    followups: bool = False
    ages: bool = False
    poll: bool = False
    conversations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation as fetched. ``messages`` are the newest ones, oldest first."""

    messages: tuple[MessageView, ...]
    insight: InsightView | None


class Hub:
    """The data of one shop.

    ``places`` are those that this user may see; ``practice`` links numbers where WhatsApp is the
    sandbox.
    ``online`` is False while the backend does not answer; ``live`` while the change feed is broken.
    """

    def __init__(
        self,
        services: BoardServices,
        tenant: Tenant,
        clock: Callable[[], datetime],
        places: Sequence[Place] = tuple(Place),
        practice: PracticePhone | None = None,
    ) -> None:
        self.services = services
        self.practice = practice
        self.places = tuple(places)
        self.tenant = tenant
        self.clock = clock
        self.store = Store()
        self.online = True
        self.live = True
        self._listeners: list[Callable[[Update], None]] = []
        self._pending: set[Change] = set()
        self._drain = Coalesced(self._drain_once)
        self._writes = asyncio.Lock()

    def subscribe(self, listener: Callable[[Update], None]) -> None:
        """Have ``listener`` called, on the event loop, with every update."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[Update], None]) -> None:
        """The opposite."""
        self._listeners.remove(listener)

    def publish(self, update: Update) -> None:
        """Tell everyone."""
        for listener in tuple(self._listeners):
            listener(update)

    def moment(self) -> Moment:
        """The time now, and the zone it is told in."""
        return Moment(now=self.clock(), zone=self.tenant.timezone)

    async def reload(self) -> None:
        """Fetch every list. Raises what the services raise; the store then stays as it was."""
        before = self.store.leads
        stages, sessions, followups, leads = await self._fetch_lists(self.services.leads.list)
        self.store.replace_leads(leads)
        first = not self.store.loaded
        self._put_lists(stages, sessions, followups, leads=first or before != self.store.leads)

    async def poll(self) -> None:
        """The same for less: of the leads only those that are not as they were at the last poll.

        So whatever the feed has missed is found within a poll, though a poll costs little.
        """
        known = self.store.versions
        stages, sessions, followups, versions = await self._fetch_lists(
            self.services.leads.versions
        )
        stale = {id_ for id_, version in versions.items() if known.get(id_) != version}
        gone = self.store.leads.keys() - versions.keys()
        with _Watch(self):
            if len(stale) > _MANY:
                leads = await asyncio.to_thread(self.services.leads.list, self.tenant)
                self.store.replace_leads(leads)
            else:
                for lead_id in stale | gone:
                    await self._refetch_lead(lead_id)
        self.store.versions = versions
        self._put_lists(stages, sessions, followups, leads=bool(stale or gone))

    async def _fetch_lists(
        self, leads: Callable[[Tenant], T]
    ) -> tuple[Sequence[StageView], Sequence[SessionView], Sequence[FollowUpView], T]:
        with _Watch(self):
            return await asyncio.gather(
                asyncio.to_thread(self.services.leads.stages, self.tenant),
                asyncio.to_thread(self.services.sessions.list, self.tenant),
                asyncio.to_thread(self.services.followups.list, self.tenant),
                asyncio.to_thread(leads, self.tenant),
            )

    def _put_lists(
        self,
        stages: Sequence[StageView],
        sessions: Sequence[SessionView],
        followups: Sequence[FollowUpView],
        *,
        leads: bool,
    ) -> None:
        before = (self.store.sessions, self.store.followups)
        names = self.store.stage_names
        self.store.stage_names = {view.stage: view.name for view in stages if view.renamed}
        self.store.sessions = tuple(sessions)
        self.store.followups = tuple(followups)
        first, self.store.loaded = not self.store.loaded, True
        self.publish(
            Update(
                leads=first or leads or names != self.store.stage_names,
                sessions=first or before[0] != self.store.sessions,
                followups=first or before[1] != self.store.followups,
                poll=True,
            )
        )

    async def apply(self, changes: Collection[Change]) -> None:
        """Fetch what ``changes`` name, and only that. Raises what the services raise."""
        self._pending.update(changes)
        await self._drain()

    async def _drain_once(self) -> None:
        changes, self._pending = self._pending, set()
        if not changes:
            return
        try:
            self.publish(await self._fetch(changes))
        except Exception:
            self._pending |= changes  # for the next poll
            raise

    async def _fetch(self, changes: Collection[Change]) -> Update:
        conversations = frozenset(c.conversation_id for c in changes if c.conversation_id)
        kinds = {change.kind for change in changes}
        with _Watch(self):
            if kinds != {"session"}:
                await self._refetch_leads(changes, conversations)
            if "session" in kinds:
                self.store.sessions = tuple(
                    await asyncio.to_thread(self.services.sessions.list, self.tenant)
                )
            if "follow_up" in kinds:
                self.store.followups = tuple(
                    await asyncio.to_thread(self.services.followups.list, self.tenant)
                )
        return Update(
            leads=kinds != {"session"},
            sessions="session" in kinds,
            followups="follow_up" in kinds,
            conversations=conversations,
        )

    async def _refetch_leads(
        self, changes: Collection[Change], conversations: Collection[str]
    ) -> None:
        # A conversation without a lead yet needs nothing: a change of its own tells of the lead.
        ids = {change.id for change in changes if change.kind == "lead"}
        for conversation_id in conversations:
            known = self.store.by_conversation(conversation_id)
            if known is not None:
                ids.add(known.id)
        vague = any(
            c.kind != "session" and c.kind != "lead" and not c.conversation_id for c in changes
        )
        if vague or len(ids) > _MANY:
            leads = await asyncio.to_thread(self.services.leads.list, self.tenant)
            self.store.replace_leads(leads)
            return
        for lead_id in ids:
            await self._refetch_lead(lead_id)

    async def _refetch_lead(self, lead_id: str) -> None:
        try:
            lead = await asyncio.to_thread(self.services.leads.get, self.tenant, lead_id)
        except NotFoundError:
            self.store.drop_lead(lead_id)
        else:
            self.store.put_lead(lead)

    def move(self, lead_id: str, stage: Stage) -> Awaitable[LeadView]:
        """Show a lead in ``stage`` from now on; awaiting the result makes it so.

        The service's error is raised from there, and the lead is shown where it really is.
        """
        self.store.moving[lead_id] = stage
        self.publish(Update(leads=True))
        return self._commit_move(lead_id, stage)

    async def _commit_move(self, lead_id: str, stage: Stage) -> LeadView:
        try:
            async with self._writes:  # in the order of the key presses
                lead = await asyncio.to_thread(
                    self.services.leads.move, self.tenant, lead_id, stage
                )
            self.store.put_lead(lead)
            return lead
        finally:
            self.store.end_move(lead_id, stage)
            self.publish(Update(leads=True))

    async def read(self, call: Callable[[BoardServices], T]) -> T:
        """What ``call`` gets of the services, from a thread. Raises what they raise."""
        with _Watch(self):
            return await asyncio.to_thread(call, self.services)

    async def write(self, call: Callable[[BoardServices], T]) -> T:
        """The same for changes: they are made one after another, in the order they were asked."""
        async with self._writes:
            return await asyncio.to_thread(call, self.services)

    async def chat(self, conversation_id: str, limit: int, *, seen: bool = True) -> Chat:
        """The newest ``limit`` messages of a conversation and its insight; ``seen``: now read."""
        services, tenant = self.services, self.tenant

        def messages() -> Sequence[MessageView]:
            return services.messages.list(tenant, conversation_id=conversation_id, limit=limit)

        with _Watch(self):
            found, insight = await asyncio.gather(
                asyncio.to_thread(messages),
                asyncio.to_thread(services.leads.insight, tenant, conversation_id),
            )
            known = self.store.by_conversation(conversation_id)
            if seen and known is not None and known.unread:
                await asyncio.to_thread(services.messages.mark_read, tenant, conversation_id)
        return Chat(messages=tuple(found), insight=insight)

    async def reply(self, conversation_id: str, text: str, quote: str | None = None) -> MessageView:
        """Send a reply, to the message ``quote``; they go out in the order they were given."""
        if quote is None:
            return await self.write(
                lambda all_: all_.messages.reply(self.tenant, conversation_id, text)
            )
        from waagent.services.drafts import Draft  # what it knows of files is not needed before

        draft = Draft(text=text, quote=quote)
        return await self.write(
            lambda all_: all_.replies.reply(self.tenant, conversation_id, draft)
        )

    async def change_followup(
        self, change: Callable[[FollowUpDeskPort], FollowUpView]
    ) -> FollowUpView:
        """Do something to a follow-up; what it is now. Raises what the service raises."""
        changed = await self.write(lambda all_: change(all_.follow_up_desk))
        self.store.followups = tuple(
            changed if each.id == changed.id else each for each in self.store.followups
        )
        self.publish(Update(followups=True))
        return changed

    def set_online(self, online: bool) -> None:
        """Note whether the backend answers; a change of it is published."""
        if online is not self.online:
            self.online = online
            log.info("tui.backend", action="online" if online else "offline")
            self.publish(Update(ages=True))


class _Watch:
    """Notes on the hub whether a read of the backend succeeded; lets errors pass."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self._hub.set_online(True)
        elif issubclass(kind, BackendError):
            self._hub.set_online(False)
