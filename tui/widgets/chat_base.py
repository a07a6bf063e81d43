"""What the parts of a conversation have in common: its data, asking the user, changing things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from textual.containers import Container
from textual.screen import Screen

from tui import actions, keys
from tui.hub import Chat, Hub
from tui.reporting import reported
from tui.screens.pick import Choice
from tui.strings import t
from waagent.domain.views import LeadView, MessageView

if TYPE_CHECKING:
    from tui.ports import BoardServices
    from tui.widgets.message_list import MessageList
    from tui.widgets.reply_box import ReplyBox

T = TypeVar("T")


def act_choice(name: str) -> Choice:
    """An action of a conversation, to be chosen from a menu; its key stands beside it."""
    action = actions.BY_ID[f"{actions.Context.CHAT}.{name}"]
    return Choice(key=name, label=action.label, aside=keys.shown(action))


class ChatBase(Container):
    """One conversation of ``hub``; ``chat`` is None until it was loaded."""

    messages: MessageList
    reply: ReplyBox

    def __init__(self, hub: Hub, conversation_id: str) -> None:
        super().__init__()
        self.hub = hub
        self.conversation_id = conversation_id
        self.chat: Chat | None = None

    @property
    def lead(self) -> LeadView | None:
        """The customer's card."""
        return self.hub.store.by_conversation(self.conversation_id)

    @property
    def selected(self) -> MessageView | None:
        """The message under the cursor."""
        return self.messages.selected

    def fetch(self) -> None:
        """Load again."""
        raise NotImplementedError

    def put(self, message: MessageView) -> None:
        """Show a message as a service has just given it."""
        raise NotImplementedError

    def say(self, key: str, **values: object) -> None:
        """A toast."""
        self.notify(t(key, **values), markup=False)

    def warn(self, key: str, **values: object) -> None:
        """A toast about what cannot be done."""
        self.notify(t(key, **values), severity="warning", markup=False)

    def dialog(self, asking: Coroutine[Any, Any, None]) -> None:
        """Run something that asks the user; it waits for as long as they like."""
        self.run_worker(asking, group="dialogs", exit_on_error=False)

    async def answer(self, screen: Screen[T]) -> T:
        """What the user says to a question."""
        return await self.app.push_screen_wait(screen)

    def attempt(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` in the background; a failure is a toast under the title ``key``."""

        async def run() -> None:
            with reported(self, key):
                await work()

        self.app.run_worker(run(), group="writes", exit_on_error=False)

    def change(self, key: str, call: Callable[[BoardServices], T], done: str = "") -> None:
        """Have a service change something, then load again; ``done`` is a toast's key."""

        async def work() -> None:
            changed = await self.hub.write(call)
            if isinstance(changed, MessageView) and self.is_attached:
                self.put(changed)
            if done:
                self.say(done)
            if self.is_attached:
                self.fetch()

        self.attempt(key, work)
