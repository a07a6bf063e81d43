"""What can be done to a message of a conversation: quote, react, edit, delete, open, save."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tui.chat_model import is_local
from tui.files import save, save_folder
from tui.pictures import decode, is_picture
from tui.safe import one_line
from tui.screens.ask import Ask
from tui.screens.confirm import Confirm
from tui.screens.pick import Choice, Pick
from tui.screens.picture import MOST_SIDE, PictureScreen
from tui.strings import t
from tui.widgets.chat_base import ChatBase, act_choice
from waagent.domain.media import MediaState, safe_file_name
from waagent.domain.messages import Direction, MessageKind, MessageState
from waagent.domain.outbox import Resolution
from waagent.domain.views import MessageView

if TYPE_CHECKING:
    from tui.ports import BoardServices

EMOJI = ("👍", "🙏", "❤", "😊", "😂", "😮", "😢", "✅")
_OWN, _NONE = "own", "none"
_MENU = (
    *("quote", "react", "open_file", "save_file", "copy_text"),
    *("edit", "delete", "resolve"),
)


class MessageActs(ChatBase):
    """The actions on the message under the cursor."""

    quoted: MessageView | None = None
    edited: MessageView | None = None
    """The message that the reply box answers, or gives other words."""

    def can(self, action: str) -> bool:
        """Whether the action makes sense for the message under the cursor."""
        message = self.selected
        if message is None or is_local(message):
            return False
        ours, there = message.direction is Direction.OUT, message.revoked_at is None
        allowed = {
            "quote": there,
            "react": there,
            "open_file": there and message.media is not None,
            "save_file": there and message.media is not None,
            "copy_text": there and bool(message.text),
            "edit": ours and there and message.kind is MessageKind.TEXT,
            "delete": ours and there,
            "resolve": message.state is MessageState.UNKNOWN,
        }
        return allowed.get(action, True)

    def _chosen(self, action: str) -> MessageView | None:
        """The message to act on; a toast says why there is none."""
        message = self.selected
        if message is not None and self.can(action):
            return message
        self.warn("act.none" if message is None else f"act.not.{action}")
        return None

    def action_menu(self) -> None:
        """Everything that can be done to the message, to choose from."""
        offered = [act_choice(name) for name in _MENU if self.can(name)]

        async def ask() -> None:
            chosen = await self.answer(Pick(t("act.menu"), offered))
            if chosen:
                await self.run_action(chosen)

        if offered:
            self.dialog(ask())

    def action_quote(self) -> None:
        """Answer this message."""
        message = self._chosen("quote")
        if message is not None:
            self.quoted, self.edited = message, None
            self.show_reply_title()
            self.reply.focus()

    def action_edit(self) -> None:
        """Give a text of ours other words, in the reply box."""
        message = self._chosen("edit")
        if message is None:
            return
        self.quoted, self.edited = None, message
        self.reply.put(message.text)
        self.show_reply_title()
        self.reply.focus()

    def drop_reply_to(self) -> bool:
        """Answer or edit nothing in particular any more; whether there was something."""
        had = self.quoted is not None or self.edited is not None
        if self.edited is not None:
            self.reply.put("")
        self.quoted = self.edited = None
        self.show_reply_title()
        return had

    def show_reply_title(self) -> None:
        """Say in the reply box's frame what it answers."""
        raise NotImplementedError

    def action_copy_text(self) -> None:
        """The message's text goes to the clipboard."""
        message = self._chosen("copy_text")
        if message is not None:
            self.app.copy_to_clipboard(message.text)
            self.say("copied", what=one_line(message.text, limit=40))

    def action_react(self) -> None:
        """Put an emoji under the message, or take it back."""
        message = self._chosen("react")
        if message is None:
            return
        choices = [Choice(key=emoji, label=emoji) for emoji in EMOJI]
        choices += [
            Choice(key=_OWN, label=t("react.own")),
            Choice(key=_NONE, label=t("react.none")),
        ]

        async def ask() -> None:
            emoji = await self.answer(Pick(t("do.react"), choices))
            if emoji == _OWN:
                emoji = await self.answer(Ask(t("do.react"), t("react.own.hint")))
            if emoji:
                self._react(message, "" if emoji == _NONE else emoji)

        self.dialog(ask())

    def _react(self, message: MessageView, emoji: str) -> None:
        tenant = self.hub.tenant
        self.change(
            "error.react",
            lambda all_: all_.message_actions.react(tenant, message.id, emoji),
            "react.done",
        )

    def action_delete(self) -> None:
        """Delete a message of ours for everyone, after asking."""
        message = self._chosen("delete")
        if message is None:
            return
        tenant = self.hub.tenant
        question = Confirm(
            t("delete.title"),
            t("delete.text", text=one_line(message.text, limit=120) or t(f"kind.{message.kind}")),
            t("delete.yes"),
        )

        async def ask() -> None:
            if await self.answer(question):
                self.change(
                    "error.delete",
                    lambda all_: all_.message_actions.delete(tenant, message.id),
                    "delete.done",
                )

        self.dialog(ask())

    def action_resolve(self) -> None:
        """Say what became of a message that may have been sent."""
        message = self._chosen("resolve")
        if message is None:
            return
        choices = [
            Choice(key=each.value, label=t(f"resolve.{each}"), detail=t(f"resolve.{each}.help"))
            for each in Resolution
        ]

        async def ask() -> None:
            chosen = await self.answer(Pick(t("resolve.title"), choices))
            if chosen:
                self._resolve(message, Resolution(chosen))

        self.dialog(ask())

    def _resolve(self, message: MessageView, chosen: Resolution) -> None:
        from tui.actor import actor

        tenant = self.hub.tenant
        self.change(
            "error.resolve",
            lambda all_: all_.message_actions.resolve(tenant, message.id, chosen, actor=actor()),
        )

    def action_open_file(self) -> None:
        """Show a picture in the terminal; another file is saved."""
        message = self._chosen("open_file")
        if message is None:
            return
        if not is_picture(message):
            self._save(message)
            return

        async def work() -> None:
            image = await self.hub.read(
                lambda all_: decode(
                    all_.media.open(self.hub.tenant.id, message.id).chunks, MOST_SIDE
                )
            )
            self.app.push_screen(PictureScreen(self._file_title(message), image))

        self.attempt("error.open", work)

    def _file_title(self, message: MessageView) -> str:
        name = message.media.file_name if message.media else None
        return one_line(name or message.text or t(f"kind.{message.kind}"), limit=60)

    def action_save_file(self) -> None:
        """Save the message's file where downloads go."""
        message = self._chosen("save_file")
        if message is not None:
            self._save(message)

    def _save(self, message: MessageView) -> None:
        if message.media is None or message.media.state is not MediaState.STORED:
            state = message.media.state if message.media else MediaState.FAILED
            self.warn("save.not_here", why=t(f"media.{state}"))
            return

        async def work() -> None:
            if self.app.is_web:
                await self._hand_to_browser(message)
                return
            path = await self.hub.read(lambda all_: self._write(all_, message))
            self.say("save.done", path=str(path))

        self.attempt("error.save", work)

    def _write(self, services: BoardServices, message: MessageView) -> Path:
        file = services.media.open(self.hub.tenant.id, message.id)
        name = safe_file_name(file.name, file.mimetype, f"whatsapp-{message.id[:8]}")
        return save(save_folder(), name, file.chunks)

    async def _hand_to_browser(self, message: MessageView) -> None:
        """The visitor's browser saves it: the folder of this machine is not theirs."""
        import io

        file = await self.hub.read(lambda all_: all_.media.open(self.hub.tenant.id, message.id))
        name = safe_file_name(file.name, file.mimetype, f"whatsapp-{message.id[:8]}")
        data = await asyncio.to_thread(lambda: b"".join(file.chunks))
        self.app.deliver_binary(io.BytesIO(data), save_filename=name, mime_type=file.mimetype)
